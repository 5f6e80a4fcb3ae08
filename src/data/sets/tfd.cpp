#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/random_state.hpp>
#include <ansatz/data/path.hpp>
#include <ansatz/data/sets/tfd.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/files/mat.hpp>
#include <ansatz/files/npy.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/files/with_type.hpp>
#include "set_keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

namespace ansatz {

namespace {

constexpr int folds = 5, classes = 7;

std::vector<std::string> places(const TFD& set) {
  std::vector<std::string> list;
  for (const char* ending : {"mat", "npz"})
    list.push_back((std::filesystem::path(data_path()) /
                    fmt::format("faces/TFD/TFD_{0}x{0}.{1}", set.image_size, ending))
                       .string());
  return list;
}

NpzArray array(const std::string& file, const char* name) {
  return file.ends_with(".npz") ? read_npz_array(file, name)
                                : row_major(read_mat_array(file, name));
}

// Whether an example with this number among the folds belongs to a set.
bool belongs(std::string_view set, double fold) {
  if (set == "unlabeled") return fold == 0;
  if (set == "valid") return fold == 2;
  if (set == "test") return fold == 3;
  return fold == 1 || (fold == 2 && set == "full_train");
}

}  // namespace

void TFD::check() const {
  data::require_name("which_set", which_set.view(),
                     {"train", "valid", "test", "full_train", "unlabeled"});
  if (image_size != 48 && image_size != 96)
    throw KeyFaults("image_size", fmt::format("image_size is {}; 48 or 96 is allowed", image_size));
  if (!example_range.empty() && (example_range.size() != 2 || example_range[0] >= example_range[1]))
    throw KeyFaults("example_range",
                    "example_range must be two numbers: the first example, and one after the last");
}

std::shared_ptr<const Table> TFD::load() const {
  check();
  const std::string file = data::require_file(places(*this));
  const NpzArray images = array(file, "images");
  const std::int64_t width = std::int64_t{image_size} * image_size;
  if (images.shape.size() != 3 || images.shape[1] != image_size || images.shape[2] != image_size)
    throw FileError(fmt::format("{}: images has dimensions {}; [examples, {}, {}] are expected",
                                file, images.shape, image_size, image_size));
  const std::int64_t all = images.shape[0];
  const NpzArray of_folds = array(file, "folds");
  if (of_folds.size() != all * folds)
    throw FileError(fmt::format("{}: folds has dimensions {}; [{}, {}] are expected", file,
                                of_folds.shape, all, folds));
  const std::vector<double> fold_numbers = data::numbers_of<double>(of_folds);
  std::vector<std::int64_t> chosen;
  for (std::int64_t i = 0; i < all; ++i)
    if (belongs(which_set.view(), fold_numbers[static_cast<std::size_t>(i * folds + fold)]))
      chosen.push_back(i);
  if (chosen.empty())
    throw FileError(
        fmt::format("{}: fold {} has no examples of '{}'", file, fold, which_set.view()));
  if (!example_range.empty()) {
    const auto [first, last] =
        data::range_of(example_range[0], example_range[1], std::ssize(chosen), which_set.view());
    chosen = {chosen.begin() + first, chosen.begin() + last};
  }
  if (shuffle) {
    const Seed& given = rng.empty() ? seed : rng;
    RandomState random = given.empty() ? RandomState(132987) : random_state(given, {});
    std::vector<std::int64_t> mixed;
    for (const std::int64_t i : random.permutation(std::ssize(chosen)))
      mixed.push_back(chosen[static_cast<std::size_t>(i)]);
    chosen = std::move(mixed);
  }
  const std::vector<float> values = data::numbers_of<float>(images);
  std::vector<float> pixels;
  for (const std::int64_t i : chosen)
    for (std::int64_t p = 0; p < width; ++p) {
      const float v = values[static_cast<std::size_t>(i * width + p)];
      pixels.push_back(center ? v - 127.5f : scale ? v / 255.f : v);
    }
  std::vector<Column> columns;
  columns.push_back(image_column("features", std::move(pixels), image_size, image_size, 1));
  if (which_set != "unlabeled") {
    const NpzArray expressions = array(file, "labs_ex");
    if (expressions.size() != all)
      throw FileError(fmt::format("{}: labs_ex has dimensions {}; [{}] are expected", file,
                                  expressions.shape, all));
    const std::vector<double> of_all = data::numbers_of<double>(expressions);
    std::vector<std::int32_t> labels;
    for (const std::int64_t i : chosen) {
      const double label = of_all[static_cast<std::size_t>(i)];
      if (!(label >= 1 && label <= classes) || label != static_cast<int>(label))
        throw FileError(fmt::format("{}: expression {} of example {}; 1 to {} are allowed", file,
                                    label, i, classes));
      labels.push_back(static_cast<std::int32_t>(label) - 1);
    }
    columns.push_back(label_column("targets", std::move(labels), classes));
  }
  for (Column& each : columns) each.origin = std::make_shared<const Origin>(Origin{file, {}});
  return std::make_shared<const Table>(Table(std::move(columns)));
}

std::string TFD::missing_file() const {
  return data::first_file(places(*this)) ? "" : places(*this)[0];
}
void TFD::files(std::vector<std::string>& list) const {
  if (const auto file = data::first_file(places(*this))) list.push_back(*file);
}

}  // namespace ansatz
