// The pictures below a folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ansatz::data {

struct PictureFiles {
  std::vector<std::string> paths;    // in natural order
  std::vector<std::int32_t> labels;  // of each, where folders inside are classes
  std::vector<std::string> classes;  // names of those folders
  std::vector<std::int64_t> per_class;
  std::int64_t bytes = 0;
};

/// @param by_class  whether each folder inside is a class, if there are any
/// FileError: no such folder, none below it, a class without any.
PictureFiles picture_files(const std::string& folder, bool by_class);

/// FileError for those that cannot be read as pictures: the first of them by name, and how many
/// there are. Otherwise the least rows and columns of all.
struct LeastSize {
  int rows, columns;
};
LeastSize check_pictures(const PictureFiles& files, int channels);

/// "" for a folder that is there.
std::string missing_folder(const char* path);

}  // namespace ansatz::data
