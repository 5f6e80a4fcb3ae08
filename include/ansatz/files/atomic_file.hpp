// Replaces a file as a whole: whatever happens, its path holds either the old content or the new.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace ansatz {

/// What a save does with a file that exists already. `refuse` is Pylearn2's allow_overwrite=False.
enum class Overwrite : std::uint8_t { replace, refuse };

/// What a save may replace where it may replace at all. A model takes the place of a model of this
/// library only, or of an empty file: data, jobs and other programs' files are somebody's work.
/// What is no model takes no model's place. Preprocessors and data sets that were saved are told
/// from models by "ansatz.kind" in their metadata; they take the place of their like only.
enum class Replaces : std::uint8_t { anything, models, no_models, saved };

/// Who may read and write the file: those who may the one that is replaced, or, of a new one, whom
/// the umask lets; or its owner alone.
enum class Rights : std::uint8_t { kept, owner };

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
/// A symbolic link is followed: what it points to is replaced; but not one that another user laid
/// into a folder open to all, such as /tmp. A file that is replaced keeps its mode, group, access
/// list and, where that is allowed, its owner; where its group cannot be kept, what the group might
/// do with it is taken away. At no instant is a part of the new file open to anybody who may not
/// read the old one. Temporary files that killed programs left beside `path` are removed first;
/// those of saves under way are locked (flock) and stay, under names that are never used again.
///
/// Every error is a FileError with the path, the cause and what can be done; the old file is then
/// untouched and the temporary one removed.
class AtomicFile {
 public:
  explicit AtomicFile(const std::string& path, Overwrite overwrite = Overwrite::replace,
                      Replaces what = Replaces::anything, Rights rights = Rights::kept);
  /// Without `commit`, removes the temporary file.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Appends bytes.
  void write(const void* data, std::size_t size);
  /// Puts other bytes in the place of some that were written: of a header that is known late.
  void rewrite(std::int64_t at, const void* data, std::size_t size);

  /// Puts the file into its place. Nothing can be written afterwards.
  void commit();

  /// Throws what a save of `bytes` bytes would throw, as far as that can be seen without making a
  /// file: folder, permissions, kind, overwrite rule, room.
  static void look(const std::string& path, Overwrite overwrite, Replaces what, std::int64_t bytes);
  /// The same by trying: makes the temporary file with room for all bytes, and removes it.
  static void rehearse(const std::string& path, Overwrite overwrite, Replaces what,
                       std::int64_t bytes);

  /// Removes the temporary files of all saves under way, for a program that ends without leaving
  /// its scopes. Takes no memory.
  static void remove_temporaries() noexcept;

  /// Bytes written so far.
  std::int64_t size() const { return size_; }

  /// Told each instant with the bytes written so far, for tests that stop a program between two
  /// instants; an errno that it returns is treated as the failure of that step. Returns the
  /// observer before; null, as at first, is none. Holds for the whole program.
  using Observer = int (*)(SaveInstant instant, std::int64_t bytes);
  static Observer observe(Observer observer);

 private:
  enum class Purpose : std::uint8_t { write, rehearse, look };
  AtomicFile(const std::string& path, Overwrite overwrite, Replaces what, Rights rights,
             Purpose purpose, std::int64_t bytes);
  void find_folder();
  void find_old_file(Replaces what);
  void refuse_by_kind(Replaces what);
  void enlist();
  void delist() noexcept;
  void open_temporary();
  void take_over_rights();
  void require_room(std::int64_t bytes);
  void put_in_place();
  void told(SaveInstant instant);
  void discard() noexcept;
  [[noreturn]] void fail(int error) const;

  std::string path_;                       // as it was given, for messages
  std::string folder_, name_, temporary_;  // behind all symbolic links
  Overwrite overwrite_;
  Rights rights_;
  Purpose purpose_;
  int folder_file_ = -1, file_ = -1;
  int old_file_ = -1;  // that is replaced, opened with O_PATH
  std::int64_t size_ = 0;
  // The saves of this process under way.
  bool enlisted_ = false;
  AtomicFile* next_ = nullptr;
  static AtomicFile* first_;
};

}  // namespace ansatz
