#include "picture_files.hpp"

#include <ansatz/base/natural_order.hpp>
#include <ansatz/files/image.hpp>
#include <dsl/exceptions.hpp>

#include <dsl/in_quotes.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <limits>

namespace ansatz::data {

namespace {

namespace fs = std::filesystem;

bool is_picture(const fs::path& file) {
  std::string end = file.extension().string();
  for (char& c : end) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return end == ".png" || end == ".jpg" || end == ".jpeg";
}

// A folder gives its entries in any order; 2.png goes before 10.png.
std::vector<std::string> in_natural_order(std::vector<std::string> names) {
  std::sort(names.begin(), names.end(),
            [](const std::string& a, const std::string& b) { return natural_less(a, b); });
  return names;
}

void add_pictures(const fs::path& folder, std::int32_t label, bool labelled, PictureFiles& to) {
  std::vector<std::string> found;
  for (const fs::directory_entry& each : fs::recursive_directory_iterator(folder))
    if (each.is_regular_file() && is_picture(each.path())) {
      found.push_back(each.path().string());
      to.bytes += static_cast<std::int64_t>(each.file_size());
    }
  for (std::string& path : in_natural_order(std::move(found))) {
    to.paths.push_back(std::move(path));
    if (labelled) to.labels.push_back(label);
  }
}

}  // namespace

PictureFiles picture_files(const std::string& path, bool by_class) {
  PictureFiles all;
  try {
    if (!fs::is_directory(path))
      throw FileError(fmt::format("cannot read {}: no such folder", path_in_quotes(path)));
    std::vector<std::string> folders;
    for (const fs::directory_entry& each : fs::directory_iterator(path))
      if (by_class && each.is_directory() && each.path().filename().string()[0] != '.')
        folders.push_back(each.path().filename().string());
    all.classes = in_natural_order(std::move(folders));
    for (std::size_t i = 0; i < all.classes.size(); ++i) {
      const std::size_t before = all.paths.size();
      add_pictures(fs::path(path) / all.classes[i], static_cast<std::int32_t>(i), true, all);
      all.per_class.push_back(static_cast<std::int64_t>(all.paths.size() - before));
      if (all.per_class.back() == 0)
        throw FileError(fmt::format("the class {} has no picture: {} holds no .png, .jpg or .jpeg",
                                    in_quotes(all.classes[i]),
                                    path_in_quotes((fs::path(path) / all.classes[i]).string())));
    }
    if (all.classes.empty()) add_pictures(path, 0, false, all);
  } catch (const fs::filesystem_error& error) {
    throw FileError(
        fmt::format("cannot read {}: {}", path_in_quotes(path), error.code().message()));
  }
  if (all.paths.empty())
    throw FileError(
        fmt::format("{} holds no picture: .png, .jpg or .jpeg is needed", path_in_quotes(path)));
  return all;
}

// All are read once before training: a run of days must not end at a damaged picture.
LeastSize check_pictures(const PictureFiles& files, int channels) {
  constexpr std::size_t most_told = 5;
  std::vector<std::string> bad;
  std::size_t count = 0;
  LeastSize least{std::numeric_limits<int>::max(), std::numeric_limits<int>::max()};
  for (const std::string& path : files.paths) {
    try {
      const Picture picture = read_picture(path, channels);
      least.rows = std::min(least.rows, picture.rows);
      least.columns = std::min(least.columns, picture.columns);
    } catch (const FileError& error) {
      if (++count <= most_told) bad.emplace_back(error.what());
    }
  }
  if (count == 0) return least;
  throw FileError(fmt::format("{} of {} pictures cannot be read:\n  {}{}", count,
                              files.paths.size(), fmt::join(bad, "\n  "),
                              count > most_told ? "\n  …" : ""));
}

std::string missing_folder(const char* path) {
  std::error_code error;
  return fs::is_directory(path, error) ? "" : path;
}

}  // namespace ansatz::data
