#include <ansatz/data/columns/table_columns.hpp>

#include <dsl/exceptions.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <span>
#include <utility>

namespace ansatz {

namespace {

constexpr std::pair<ColumnUse, std::string_view> uses[] = {{ColumnUse::standardize, "standardize"},
                                                           {ColumnUse::min_max, "min_max"},
                                                           {ColumnUse::none, "none"},
                                                           {ColumnUse::one_hot, "one_hot"},
                                                           {ColumnUse::classes, "classes"}};
constexpr std::pair<ColumnFill, std::string_view> fills[] = {
    {ColumnFill::mean, "mean"},
    {ColumnFill::median, "median"},
    {ColumnFill::most_frequent, "most_frequent"},
    {ColumnFill::category, "category"},
    {ColumnFill::refuse, "refuse"}};

std::string listed(const std::vector<std::string>& texts, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < texts.size() && i < most; ++i)
    text += (i ? ", " : "") + (texts[i].empty() ? std::string("\"\"") : texts[i]);
  return texts.size() > most ? text + ", …" : text;
}

}  // namespace

std::string_view name_of(ColumnUse use) {
  for (const auto& [value, name] : uses)
    if (value == use) return name;
  return "";
}
std::string_view name_of(ColumnFill fill) {
  for (const auto& [value, name] : fills)
    if (value == fill) return name;
  return "";
}

std::int64_t TableColumn::width() const {
  if (use == ColumnUse::classes || use != ColumnUse::one_hot) return 1;
  return std::ssize(categories) + (missing == ColumnFill::category);
}
double TableColumn::offset() const {
  if (use == ColumnUse::standardize) return mean;
  return use == ColumnUse::min_max ? least : 0;
}
double TableColumn::scale() const {
  const double wanted = use == ColumnUse::standardize ? deviation
                        : use == ColumnUse::min_max   ? greatest - least
                                                      : 1;
  return wanted > 0 ? wanted : 1;
}

std::int64_t TableColumns::width() const {
  std::int64_t sum = 0;
  for (const TableColumn& each : features) sum += each.width();
  return sum;
}

std::string TableColumns::summary() const {
  std::string text;
  for (const TableColumn& each : targets) {
    text += (text.empty() ? "" : ", ") + each.name;
    if (each.use == ColumnUse::classes)
      text += fmt::format(" ({} classes: {})", each.categories.size(), listed(each.categories, 10));
    else
      text += fmt::format(" (a number from {:.4g} to {:.4g})", each.least, each.greatest);
  }
  return fmt::format("{}{}from {} column{} ({} number{})", text, text.empty() ? "" : " ",
                     features.size(), features.size() == 1 ? "" : "s", width(),
                     width() == 1 ? "" : "s");
}

std::string TableColumns::filled() const {
  std::string text;
  std::int64_t all = 0;
  for (const TableColumn& each : features) {
    if (each.missing_values == 0) continue;
    all += each.missing_values;
    text += fmt::format("{}{} {} ({})", text.empty() ? "" : ", ", each.name, each.missing_values,
                        each.missing == ColumnFill::category ? "a category of their own"
                        : each.is_text()                     ? each.fill_category
                                                             : fmt::format("{:.4g}", each.fill));
  }
  return all == 0 ? ""
                  : fmt::format("{} missing value{} filled in: {}", all, all == 1 ? "" : "s", text);
}

// ---------------------------------------------------------------------------- JSON

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const TableColumn& c) {
  Json json{{"name", c.name}, {"use", name_of(c.use)}};
  if (c.is_text()) {
    json["categories"] = c.categories;
  } else {
    json["mean"] = c.mean;
    json["deviation"] = c.deviation;
    json["least"] = c.least;
    json["greatest"] = c.greatest;
  }
  if (c.use == ColumnUse::classes) return json;
  json["missing"] = name_of(c.missing);
  json["missing_values"] = c.missing_values;
  if (c.is_text())
    json["fill"] = c.fill_category;
  else
    json["fill"] = c.fill;
  return json;
}

struct Reader {
  const std::string& path;

  [[noreturn]] void fault(const std::string& what) const {
    throw FileError(fmt::format("{}: ansatz.columns: {}", path, what));
  }
  template <class Enum>
  Enum named(const Json& json, std::span<const std::pair<Enum, std::string_view>> all) const {
    const auto text = json.get<std::string>();
    for (const auto& [value, name] : all)
      if (name == text) return value;
    fault(fmt::format("\"{}\" is unknown", text));
  }
  double finite(const Json& json) const {
    if (!json.is_number() || !std::isfinite(json.get<double>())) fault("a number is missing");
    return json.get<double>();
  }
  TableColumn column(const Json& json) const {
    TableColumn c;
    c.name = json.at("name").get<std::string>();
    c.use = named<ColumnUse>(json.at("use"), uses);
    if (c.is_text()) {
      c.categories = json.at("categories").get<std::vector<std::string>>();
      if (c.categories.empty()) fault(fmt::format("column \"{}\" has no categories", c.name));
    } else {
      c.mean = finite(json.at("mean"));
      c.deviation = finite(json.at("deviation"));
      c.least = finite(json.at("least"));
      c.greatest = finite(json.at("greatest"));
    }
    if (c.use == ColumnUse::classes) return c;
    c.missing = named<ColumnFill>(json.at("missing"), fills);
    c.missing_values = json.at("missing_values").get<std::int64_t>();
    if (c.is_text())
      c.fill_category = json.at("fill").get<std::string>();
    else
      c.fill = finite(json.at("fill"));
    return c;
  }
};

}  // namespace

std::string to_json(const TableColumns& t) {
  Json json{{"separator", t.separator},   {"comment", t.comment},
            {"header", t.header},         {"names", t.names},
            {"missing", t.missing_texts}, {"unknown", t.unknown_as_zeros ? "zeros" : "refuse"},
            {"examples", t.examples}};
  json["features"] = Json::array();
  for (const TableColumn& each : t.features) json["features"].push_back(json_of(each));
  json["targets"] = Json::array();
  for (const TableColumn& each : t.targets) json["targets"].push_back(json_of(each));
  if (!t.weight.empty()) {
    json["weight"] = t.weight;
    json["mean_weight"] = t.mean_weight;
  }
  return json.dump();
}

TableColumns table_columns_of(const std::string& text, const std::string& path) {
  const Reader reader{path};
  try {
    const Json json = Json::parse(text);
    TableColumns t;
    t.separator = json.at("separator").get<std::string>();
    t.comment = json.at("comment").get<std::string>();
    t.header = json.at("header").get<bool>();
    t.names = json.at("names").get<std::vector<std::string>>();
    t.missing_texts = json.at("missing").get<std::vector<std::string>>();
    t.unknown_as_zeros = json.at("unknown").get<std::string>() == "zeros";
    t.examples = json.at("examples").get<std::int64_t>();
    for (const Json& each : json.at("features")) t.features.push_back(reader.column(each));
    for (const Json& each : json.at("targets")) t.targets.push_back(reader.column(each));
    if (t.features.empty()) reader.fault("there are no features");
    if (json.contains("weight")) {
      t.weight = json.at("weight").get<std::string>();
      t.mean_weight = reader.finite(json.at("mean_weight"));
    }
    return t;
  } catch (const nlohmann::json::exception& fault) {
    reader.fault(fault.what());
  }
}

}  // namespace ansatz
