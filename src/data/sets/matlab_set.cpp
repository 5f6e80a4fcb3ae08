#include <ansatz/data/sets/matlab_set.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/files/mat.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/files/with_type.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

namespace ansatz {

std::shared_ptr<const Table> MatlabDataset::load() const {
  const NpzArray array = row_major(read_mat_array(path.c_str(), which_set.view()));
  const std::vector<std::int64_t>& shape = array.shape;
  if ((shape.size() != 2 && shape.size() != 4) ||
      std::find(shape.begin(), shape.end(), 0) != shape.end())
    throw FileError(
        fmt::format("{}: {} has dimensions {}, where [examples, features] or [examples, rows, "
                    "columns, channels] are expected",
                    path.view(), which_set.view(), shape));
  Dims example;
  for (std::size_t axis = 1; axis < shape.size(); ++axis) example.push_back(shape[axis]);
  const bool single = array.type == ElementType::float32 || element_size(array.type) <= 2;
  Column features = single ? number_column("features", data::numbers_of<float>(array), example)
                           : number_column("features", data::numbers_of<double>(array), example);
  features.conv = shape.size() == 4;
  features.origin = std::make_shared<const Origin>(
      Origin{fmt::format("{}, array '{}'", path.view(), which_set.view()), {}});
  return std::make_shared<const Table>(Table({std::move(features)}));
}
std::string MatlabDataset::missing_file() const {
  std::error_code error;
  return std::filesystem::exists(path.c_str(), error) ? "" : std::string(path.view());
}
void MatlabDataset::files(std::vector<std::string>& list) const { list.emplace_back(path.view()); }

}  // namespace ansatz
