#include <ansatz/data/sets/table_set.hpp>

#include <ansatz/base/random_state.hpp>
#include <ansatz/data/columns/learn_columns.hpp>
#include <ansatz/data/path.hpp>
#include <ansatz/data/sets/derived_sets.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/in_quotes.hpp>
#include <dsl/nearest_name.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <exception>
#include <filesystem>
#include <numeric>
#include <utility>

namespace ansatz {

// What was read of the file, and what was learned of it. Copies of a description share it.
struct TableDataset::State {
  std::shared_ptr<const TableColumns> columns;
  std::exception_ptr failed;  // in place of columns
  std::shared_ptr<const ReadColumns> read;
  std::shared_ptr<const Table> table;
  bool targets = true;
};

namespace {

std::shared_ptr<const TableColumns>& known_columns() {
  static thread_local std::shared_ptr<const TableColumns> known;
  return known;
}

std::vector<std::string> texts_of(const ir::List<String>& list) {
  std::vector<std::string> texts;
  for (const String& each : list) texts.emplace_back(each.view());
  return texts;
}

ColumnUse scale_named(std::string_view name) {
  return name == "min_max" ? ColumnUse::min_max
         : name == "none"  ? ColumnUse::none
                           : ColumnUse::standardize;
}

ColumnTask task_of(const TableDataset& set) {
  ColumnTask task;
  task.targets = texts_of(set.target);
  task.task = set.task.c_str();
  task.rules = set.columns;
  task.unknown_as_zeros = set.unknown == "zeros";
  task.target_use = scale_named(set.target_scale.view());
  task.weight = set.weight.c_str();
  return task;
}

// With what a table that it is like says where this one says nothing.
TableFormat format_of(const TableDataset& set, const TableColumns* known) {
  TableFormat format;
  if (known) {
    format.comment = known->comment;
    format.missing = known->missing_texts;
    if (known->separator != "auto") format.separator = known->separator;
    if (!known->header) format.names = known->names;
    format.without_names =
        "header: False (on the command line, --first-line numbers) takes its columns as those of "
        "the training data, in their order";
    for (const TableColumn& each : known->targets) format.dispensable.push_back(each.name);
    if (!known->weight.empty()) format.dispensable.push_back(known->weight);
  }
  if (set.separator != "auto") format.separator = set.separator.c_str();
  if (!set.comment.empty()) format.comment = set.comment.c_str();
  if (set.header) {
    format.header = set.header;
    // Of a file without names these are in the order of the training data.
    if (known && !*set.header) format.names = known->names;
    if (known && *set.header) format.names.clear();
  }
  if (!set.names.empty()) format.names = texts_of(set.names);
  if (set.missing) format.missing = texts_of(*set.missing);
  return format;
}

}  // namespace

TableDataset::TableDataset() : state_(std::make_shared<State>()) {}

const TableDataset* TableDataset::model() const {
  return dynamic_cast<const TableDataset*>(like.get());
}

const RowParts& TableDataset::parts() const {
  const TableDataset* const of = model();
  return split.list.empty() && path.empty() && of ? of->parts() : split;
}

void TableDataset::check() const {
  const auto fault = [](const std::string& what) { throw ValueError("Table: " + what); };
  const auto named = [](const char* key, const String& value,
                        const std::vector<std::string_view>& known) {
    for (const std::string_view each : known)
      if (value == each) return;
    throw NameError(fmt::format("Table: {} {} is unknown{}", key, in_quotes(value.view()),
                                allowed_names(value.view(), known)));
  };
  if (like && !model()) fault("like: a Table is needed, whose columns are known by name");
  if (path.empty() && !like) fault("path: the file is missing");
  if (model() && model()->preprocessor && !preprocessor)
    fault(
        "preprocessor: the table that it is like has one; name it here, too: preprocessor: "
        "*that_of_the_other");
  if (!names.empty() && header.value_or(false))
    fault("names: with header: True the first line holds them; give one of the two");
  named("unknown", unknown, {"refuse", "zeros"});
  named("target_scale", target_scale, {"standardize", "min_max", "none"});
  double sum = 0;
  std::vector<std::string_view> known;
  for (const RowPart& each : parts().list) {
    known.push_back(each.name.view());
    sum += each.fraction;
    if (!(each.fraction > 0 && each.fraction < 1))
      fault(fmt::format("split: the fraction of {} is {}: above 0 and below 1",
                        in_quotes(each.name.view()), each.fraction));
  }
  if (sum > 1 + 1e-9) fault(fmt::format("split: the fractions add up to {}, more than 1", sum));
  if (!which_set.empty() && known.empty()) fault("which_set: means nothing without split");
  if (!which_set.empty()) named("which_set", which_set, known);
  if (stratify && (model() ? model()->target : target).empty())
    fault("stratify: means nothing without a target");
  if (path.empty() && model() && known.empty())
    fault("like: without path it is another part of the rows, but that Table has no split");
  // Measured as `test`, the rows that are trained on would flatter.
  if (path.empty() && model() && split.list.empty() && which_set.empty() &&
      part() == model()->part())
    fault(fmt::format(
        "which_set: without it these are the rows of the Table that it is like, {}; name another "
        "part: {}",
        in_quotes(part()), fmt::join(known, ", ")));
  const auto told = [](const Error& error) { return fmt::format("Table: {}", error.what()); };
  try {
    ansatz::check(format_of(*this, nullptr));
    ansatz::check(task_of(*this));
  } catch (const NameError& error) {
    throw NameError(told(error));
  } catch (const Error& error) {
    throw ValueError(told(error));
  }
}

std::string TableDataset::file() const {
  if (path.empty() && model()) return model()->file();
  std::error_code none;
  if (std::filesystem::exists(path.c_str(), none)) return path.c_str();
  return find_data(path.c_str()).value_or(std::string(path.view()));
}
const TableDataset* table_within(const Dataset* set) {
  while (const auto* const derived = dynamic_cast<const DerivedDataset*>(set))
    set = derived->inner();
  return dynamic_cast<const TableDataset*>(set);
}

std::string TableDataset::missing_file() const {
  std::error_code error;
  const std::string found = file();
  return std::filesystem::exists(found, error) ? "" : found;
}
void TableDataset::files(std::vector<std::string>& list) const { list.push_back(file()); }

const TableDataset& TableDataset::drawn() const {
  return split.list.empty() && model() ? *model() : *this;
}

// Of each row what it is counted with: its class, or one number for all.
std::vector<std::int32_t> TableDataset::strata(const ReadColumns& read) const {
  const auto rows = static_cast<std::size_t>(read.rows());
  if (!drawn().stratify) return std::vector<std::int32_t>(rows, 0);
  const std::string_view name = (model() ? model()->target : target)[0].view();
  const ColumnValues* const classes = read.find(name);
  if (!classes || !classes->is_text)
    throw ValueError(
        fmt::format("Table: stratify: the target {} holds numbers, not classes", in_quotes(name)));
  std::vector<std::int64_t> counts(classes->texts.size());
  for (const std::int32_t code : classes->codes) ++counts[static_cast<std::size_t>(code)];
  for (std::size_t k = 0; k < counts.size(); ++k)
    if (counts[k] < std::ssize(parts().list))
      throw ValueError(
          fmt::format("{}: stratify: of class {} there {} {} for {} parts", read.file,
                      in_quotes(classes->texts[k]), counts[k] == 1 ? "is" : "are",
                      counts[k] == 1 ? "one example" : fmt::format("{} examples", counts[k]),
                      std::ssize(parts().list)));
  return classes->codes;
}

std::string_view TableDataset::part() const {
  if (!which_set.empty()) return which_set.view();
  // Who names no part trains: {test: .2, train: .8} is not to be trained on the test rows.
  for (const RowPart& each : parts().list)
    if (each.name == "train") return "train";
  return parts().list[0].name.view();
}

std::vector<std::int64_t> TableDataset::rows_of_part(const ReadColumns& read) const {
  const std::int64_t rows = read.rows();
  std::vector<std::int64_t> order(static_cast<std::size_t>(rows));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  const RowParts& all = parts();
  if (all.list.empty()) return order;
  if (drawn().shuffle) order = RandomState(std::int64_t{drawn().seed}).permutation(rows);
  const std::vector<std::int32_t> stratum = strata(read);
  std::vector<std::int64_t> counts, seen;
  for (const std::int32_t each : stratum) {
    const auto k = static_cast<std::size_t>(each);
    if (k >= counts.size()) counts.resize(k + 1);
    ++counts[k];
  }
  seen.resize(counts.size());
  double before = 0;
  const auto at = [](double fraction, std::int64_t of) {
    return std::min(
        of, static_cast<std::int64_t>(std::floor(fraction * static_cast<double>(of) + .5 + 1e-9)));
  };
  const std::string_view wanted = part();
  for (const RowPart& each : all.list) {
    if (each.name == wanted) {
      std::vector<std::int64_t> part;
      for (const std::int64_t row : order) {
        const auto k = static_cast<std::size_t>(stratum[static_cast<std::size_t>(row)]);
        const std::int64_t place = seen[k]++;
        if (place >= at(before, counts[k]) && place < at(before + each.fraction, counts[k]))
          part.push_back(row);
      }
      if (part.empty())
        throw ValueError(
            fmt::format("{}: of {} rows none belong to {}", file(), rows, in_quotes(wanted)));
      return part;
    }
    before += each.fraction;
  }
  return {};
}

std::shared_ptr<const TableColumns> TableDataset::learned() const {
  check();
  if (const TableDataset* const of = model()) return of->learned();
  State& state = *state_;
  if (!state.columns && !state.failed && known_columns()) state.columns = known_columns();
  if (state.failed) std::rethrow_exception(state.failed);
  if (state.columns) return state.columns;
  try {
    TextTable table(file(), format_of(*this, nullptr));
    auto read = std::make_shared<ReadColumns>();
    TableColumns found = learn_columns(table, task_of(*this), *read,
                                       [this](const ReadColumns& r) { return rows_of_part(r); });
    found.separator = separator == "auto" ? "auto" : table.separator();
    found.comment = comment.c_str();
    found.missing_texts = format_of(*this, nullptr).missing;
    state.columns = std::make_shared<const TableColumns>(std::move(found));
    state.read = std::move(read);
  } catch (const Error&) {
    state.failed = std::current_exception();
    throw;
  }
  return state.columns;
}

bool TableDataset::learned_missing() const {
  if (const TableDataset* const of = model()) return of->learned_missing();
  return !state_->columns && !known_columns() && !missing_file().empty();
}

bool TableDataset::fails() const {
  if (learned_missing()) return true;
  try {
    (void)learned();
    return false;
  } catch (const Error&) {
    return true;
  }
}

void TableDataset::take(std::shared_ptr<const TableColumns> known) const {
  if (const TableDataset* const of = model()) return of->take(std::move(known));
  *state_ = {.columns = std::move(known), .failed = {}, .read = {}, .table = {}};
}

void TableDataset::read_targets(bool wanted) const { state_->targets = wanted; }

SpaceInfo TableDataset::source_space(std::string_view source) const {
  if (fails()) return {};
  const TableColumns& known = *learned();
  const std::int64_t targets = std::ssize(known.targets);
  if (source == "features") return vector_space(static_cast<int>(known.width()));
  if (source == "weights" && !known.weight.empty()) return vector_space(1);
  if (source != "targets" || targets == 0) return {};
  if (known.classifies()) return index_space(static_cast<int>(known.targets[0].categories.size()));
  return vector_space(static_cast<int>(targets));
}

void TableDataset::require_read(const TableColumns& known) const {
  State& state = *state_;
  const TableDataset* const of = model();
  // Another part of the same rows.
  if (!state.read && of && path.empty() && of->state_->read) state.read = of->state_->read;
  if (state.read) return;
  TextTable table(file(), format_of(*this, &known));
  const bool by_class = !parts().list.empty() && drawn().stratify;
  auto read = std::make_shared<ReadColumns>(read_columns(table, known, state.targets || by_class));
  if (read->rows() == 0)
    throw FileError(fmt::format("{}: there are names, but no examples", table.path()));
  state.read = std::move(read);
}

std::shared_ptr<const Table> TableDataset::load() const {
  const std::shared_ptr<const TableColumns> known = learned();
  State& state = *state_;
  if (state.table) return state.table;
  require_read(*known);
  state.table =
      std::make_shared<const Table>(table_of(*state.read, *known, rows_of_part(*state.read)));
  return state.table;
}

Table TableDataset::rows(const std::vector<std::int64_t>& wanted,
                         const std::vector<std::int64_t>& training) const {
  const std::shared_ptr<const TableColumns> known = learned();
  require_read(*known);
  const ReadColumns& read = *state_->read;
  const std::vector<std::int64_t> part = rows_of_part(read);
  const auto in_file = [&](const std::vector<std::int64_t>& list) {
    std::vector<std::int64_t> found;
    for (const std::int64_t row : list) found.push_back(part[static_cast<std::size_t>(row)]);
    return found;
  };
  return table_of(read, learned_from(in_file(training), read, *known), in_file(wanted));
}

std::string TableDataset::warning() const {
  return state_->read ? out_of_range(*state_->read, *learned()) : "";
}

// ---------------------------------------------------------------------------- KnownColumns

KnownColumns::KnownColumns(std::shared_ptr<const TableColumns> columns)
    : outer_(std::exchange(known_columns(), std::move(columns))) {}
KnownColumns::~KnownColumns() { known_columns() = std::move(outer_); }

}  // namespace ansatz
