#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/regular_file.hpp>
#include <ansatz/data/path.hpp>
#include <ansatz/data/sets/stl10.hpp>
#include <ansatz/data/sources.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/files/byte_source.hpp>
#include <ansatz/files/read_at.hpp>
#include "byte_images.hpp"
#include "set_keys.hpp"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>

namespace ansatz {

namespace {

constexpr int stl_side = 96, stl_colours = 3, stl_classes = 10;
constexpr std::int64_t image_bytes = std::int64_t{stl_side} * stl_side * stl_colours;
constexpr std::int64_t most_stl_bytes = 200'000 * image_bytes;  // twice as many images as there are

std::string file_of(std::string_view name) { return fmt::format("stl10/stl10_binary/{}", name); }

std::string images_of(const STL10& set) {
  return file_of(fmt::format("{}_X.bin", set.which_set.view()));
}

void add_images(const std::string& file, data::ByteImages& all) {
  std::int64_t bytes = 0;
  data::ByteBlock block;
  if (file.ends_with(".gz")) {
    data::ByteSource source(file);
    const auto text = std::make_shared<const std::string>(read_all(source, most_stl_bytes));
    block.pixels = reinterpret_cast<const std::uint8_t*>(text->data());
    bytes = std::ssize(*text);
    block.owner = text;
  } else {
    const auto opened = std::make_shared<const serial::RegularFile>(serial::open_regular(file));
    if (!opened->file) throw FileError(fmt::format("{}: {}", file, opened->why));
    bytes = opened->size;
    block.read = [opened, file](std::int64_t image, std::uint8_t* to) {
      if (data::read_at(opened->file.get(), image * image_bytes, to, image_bytes, file) <
          image_bytes)
        throw FileError(
            fmt::format("{}: it has become shorter: image {} is not there", file, image));
    };
  }
  if (bytes % image_bytes || bytes == 0)
    throw FileError(fmt::format("{}: {} bytes: image {} has {} of {}", file, bytes,
                                bytes / image_bytes, bytes % image_bytes, image_bytes));
  block.examples = bytes / image_bytes;
  all.blocks.push_back(std::move(block));
}

std::vector<std::int32_t> labels_in(const std::string& file) {
  data::ByteSource source(file);
  const std::string bytes = read_all(source, most_stl_bytes / image_bytes);
  std::vector<std::int32_t> labels;
  for (const char byte : bytes) {
    const int label = static_cast<unsigned char>(byte);
    if (label < 1 || label > stl_classes)
      throw FileError(fmt::format("{}: label {} at byte {}; 1 to {} are allowed", file, label,
                                  labels.size(), stl_classes));
    labels.push_back(label - 1);
  }
  return labels;
}

// A line a fold: the numbers of its examples, from 0.
std::vector<std::int64_t> fold_in(const std::string& file, int fold, std::int64_t examples) {
  data::ByteSource source(file);
  const std::string text = read_all(source, std::int64_t{1} << 24);
  std::vector<std::int64_t> list;
  const char* at = text.data();
  const char* const end = at + text.size();
  int line = 0;
  for (; at < end && line <= fold; ++at) {
    if (*at == '\n') {
      ++line;
    } else if (*at != ' ' && *at != '\r') {
      std::int64_t number = -1;
      const auto [rest, code] = std::from_chars(at, end, number);
      if (code != std::errc{} || number < 0 || number >= examples)
        throw FileError(
            fmt::format("{}:{}: an example that is none of 0 to {}", file, line + 1, examples - 1));
      if (line == fold) list.push_back(number);
      at = rest - 1;
    }
  }
  if (list.empty())
    throw FileError(fmt::format("{}: has no line {}, where fold {} is", file, fold + 1, fold));
  return list;
}

}  // namespace

void STL10::check() const {
  data::require_name("which_set", which_set.view(), {"train", "test", "unlabeled"});
  if (!example_range.empty() && (example_range.size() != 2 || example_range[0] >= example_range[1]))
    throw KeyFaults("example_range",
                    "example_range must be two numbers: the first example, and one after the last");
  if (fold && which_set != "train")
    throw KeyFaults(
        "fold", fmt::format("fold goes with which_set 'train', not with '{}'", which_set.view()));
}

std::shared_ptr<const BatchSource> STL10::open() const {
  check();
  data::ByteImages all(stl_side, stl_side, stl_colours, data::turned_planes(stl_side, stl_side));
  all.subtract = center ? 127.5f : 0;
  all.file = require_data(images_of(*this));
  add_images(all.file, all);
  const std::int64_t examples = all.images();
  if (which_set != "unlabeled") {
    all.classes = stl_classes;
    all.labels = labels_in(require_data(file_of(fmt::format("{}_y.bin", which_set.view()))));
    if (std::ssize(all.labels) != examples)
      throw FileError(fmt::format("{}: {} images, but {} labels beside it", all.file, examples,
                                  all.labels.size()));
  }
  std::error_code error;
  all.facts = fmt::format("a file of {} bytes", std::filesystem::file_size(all.file, error));
  if (fold) {
    all.order = fold_in(require_data(file_of("fold_indices.txt")), *fold, examples);
    std::vector<std::int32_t> labels;
    for (const std::int64_t i : all.order)
      labels.push_back(all.labels[static_cast<std::size_t>(i)]);
    all.labels = std::move(labels);
  }
  if (!example_range.empty()) {
    const auto [first, last] =
        data::range_of(example_range[0], example_range[1], all.images(), which_set.view());
    all.restrict(first, last);
  }
  return source_of(std::move(all));
}

std::shared_ptr<const Table> STL10::load() const {
  return std::make_shared<const Table>(in_memory(open()));
}

std::string STL10::missing_file() const {
  std::vector<std::string> list = {images_of(*this)};
  if (which_set != "unlabeled") list.push_back(file_of(fmt::format("{}_y.bin", which_set.view())));
  if (fold) list.push_back(file_of("fold_indices.txt"));
  for (const std::string& each : list)
    if (!find_data(each)) return (std::filesystem::path(data_path()) / each).string();
  return "";
}
void STL10::files(std::vector<std::string>& list) const {
  for (const std::string& each :
       {images_of(*this), file_of(fmt::format("{}_y.bin", which_set.view())),
        file_of("fold_indices.txt")})
    if (const auto found = find_data(each)) list.push_back(*found);
}

}  // namespace ansatz
