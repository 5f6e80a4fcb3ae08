#include <ansatz/data/path.hpp>
#include <ansatz/data/sets/icml_2013.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/files/csv.hpp>
#include <ansatz/files/npy.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/files/with_type.hpp>
#include "faces_csv.hpp"
#include "set_keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

namespace ansatz {

void Icml2013Set::check() const {
  if (dynamic_cast<const BlackBoxDataset*>(this))
    data::require_name("which_set", which_set.view(), {"train", "public_test", "extra"});
  else
    data::require_name("which_set", which_set.view(), {"train", "public_test"});
  data::require_range(start, stop);
}

std::string Icml2013Set::file() const {
  const std::filesystem::path place = base_path.empty()
                                          ? std::filesystem::path(data_path()) / folder()
                                          : std::filesystem::path(base_path.view());
  if (which_set == "extra") return (place / "extra_unsupervised_data.npy").string();
  return (place / (which_set == "train" ? "train.csv" : "test.csv")).string();
}

std::pair<std::int64_t, std::int64_t> Icml2013Set::range(std::int64_t examples) const {
  return data::range_of(start, stop, examples, which_set.view());
}

std::string Icml2013Set::missing_file() const { return data::first_file({file()}) ? "" : file(); }
void Icml2013Set::files(std::vector<std::string>& list) const {
  if (const auto found = data::first_file({file()})) list.push_back(*found);
}

namespace {

constexpr int black_box_width = 1875, black_box_classes = 9;

// [numbers, examples], as the contest gave it.
Column turned(const NpzArray& array, const std::string& file) {
  if (array.shape.size() != 2 || array.shape[0] != black_box_width)
    throw FileError(fmt::format("{}: dimensions {}; [{}, examples] are expected", file, array.shape,
                                black_box_width));
  const auto examples = static_cast<std::size_t>(array.shape[1]);
  const std::vector<float> values = data::numbers_of<float>(array);
  std::vector<float> rows(values.size());
  for (std::size_t k = 0; k < black_box_width; ++k)
    for (std::size_t i = 0; i < examples; ++i)
      rows[i * black_box_width + k] = values[k * examples + i];
  return number_column("features", std::move(rows), {black_box_width});
}

Table black_box_csv(const std::string& file, bool labelled) {
  const CsvTable csv = read_csv(file, {.header = true});
  if (csv.columns != black_box_width + labelled)
    throw FileError(fmt::format("{}: {} numbers in a line; {} are expected", file, csv.columns,
                                black_box_width + labelled));
  std::vector<float> features;
  std::vector<std::int32_t> labels;
  for (std::int64_t i = 0; i < csv.rows; ++i) {
    const double* row = csv.values.data() + i * csv.columns;
    if (labelled) {
      if (!(*row >= 1 && *row <= black_box_classes) || *row != static_cast<int>(*row))
        throw FileError(fmt::format("{}:{}: label {}; 1 to {} are allowed", file,
                                    csv.lines[static_cast<std::size_t>(i)], *row,
                                    black_box_classes));
      labels.push_back(static_cast<std::int32_t>(*row++) - 1);
    }
    for (int k = 0; k < black_box_width; ++k) features.push_back(static_cast<float>(row[k]));
  }
  std::vector<Column> columns;
  columns.push_back(number_column("features", std::move(features), {black_box_width}));
  if (labelled) columns.push_back(label_column("targets", std::move(labels), black_box_classes));
  for (Column& each : columns)
    each.origin = std::make_shared<const Origin>(Origin{file, csv.lines});
  return Table(std::move(columns));
}

}  // namespace

std::shared_ptr<const Table> BlackBoxDataset::load() const {
  check();
  const std::string path = data::require_file({file()});
  const Table all = which_set == "extra" ? Table({turned(read_npy(path), path)})
                                         : black_box_csv(path, which_set == "train");
  const auto [first, last] = range(all.examples());
  return std::make_shared<const Table>(all.restrict(first, last));
}

std::shared_ptr<const Table> EmotionsDataset::load() const {
  check();
  const std::string path = data::require_file({file()});
  const Table all = data::read_faces(path, {48, 48, which_set == "train" ? 7 : 0});
  const auto [first, last] = range(all.examples());
  return std::make_shared<const Table>(all.restrict(first, last));
}

}  // namespace ansatz
