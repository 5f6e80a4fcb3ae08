// The names in a folder.
#pragma once

#include <dirent.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace ansatz {

struct CloseNames {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

/// At most `most` entries, without "." and ".."; none where the folder cannot be read. A loop over
/// std::filesystem::directory_iterator would end the program where memory ends: libstdc++ makes
/// paths in a function that must not throw.
inline std::vector<std::string> names_in(const std::string& folder, std::size_t most = 1 << 20) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, CloseNames> opened(::opendir(folder.c_str()));
  while (opened && names.size() < most) {
    const dirent* const entry = ::readdir(opened.get());
    if (!entry) break;
    if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0)
      names.emplace_back(entry->d_name);
  }
  return names;
}

}  // namespace ansatz
