// A folder that is held open, reached one name after the other.
#pragma once

#include <ansatz/base/regular_file.hpp>

#include <string>

namespace ansatz::serial {

/// What a way asks of the folders that it goes through.
enum class Trust {
  /// A link in a folder where all may make files (with the sticky bit, such as /tmp) is followed
  /// only if this user or the folder's owner made it: what Linux asks with fs.protected_symlinks.
  links,
  /// Moreover, each folder up to the root is this user's or root's, and either nobody else may
  /// write to it or it has the sticky bit: so nobody else can exchange what is in it.
  owners,
  /// The same, but a user's own group, whose number is the user's, may write: so are trees of
  /// sources where each user has such a group and a umask of 002.
  owners_and_own_groups
};

/// The folder that holds the entry of a path, and the entry's name, behind all symbolic links. The
/// entry need not exist. What is opened through `folder` is what was looked at.
struct HeldPlace {
  Descriptor folder;  ///< opened with O_PATH; none: see `error` and `why`
  std::string path;   ///< of the folder, without links
  std::string name;   ///< of the entry; empty: the path names no entry
  int error = 0;      ///< errno of the first step that failed
  std::string why;    ///< what is not trusted
};

/// Never throws FileError: the caller words it.
HeldPlace held_place(const std::string& path, Trust trust);

/// A text that is the same for all paths of one file, links or not, whether it is there or not.
std::string file_named(const std::string& path);

/// Brings the entries of an open folder to the disk. An errno, or 0.
int flush_folder(int folder);

/// Whether files in an open folder are safe from other users although these may make some there.
bool open_to_all(int folder);

}  // namespace ansatz::serial
