#include <ansatz/data/sets/lisa_images.hpp>

#include <ansatz/base/key_faults.hpp>
#include <ansatz/data/path.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/data/tables.hpp>
#include <ansatz/files/byte_source.hpp>
#include <ansatz/files/npy.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/files/with_type.hpp>
#include "byte_images.hpp"
#include "set_keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

namespace ansatz {

namespace {

std::string lisa_file(const char* file) {
  return (std::filesystem::path(data_path()) / file).string();
}
std::string missing_of(const std::vector<std::string>& list) {
  for (const std::string& each : list)
    if (!data::first_file({each})) return each;
  return "";
}
void add_files(const std::vector<std::string>& from, std::vector<std::string>& list) {
  for (const std::string& each : from)
    if (const auto found = data::first_file({each})) list.push_back(*found);
}

constexpr const char* of_training = "TLChallenge/training/training-data.dat";
constexpr const char* of_labels = "TLChallenge/training/training-labels.dat";
constexpr const char* of_the_rest = "TLChallenge/unlabelled_tiny.dat";
constexpr std::int64_t most_text = std::int64_t{1} << 33;

// Whole numbers 0 to 255, divided by blanks and ends of lines.
std::vector<std::uint8_t> bytes_of_text(const std::string& file) {
  data::ByteSource source(file);
  const std::string text = read_all(source, most_text);
  std::vector<std::uint8_t> out;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  for (const char* at = begin; at != end;) {
    if (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t') {
      ++at;
      continue;
    }
    std::uint8_t value = 0;
    const auto [behind, error] = std::from_chars(at, end, value);
    const bool whole =
        behind == end || *behind == ' ' || *behind == '\n' || *behind == '\r' || *behind == '\t';
    if (error != std::errc() || !whole)
      throw FileError(
          fmt::format("{}: no whole number from 0 to 255 at byte {}", file, at - begin));
    out.push_back(value);
    at = behind;
  }
  return out;
}

// Numbers 100 to 109 are classes within a class.
std::optional<int> coarse(int fine) {
  constexpr int of_fine[] = {7, 11, 11, 11, 4, 3, 4, 12, 4, 6};
  if (fine < 20) return fine;
  if (fine < 100 || fine > 109) return std::nullopt;
  return of_fine[fine - 100];
}

constexpr const char* of_digits = "mnistplus/mnistplus.npz";
constexpr std::int64_t side_of_digits = 48;
constexpr const char* of_fish = "wiskott/wiskott_fish_layer0_15_standard_64x64_shuffled.npy";

}  // namespace

void TL_Challenge::check() const {
  data::require_name("which_set", which_set.view(), {"train", "unlabeled", "custom"});
  if ((which_set == "custom") == custom_path.empty())
    throw KeyFaults("custom_path", "custom_path is the file of which_set 'custom'");
}
std::string TL_Challenge::file() const {
  if (which_set == "custom") return custom_path.c_str();
  return lisa_file(which_set == "train" ? of_training : of_the_rest);
}

std::shared_ptr<const BatchSource> TL_Challenge::open() const {
  check();
  constexpr std::int64_t width = 32 * 32 * 3;
  data::ByteImages images(32, 32, 3, data::turned_planes(32, 32));
  images.file = data::require_file({file()});
  const std::vector<std::uint8_t> read = bytes_of_text(images.file);
  const std::int64_t examples = std::ssize(read) / width;
  if (read.empty() || std::ssize(read) % width)
    throw FileError(
        fmt::format("{}: {} numbers, which are no images of {}", images.file, read.size(), width));
  const auto pixels = std::make_shared<std::vector<std::uint8_t>>(read.size());
  for (std::int64_t k = 0; k < width; ++k)
    for (std::int64_t i = 0; i < examples; ++i)
      (*pixels)[static_cast<std::size_t>(i * width + k)] =
          read[static_cast<std::size_t>(k * examples + i)];
  images.blocks.push_back({pixels->data(), examples, pixels, {}});
  images.subtract = center ? 127.5f : 0;
  images.facts = fmt::format("{} images", examples);
  if (which_set == "train") {
    const std::string labels = data::require_file({lisa_file(of_labels)});
    for (const std::uint8_t fine : bytes_of_text(labels)) {
      const std::optional<int> label = coarse(fine);
      if (!label)
        throw FileError(
            fmt::format("{}: class {} of example {}; 0 to 19 and 100 to 109 are "
                        "allowed",
                        labels, fine, images.labels.size()));
      images.labels.push_back(*label);
    }
    images.classes = 20;
  }
  return source_of(std::move(images));
}
std::shared_ptr<const Table> TL_Challenge::load() const {
  return std::make_shared<const Table>(in_memory(open()));
}
std::string TL_Challenge::missing_file() const {
  std::vector<std::string> list = {file()};
  if (which_set == "train") list.push_back(lisa_file(of_labels));
  return missing_of(list);
}
void TL_Challenge::files(std::vector<std::string>& list) const {
  add_files({file()}, list);
  if (which_set == "train") add_files({lisa_file(of_labels)}, list);
}

void MNISTPlus::check() const {
  data::require_name("which_set", which_set.view(), {"train", "valid", "test"});
  if (!label_type.empty())
    data::require_name("label_type", label_type.view(),
                       {"label", "azimuth", "rotation", "texture_id"});
}

std::shared_ptr<const Table> MNISTPlus::load() const {
  check();
  const std::string file = data::require_file({lisa_file(of_digits)});
  const NpzArray read = read_npz_array(file, "data");
  constexpr std::int64_t width = side_of_digits * side_of_digits;
  if (read.shape.size() != 2 || read.shape[1] != width)
    throw FileError(fmt::format("{}: data has dimensions {}; [examples, {}] are expected", file,
                                read.shape, width));
  // Parts as Python takes them: of a file with fewer digits, those that are there.
  const std::int64_t digits = read.shape[0];
  const std::int64_t first = which_set == "train" ? 0 : which_set == "valid" ? 50000 : 60000;
  const std::int64_t last = std::min(digits, which_set == "train" ? 50000 : first + 10000);
  if (first >= last)
    throw FileError(fmt::format("{}: {} digits, none of them of '{}', which begins with {}", file,
                                digits, which_set.view(), first));
  const std::int64_t examples = last - first;
  std::vector<float> pixels = data::with_type(read.type, [&]<class From>(From) {
    const From* const from = read.data<From>() + first * width;
    return std::vector<float>(from, from + examples * width);
  });
  if (contrast_normalize) {
    for (auto image = pixels.begin(); image != pixels.end(); image += width) {
      double mean = 0, squares = 0;
      for (auto x = image; x != image + width; ++x) mean += *x / double{width};
      for (auto x = image; x != image + width; ++x) squares += (*x - mean) * (*x - mean);
      const double deviation = std::sqrt(squares / double{width});
      if (deviation == 0)
        throw ValueError(
            fmt::format("{}: example {} has one colour only: contrast_normalize "
                        "would divide by 0",
                        file, first + (image - pixels.begin()) / width));
      for (auto x = image; x != image + width; ++x)
        *x = static_cast<float>((*x - mean) / deviation);
    }
  }
  if (center) {
    std::vector<double> mean(static_cast<std::size_t>(width));
    for (std::size_t i = 0; i < pixels.size(); ++i)
      mean[i % mean.size()] += pixels[i] / static_cast<double>(examples);
    for (std::size_t i = 0; i < pixels.size(); ++i)
      pixels[i] -= static_cast<float>(mean[i % mean.size()]);
  }
  std::vector<Column> columns;
  columns.push_back(image_column("features", std::move(pixels), side_of_digits, side_of_digits, 1));
  if (!label_type.empty()) {
    const NpzArray all = read_npz_array(file, label_type.view());
    if (all.size() != digits)
      throw FileError(fmt::format("{}: {} has {} numbers, where data has {} digits", file,
                                  label_type.view(), all.size(), digits));
    std::vector<double> targets = data::numbers_of<double>(all);
    const bool classes = label_type == "label" || label_type == "texture_id";
    const int most = label_type == "label" ? 9 : 1 << 20;
    double largest = label_type == "label" ? 9 : 0;
    for (const double each : targets) {
      if (classes && !(each >= 0 && each <= most && each == std::floor(each)))
        throw FileError(fmt::format("{}: {} {}; whole numbers from 0 to {} are allowed", file,
                                    label_type.view(), each, most));
      largest = std::max(largest, each);
    }
    targets.erase(targets.begin() + last, targets.end());
    targets.erase(targets.begin(), targets.begin() + first);
    if (classes) {
      columns.push_back(
          label_column("targets", {targets.begin(), targets.end()}, static_cast<int>(largest) + 1));
    } else {
      std::vector<float> turns;
      for (const double degrees : targets) turns.push_back(static_cast<float>(degrees / 360));
      columns.push_back(number_column("targets", std::move(turns), Dims{1}));
    }
  }
  return std::make_shared<const Table>(Table(std::move(columns)));
}
std::string MNISTPlus::missing_file() const { return missing_of({lisa_file(of_digits)}); }
void MNISTPlus::files(std::vector<std::string>& list) const {
  add_files({lisa_file(of_digits)}, list);
}

std::shared_ptr<const Table> Wiskott::load() const {
  const std::string file = data::require_file({lisa_file(of_fish)});
  const NpzArray read = read_npy(file);
  if (read.shape.size() != 2 || read.shape[1] != 64 * 64)
    throw FileError(
        fmt::format("{}: dimensions {}; [examples, 4096] are expected", file, read.shape));
  std::vector<float> pixels = data::numbers_of<float>(read);
  for (float& each : pixels) each = 1 - each;
  return std::make_shared<const Table>(
      Table({image_column("features", std::move(pixels), 64, 64, 1)}));
}
std::string Wiskott::missing_file() const { return missing_of({lisa_file(of_fish)}); }
void Wiskott::files(std::vector<std::string>& list) const { add_files({lisa_file(of_fish)}, list); }

}  // namespace ansatz
