#include <ansatz/data/path.hpp>
#include <ansatz/data/sets/binarized_mnist.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/data/tables.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <dsl/in_quotes.hpp>
#include "../swapped_order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

namespace ansatz {

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
  const std::string path = require_data(file());
  const Table all = npy_table(path);
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

std::string BinarizedMNIST::missing_file() const {
  if (find_data(file())) return "";
  return (std::filesystem::path(data_path()) / file()).string();
}
void BinarizedMNIST::files(std::vector<std::string>& list) const {
  if (const auto found = find_data(file())) list.push_back(*found);
}

}  // namespace ansatz
