// A file that grows while a run goes on.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>

namespace ansatz {

/// A file to whose end pieces are added: each whole or not at all, and only to the file that was
/// made or taken here, never to another that stands at its path meanwhile.
class GrowingFile {
 public:
  explicit GrowingFile(std::string path) : path_(std::move(path)) {}
  const std::string& path() const { return path_; }

  /// Makes the file. FileError, also where there is one at the path.
  void make();
  /// Goes on with the file of so many bytes that was just put at the path.
  void take(std::int64_t size);
  /// False: at the path stands no longer what was left there. FileError: it cannot be written; it
  /// holds what it held before.
  bool append(const std::string& piece);

 private:
  int open(int flags) const;
  [[noreturn]] void fail(const std::string& why) const;

  std::string path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  std::int64_t size_ = -1;  // below 0: there is none to go on with
};

}  // namespace ansatz
