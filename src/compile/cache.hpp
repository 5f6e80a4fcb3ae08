// The folder in which compiled loops are kept.
#pragma once

#include <ansatz/files/held_folder.hpp>

#include <functional>
#include <string>

namespace ansatz::compiling {

/// A folder in which only this user, or root, can have put anything, as can be said of every folder
/// up to the root. The mode of a folder that was there is not changed.
///
/// It holds KEY.so, an object; KEY.sha256, the hash of its content; KEY.cpp,
/// what it was made of; KEY.lock, held while it is made. Objects and hashes are put in place whole.
class Cache {
 public:
  /// Makes the folder if `make`. FileError when it or one that holds it belongs to somebody else
  /// or can be written to by others, or it cannot be made.
  Cache(const std::string& folder, bool make);
  ~Cache();
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;

  /// False: the folder does not exist, and was not to be made.
  bool exists() const { return file_ >= 0; }

  enum class Found { nothing, damaged, whole };
  /// Whether the object is there, private, and as it was when it was made; if so, it is held open:
  /// what is loaded through `object` is what was looked at.
  Found look(const std::string& key, serial::Descriptor& object) const;

  /// The folder, held open.
  int folder() const { return file_; }

  std::string path(const std::string& key, const char* extension) const;

  /// Puts these bytes in the place of KEY.extension, a file of its owner alone, as a whole.
  void place(const std::string& bytes, const std::string& key, const char* extension) const;

 private:
  [[noreturn]] void fail(const std::string& what, int error) const;

  std::string folder_;
  int file_ = -1;
};

/// Held by one process while it makes the object of a key; others wait, since what it makes serves
/// them as well. A process that dies lets go of it.
class MakeLock {
 public:
  /// Waits at most `patience` seconds, and at most `patience_with_stopped` for a holder that was
  /// stopped, then does without the lock: two that make the same object only do the work twice.
  /// `tell` hears after a second who holds it, and of its giving up.
  struct Patience {
    double seconds = 300, with_stopped = 5;
  };
  MakeLock(const Cache& cache, const std::string& key, const Patience& patience,
           const std::function<void(const std::string&)>& tell);
  ~MakeLock();
  MakeLock(const MakeLock&) = delete;
  MakeLock& operator=(const MakeLock&) = delete;

  /// An empty folder for the compiler, removed with the lock; what killed makers left is removed.
  const std::string& work() const { return work_; }

 private:
  void remove_what_was_left() const;

  std::string folder_, work_;
  int file_ = -1;
  bool held_ = true;
};

}  // namespace ansatz::compiling
