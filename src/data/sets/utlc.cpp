#include <ansatz/data/sets/utlc.hpp>

#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/random_state.hpp>
#include <ansatz/data/path.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/files/norb_matrix.hpp>
#include <ansatz/files/sparse.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/files/with_type.hpp>
#include "set_keys.hpp"
#include "sparse_rows.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <filesystem>

namespace ansatz {

namespace {

std::string utlc_file(const std::string& file) {
  return (std::filesystem::path(data_path()) / "UTLC" / file).string();
}

// (x - mean) / deviation: what Pylearn2 has measured, or was told of the range.
struct Normal {
  float mean = 0, deviation = 1;
};
Normal normal_of(std::string_view name) {
  if (name == "ule") return {0, 255};
  if (name == "avicenna") return {514.62154022835455f, 6.829096494224145f};
  if (name == "sylvester") return {403.81889927027686f, 96.43841050784053f};
  if (name == "harry") return {0, .69336046033925791f};
  if (name == "rita") return {0, 230};
  return {0, 300};  // terry
}

std::vector<std::int64_t> order_of(bool randomized, std::int64_t examples) {
  if (!randomized) return {};
  return RandomState({1, 2, 3, 4}).permutation(examples);
}

std::int64_t at(const std::vector<std::int64_t>& order, std::int64_t example) {
  return order.empty() ? example : order[static_cast<std::size_t>(example)];
}

// A matrix [examples, numbers]; with `width`, of so many numbers.
NpzArray matrix(const std::string& file, std::int64_t width = 0) {
  NpzArray read = read_norb_matrix(file);
  if (read.shape.size() != 2 || (width && read.shape[1] != width))
    throw FileError(fmt::format("{}: dimensions {}; [examples, {}] are expected", file, read.shape,
                                width ? std::to_string(width) : "numbers"));
  return read;
}

// Targets, in the order of the examples.
struct Targets {
  std::vector<float> numbers;
  std::int64_t outputs = 0;

  Targets(const std::vector<std::string>& places, const std::vector<std::int64_t>& order,
          std::int64_t examples) {
    if (places.empty()) return;
    const std::string file = data::require_file(places);
    const NpzArray read = matrix(file);
    if (read.shape[0] != examples)
      throw FileError(
          fmt::format("{}: targets of {} examples; there are {}", file, read.shape[0], examples));
    outputs = read.shape[1];
    const std::vector<float> all = data::numbers_of<float>(read);
    for (std::int64_t i = 0; i < examples; ++i)
      numbers.insert(numbers.end(), all.begin() + at(order, i) * outputs,
                     all.begin() + (at(order, i) + 1) * outputs);
  }
};

}  // namespace

void UtlcSet::check_names() const {
  data::require_name("which_set", which_set.view(), {"train", "valid", "test"});
  if (transfer && which_set != "train")
    throw KeyFaults("transfer", fmt::format("labels for transfer are of 'train', not of '{}'",
                                            which_set.view()));
}
std::vector<std::string> UtlcSet::target_places() const {
  if (!transfer) return {};
  return {utlc_file(fmt::format("filetensor/{}_transfer.ft", name.view()))};
}
std::shared_ptr<const Table> UtlcSet::load() const {
  return std::make_shared<const Table>(in_memory(open()));
}
std::string UtlcSet::missing_file() const {
  for (const std::vector<std::string>& each : {places(), target_places()})
    if (!each.empty() && !data::first_file(each)) return each[0];
  return "";
}
void UtlcSet::files(std::vector<std::string>& list) const {
  for (const std::vector<std::string>& each : {places(), target_places()})
    if (const auto found = data::first_file(each)) list.push_back(*found);
}

void UtlcArrays::check() const {
  data::require_name("name", name.view(), {"avicenna", "harry", "rita", "sylvester", "ule"});
  check_names();
  if (labels && name != "ule")
    throw KeyFaults("labels", fmt::format("ule has labels; {} has none", name.view()));
}
std::vector<std::string> UtlcArrays::places() const {
  return {utlc_file(fmt::format("filetensor/{}_{}.ft", name.view(), which_set.view()))};
}
std::vector<std::string> UtlcArrays::target_places() const {
  if (!labels) return UtlcSet::target_places();
  const std::string stem = fmt::format("filetensor/ule_{}l.", which_set.view());
  return {utlc_file(stem + "ft"), utlc_file(stem + "tf")};
}

std::shared_ptr<const BatchSource> UtlcArrays::open() const {
  check();
  const std::string file = data::require_file(places());
  const auto read = std::make_shared<const NpzArray>(matrix(file, width()));
  const std::int64_t examples = read->shape[0], numbers = width();
  const auto order =
      std::make_shared<const std::vector<std::int64_t>>(order_of(randomized(), examples));
  const auto targets = std::make_shared<const Targets>(target_places(), *order, examples);
  const Normal by = normalize || normalize_on_the_fly ? normal_of(name.view()) : Normal();
  Pages pages;
  pages.columns.push_back(number_column("features", {numbers}));
  pages.columns[0].origin = std::make_shared<const Origin>(Origin{file, {}});
  if (targets->outputs) pages.columns.push_back(number_column("targets", {targets->outputs}));
  pages.examples = examples;
  std::error_code error;
  pages.facts =
      fmt::format("{} examples in {} bytes", examples, std::filesystem::file_size(file, error));
  pages.begin = [=]() -> RowsAt {
    return [=](const Subset& wanted, std::span<void* const> out) {
      data::with_type(read->type, [&]<class From>(From) {
        auto* to = static_cast<float*>(out[0]);
        for (std::int64_t i = 0; i < wanted.size; ++i) {
          const From* const from = read->data<From>() + at(*order, wanted[i]) * numbers;
          for (std::int64_t k = 0; k < numbers; ++k)
            *to++ = (static_cast<float>(from[k]) - by.mean) / by.deviation;
        }
      });
      if (!targets->outputs) return;
      for (std::int64_t i = 0; i < wanted.size; ++i)
        std::copy_n(targets->numbers.begin() + wanted[i] * targets->outputs, targets->outputs,
                    static_cast<float*>(out[1]) + i * targets->outputs);
    };
  };
  return paged(std::move(pages));
}

void UtlcSparse::check() const {
  data::require_name("name", name.view(), {"harry", "terry", "ule"});
  check_names();
}
std::vector<std::string> UtlcSparse::places() const {
  return {utlc_file(fmt::format("sparse/{}_{}.npz", name.view(), which_set.view()))};
}

std::shared_ptr<const BatchSource> UtlcSparse::open() const {
  check();
  data::SparseRows rows;
  rows.file = data::require_file(places());
  rows.matrix = read_sparse_npz(rows.file);
  if (rows.matrix.columns != width())
    throw FileError(fmt::format("{}: examples of {} numbers; {} are expected", rows.file,
                                rows.matrix.columns, width()));
  if (normalize)
    for (float& value : rows.matrix.values) value /= normal_of(name.view()).deviation;
  rows.order = order_of(randomized(), rows.matrix.rows);
  Targets targets(target_places(), rows.order, rows.matrix.rows);
  rows.numbers = std::move(targets.numbers);
  rows.outputs = targets.outputs;
  return source_of(std::move(rows));
}

std::shared_ptr<const BatchSource> Avicenna::open() const {
  const auto own = UtlcArrays::open();
  if (!standardize) return own;
  const auto numbers = static_cast<std::size_t>(width());
  std::vector<double> sum(numbers), squares(numbers);
  std::vector<Table> all;
  std::int64_t examples = 0;
  for (const char* set : {"train", "valid", "test"}) {
    all.push_back(in_memory(UtlcArrays("avicenna", set).open()));
    examples += all.back().examples();
  }
  const auto for_each_number = [&](auto use) {
    for (const Table& table : all) {
      const auto* at = static_cast<const float*>(table.column("features").data);
      for (std::int64_t i = 0; i < table.examples(); ++i)
        for (std::size_t k = 0; k < numbers; ++k) use(k, double{*at++});
    }
  };
  const auto count = static_cast<double>(examples);
  for_each_number([&](std::size_t k, double x) { sum[k] += x / count; });
  for_each_number(
      [&](std::size_t k, double x) { squares[k] += (x - sum[k]) * (x - sum[k]) / count; });
  std::vector<Normal> by;
  for (std::size_t k = 0; k < numbers; ++k)
    by.push_back(
        {static_cast<float>(sum[k]), static_cast<float>(std::max(std::sqrt(squares[k]), 1e-3))});
  return transformed(own, own->columns(),
                     [by](std::span<const ArrayView> in, std::span<void* const> out) {
                       const auto* from = static_cast<const float*>(in[0].data);
                       auto* to = static_cast<float*>(out[0]);
                       for (std::int64_t i = 0; i < in[0].dims[0]; ++i)
                         for (const Normal& of : by) *to++ = (*from++ - of.mean) / of.deviation;
                     });
}
std::string Avicenna::missing_file() const {
  for (const char* set : {"train", "valid", "test"})
    if (standardize || which_set == set)
      if (std::string file = UtlcArrays("avicenna", set).missing_file(); !file.empty()) return file;
  return "";
}
void Avicenna::files(std::vector<std::string>& list) const {
  for (const char* set : {"train", "valid", "test"})
    if (standardize || which_set == set) UtlcArrays("avicenna", set).files(list);
}

}  // namespace ansatz
