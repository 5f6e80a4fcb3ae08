// One request of a file through libcurl.
#pragma once

#include <ansatz/data/fetch/fetch.hpp>

namespace ansatz::fetching {

/// The part of a file that has arrived.
class PartFile {
 public:
  /// Opens or makes it, and keeps others from it. FileError.
  explicit PartFile(const std::string& path);
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  std::int64_t size() const { return size_; }
  /// FileError when the disk is full, as the following.
  void append(const void* data, std::size_t size);
  void clear();
  std::string sha256() const;
  /// Flushes it to the disk and gives it its name.
  void rename_to(const std::string& path);
  void remove();

 private:
  [[noreturn]] void fail(const std::string& what) const;

  std::string path_;
  int file_ = -1;
  std::int64_t size_ = 0;
};

/// How a request ended.
struct Outcome {
  bool complete = false;
  bool again = false;    ///< cut off on the way: the same server may well go on
  bool endless = false;  ///< longer than a file of a size that is not known may be
  std::string trouble;
};

/// Asks for what is missing of the file and appends it.
Outcome request(const std::string& url, PartFile& part, std::int64_t bytes, FetchObserver& observer,
                const FetchOptions& options);

}  // namespace ansatz::fetching
