// The folder in which compiled loops are kept.
#pragma once

#include <string>

namespace ansatz::compiling {

/// A folder of the user's alone: KEY.so, an object; KEY.sha256, the hash of its content; KEY.cpp,
/// what it was made of; KEY.lock, held while it is made. Objects and hashes are put in place whole.
class Cache {
 public:
  /// Makes the folder if `make`. FileError when it belongs to somebody else, can be written to by
  /// others, or cannot be made.
  Cache(const std::string& folder, bool make);
  ~Cache();
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;

  /// False: the folder does not exist, and was not to be made.
  bool exists() const { return file_ >= 0; }

  enum class Found { nothing, damaged, whole };
  /// Whether the object is there, private, and as it was when it was made.
  Found look(const std::string& key) const;

  std::string path(const std::string& key, const char* extension) const;

  /// Moves the finished file `from` to the place of KEY.extension, flushed to the disk.
  void place(const std::string& from, const std::string& key, const char* extension) const;
  /// Writes such a file.
  void place_text(const std::string& work, const std::string& text, const std::string& key,
                  const char* extension) const;

 private:
  [[noreturn]] void fail(const std::string& what, int error) const;

  std::string folder_;
  int file_ = -1;
};

/// Held by one process while it makes the object of a key; others wait. A process that dies lets go
/// of it.
class MakeLock {
 public:
  MakeLock(const Cache& cache, const std::string& key);
  ~MakeLock();
  MakeLock(const MakeLock&) = delete;
  MakeLock& operator=(const MakeLock&) = delete;

  /// An empty folder for the compiler, removed with the lock; what killed makers left is removed.
  const std::string& work() const { return work_; }

 private:
  void remove_what_was_left(const std::string& key) const;

  std::string folder_, work_;
  int file_ = -1;
};

}  // namespace ansatz::compiling
