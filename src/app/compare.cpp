// ansatz compare
#include "command.hpp"
#include "json_output.hpp"
#include "output_option.hpp"

#include <ansatz/base/shown.hpp>
#include <ansatz/serial/records_csv.hpp>
#include <ansatz/serial/run_records.hpp>
#include <ansatz/view/run_table.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include "../base/say.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>

namespace ansatz::app {

namespace {

struct CompareArguments {
  std::vector<std::string> models, channels;
  std::string sort;
  bool by_last = false, csv = false, json = false, quiet = false;
};

struct Read {
  std::vector<std::pair<std::string, ModelFile>> files;
  int failed = 0;
};

// A file that cannot be read is told, and spares nobody the others.
Read read_all(const CompareArguments& a) {
  Read read;
  for (const std::string& path : a.models) {
    try {
      read.files.emplace_back(path, read_run_records(path));
    } catch (const Error& e) {
      ++read.failed;
      if (a.json)
        put_event("error", {{"text", e.what()}});
      else
        warn(e.what());
    }
  }
  if (read.files.empty()) throw FileError("none of the files is a model");
  return read;
}

std::vector<std::string> channels_of(const CompareArguments& a, const Read& read) {
  std::vector<const ModelFile*> files;
  std::set<std::string> distinct;
  for (const auto& [path, file] : read.files) {
    files.push_back(&file);
    if (const MonitorRecords* records = find_monitor(file.monitors))
      for (const ChannelRecords& c : records->channels) distinct.insert(c.name);
  }
  const std::vector<std::string> names(distinct.begin(), distinct.end());
  std::vector<std::string> wanted;
  if (a.channels.empty()) wanted = telling_channels(files);
  for (const std::string& pattern : a.channels)
    for (const std::string& name : names)
      if (matches({pattern}, name) && std::find(wanted.begin(), wanted.end(), name) == wanted.end())
        wanted.push_back(name);
  if (const std::string what = fits_nothing(a.channels, names); !what.empty() && !a.quiet)
    warn(what);
  if (!a.sort.empty() && a.sort != "path" &&
      std::find(wanted.begin(), wanted.end(), a.sort) == wanted.end()) {
    if (!distinct.contains(a.sort))
      throw NameError(fmt::format("--sort {}: no run has this channel{}", a.sort,
                                  allowed_names(a.sort, {names.begin(), names.end()})));
    wanted.insert(wanted.begin(), a.sort);
  }
  return wanted;
}

std::string number(double value) { return fmt::format("{:.5g}", value); }

using Lines = std::vector<std::vector<std::string>>;

// Numbers, and what else has no letters, stand to the right.
bool to_the_right(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789.+-e@ naif") == std::string::npos;
}

std::string cut(const std::string& text, std::size_t most) {
  return text.size() > most ? text.substr(0, most - 3) + "..." : text;
}

void print_lines(const Lines& lines) {
  std::vector<std::size_t> widths(lines[0].size());
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  std::string text;
  for (const auto& line : lines) {
    std::string row;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (i) row += "  ";
      const bool right = i > 0 && to_the_right(lines.back()[i]);
      row += right ? fmt::format("{:>{}}", line[i], widths[i])
                   : fmt::format("{:<{}}", line[i], widths[i]);
    }
    row.erase(row.find_last_not_of(' ') + 1);
    text += row + "\n";
  }
  say(stdout, "{}", text);
}

void print_table(const RunTable& table) {
  Lines lines(1, {"run"});
  for (const std::string& name : short_names(table.keys))
    lines[0].push_back(cut(printable_name(name), 40));
  lines[0].insert(lines[0].end(), {"epochs", "seconds"});
  for (const std::string& channel : table.channels) {
    lines[0].push_back("best " + printable_name(channel));
    lines[0].push_back("last");
  }
  for (const RunRow& row : table.rows) {
    auto& line = lines.emplace_back();
    line.push_back(printable_name(row.path));
    for (const std::string& value : row.settings)
      line.push_back(value.empty() ? "-" : cut(printable_name(value), 40));
    line.push_back(fmt::format("{}", row.epochs));
    line.push_back(fmt::format("{:.1f}", row.seconds));
    for (const RunScore& score : row.scores) {
      line.push_back(score.known ? fmt::format("{} @{}", number(score.best), score.best_epoch)
                                 : "-");
      line.push_back(score.known ? number(score.last) : "-");
    }
  }
  print_lines(lines);
}

void print_csv(const RunTable& table) {
  std::string text = "path";
  for (const std::string& key : table.keys) text += "," + csv_field(key);
  text += ",epochs,seconds";
  for (const std::string& c : table.channels)
    for (const char* what : {"best ", "epoch of best ", "last "}) text += "," + csv_field(what + c);
  text += "\n";
  for (const RunRow& row : table.rows) {
    text += csv_field(row.path);
    for (const std::string& value : row.settings) text += "," + csv_field(value);
    text += fmt::format(",{},{}", row.epochs, csv_number(row.seconds));
    for (const RunScore& score : row.scores)
      text += score.known ? fmt::format(",{},{},{}", csv_number(score.best), score.best_epoch,
                                        csv_number(score.last))
                          : ",,,";
    text += "\n";
  }
  say(stdout, "{}", text);
}

void print_json(const RunTable& table) {
  for (const RunRow& row : table.rows) {
    OrderedJson settings = OrderedJson::object(), channels = OrderedJson::object();
    for (std::size_t i = 0; i < table.keys.size(); ++i)
      add_key(settings, table.keys[i], row.settings[i]);
    for (std::size_t i = 0; i < table.channels.size(); ++i) {
      const RunScore& score = row.scores[i];
      if (score.known)
        add_key(channels, table.channels[i],
                {{"best", json_of(score.best)},
                 {"best_epoch", score.best_epoch},
                 {"last", json_of(score.last)}});
    }
    put_json({{"path", row.path},
              {"settings", std::move(settings)},
              {"epochs_seen", row.epochs},
              {"seconds", json_of(row.seconds)},
              {"channels", std::move(channels)}});
  }
}

int compare(const CompareArguments& a) {
  shows_json = a.json;
  const Read read = read_all(a);
  const std::vector<std::string> channels = channels_of(a, read);
  std::vector<std::pair<std::string, const ModelFile*>> runs;
  for (const auto& [path, file] : read.files) runs.emplace_back(path, &file);
  RunTable table = table_of_runs(runs, channels);
  const auto by = std::find(channels.begin(), channels.end(), a.sort);
  if (a.sort != "path" && !channels.empty())
    table.sort_by(a.sort.empty() ? 0 : static_cast<std::size_t>(by - channels.begin()), a.by_last);
  if (a.json)
    print_json(table);
  else if (a.csv)
    print_csv(table);
  else
    print_table(table);
  if (a.json && read.failed) put_event("end", {{"reason", "failed"}});
  return read.failed ? exit_failed : exit_ok;
}

}  // namespace

const Command compare_command(
    64, "compare", "runs beside each other: what differs between their jobs, best and last values",
    [](CLI::App* c, int& exit) {
      auto a = std::make_shared<CompareArguments>();
      c->add_option("models", a->models, "model files")->required();
      c->add_option(
           "-c,--channels", a->channels,
           "patterns of channels; default: objectives and errors, of the validation set where "
           "there is one, else of the test set")
          ->allow_extra_args(false);
      c->add_option(
          "--sort", a->sort,
          "channel whose best run comes first, or path for the order of the command line; "
          "default: the first channel that is shown");
      c->add_flag("--by-last", a->by_last, "sorts by last values, not by best ones");
      CLI::Option* const csv = c->add_flag("--csv", a->csv, "one line of values a run, all digits");
      add_json(*c, a->json, "one JSON object a run")->excludes(csv);
      c->add_flag("-q,--quiet", a->quiet, "no warnings of patterns that fit nothing");
      c->footer(
          "Examples:\n"
          "  ansatz compare runs/*.pkl\n"
          "  ansatz compare runs/*.pkl -c 'test_*' --csv > runs.csv\n"
          "Of the jobs, only keys that differ are shown, paths to save to left aside. Behind a "
          "best "
          "value stands\nits epoch.");
      c->callback([a, &exit] { exit = compare(*a); });
    });

}  // namespace ansatz::app
