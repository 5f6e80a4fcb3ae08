#include <ansatz/data/columns/learn_columns.hpp>

#include <dsl/exceptions.hpp>
#include <dsl/in_quotes.hpp>
#include <dsl/nearest_name.hpp>

#include "statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

namespace ansatz {

namespace {

constexpr std::int64_t most_categories = 1000;  // of a column, unless a rule says one_hot
constexpr std::int64_t most_ambiguous = 20;     // whole numbers that may be classes
constexpr std::int64_t few_rows = 20;           // of which nothing can be told
constexpr double largest = std::numeric_limits<float>::max();

ColumnUse use_named(std::string_view name) {
  for (const ColumnUse use : {ColumnUse::standardize, ColumnUse::min_max, ColumnUse::one_hot})
    if (name_of(use) == name) return use;
  return ColumnUse::none;
}

void require_name(const char* key, std::string_view name,
                  const std::vector<std::string_view>& known) {
  if (std::find(known.begin(), known.end(), name) == known.end())
    throw NameError(
        fmt::format("{} {} is unknown{}", key, in_quotes(name), allowed_names(name, known)));
}

}  // namespace

const ColumnValues* ReadColumns::find(std::string_view name) const {
  for (const ColumnValues& each : columns)
    if (each.name == name) return &each;
  return nullptr;
}

void check(const ColumnTask& task) {
  require_name("task", task.task, {"auto", "classification", "regression"});
  if (task.targets.size() > 1 && task.task == "classification")
    throw ValueError("target: several targets are numbers, task: regression");
  for (std::size_t i = 0; i < task.targets.size(); ++i)
    if (std::find(task.targets.begin(), task.targets.begin() + static_cast<std::ptrdiff_t>(i),
                  task.targets[i]) != task.targets.begin() + static_cast<std::ptrdiff_t>(i))
      throw ValueError(fmt::format("target: {} is named twice", in_quotes(task.targets[i])));
  for (const ColumnRule& rule : task.rules.list) {
    const std::string where = fmt::format("columns: {}:", in_quotes(rule.name.view()));
    require_name(where.c_str(), rule.use.view(),
                 {"auto", "standardize", "min_max", "none", "one_hot", "drop"});
    require_name((where + " missing").c_str(), rule.missing.view(),
                 {"auto", "mean", "median", "most_frequent", "category", "refuse"});
    const bool one_hot = rule.use == "one_hot", numbers = !one_hot && rule.use != "auto";
    if ((one_hot && (rule.missing == "mean" || rule.missing == "median")) ||
        (numbers && rule.missing == "category"))
      throw ValueError(fmt::format("{} missing is {}, which {} do not have", where,
                                   rule.missing.view(), one_hot ? "texts" : "numbers"));
    if (std::find(task.targets.begin(), task.targets.end(), rule.name.view()) != task.targets.end())
      throw ValueError(
          fmt::format("{} is the target, and no feature; target_scale says how "
                      "numbers are scaled",
                      where));
    if (!task.weight.empty() && rule.name == std::string_view(task.weight))
      throw ValueError(fmt::format("{} is the weight of examples, and no feature", where));
  }
  if (std::find(task.targets.begin(), task.targets.end(), task.weight) != task.targets.end())
    throw ValueError(fmt::format("weight: {} is the target", in_quotes(task.weight)));
}

// ---------------------------------------------------------------------------- kinds

namespace {

struct Learner {
  TextTable& table;
  const ColumnTask& task;
  std::vector<ColumnFacts> facts = table.look();

  std::int64_t rows() const { return std::ssize(table.lines()); }
  const ColumnFacts& of(const std::string& name) const { return facts[table.require(name)]; }

  [[noreturn]] void refuse(const std::string& name, std::int64_t line,
                           const std::string& what) const {
    throw ValueError(fmt::format("{}{}: column {}: {}", table.path(),
                                 line ? fmt::format(":{}", line) : "", in_quotes(name), what));
  }

  // Whether a column holds texts; what is neither is refused.
  bool is_text(const ColumnFacts& c, const char* remedy) const {
    if (c.values() == 0) refuse(c.name, 0, fmt::format("all values are missing; {}", remedy));
    if (c.dates > 0 && c.dates >= c.texts && c.dates >= c.numbers)
      refuse(c.name, c.date_line,
             fmt::format("{} is a date or a time, which is no number; write what matters of it "
                         "into columns of their own, such as the year, the month, the hour or the "
                         "days since a day, or {}",
                         in_quotes(c.date), remedy));
    const std::int64_t others = c.texts + c.dates;
    if (others == 0) return false;
    if (c.commas == others)
      refuse(c.name, c.text_line,
             fmt::format("{} has a comma; decimals are written with a point, thousands with "
                         "nothing; write the numbers so, or, if these are categories, columns: "
                         "{{{}: one_hot}} (of a target, task: classification); or {}",
                         in_quotes(c.text), c.name, remedy));
    // A few words among numbers are no categories.
    if (others * 20 <= c.numbers) {
      const bool text_first = c.texts > 0;
      const std::string& text = text_first ? c.text : c.date;
      refuse(c.name, text_first ? c.text_line : c.date_line,
             fmt::format("{} is not a number, as {} other values are; if it stands for a missing "
                         "value, say missing: [{}]; if these are categories, columns: {{{}: "
                         "one_hot}}; or {}",
                         in_quotes(text), c.numbers, in_quotes(text), c.name, remedy));
    }
    return true;
  }

  TableColumn feature(const ColumnFacts& c, const ColumnRule* rule) const {
    const std::string drop = fmt::format("leave it out, columns: {{{}: drop}}", c.name);
    TableColumn column;
    column.name = c.name;
    const bool given = rule && rule->use != "auto";
    if (given) {
      column.use = use_named(rule->use.view());
      if (c.values() == 0) refuse(c.name, 0, "all values are missing; " + drop);
    } else {
      column.use = is_text(c, drop.c_str()) ? ColumnUse::one_hot : ColumnUse::standardize;
    }
    column.missing = column.is_text() ? ColumnFill::most_frequent : ColumnFill::mean;
    if (!rule || rule->missing == "auto") return column;
    for (const ColumnFill fill : {ColumnFill::mean, ColumnFill::median, ColumnFill::most_frequent,
                                  ColumnFill::category, ColumnFill::refuse})
      if (rule->missing == name_of(fill)) column.missing = fill;
    const bool of_numbers =
        column.missing == ColumnFill::mean || column.missing == ColumnFill::median;
    if (column.is_text() ? of_numbers : column.missing == ColumnFill::category)
      refuse(c.name, 0,
             fmt::format("missing is {}, but it holds {}", rule->missing.view(),
                         column.is_text() ? "texts" : "numbers"));
    return column;
  }

  TableColumn target(const std::string& name) const {
    const ColumnFacts& c = of(name);
    TableColumn column;
    column.name = name;
    column.missing = ColumnFill::refuse;
    column.use = ColumnUse::classes;
    if (task.task == "classification") {
      if (c.values() == 0) refuse(name, 0, "all values of the target are missing");
      return column;
    }
    const bool text = is_text(c, "name another target");
    if (text && task.task == "regression")
      refuse(name, c.text_line,
             fmt::format("{} is not a number, as task: regression needs", in_quotes(c.text)));
    if (text && task.targets.size() > 1)
      refuse(name, c.text_line, "several targets must be numbers, and these are texts");
    if (!text && task.task == "auto" && task.targets.size() == 1 && c.whole) ambiguous(name);
    if (!text) column.use = task.target_use;
    return column;
  }
  // Classes 1, 2, 3, or numbers?
  void ambiguous(const std::string& name) const {
    const std::vector<ColumnValues> values = table.read({{name, true}});
    const std::int64_t different = std::ssize(values[0].texts);
    if (different <= most_ambiguous && (2 * different <= rows() || rows() < few_rows))
      refuse(name, 0,
             fmt::format("the target has {} different whole numbers, which may be classes; say "
                         "task: classification, or task: regression",
                         different));
  }
};

// ---------------------------------------------------------------------------- statistics

void learn_numbers(TableColumn& column, const std::vector<double>& numbers,
                   const std::vector<std::int64_t>& rows) {
  const auto there = statistics::present(numbers, rows);
  column.missing_values = std::ssize(rows) - std::ssize(there);
  const statistics::Summary of = statistics::summary(there);
  column.mean = of.mean;
  column.deviation = of.deviation;
  column.least = of.least;
  column.greatest = of.greatest;
  column.fill = column.missing == ColumnFill::median          ? statistics::median(there)
                : column.missing == ColumnFill::most_frequent ? statistics::mode(there)
                                                              : of.mean;
}

void learn_texts(TableColumn& column, const ColumnValues& values,
                 const std::vector<std::int64_t>& rows) {
  std::vector<std::int64_t> counts(values.texts.size());
  for (const std::int64_t row : rows) {
    const std::int32_t code = values.codes[static_cast<std::size_t>(row)];
    if (code < 0)
      ++column.missing_values;
    else
      ++counts[static_cast<std::size_t>(code)];
  }
  const std::vector<std::size_t> order = statistics::sorted_texts(values.texts);
  std::int64_t most = 0;
  for (const std::size_t each : order) {
    if (counts[each] == 0) continue;
    column.categories.push_back(values.texts[each]);
    if (counts[each] > most) {
      most = counts[each];
      column.fill_category = values.texts[each];
    }
  }
}

double mean_weight(const std::vector<std::int64_t>& rows, const std::string& name,
                   const ReadColumns& read) {
  double sum = 0;
  for (const std::int64_t row : rows)
    sum += read.find(name)->numbers[static_cast<std::size_t>(row)];
  return sum / static_cast<double>(rows.size());
}

}  // namespace

TableColumns learn_columns(
    TextTable& table, const ColumnTask& task, ReadColumns& read,
    const std::function<std::vector<std::int64_t>(const ReadColumns&)>& training) {
  check(task);
  for (const ColumnRule& rule : task.rules.list) (void)table.require(std::string(rule.name.view()));
  for (const std::string& each : task.targets) (void)table.require(each);
  if (!task.weight.empty()) (void)table.require(task.weight);
  const Learner learner{table, task};
  if (learner.rows() == 0)
    throw FileError(fmt::format("{}: there are names, but no examples", table.path()));

  TableColumns learned;
  learned.header = table.header();
  learned.names = table.names();
  learned.unknown_as_zeros = task.unknown_as_zeros;
  learned.weight = task.weight;
  for (const std::string& each : task.targets) learned.targets.push_back(learner.target(each));
  for (const ColumnFacts& each : learner.facts) {
    if (each.name == task.weight ||
        std::find(task.targets.begin(), task.targets.end(), each.name) != task.targets.end())
      continue;
    const ColumnRule* const rule = task.rules.find(each.name);
    if (rule ? rule->use == "drop" : task.rules.only_these) continue;
    learned.features.push_back(learner.feature(each, rule));
  }
  if (learned.features.empty())
    throw ValueError(fmt::format("{}: no column is left to predict from", table.path()));
  read = read_columns(table, learned, true);

  const std::vector<std::int64_t> rows = training(read);
  learned.examples = std::ssize(rows);
  const auto learn = [&](TableColumn& column, bool is_target) {
    const ColumnValues& values = *read.find(column.name);
    if (column.is_text())
      learn_texts(column, values, rows);
    else
      learn_numbers(column, values.numbers, rows);
    const auto refuse = [&](const std::string& what) { learner.refuse(column.name, 0, what); };
    if (!std::isfinite(column.mean) || !std::isfinite(column.deviation))
      refuse(fmt::format("numbers from {} to {} are too large", column.least, column.greatest));
    if (column.use == ColumnUse::none && std::max(-column.least, column.greatest) > largest)
      refuse(fmt::format("numbers from {} to {} are too large for float32, unless they are scaled",
                         column.least, column.greatest));
    if (column.missing_values == learned.examples)
      refuse(fmt::format("all values of the {} training examples are missing", learned.examples));
    if (is_target) {
      const bool constant =
          column.is_text() ? column.categories.size() < 2 : !(column.greatest > column.least);
      const std::int64_t different = std::ssize(column.categories);
      if (constant)
        refuse(fmt::format(
            "the target is {} in all of {} training examples: nothing can be learned",
            column.is_text() ? in_quotes(column.categories[0]) : fmt::format("{}", column.least),
            learned.examples));
      if (different > most_categories ||
          (different > most_ambiguous && 2 * different > learned.examples))
        refuse(fmt::format(
            "the target has {} different values in {} rows, which are no classes{}", different,
            learned.examples,
            learner.of(column.name).texts == 0 ? "; for numbers, task: regression" : ""));
      return;
    }
    const ColumnRule* const rule = task.rules.find(column.name);
    const std::int64_t different = std::ssize(column.categories);
    if (!(rule && rule->use == "one_hot") && learned.examples >= few_rows &&
        (different > most_categories || 2 * different > learned.examples))
      refuse(fmt::format(
          "{} different texts in {} rows, such as {}; leave it out, columns: {{{}: "
          "drop}}, or say {{{}: one_hot}}",
          different, learned.examples, in_quotes(column.categories[0]), column.name, column.name));
    if (column.missing == ColumnFill::refuse && column.missing_values > 0) {
      for (const std::int64_t row : rows) {
        const auto at = static_cast<std::size_t>(row);
        if (column.is_text() ? values.codes[at] >= 0 : !std::isnan(values.numbers[at])) continue;
        learner.refuse(column.name, read.lines[at], "a value is missing, which its rule refuses");
      }
    }
  };
  for (TableColumn& each : learned.targets) learn(each, true);
  for (TableColumn& each : learned.features) learn(each, false);
  if (!task.weight.empty()) {
    learned.mean_weight = mean_weight(rows, task.weight, read);
    if (!(learned.mean_weight > 0)) learner.refuse(task.weight, 0, "the weights are all 0");
  }
  return learned;
}

TableColumns learned_from(const std::vector<std::int64_t>& rows, const ReadColumns& read,
                          TableColumns columns) {
  const auto learn = [&](TableColumn& column) {
    const ColumnValues* const values = read.find(column.name);
    if (!values) return;  // targets that were not read
    column.missing_values = 0;
    if (!column.is_text()) return learn_numbers(column, values->numbers, rows);
    const std::vector<std::string> of_all = std::exchange(column.categories, {});
    learn_texts(column, *values, rows);
    column.categories = of_all;
  };
  for (TableColumn& each : columns.features) learn(each);
  for (TableColumn& each : columns.targets) learn(each);
  columns.examples = std::ssize(rows);
  const auto refuse = [&](const std::string& name, const char* what) {
    throw ValueError(fmt::format("{}: column {}: of the training set of a fold, all {}", read.file,
                                 in_quotes(name), what));
  };
  for (const TableColumn& each : columns.features)
    if (each.missing_values == columns.examples) refuse(each.name, "values are missing");
  if (!columns.weight.empty() && read.find(columns.weight)) {
    columns.mean_weight = mean_weight(rows, columns.weight, read);
    if (!(columns.mean_weight > 0)) refuse(columns.weight, "weights are 0");
  }
  return columns;
}

ReadColumns read_columns(TextTable& table, const TableColumns& columns, bool targets) {
  std::vector<WantedColumn> wanted;
  for (const TableColumn& each : columns.features) wanted.push_back({each.name, each.is_text()});
  if (targets) {
    for (const TableColumn& each : columns.targets) wanted.push_back({each.name, each.is_text()});
    if (!columns.weight.empty()) wanted.push_back({columns.weight, false});
  }
  ReadColumns read;
  read.file = table.path();
  read.columns = table.read(wanted);
  read.lines = table.lines();
  const auto refuse = [&](std::size_t row, const std::string& name, const std::string& what) {
    throw ValueError(
        fmt::format("{}:{}: column {}: {}", read.file, read.lines[row], in_quotes(name), what));
  };
  if (!targets) return read;
  for (const TableColumn& target : columns.targets) {
    const ColumnValues& values = *read.find(target.name);
    for (std::size_t row = 0; row < read.lines.size(); ++row)
      if (values.is_text ? values.codes[row] < 0 : std::isnan(values.numbers[row]))
        refuse(row, target.name, "the target is missing; leave the row out of the file");
  }
  if (columns.weight.empty()) return read;
  const std::vector<double>& weights = read.find(columns.weight)->numbers;
  for (std::size_t row = 0; row < weights.size(); ++row)
    if (!(weights[row] >= 0))
      refuse(row, columns.weight,
             std::isnan(weights[row]) ? "the weight of an example is missing"
                                      : fmt::format("{} is no weight: at least 0", weights[row]));
  return read;
}

// ---------------------------------------------------------------------------- numbers

namespace {

struct Maker {
  const ReadColumns& read;
  const TableColumns& columns;
  const std::vector<std::int64_t>& rows;

  [[noreturn]] void refuse(std::size_t row, const TableColumn& column,
                           const std::string& what) const {
    throw ValueError(fmt::format("{}:{}: column {}: {}", read.file, read.lines[row],
                                 in_quotes(column.name), what));
  }
  // Of each text of the file, its place among those that were learned; -1: it is none of them.
  static std::vector<std::int32_t> places_of(const ColumnValues& values,
                                             const TableColumn& column) {
    std::map<std::string_view, std::int32_t> by_text;
    std::map<std::string, std::int32_t> by_number;  // where all are numbers: 1.0 is 1
    bool numbers = true;
    for (std::size_t i = 0; i < column.categories.size(); ++i) {
      const std::string& text = column.categories[i];
      by_text.emplace(text, static_cast<std::int32_t>(i));
      std::string key = numbers ? statistics::number_key(text) : "";
      numbers = !key.empty();
      if (numbers) by_number.emplace(std::move(key), static_cast<std::int32_t>(i));
    }
    const auto place = [](const auto& known, const auto& wanted) {
      const auto found = known.find(wanted);
      return found == known.end() ? std::int32_t{-1} : found->second;
    };
    std::vector<std::int32_t> places;
    for (const std::string& text : values.texts) {
      std::int32_t at = place(by_text, text);
      if (at < 0 && numbers) at = place(by_number, statistics::number_key(text));
      places.push_back(at);
    }
    return places;
  }
  [[noreturn]] void unknown(std::size_t row, const TableColumn& column,
                            const std::string& text) const {
    std::vector<std::string_view> known(column.categories.begin(), column.categories.end());
    const bool many = known.size() > 12;
    const std::string_view near = nearest_name(text, known);
    refuse(
        row, column,
        fmt::format(
            "{} {} is not among the {} of the training data{}{}",
            column.use == ColumnUse::classes ? "class" : "category", in_quotes(text), known.size(),
            many ? (near.empty() ? "" : fmt::format("; nearest: {}", near))
                 : allowed_names(text, known),
            column.use == ColumnUse::classes ? "" : "; with unknown: zeros it would be none"));
  }

  void put(const TableColumn& column, float* out, std::int64_t step) const {
    const ColumnValues& values = *read.find(column.name);
    if (column.is_text()) return put_one_hot(column, values, out, step);
    for (const std::int64_t each : rows) {
      const auto row = static_cast<std::size_t>(each);
      double x = values.numbers[row];
      if (std::isnan(x)) {
        if (column.missing == ColumnFill::refuse)
          refuse(row, column, "a value is missing, which its rule refuses");
        x = column.fill;
      }
      const auto y = static_cast<float>(column.scaled(x));
      if (!std::isfinite(y)) refuse(row, column, fmt::format("{} is too large for float32", x));
      *out = y;
      out += step;
    }
  }
  void put_one_hot(const TableColumn& column, const ColumnValues& values, float* out,
                   std::int64_t step) const {
    const std::vector<std::int32_t> places = places_of(values, column);
    const auto filled =
        std::find(column.categories.begin(), column.categories.end(), column.fill_category) -
        column.categories.begin();
    for (const std::int64_t each : rows) {
      const auto row = static_cast<std::size_t>(each);
      const std::int32_t code = values.codes[row];
      std::int64_t place = code >= 0 ? places[static_cast<std::size_t>(code)] : filled;
      if (code < 0 && column.missing == ColumnFill::refuse)
        refuse(row, column, "a value is missing, which its rule refuses");
      if (code < 0 && column.missing == ColumnFill::category) place = std::ssize(column.categories);
      if (place < 0 && !columns.unknown_as_zeros)
        unknown(row, column, values.texts[static_cast<std::size_t>(code)]);
      if (place >= 0) out[place] = 1;
      out += step;
    }
  }
  Column targets() const {
    if (!columns.classifies()) {
      const std::int64_t width = std::ssize(columns.targets);
      std::vector<float> numbers(rows.size() * static_cast<std::size_t>(width));
      for (std::int64_t k = 0; k < width; ++k)
        put(columns.targets[static_cast<std::size_t>(k)], numbers.data() + k, width);
      return number_column("targets", std::move(numbers), {width});
    }
    const TableColumn& target = columns.targets[0];
    const ColumnValues& values = *read.find(target.name);
    const std::vector<std::int32_t> places = places_of(values, target);
    std::vector<std::int32_t> labels;
    labels.reserve(rows.size());
    for (const std::int64_t each : rows) {
      const auto row = static_cast<std::size_t>(each);
      const auto code = static_cast<std::size_t>(values.codes[row]);
      if (places[code] < 0) unknown(row, target, values.texts[code]);
      labels.push_back(places[code]);
    }
    return label_column("targets", std::move(labels), static_cast<int>(target.categories.size()));
  }
};

}  // namespace

Table table_of(const ReadColumns& read, const TableColumns& columns,
               const std::vector<std::int64_t>& rows) {
  const Maker maker{read, columns, rows};
  const std::int64_t width = columns.width();
  std::vector<float> features(rows.size() * static_cast<std::size_t>(width));
  std::int64_t at = 0;
  for (const TableColumn& each : columns.features) {
    maker.put(each, features.data() + at, width);
    at += each.width();
  }
  std::vector<Column> made;
  made.push_back(number_column("features", std::move(features), {width}));
  if (!columns.targets.empty() && read.find(columns.targets[0].name))
    made.push_back(maker.targets());
  if (const ColumnValues* const weights =
          columns.weight.empty() ? nullptr : read.find(columns.weight)) {
    std::vector<float> values;
    for (const std::int64_t row : rows)
      values.push_back(static_cast<float>(weights->numbers[static_cast<std::size_t>(row)] /
                                          columns.mean_weight));
    made.push_back(number_column("weights", std::move(values), {1}));
  }
  std::vector<std::int64_t> lines;
  for (const std::int64_t row : rows) lines.push_back(read.lines[static_cast<std::size_t>(row)]);
  const auto origin = std::make_shared<const Origin>(Origin{read.file, std::move(lines)});
  for (Column& each : made) each.origin = origin;
  return Table(std::move(made));
}

std::string out_of_range(const ReadColumns& read, const TableColumns& columns) {
  std::string text;
  for (const TableColumn& column : columns.features) {
    if (column.is_text()) continue;
    std::int64_t outside = 0, there = 0;
    for (const double x : read.find(column.name)->numbers) {
      there += !std::isnan(x);
      outside += x < column.least || x > column.greatest;
    }
    if (2 * outside > there)
      text += fmt::format(
          "{}column {}: {} of {} values lie outside of {:.6g} to {:.6g}, between "
          "which all of the training data lie",
          text.empty() ? "" : "\n", in_quotes(column.name), outside, there, column.least,
          column.greatest);
  }
  return text;
}

}  // namespace ansatz
