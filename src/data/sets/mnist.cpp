#include <ansatz/data/path.hpp>
#include <ansatz/data/sets/mnist.hpp>
#include <ansatz/files/idx.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <dsl/in_quotes.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <filesystem>
#include <limits>

namespace ansatz {

namespace {

std::string images_file(const std::string& folder, const std::string& prefix) {
  return folder + "/" + prefix + "-images-idx3-ubyte";
}
std::string labels_file(const std::string& folder, const std::string& prefix) {
  return folder + "/" + prefix + "-labels-idx1-ubyte";
}

std::string prefix_of(std::string_view which_set) {
  return digits_in_set(which_set) == 60000 ? "train" : "t10k";
}

Digits read_digits(const std::string& folder, std::string_view which_set, int start, int stop) {
  const std::string prefix = prefix_of(which_set);
  const std::string image_path = require_data(images_file(folder, prefix));
  const std::string label_path = require_data(labels_file(folder, prefix));
  const IdxArray labels = read_idx(label_path);
  if (labels.dims.size() != 1)
    throw FileError(fmt::format("{}: dimensions {}, where one is expected: [examples]", label_path,
                                labels.dims));
  const IdxArray images = read_idx(image_path);
  if (images.dims.size() != 3 || images.dims[1] != Digits::rows ||
      images.dims[2] != Digits::columns)
    throw FileError(fmt::format("{}: dimensions {}, where [examples, {}, {}] is expected",
                                image_path, images.dims, Digits::rows, Digits::columns));
  const std::int64_t all = images.dims[0];
  if (all != labels.dims[0])
    throw FileError(
        fmt::format("{} has {} images, {} {} labels", image_path, all, label_path, labels.dims[0]));
  if (all > std::numeric_limits<int>::max())
    throw FileError(fmt::format("{}: {} images, more than {}", image_path, all,
                                std::numeric_limits<int>::max()));
  const std::int64_t end = stop == end_of_set ? all : stop;
  if (start < 0 || start > end || end > all)
    throw ValueError(
        fmt::format("{} \'{}\' has {} examples: start {} and stop {} are not a range of "
                    "them",
                    folder, which_set, all, start, end));

  Digits out;
  out.examples = static_cast<int>(end - start);
  const auto first = static_cast<std::size_t>(start), count = static_cast<std::size_t>(end) - first;
  out.labels.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const int label = labels.values[first + i];
    if (label >= Digits::classes)
      throw FileError(fmt::format("{}: label {} of example {}, where 0 to {} are allowed",
                                  label_path, label, first + i, Digits::classes - 1));
    out.labels[i] = label;
  }
  // A division in 32 bits, as in Pylearn2; a product with 1 / 255 rounds otherwise.
  std::array<float, 256> grey{};
  for (std::size_t v = 0; v < grey.size(); ++v) grey[v] = static_cast<float>(v) / 255.0f;
  const std::uint8_t* pixels = images.values.data() + first * Digits::features;
  out.images.resize(count * Digits::features);
  for (std::size_t i = 0; i < out.images.size(); ++i) out.images[i] = grey[pixels[i]];
  return out;
}

std::optional<std::string> find_folder(const std::string& folder) {
  for (const char* prefix : {"train", "t10k"})
    if (!find_data(images_file(folder, prefix)) || !find_data(labels_file(folder, prefix)))
      return std::nullopt;
  return (std::filesystem::path(data_path()) / folder).string();
}

}  // namespace

int digits_in_set(std::string_view which_set) {
  if (which_set == "train") return 60000;
  if (which_set == "test") return 10000;
  throw NameError(fmt::format("which_set {} is unknown{}", in_quotes(which_set),
                              allowed_names(which_set, {"train", "test"})));
}

std::string missing_digits(const std::string& folder, std::string_view which_set) {
  const std::string prefix = prefix_of(which_set);
  for (const std::string& file : {images_file(folder, prefix), labels_file(folder, prefix)})
    if (!find_data(file)) return (std::filesystem::path(data_path()) / file).string();
  return "";
}

Digits mnist(std::string_view which_set, int start, int stop) {
  return read_digits("mnist", which_set, start, stop);
}
Digits fashion_mnist(std::string_view which_set, int start, int stop) {
  return read_digits("fashion-mnist", which_set, start, stop);
}

std::optional<std::string> find_mnist() { return find_folder("mnist"); }
std::optional<std::string> find_fashion_mnist() { return find_folder("fashion-mnist"); }

}  // namespace ansatz
