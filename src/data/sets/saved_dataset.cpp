#include <ansatz/data/sets/saved_dataset.hpp>

#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/version.hpp>
#include <ansatz/data/source_dataset.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/files/tensor_file.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/in_quotes.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <filesystem>

namespace ansatz {

namespace {

constexpr const char* kind = "data set";
constexpr std::string_view column_key = "ansatz.column.";

std::string meaning_of(const Column& column) {
  if (column.labels) return fmt::format("labels {}", column.labels);
  return column.conv ? "image" : "numbers";
}

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw FileError(fmt::format("{}: {}", path, why));
}

// What a tensor holds, without its numbers.
Column column_of(const NamedTensor& tensor, const TensorFile& file, const std::string& path) {
  const auto found = file.metadata.find(std::string(column_key) + tensor.name);
  if (found == file.metadata.end() || tensor.shape.empty() ||
      tensor.shape.size() > static_cast<std::size_t>(ir::max_rank))
    refuse(path, fmt::format("tensor {} is no source of data", in_quotes(tensor.name)));
  Dims example;
  for (std::size_t i = 1; i < tensor.shape.size(); ++i) example.push_back(tensor.shape[i]);
  const std::string& meaning = found->second;
  const bool real = tensor.type == ElementType::float32 || tensor.type == ElementType::float64;
  Column column;
  int labels = 0;
  if (meaning == "numbers" && real) {
    column = number_column(tensor.name, example, tensor.type);
  } else if (meaning == "image" && real && example.rank == 3) {
    column = image_column(tensor.name, example[0], example[1], example[2], tensor.type);
  } else if (meaning.starts_with("labels ") && tensor.type == ElementType::int32 &&
             std::from_chars(meaning.data() + 7, meaning.data() + meaning.size(), labels).ec ==
                 std::errc() &&
             labels > 0) {
    column = label_column(tensor.name, labels, example);
  } else {
    refuse(path, fmt::format("tensor {} is said to hold {}, which is not what it is",
                             in_quotes(tensor.name), in_quotes(meaning)));
  }
  column.examples = tensor.shape[0];
  return column;
}

void require_kind(const TensorFile& file, const std::string& path) {
  const auto found = file.metadata.find(saved_kind_key);
  if (found == file.metadata.end() || found->second != kind)
    refuse(path, fmt::format("it holds {}, not a data set", found == file.metadata.end()
                                                                ? "a model or other tensors"
                                                                : "a " + found->second));
}

}  // namespace

void SavedDataset::check() const {
  if (path.empty() || !missing_file().empty()) return;
  try {
    require_kind(read_tensor_header(path.c_str()), path.c_str());
  } catch (const FileError& error) {
    throw KeyFaults("path", error.what());
  }
}

SpaceInfo SavedDataset::source_space(std::string_view source) const try {
  if (!missing_file().empty()) return {};
  const TensorFile file = read_tensor_header(path.c_str());
  require_kind(file, path.c_str());
  const NamedTensor* const found = file.find(source);
  return found ? space_of(column_of(*found, file, path.c_str())) : SpaceInfo();
} catch (const FileError&) {  // which is told, with its place, where the file is checked or read
  return {};
}

std::shared_ptr<const Table> SavedDataset::load() const {
  const std::string name = path.c_str();
  TensorFile file = read_tensor_file(name);
  require_kind(file, name);
  std::vector<Column> columns;
  for (NamedTensor& tensor : file.tensors) {
    Column column = column_of(tensor, file, name);
    const auto memory = std::make_shared<std::vector<unsigned char>>(std::move(tensor.bytes));
    column.data = memory->data();
    column.owner = memory;
    column.origin = std::make_shared<const Origin>(Origin{name, {}});
    columns.push_back(std::move(column));
  }
  if (columns.empty()) refuse(name, "the data set has no source");
  return std::make_shared<const Table>(std::move(columns));
}

std::string SavedDataset::missing_file() const {
  std::error_code error;
  return std::filesystem::exists(path.c_str(), error) ? "" : std::string(path.view());
}

void save_dataset(const std::string& path, const std::shared_ptr<const BatchSource>& data) {
  const Table table = in_memory(data);
  TensorFile file;
  file.metadata["ansatz.version"] = version;
  file.metadata[saved_kind_key] = kind;
  for (const Column& column : table.columns()) {
    NamedTensor tensor;
    tensor.name = column.source;
    tensor.type = column.type;
    tensor.shape.push_back(column.examples);
    for (int i = 0; i < column.example.rank; ++i) tensor.shape.push_back(column.example[i]);
    tensor.bytes.resize(
        static_cast<std::size_t>(column.examples * column.width() * element_size(column.type)));
    Table::gather(column, {0, column.examples, nullptr}, column.type, tensor.bytes.data());
    file.metadata[std::string(column_key) + column.source] = meaning_of(column);
    file.tensors.push_back(std::move(tensor));
  }
  write_tensor_file(path, file, Overwrite::replace, Replaces::saved);
}

}  // namespace ansatz
