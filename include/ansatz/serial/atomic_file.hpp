// Replaces a file as a whole: whatever happens, its path holds either the old content or the new.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace ansatz {

/// What a save does with a file that exists already. `refuse` is Pylearn2's allow_overwrite=False.
enum class Overwrite : std::uint8_t { replace, refuse };

/// The steps of a save, in their order; each is told to the observer when it is done.
enum class SaveInstant : std::uint8_t {
  opened,   ///< the temporary file exists, and is empty
  writing,  ///< another block (at most 1 MiB) was handed to the system
  written,  ///< all of them were
  synced,   ///< the bytes are on the disk
  renamed,  ///< the temporary file has taken the place of the old one
  finished  ///< so has the folder's entry on the disk
};

/// Writes a temporary file `.NAME.PID.tmp` in the folder of `path`, flushes it to the disk, renames
/// it to `path` and flushes the folder (T. Pillai et al., "All file systems are not created equal",
/// OSDI 2014: without the flush before the renaming, some file systems leave an empty file).
///
///     AtomicFile file("model.pkl");
///     file.write(bytes.data(), bytes.size());
///     file.commit();
///
/// A symbolic link is followed: what it points to is replaced. A file that is replaced keeps its
/// mode. Temporary files that killed programs left beside `path` are removed first; those of saves
/// under way are locked (flock) and stay.
///
/// Every error is a FileError with the path, the cause and what can be done; the old file is then
/// untouched and the temporary one removed.
class AtomicFile {
 public:
  explicit AtomicFile(const std::string& path, Overwrite overwrite = Overwrite::replace);
  /// Without `commit`, removes the temporary file.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Appends bytes.
  void write(const void* data, std::size_t size);

  /// Puts the file into its place. Nothing can be written afterwards.
  void commit();

  /// Bytes written so far.
  std::int64_t size() const { return size_; }

  /// Told each instant with the bytes written so far, for tests that stop a program between two
  /// instants; an errno that it returns is treated as the failure of that step. Returns the
  /// observer before; null, as at first, is none. Holds for the whole program.
  using Observer = int (*)(SaveInstant instant, std::int64_t bytes);
  static Observer observe(Observer observer);

 private:
  void open_temporary();
  void refuse_what_cannot_be_replaced();
  void put_in_place();
  void told(SaveInstant instant);
  void discard() noexcept;
  [[noreturn]] void fail(int error) const;

  std::string path_;    // as it was given, for messages
  std::string target_;  // behind all symbolic links
  std::string folder_, name_, temporary_;
  Overwrite overwrite_;
  bool exists_ = false;
  unsigned mode_ = 0;  // of the file that is replaced
  int folder_file_ = -1, file_ = -1;
  std::int64_t size_ = 0;
};

}  // namespace ansatz
