#include <ansatz/data/path.hpp>
#include <ansatz/data/sets/svhn.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/files/hdf5.hpp>
#include <ansatz/files/mat.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/files/with_type.hpp>
#include "byte_images.hpp"
#include "set_keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

namespace ansatz {

namespace {

constexpr int svhn_side = 32, svhn_colours = 3, svhn_classes = 10;
constexpr std::int64_t svhn_width = svhn_side * svhn_side * svhn_colours;

std::string folder_of(const SVHN& set) {
  return set.path.empty() ? data_path() + "/SVHN/format2" : std::string(set.path.view());
}

// Pylearn2 writes the folder's name before the file's as it is, with its "/" or without.
std::string below(const std::string& folder, const std::string& file) {
  return (std::filesystem::path(folder) / file).string();
}

std::vector<std::string> hdf5_places(const SVHN& set) {
  const std::string file = fmt::format("{}_32x32.h5", set.which_set.view());
  return {below(folder_of(set), "h5/" + file), below(folder_of(set), file)};
}

std::vector<std::string> mat_places(const SVHN& set, const std::string& part) {
  std::vector<std::string> list = {below(folder_of(set), part + "_32x32.mat")};
  if (set.path.empty()) list.push_back(data_path() + "/svhn/" + part + "_32x32.mat");
  return list;
}

// The published files that a set is made of.
std::vector<std::string> parts_of(std::string_view set) {
  if (set == "train_all") return {"extra", "train"};
  if (set == "valid" || set == "splitted_train") return {"train", "extra"};
  return {std::string(set)};
}

// ---------------------------------------------------------------------------- HDF5

struct Arrays {
  Hdf5Array x, y;
  explicit Arrays(const std::string& file) : x(file, "/Data/X"), y(file, "/Data/y") {}
};

// Of a one-hot row, or of a number that is the class.
std::int32_t class_of(const float* row, std::int64_t numbers, const std::string& file,
                      std::int64_t example) {
  const auto wrong = [&] {
    return FileError(
        fmt::format("{}: targets of example {} are neither a class from 0 to {} nor a "
                    "one-hot row: {}",
                    file, example, svhn_classes - 1, fmt::join(row, row + numbers, " ")));
  };
  if (numbers == 1) {
    if (!(row[0] >= 0 && row[0] < svhn_classes) ||
        row[0] != static_cast<float>(static_cast<int>(row[0])))
      throw wrong();
    return static_cast<std::int32_t>(row[0]);
  }
  const auto ones = std::count(row, row + numbers, 1.f);
  const auto zeros = std::count(row, row + numbers, 0.f);
  if (ones != 1 || zeros != numbers - 1) throw wrong();
  return static_cast<std::int32_t>(std::find(row, row + numbers, 1.f) - row);
}

std::shared_ptr<const BatchSource> from_hdf5(const SVHN& set, const std::string& file) {
  const auto arrays = std::make_shared<const Arrays>(file);
  const std::vector<std::int64_t>&x = arrays->x.shape(), &y = arrays->y.shape();
  if (x.size() != 2 || x[1] != svhn_width)
    throw FileError(fmt::format("{}: /Data/X has dimensions {}; [examples, {}] are expected", file,
                                x, svhn_width));
  const std::int64_t numbers = y.size() == 2 ? y[1] : 1;
  if (y.size() > 2 || y[0] != x[0] || (numbers != 1 && numbers != svhn_classes))
    throw FileError(fmt::format("{}: /Data/y has dimensions {}; [{}, {}] are expected", file, y,
                                x[0], svhn_classes));
  const auto [first, last] = data::range_of(set.start, set.stop, x[0], set.which_set.view());
  const float subtract = set.center ? 127.5f : 0;
  const float divide = set.center && set.scale ? 127.5f : set.scale ? 255.f : 1.f;
  Pages pages;
  pages.columns = {image_column("features", svhn_side, svhn_side, svhn_colours),
                   label_column("targets", svhn_classes)};
  for (Column& each : pages.columns) each.origin = std::make_shared<const Origin>(Origin{file, {}});
  pages.examples = last - first;
  std::error_code error;
  pages.facts = fmt::format("an HDF5 file of {} bytes", std::filesystem::file_size(file, error));
  const std::int64_t from = first;  // clang 16 captures no structured binding
  pages.begin = [=]() -> RowsAt {
    return [=, row = std::vector<float>(static_cast<std::size_t>(svhn_width))](
               const Subset& wanted, std::span<void* const> out) mutable {
      auto* pixels = static_cast<float*>(out[0]);
      std::array<float, svhn_classes> target{};
      for (std::int64_t i = 0; i < wanted.size; ++i) {
        const std::int64_t at = from + wanted[i];
        arrays->x.read(at, 1, ElementType::float32, row.data());
        for (std::int64_t p = 0; p < svhn_side * svhn_side; ++p)
          for (std::int64_t c = 0; c < svhn_colours; ++c)
            *pixels++ =
                (row[static_cast<std::size_t>(c * svhn_side * svhn_side + p)] - subtract) / divide;
        arrays->y.read(at, 1, ElementType::float32, target.data());
        static_cast<std::int32_t*>(out[1])[i] = class_of(target.data(), numbers, file, at);
      }
    };
  };
  return paged(std::move(pages));
}

// ---------------------------------------------------------------------------- .mat

struct Part {
  std::vector<std::int32_t> labels;
  data::ByteBlock images;
};

Part read_part(const std::string& file) {
  auto x = std::make_shared<NpzArray>(read_mat_array(file, "X"));
  const NpzArray y = read_mat_array(file, "y");
  if (x->shape.size() == 3) x->shape.push_back(1);  // MATLAB drops a last dimension of 1
  const bool fits = x->shape.size() == 4 && x->shape[0] == svhn_side && x->shape[1] == svhn_side &&
                    x->shape[2] == svhn_colours && x->type == ElementType::uint8;
  if (!fits)
    throw FileError(fmt::format("{}: X has dimensions {}; bytes [32, 32, 3, examples] are expected",
                                file, x->shape));
  const std::int64_t examples = x->shape[3];
  if (y.size() != examples)
    throw FileError(fmt::format("{}: {} images, but {} labels", file, examples, y.size()));
  Part part;
  part.images = {x->bytes.data(), examples, x, {}};
  for (const double label : data::numbers_of<double>(y)) {
    if (!(label >= 1 && label <= svhn_classes) || label != static_cast<int>(label))
      throw FileError(fmt::format("{}: label {} of example {}; 1 to {} are allowed", file, label,
                                  part.labels.size(), svhn_classes));
    part.labels.push_back(static_cast<std::int32_t>(label) - 1);
  }
  return part;
}

// Which examples of a part are held out: so many of each class, drawn.
std::vector<char> held_out(RandomState& rng, const std::vector<std::int32_t>& labels,
                           std::int64_t of_each, const std::string& file) {
  std::vector<char> out(labels.size());
  for (int k = 0; k < svhn_classes; ++k) {
    std::vector<std::size_t> these;
    for (std::size_t i = 0; i < labels.size(); ++i)
      if (labels[i] == k) these.push_back(i);
    if (std::ssize(these) < of_each)
      throw FileError(fmt::format("{}: {} examples of class {}; 'valid' needs {} of each", file,
                                  these.size(), k, of_each));
    rng.shuffle(these);
    for (std::int64_t i = 0; i < of_each; ++i) out[these[static_cast<std::size_t>(i)]] = 1;
  }
  return out;
}

std::shared_ptr<const BatchSource> from_mat(const SVHN& set) {
  const std::string_view which = set.which_set.view();
  const bool split = which == "valid" || which == "splitted_train";
  constexpr std::int64_t of_each[] = {400, 200};
  RandomState rng(322);
  data::ByteImages all(svhn_side, svhn_side, svhn_colours,
                       data::turned_planes(svhn_side, svhn_side));
  all.subtract = set.center ? 127.5f : 0;
  all.divide = set.center && set.scale ? 127.5f : set.scale ? 255.f : 1.f;
  all.classes = svhn_classes;
  std::int64_t before = 0;
  const std::vector<std::string> parts = parts_of(which);
  for (std::size_t k = 0; k < parts.size(); ++k) {
    const std::string file = data::require_file(mat_places(set, parts[k]));
    Part part = read_part(file);
    const auto held = split ? held_out(rng, part.labels, of_each[k], file)
                            : std::vector<char>(part.labels.size());
    for (std::size_t i = 0; i < held.size(); ++i) {
      if (held[i] != (which == "valid")) continue;
      all.order.push_back(before + static_cast<std::int64_t>(i));
      all.labels.push_back(part.labels[i]);
    }
    before += part.images.examples;
    all.blocks.push_back(std::move(part.images));
    std::error_code error;
    all.facts += fmt::format("{} of {} bytes ", parts[k], std::filesystem::file_size(file, error));
    all.file = file;
  }
  if (parts.size() > 1) all.file.clear();
  const auto [first, last] = data::range_of(set.start, set.stop, all.images(), which);
  all.restrict(first, last);
  return source_of(std::move(all));
}

}  // namespace

void SVHN::check() const {
  data::require_name("which_set", which_set.view(),
                     {"train", "test", "extra", "train_all", "splitted_train", "valid"});
  data::require_range(start, stop);
}

std::shared_ptr<const BatchSource> SVHN::open() const {
  check();
  const auto file = data::first_file(hdf5_places(*this));
  return file ? from_hdf5(*this, *file) : from_mat(*this);
}
std::shared_ptr<const BatchSource> SVHN_On_Memory::open() const { return load(); }

std::shared_ptr<const Table> SVHN::load() const {
  return std::make_shared<const Table>(in_memory(SVHN::open()));
}

std::string SVHN::missing_file() const {
  if (data::first_file(hdf5_places(*this))) return "";
  for (const std::string& part : parts_of(which_set.view()))
    if (!data::first_file(mat_places(*this, part))) return mat_places(*this, part)[0];
  return "";
}
void SVHN::files(std::vector<std::string>& list) const {
  if (const auto file = data::first_file(hdf5_places(*this))) return list.push_back(*file);
  for (const std::string& part : parts_of(which_set.view()))
    if (const auto file = data::first_file(mat_places(*this, part))) list.push_back(*file);
}
std::string SVHN::fetched_as() const { return path.empty() ? "svhn" : ""; }

}  // namespace ansatz
