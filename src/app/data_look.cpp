// ansatz data look: what the columns of a text file hold
#include "data_look.hpp"
#include "json_output.hpp"

#include <ansatz/base/shown.hpp>
#include <ansatz/data/columns/text_table.hpp>
#include <ansatz/data/path.hpp>

#include "../base/say.hpp"
#include "../dsl/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <memory>

namespace ansatz::app {

namespace {

struct LookArguments {
  std::string path, column, header = "auto";
  TableFormat format;
  std::vector<std::string> missing;
  bool json = false;
};

constexpr int bins = 16;

struct LookedAt {
  ColumnFacts facts;
  // Of numbers.
  double mean = 0, deviation = 0, least = 0, greatest = 0, median = 0;
  std::vector<std::int64_t> counts;  // in bins of equal width from the least to the greatest
  // Of texts, and of few whole numbers: most frequent first.
  std::vector<std::pair<std::string, std::int64_t>> texts;
  std::int64_t different = 0;

  const char* kind() const {
    if (facts.values() == 0) return "empty";
    if (facts.dates > 0 && facts.dates >= facts.texts && facts.dates >= facts.numbers)
      return "dates";
    if (facts.texts + facts.dates == 0) return "numbers";
    return (facts.texts + facts.dates) * 20 <= facts.numbers ? "mixed" : "texts";
  }
  double bin_width() const { return greatest / bins - least / bins; }
  bool has_numbers() const { return kind() == std::string_view("numbers"); }
};

void look_at_numbers(std::vector<double> numbers, LookedAt& to) {
  std::erase_if(numbers, [](double x) { return std::isnan(x); });
  if (numbers.empty()) return;
  std::sort(numbers.begin(), numbers.end());
  const auto count = static_cast<double>(numbers.size());
  to.least = numbers.front();
  to.greatest = numbers.back();
  const std::size_t half = numbers.size() / 2;
  to.median = numbers.size() % 2 ? numbers[half] : numbers[half - 1] / 2 + numbers[half] / 2;
  for (const double x : numbers) to.mean += x / count;
  long double sum = 0;  // which the squares of large numbers do not leave
  for (const long double x : numbers) sum += (x - to.mean) * (x - to.mean);
  to.deviation = static_cast<double>(std::sqrt(sum / count));
  to.different = 1;
  for (std::size_t i = 1; i < numbers.size(); ++i) to.different += numbers[i] != numbers[i - 1];
  to.counts.assign(bins, 0);
  const double width = to.bin_width();
  for (const double x : numbers) {
    const auto place =
        static_cast<double>(width > 0 ? (static_cast<long double>(x) - to.least) / width : 0);
    ++to.counts[static_cast<std::size_t>(std::min<double>(bins - 1, place))];
  }
}

void look_at_texts(const ColumnValues& values, LookedAt& to) {
  std::vector<std::int64_t> counts(values.texts.size());
  for (const std::int32_t code : values.codes)
    if (code >= 0) ++counts[static_cast<std::size_t>(code)];
  for (std::size_t i = 0; i < counts.size(); ++i) to.texts.emplace_back(values.texts[i], counts[i]);
  std::stable_sort(to.texts.begin(), to.texts.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  to.different = std::ssize(to.texts);
}

// A bar a bin; what is not empty is seen.
std::string histogram(const std::vector<std::int64_t>& counts) {
  constexpr const char* bars[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const std::int64_t most = counts.empty() ? 0 : *std::max_element(counts.begin(), counts.end());
  std::string text;
  for (const std::int64_t n : counts)
    text += bars[n == 0 ? 0 : 1 + static_cast<int>(7 * (n - 1) / std::max<std::int64_t>(most, 1))];
  return text;
}

// Cut to a width, and filled up to it.
std::string cell(const std::string& text, std::size_t width) {
  std::string cut = shown(text);
  if (utf8::length(cut) > width) {
    while (utf8::length(cut) >= width) {
      while (utf8::continuation(cut.back())) cut.pop_back();
      cut.pop_back();
    }
    cut += "…";
  }
  return cut + std::string(width - utf8::length(cut), ' ');
}

std::string described(const LookedAt& c) {
  if (c.has_numbers())
    return c.different == 1
               ? fmt::format("always {:.6g}", c.least)
               : fmt::format("{:.6g} … {:.6g}, mean {:.6g}", c.least, c.greatest, c.mean);
  if (c.facts.values() == 0) return "all values are missing";
  if (c.kind() == std::string_view("dates"))
    return fmt::format("such as {}: no numbers; leave it out or write parts of it", c.facts.date);
  if (c.kind() == std::string_view("mixed"))
    return fmt::format("{} among numbers, line {}: a missing value?",
                       c.facts.texts ? c.facts.text : c.facts.date,
                       c.facts.texts ? c.facts.text_line : c.facts.date_line);
  std::string text;
  int count = 0;
  for (const auto& [name, n] : c.texts)
    if (count++ < 3) text += fmt::format("{}{} {}", count > 1 ? ", " : "", name, n);
  if (2 * c.different > c.facts.values() && c.different > 20) return "nearly all differ: " + text;
  return text + (c.different > 3 ? ", …" : "");
}

// One column, with all bins or texts.
void show_column(const LookedAt& c) {
  say(stdout, "{}: {}, {} values, {} missing, {} different\n", shown(c.facts.name), c.kind(),
      c.facts.values(), c.facts.missing, c.different);
  constexpr int widest = 50;
  const auto bar = [](std::int64_t n, std::int64_t most) {
    std::string text;
    for (std::int64_t i = 0; i < (n * widest + most - 1) / std::max<std::int64_t>(most, 1); ++i)
      text += "█";
    return text;
  };
  if (c.has_numbers()) {
    say(stdout, "from {:.6g} to {:.6g}, mean {:.6g}, median {:.6g}, deviation {:.6g}\n", c.least,
        c.greatest, c.mean, c.median, c.deviation);
    const std::int64_t most = *std::max_element(c.counts.begin(), c.counts.end());
    const double width = c.bin_width();
    for (int i = 0; i < (c.different == 1 ? 1 : bins); ++i)
      say(stdout, "{:>12.6g} {:>9} {}\n", c.least + width * i,
          c.counts[static_cast<std::size_t>(i)], bar(c.counts[static_cast<std::size_t>(i)], most));
    return;
  }
  std::int64_t rest = 0;
  constexpr std::size_t most_texts = 30;
  for (std::size_t i = 0; i < c.texts.size(); ++i)
    if (i < most_texts)
      say(stdout, "{} {:>9} {}\n", cell(c.texts[i].first, 24), c.texts[i].second,
          bar(c.texts[i].second, c.texts[0].second));
    else
      rest += c.texts[i].second;
  if (rest > 0) say(stdout, "{} others {}\n", c.texts.size() - most_texts, rest);
}

OrderedJson json_of_column(const LookedAt& c) {
  OrderedJson json{{"name", c.facts.name},
                   {"kind", c.kind()},
                   {"values", c.facts.values()},
                   {"missing", c.facts.missing},
                   {"different", c.different}};
  if (c.has_numbers()) {
    json["whole"] = c.facts.whole;
    json["least"] = c.least;
    json["greatest"] = c.greatest;
    json["mean"] = c.mean;
    json["median"] = c.median;
    json["deviation"] = c.deviation;
    json["counts"] = c.counts;
  } else {
    OrderedJson texts = OrderedJson::array();
    for (const auto& [name, n] : c.texts)
      if (texts.size() < 100) texts.push_back({name, n});
    json["texts"] = std::move(texts);
  }
  return json;
}

void show_all(const TextTable& table, const std::vector<LookedAt>& all) {
  std::size_t width = 6;
  for (const LookedAt& each : all)
    width = std::min<std::size_t>(24, std::max(width, utf8::length(shown(each.facts.name))));
  say(stdout, "{}: {} rows, {} columns, separated by {}; {}\n\n", table.path(),
      table.lines().size(), all.size(), table.separator(),
      table.header() ? "names in the first line" : "no names");
  say(stdout, "{}  {:<8} {:>8} {:>9}  {:<16}  {}\n", cell("column", width), "kind", "missing",
      "different", "histogram", "values");
  for (const LookedAt& each : all) {
    std::vector<std::int64_t> counts = each.counts;
    if (!each.has_numbers())
      for (std::size_t i = 0; i < std::min<std::size_t>(bins, each.texts.size()); ++i)
        counts.push_back(each.texts[i].second);
    say(stdout, "{}  {:<8} {:>8} {:>9}  {}  {}\n", cell(each.facts.name, width), each.kind(),
        each.facts.missing, each.different, cell(histogram(counts), bins), shown(described(each)));
  }
  // As a Table would take it.
  std::int64_t numbers = 0;
  for (const LookedAt& each : all)
    if (each.kind() == std::string_view("texts") || each.has_numbers())
      numbers += each.has_numbers() ? 1 : each.different;
  say(stdout,
      "\nAs a Table all columns would be {} numbers. `ansatz data look FILE COLUMN` shows one "
      "of them.\n",
      numbers);
}

int look(LookArguments a) {
  if (a.header != "auto") a.format.header = a.header == "names";
  if (!a.missing.empty()) a.format.missing = a.missing;
  std::error_code none;
  const std::string path =
      std::filesystem::exists(a.path, none) ? a.path : find_data(a.path).value_or(a.path);
  TextTable table(path, a.format);
  std::vector<LookedAt> all;
  std::vector<WantedColumn> wanted;
  for (ColumnFacts& facts : table.look()) {
    LookedAt each;
    each.facts = std::move(facts);
    const std::string name = each.facts.name;
    if (a.column.empty() || a.column == name) {
      wanted.push_back({name, !each.has_numbers()});
      all.push_back(std::move(each));
    }
  }
  if (!a.column.empty()) (void)table.require(a.column);
  const std::vector<ColumnValues> values = table.read(wanted);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (values[i].is_text)
      look_at_texts(values[i], all[i]);
    else
      look_at_numbers(values[i].numbers, all[i]);
  }
  if (a.json) {
    OrderedJson columns = OrderedJson::array();
    for (const LookedAt& each : all) columns.push_back(json_of_column(each));
    put_json({{"path", path},
              {"rows", table.lines().size()},
              {"separator", table.separator()},
              {"header", table.header()},
              {"columns", std::move(columns)}});
  } else if (a.column.empty()) {
    show_all(table, all);
  } else {
    show_column(all[0]);
  }
  return exit_ok;
}

}  // namespace

void add_data_look(CLI::App& data, int& exit) {
  auto a = std::make_shared<LookArguments>();
  CLI::App* c = data.add_subcommand("look", "what the columns of a text file hold");
  c->add_option("FILE", a->path, "a text file with columns; also looked for under the data path")
      ->required();
  c->add_option("COLUMN", a->column, "one of them, with all that is known of it");
  c->add_option("--separator", a->format.separator,
                "comma, tab, semicolon, bar, blanks, or one character; auto: by the first line")
      ->capture_default_str();
  c->add_option("--first-line", a->header,
                "names, numbers, or auto: names, unless --names are given")
      ->check(CLI::IsMember({"auto", "names", "numbers"}))
      ->capture_default_str();
  c->add_option("--names", a->format.names, "names of the columns, where the file has none")
      ->delimiter(',')
      ->allow_extra_args(false);
  c->add_option("--missing", a->missing,
                "a text that stands for a missing value, beside an empty field; default: NA, NaN, "
                "nan")
      ->allow_extra_args(false);
  c->add_option("--comment", a->format.comment, "a character from which on a line is skipped");
  add_json(*c, a->json);
  c->footer(
      "Examples:\n  ansatz data look table.csv\n  ansatz data look table.csv age\n"
      "  ansatz data look iris/iris.data --first-line numbers");
  c->callback([a, &exit] { exit = look(*a); });
}

}  // namespace ansatz::app
