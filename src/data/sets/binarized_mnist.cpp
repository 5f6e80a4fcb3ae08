#include <ansatz/data/path.hpp>
#include <ansatz/data/sets/binarized_mnist.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/data/tables.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <ansatz/files/byte_source.hpp>
#include <dsl/in_quotes.hpp>
#include "../swapped_order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

namespace ansatz {

namespace {

constexpr std::int64_t mnist_pixels = 784, most_text_bytes = std::int64_t{1} << 30;

// A line an image: 784 times 0 or 1, with blanks between.
Table text_table(const std::string& path) {
  data::ByteSource source(path);
  const std::string text = read_all(source, most_text_bytes);
  std::vector<float> pixels;
  std::int64_t line = 1, begin = 0;
  const auto end_line = [&](std::size_t at) {
    const std::int64_t count =
        std::ssize(pixels) - (std::ssize(pixels) / mnist_pixels) * mnist_pixels;
    if (count != 0)
      throw FileError(fmt::format("{}:{}:{}: {} pixels behind the last whole image; each has {}",
                                  path, line, std::int64_t(at) - begin + 1, count, mnist_pixels));
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '0' || c == '1') {
      pixels.push_back(c == '1' ? 1.f : 0.f);
    } else if (c == '\n') {
      end_line(at);
      ++line;
      begin = static_cast<std::int64_t>(at) + 1;
    } else if (c != ' ' && c != '\r') {
      throw FileError(fmt::format("{}:{}:{}: {}, where pixels are 0 or 1", path, line,
                                  std::int64_t(at) - begin + 1, in_quotes({&c, 1})));
    }
  }
  end_line(text.size());
  if (pixels.empty()) throw FileError(fmt::format("{}: no images", path));
  return Table({number_column("features", std::move(pixels), {mnist_pixels})});
}

}  // namespace

std::string BinarizedMNIST::file() const {
  return fmt::format("binarized_mnist/binarized_mnist_{}.npy", which_set.view());
}

void BinarizedMNIST::check() const {
  const std::string_view set = which_set.view();
  if (set != "train" && set != "valid" && set != "test")
    throw NameError(fmt::format("which_set {} is unknown{}", in_quotes(set),
                                allowed_names(set, {"train", "valid", "test"})));
  if (stop && *stop <= start)
    throw ValueError(fmt::format("start {} and stop {} are not a range of examples", start, *stop));
}

std::shared_ptr<const Table> BinarizedMNIST::load() const {
  check();
  const std::string there = found();
  const std::string path = there.empty() ? require_data(file()) : there;
  const Table all = path.find(".amat") == path.npos ? npy_table(path) : text_table(path);
  const Column& pixels = all.column("features");
  if (pixels.width() != 784)
    throw FileError(
        fmt::format("{}: examples of {} numbers, where 784 are expected", path, pixels.width()));
  const std::int64_t end = stop.value_or(static_cast<int>(all.examples()));
  if (start >= end || end > all.examples())
    throw ValueError(fmt::format("start {} and stop {} are not a range of the {} examples of '{}'",
                                 start, end, all.examples(), which_set.view()));
  std::vector<std::int64_t> order(static_cast<std::size_t>(all.examples()));
  std::iota(order.begin(), order.end(), 0);
  if (shuffle) {
    // Pylearn2's seed and its order of swaps: the same examples come first.
    RandomState random(std::vector<std::int64_t>{1, 2, 3});
    order = data::swapped_order(random, all.examples());
  }
  std::vector<float> values(static_cast<std::size_t>((end - start) * 784));
  Table::gather(pixels, {0, end - start, order.data() + start}, ElementType::float32,
                values.data());
  const auto other =
      std::find_if(values.begin(), values.end(), [](float v) { return v != 0 && v != 1; });
  if (other != values.end())
    throw FileError(
        fmt::format("{}: {} in example {}, where pixels are 0 or 1", path, *other,
                    order[static_cast<std::size_t>(start + (other - values.begin()) / 784)]));
  return std::make_shared<Table>(Table({number_column("features", std::move(values), {784})}));
}

std::string BinarizedMNIST::found() const {
  for (const std::string& name :
       {file(), fmt::format("binarized_mnist/binarized_mnist_{}.amat", which_set.view())})
    if (const auto path = find_data(name)) return *path;
  return "";
}
std::string BinarizedMNIST::missing_file() const {
  if (!found().empty()) return "";
  return (std::filesystem::path(data_path()) / file()).string();
}
void BinarizedMNIST::files(std::vector<std::string>& list) const {
  if (const std::string path = found(); !path.empty()) list.push_back(path);
}

}  // namespace ansatz
