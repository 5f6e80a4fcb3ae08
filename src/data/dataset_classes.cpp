// What the data sets of jobs load.
#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/regular_file.hpp>
#include <ansatz/data/dense_design_matrix.hpp>
#include <ansatz/data/sets/digit_stream.hpp>
#include <ansatz/data/sets/drawn_sets.hpp>
#include <ansatz/data/sets/file_sets.hpp>
#include <ansatz/data/sets/random_sets.hpp>
#include <ansatz/data/source_dataset.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/data/tables.hpp>
#include <ansatz/files/csv.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/in_quotes.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <utility>

namespace ansatz {

namespace {

RandomState generator(const Seed& seed) { return random_state(seed, {17, 2, 946}); }

std::string unless_there(const String& path) {
  std::error_code error;
  return std::filesystem::exists(path.c_str(), error) ? "" : std::string(path.view());
}

// NumPy's delimiter=None is the empty text here, which a job file can write.
char separator_of(std::string_view delimiter) {
  if (delimiter.empty()) return any_blanks;
  if (delimiter.size() == 1) return delimiter[0];
  for (const auto& [name, c] : {std::pair<std::string_view, char>{"comma", ','},
                                {"tab", '\t'},
                                {"semicolon", ';'},
                                {"bar", '|'},
                                {"blanks", any_blanks}})
    if (delimiter == name) return c;
  throw ValueError(fmt::format(
      "CSVDataset: delimiter {}: one character, comma, tab, semicolon, bar, or blanks (also '')",
      in_quotes(delimiter)));
}

CsvDatasetOptions options_of(const CSVDataset& set) {
  CsvDatasetOptions options;
  options.path = set.path.c_str();
  options.task = set.task.c_str();
  options.expect_labels = set.expect_labels;
  options.expect_headers = set.expect_headers;
  options.delimiter = separator_of(set.delimiter.view());
  options.start = set.start;
  options.stop = set.stop;
  options.start_fraction = set.start_fraction;
  options.end_fraction = set.end_fraction;
  options.num_outputs = set.num_outputs;
  const auto told = [](const Error& error) { return fmt::format("CSVDataset: {}", error.what()); };
  try {
    check(options);
  } catch (const NameError& error) {
    throw NameError(told(error));
  } catch (const Error& error) {
    throw ValueError(told(error));
  }
  return options;
}

// Labels and features are two columns at least. A delimiter that the first line does not have is
// told before anything runs, where the file is there and says so in plain text.
void require_delimiter(const CSVDataset& set, char delimiter) {
  if (!set.expect_labels || delimiter == any_blanks) return;
  std::string line = serial::beginning_of(set.path.c_str(), 65536).bytes;
  const std::size_t end = line.find_first_of("\r\n");
  const bool packed = line.starts_with("\x1f\x8b");
  if (packed || end == std::string::npos || line.find_first_of("#\"") < end) return;
  line.resize(end);
  if (line.find_first_not_of(" \t") == std::string::npos || line.find(delimiter) != line.npos)
    return;
  throw ValueError(fmt::format("CSVDataset: delimiter {}: the first line of {} has none: {}",
                               in_quotes(set.delimiter.view()), set.path.view(),
                               in_quotes(line.substr(0, 60))));
}

}  // namespace

char CSVDataset::separator() const { return separator_of(delimiter.view()); }
void CSVDataset::check() const {
  const char found = options_of(*this).delimiter;
  if (delimiter != ",") require_delimiter(*this, found);
}

std::shared_ptr<const Table> CSVDataset::load() const {
  return std::make_shared<Table>(csv_table(options_of(*this)));
}
std::string CSVDataset::missing_file() const { return unless_there(path); }
void CSVDataset::files(std::vector<std::string>& list) const { list.emplace_back(path.view()); }

std::shared_ptr<const Table> NpyDataset::load() const {
  const Table features = npy_table(file.c_str());
  if (target_path.empty()) return std::make_shared<const Table>(features);
  return std::make_shared<const Table>(
      Table({features.columns()[0], npy_targets(target_path.c_str(), target_labels)}));
}
void NpyDataset::check() const {
  if (!mmap_mode.empty() && mmap_mode != "r")
    throw NameError(fmt::format("NpyDataset: mmap_mode is '{}'; allowed: 'r'", mmap_mode.view()));
}
std::shared_ptr<const BatchSource> NpyDataset::open() const {
  check();
  if (mmap_mode.empty()) return load();
  const std::shared_ptr<const BatchSource> features = mapped_npy(file.c_str());
  if (target_path.empty()) return features;
  // A label or a few numbers an example: those stay in memory.
  return side_by_side({features, std::make_shared<const Table>(
                                     Table({npy_targets(target_path.c_str(), target_labels)}))});
}
std::string NpyDataset::missing_file() const {
  const std::string features = unless_there(file);
  return features.empty() && !target_path.empty() ? unless_there(target_path) : features;
}
void NpyDataset::files(std::vector<std::string>& list) const {
  list.emplace_back(file.view());
  if (!target_path.empty()) list.emplace_back(target_path.view());
}

std::shared_ptr<const Table> NpzDataset::load() const {
  return std::make_shared<Table>(
      npz_table(file.c_str(), key.c_str(), target_key.c_str(), target_labels));
}
std::string NpzDataset::missing_file() const { return unless_there(file); }
void NpzDataset::files(std::vector<std::string>& list) const { list.emplace_back(file.view()); }

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

void RandomOneHotTopologicalDenseDesignMatrix::check() const {
  if (shape.rows < 1 || shape.columns < 1)
    throw KeyFaults("shape",
                    fmt::format("shape is {}; at least 1 x 1 is needed", to_text(shape).view()));
}
std::shared_ptr<const Table> RandomOneHotTopologicalDenseDesignMatrix::load() const {
  check();
  RandomState random = generator(rng);
  return std::make_shared<Table>(random_one_hot_topological_dense_design_matrix(
      random, num_examples, {shape.rows, shape.columns}, channels,
      axes.text.empty() ? "b01c" : axes.text.view(), num_classes));
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
    throw ValueError(
        fmt::format("DrawnDigits: start must be at least 0 and below stop, not {} "
                    "and {}",
                    start, stop));
}

std::shared_ptr<const Table> DrawnDigits::load() const {
  check();
  const DigitStream stream(static_cast<std::uint64_t>(seed));
  return std::make_shared<Table>(digits_table(stream.digits(start, stop - start)));
}

SpaceInfo space_of(const Column& column) {
  const Dims& d = column.example;
  const auto size = [&](int axis) { return static_cast<int>(d[axis]); };
  if (column.labels) return index_space(column.labels, d.rank ? size(0) : 1);
  if (column.conv) return conv2d_space(size(0), size(1), size(2));
  return vector_space(static_cast<int>(column.width()));
}

Column column_of(std::string source, const SpaceInfo& space, ElementType type) {
  if (space.kind == SpaceKind::index)
    return label_column(std::move(source), space.labels,
                        space.shape.rank ? Dims{space.shape[0]} : Dims{});
  if (space.kind == SpaceKind::conv2d && space.axes == Axes::b01c)
    return image_column(std::move(source), space.rows(), space.columns(), space.channels(), type);
  if (space.kind == SpaceKind::vector)
    return number_column(std::move(source), space.shape.rank ? Dims{space.shape[0]} : Dims{}, type);
  throw ValueError(
      fmt::format("the source '{}' is of {}; allowed: VectorSpace, IndexSpace, Conv2DSpace in the "
                  "order b01c",
                  source, to_text(space).view()));
}

SpaceInfo DenseDesignMatrix::source_space(std::string_view source) const {
  const Column* column = table_->find(source);
  return column ? space_of(*column) : SpaceInfo();
}

SpaceInfo SourceDataset::source_space(std::string_view source) const {
  const Column* column = source_->find(source);
  return column ? space_of(*column) : SpaceInfo();
}

std::shared_ptr<const Table> SourceDataset::load() const {
  return std::make_shared<const Table>(in_memory(source_));
}

std::shared_ptr<const BatchSource> Dataset::open() const { return load(); }

}  // namespace ansatz
