// What the data sets of jobs load.
#include <ansatz/data/dense_design_matrix.hpp>
#include <ansatz/data/digit_stream.hpp>
#include <ansatz/data/drawn_sets.hpp>
#include <ansatz/data/file_sets.hpp>
#include <ansatz/data/random_sets.hpp>
#include <ansatz/data/tables.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <filesystem>

namespace ansatz {

namespace {

RandomState generator(const Seed& seed) { return random_state(seed, {17, 2, 946}); }

std::string unless_there(const String& path) {
  return std::filesystem::exists(path.c_str()) ? "" : std::string(path.view());
}

}  // namespace

std::shared_ptr<const Table> CSVDataset::load() const {
  if (delimiter.view().size() != 1)
    throw ValueError(fmt::format("CSVDataset: delimiter must be one character, not \"{}\"",
                                 delimiter.view()));
  CsvDatasetOptions options;
  options.path = path.c_str();
  options.task = task.c_str();
  options.expect_labels = expect_labels;
  options.expect_headers = expect_headers;
  options.delimiter = delimiter.view()[0];
  options.start = start;
  options.stop = stop;
  options.start_fraction = start_fraction;
  options.end_fraction = end_fraction;
  options.num_outputs = num_outputs;
  return std::make_shared<Table>(csv_table(options));
}
std::string CSVDataset::missing_file() const { return unless_there(path); }

std::shared_ptr<const Table> NpyDataset::load() const {
  return std::make_shared<Table>(npy_table(file.c_str()));
}
std::string NpyDataset::missing_file() const { return unless_there(file); }

std::shared_ptr<const Table> NpzDataset::load() const {
  return std::make_shared<Table>(
      npz_table(file.c_str(), key.c_str(), target_key.c_str(), target_labels));
}
std::string NpzDataset::missing_file() const { return unless_there(file); }

std::shared_ptr<const Table> RandomDenseDesignMatrix::load() const {
  RandomState random = generator(rng);
  return std::make_shared<Table>(
      random_dense_design_matrix(random, num_examples, dim, num_classes));
}

std::shared_ptr<const Table> RandomOneHotDenseDesignMatrix::load() const {
  RandomState random = generator(rng);
  return std::make_shared<Table>(
      random_one_hot_dense_design_matrix(random, num_examples, dim, num_classes));
}

std::shared_ptr<const Table> RandomDesignMatrixForRegression::load() const {
  RandomState random = generator(rng);
  return std::make_shared<Table>(
      random_dense_design_matrix_for_regression(random, num_examples, dim, reg_min, reg_max));
}

std::shared_ptr<const Table> ArangeDataset::load() const {
  return std::make_shared<Table>(arange_dataset(num_examples));
}

void DrawnDigits::check() const {
  if (start < 0 || stop <= start)
    throw ValueError(fmt::format("DrawnDigits: start must be at least 0 and below stop, not {} "
                                 "and {}",
                                 start, stop));
}

std::shared_ptr<const Table> DrawnDigits::load() const {
  check();
  const DigitStream stream(static_cast<std::uint64_t>(seed));
  return std::make_shared<Table>(digits_table(stream.digits(start, stop - start)));
}

SpaceInfo DenseDesignMatrix::source_space(std::string_view source) const {
  const Column* column = table_->find(source);
  if (!column) return {};
  const Dims& d = column->example;
  const auto size = [&](int axis) { return static_cast<int>(d[axis]); };
  if (column->labels) return index_space(column->labels, d.rank ? size(0) : 1);
  if (column->conv) return conv2d_space(size(0), size(1), size(2));
  return vector_space(static_cast<int>(column->width()));
}

}  // namespace ansatz
