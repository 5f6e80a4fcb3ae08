#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/natural_order.hpp>
#include <ansatz/data/sets/image_folder.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/files/image.hpp>
#include <dsl/exceptions.hpp>

#include "../../base/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace ansatz {

namespace {

namespace fs = std::filesystem;

struct Files {
  std::vector<std::string> paths;
  std::vector<std::int32_t> labels;  // of each; empty: no classes
  std::vector<std::string> classes;  // names of folders
  std::vector<std::int64_t> per_class;
  std::int64_t bytes = 0;
};

bool is_picture(const fs::path& file) {
  std::string end = file.extension().string();
  for (char& c : end) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return end == ".png" || end == ".jpg" || end == ".jpeg";
}

std::vector<std::string> in_natural_order(std::vector<std::string> names) {
  std::sort(names.begin(), names.end(),
            [](const std::string& a, const std::string& b) { return natural_less(a, b); });
  return names;
}

void add_pictures(const fs::path& folder, std::int32_t label, bool labelled, Files& to) {
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

Files look(const std::string& path) {
  Files all;
  try {
    if (!fs::is_directory(path))
      throw FileError(fmt::format("cannot read {}: no such folder", data::quoted(path)));
    std::vector<std::string> folders;
    for (const fs::directory_entry& each : fs::directory_iterator(path))
      if (each.is_directory() && each.path().filename().string()[0] != '.')
        folders.push_back(each.path().filename().string());
    all.classes = in_natural_order(std::move(folders));
    for (std::size_t i = 0; i < all.classes.size(); ++i) {
      const std::size_t before = all.paths.size();
      add_pictures(fs::path(path) / all.classes[i], static_cast<std::int32_t>(i), true, all);
      all.per_class.push_back(static_cast<std::int64_t>(all.paths.size() - before));
      if (all.per_class.back() == 0)
        throw FileError(fmt::format("the class {} has no picture: {} holds no .png, .jpg or .jpeg",
                                    data::quoted(all.classes[i]),
                                    data::quoted((fs::path(path) / all.classes[i]).string())));
    }
    if (all.classes.empty()) add_pictures(path, 0, false, all);
  } catch (const fs::filesystem_error& error) {
    throw FileError(fmt::format("cannot read {}: {}", data::quoted(path), error.code().message()));
  }
  if (all.paths.empty())
    throw FileError(
        fmt::format("{} holds no picture: .png, .jpg or .jpeg is needed", data::quoted(path)));
  return all;
}

// All that cannot be read, by name: the first ones, and how many there are.
void check_all(const Files& files, int channels) {
  constexpr std::size_t most_told = 5;
  std::vector<std::string> bad;
  std::size_t count = 0;
  for (const std::string& path : files.paths) {
    try {
      (void)read_picture(path, channels);
    } catch (const FileError& error) {
      if (++count <= most_told) bad.emplace_back(error.what());
    }
  }
  if (count == 0) return;
  throw FileError(fmt::format("{} of {} pictures cannot be read:\n  {}{}", count,
                              files.paths.size(), fmt::join(bad, "\n  "),
                              count > most_told ? "\n  …" : ""));
}

}  // namespace

void ImageFolder::check() const {
  if (size.rows < 1 || size.columns < 1)
    throw KeyFaults("size",
                    fmt::format("size is {}; at least 1 x 1 is needed", to_text(size).view()));
  if (channels == 2) throw KeyFaults("channels", "channels is 2; 1 or 3 is allowed");
}

std::shared_ptr<const BatchSource> ImageFolder::open() const {
  check();
  const auto files = std::make_shared<const Files>(look(std::string(path.view())));
  const int classes = static_cast<int>(files->classes.size());
  if (num_classes && num_classes != classes)
    throw ValueError(fmt::format("{} has {} folders, where num_classes is {}",
                                 data::quoted(path.view()), classes, num_classes));
  check_all(*files, channels);
  Pages pages;
  pages.columns.push_back(image_column("features", size.rows, size.columns, channels));
  if (classes) pages.columns.push_back(label_column("targets", classes));
  pages.examples = static_cast<std::int64_t>(files->paths.size());
  const RowsColumns to = size;
  pages.begin = [files, to, colours = channels]() -> RowsAt {
    return [files, to, colours](const Subset& wanted, std::span<void* const> out) {
      auto* pixels = static_cast<float*>(out[0]);
      for (std::int64_t i = 0; i < wanted.size; ++i) {
        const auto which = static_cast<std::size_t>(wanted[i]);
        const Picture picture =
            resized(read_picture(files->paths[which], colours), to.rows, to.columns);
        for (const std::uint8_t v : picture.pixels) *pixels++ = static_cast<float>(v) / 255.f;
        if (out.size() > 1) static_cast<std::int32_t*>(out[1])[i] = files->labels[which];
      }
    };
  };
  pages.facts = fmt::format("{} pictures of {} bytes, by class {}", files->paths.size(),
                            files->bytes, fmt::join(files->per_class, " "));
  const auto source = paged(std::move(pages));
  if (!load_all) return source;
  return std::make_shared<const Table>(in_memory(source));
}

std::shared_ptr<const Table> ImageFolder::load() const {
  return std::make_shared<const Table>(in_memory(open()));
}
std::string ImageFolder::missing_file() const {
  std::error_code error;
  return std::filesystem::is_directory(path.c_str(), error) ? "" : std::string(path.view());
}
void ImageFolder::files(std::vector<std::string>& list) const { list.emplace_back(path.view()); }

}  // namespace ansatz
