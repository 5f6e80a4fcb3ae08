// ansatz print-monitor, monitor, summarize-model
#include "command.hpp"
#include "json_output.hpp"
#include "output_option.hpp"
#include "trained_model.hpp"

#include <ansatz/base/natural_order.hpp>
#include <ansatz/model/parameter_names.hpp>
#include <ansatz/serial/model_file.hpp>
#include <ansatz/serial/records_csv.hpp>

#include <ansatz/base/shown.hpp>
#include <dsl/exceptions.hpp>

#include "../base/say.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>

namespace ansatz::app {

namespace {

// What of the records is shown, and how.
struct Shown {
  std::vector<std::string> channels;
  bool json = false, quiet = false, full = false;

  void add_full_to(CLI::App& command) {
    command.add_flag("--full", full, "all digits that the precision has, in place of six");
  }
  void add_to(CLI::App& command) {
    command
        .add_option("--channels", channels, "patterns of channels to show, such as '*_misclass'")
        ->allow_extra_args(false);
    command.add_flag("-q,--quiet", quiet, "no warnings");
  }
};

// The channels to show. Of patterns that fit none it warns.
std::vector<const ChannelRecords*> sorted(const MonitorRecords& records, const Shown& shown) {
  std::vector<const ChannelRecords*> list;
  std::vector<std::string> names;
  for (const ChannelRecords& c : records.channels) {
    names.push_back(c.name);
    if (shown.channels.empty() || matches(shown.channels, c.name)) list.push_back(&c);
  }
  if (const std::string what = fits_nothing(shown.channels, names); !what.empty() && !shown.quiet)
    say(stderr, "warning: {}\n", what);
  std::sort(list.begin(), list.end(), [](const ChannelRecords* a, const ChannelRecords* b) {
    return natural_less(a->name, b->name);
  });
  return list;
}

const MonitorRecords& records_of(const ModelFile& file, const std::string& path,
                                 const std::string& monitor) {
  if (const MonitorRecords* found = find_monitor(file.monitors, monitor)) return *found;
  std::string known;
  for (const MonitorRecords& m : file.monitors) known += (known.empty() ? "" : ", ") + m.name;
  throw NameError(fmt::format("{} has no monitor \"{}\"; it has {}", path, monitor,
                              known.empty() ? "none" : known));
}

// The epochs that had been seen when a channel was recorded last.
std::int64_t last_epoch(const MonitorRecords& records, const ChannelRecords& c) {
  const auto at = static_cast<std::size_t>(c.first + std::ssize(c.val_record) - 1);
  return records.epoch_record[at];
}

double last_seconds(const MonitorRecords& records) {
  return records.time_record.empty() ? 0. : records.time_record.back();
}

OrderedJson last_records_json(const std::string& path, const MonitorRecords& records,
                              const Shown& shown) {
  OrderedJson channels = OrderedJson::object();
  for (const ChannelRecords* c : sorted(records, shown))
    if (measured_last(records, *c)) add_key(channels, c->name, json_of(c->val_record.back()));
  return {{"path", path},
          {"epochs_seen", records.epochs_seen},
          {"seconds", json_of(last_seconds(records))},
          {"channels", std::move(channels)}};
}

int print_monitor(const std::vector<std::string>& paths, const Shown& shown) {
  shows_json = shown.json;
  for (const std::string& path : paths) {
    const ModelFile file = read_model_file(path);
    const MonitorRecords& records = records_of(file, path, "monitor");
    if (shown.json) {
      put_json(last_records_json(path, records, shown));
      continue;
    }
    if (paths.size() > 1) say(stdout, "{}\n", path);
    say(stdout, "epochs seen: {}\n", records.epochs_seen);
    say(stdout, "time trained: {:.1f} s\n", last_seconds(records));
    for (const ChannelRecords* c : sorted(records, shown)) {
      if (c->val_record.empty()) continue;
      // A job that went on with the model may watch other channels.
      const std::string when = measured_last(records, *c)
                                   ? ""
                                   : fmt::format(" (not since epoch {})", last_epoch(records, *c));
      say(stdout, "{} : {}{}\n", printable_name(c->name),
          record_text(c->val_record.back(), precision_of(file.floatX), shown.full), when);
    }
  }
  return exit_ok;
}

// A line a record; where a channel came later, its first fields are empty.
void print_records(const MonitorRecords& records, const Shown& shown) {
  const auto channels = sorted(records, shown);
  std::string text = csv_header(channels) + "\n";
  for (std::int64_t i = 0; i < records.size(); ++i) {
    text += csv_row(records, channels, i) + "\n";
    if (text.size() > 1 << 20) {
      say(stdout, "{}", text);
      text.clear();
    }
  }
  say(stdout, "{}", text);
}

// A line a channel: its name, then one column a record.
void print_csv(const MonitorRecords& records, const Shown& shown) {
  const auto line = [](const std::string& name, const auto& values, std::int64_t before) {
    std::string text = csv_field(name);
    for (std::int64_t i = 0; i < before; ++i) text += ",";
    for (auto v : values) {
      if constexpr (std::is_same_v<decltype(v), double>)
        text += fmt::format(",{:.17g}", v);
      else
        text += fmt::format(",{}", v);
    }
    say(stdout, "{}\n", text);
  };
  line("(epochs_seen)", records.epoch_record, 0);
  line("(batches_seen)", records.batch_record, 0);
  line("(examples_seen)", records.example_record, 0);
  line("(seconds)", records.time_record, 0);
  for (const ChannelRecords* c : sorted(records, shown)) line(c->name, c->val_record, c->first);
}

OrderedJson json_list(const std::vector<double>& values) {
  OrderedJson list = OrderedJson::array();
  for (const double v : values) list.push_back(json_of(v));
  return list;
}

void print_json(const MonitorRecords& records, const Shown& shown) {
  OrderedJson channels = OrderedJson::object();
  for (const ChannelRecords* c : sorted(records, shown))
    add_key(channels, c->name,
            {{"first", c->first}, {"values", json_list(c->val_record)}, {"doc", c->doc}});
  put_json({{"epochs_seen", records.epoch_record},
            {"batches_seen", records.batch_record},
            {"examples_seen", records.example_record},
            {"seconds", json_list(records.time_record)},
            {"channels", std::move(channels)}});
}

struct Numbers {
  double smallest = 0, largest = 0, mean = 0, deviation = 0;
};

Numbers numbers_of(const std::vector<double>& values) {
  Numbers n;
  if (values.empty()) return n;
  const auto count = static_cast<double>(values.size());
  n.smallest = *std::min_element(values.begin(), values.end());
  n.largest = *std::max_element(values.begin(), values.end());
  n.mean = std::accumulate(values.begin(), values.end(), 0.) / count;
  double squares = 0;
  for (const double v : values) squares += (v - n.mean) * (v - n.mean);
  n.deviation = std::sqrt(squares / count);
  return n;
}

template <class... E>
std::vector<double> values_of(const NamedTensor& t) {
  std::vector<double> values;
  const auto take = [&](const auto* all) {
    if (all) values.assign(all, all + t.size());
  };
  (take(t.data<E>()), ...);
  return values;
}

// A file may come from another program: its parameters are of any type that files can have.
std::vector<double> values_of(const NamedTensor& t) {
  return values_of<float, double, std::int8_t, std::int16_t, std::int32_t, std::int64_t,
                   std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t>(t);
}

// Lengths of the columns (axis 0) or rows (axis 1) of a matrix.
Numbers norms_of(const NamedTensor& t, const std::vector<double>& values, int axis) {
  const std::int64_t rows = t.shape[0], columns = t.shape[1];
  std::vector<double> squares(static_cast<std::size_t>(axis == 0 ? columns : rows));
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < columns; ++c) {
      const double v = values[static_cast<std::size_t>(r * columns + c)];
      squares[static_cast<std::size_t>(axis == 0 ? c : r)] += v * v;
    }
  for (double& s : squares) s = std::sqrt(s);
  return numbers_of(squares);
}

OrderedJson numbers_json(const Numbers& n) {
  return {{"min", json_of(n.smallest)},
          {"mean", json_of(n.mean)},
          {"max", json_of(n.largest)},
          {"standard_deviation", json_of(n.deviation)}};
}

OrderedJson summary_of(const NamedTensor& t) {
  const std::vector<double> values = values_of(t);
  OrderedJson out{{"name", t.name}, {"shape", t.shape}};
  out.update(numbers_json(numbers_of(values)));
  if (t.shape.size() != 2) return out;
  out["column_norms"] = numbers_json(norms_of(t, values, 0));
  out["row_norms"] = numbers_json(norms_of(t, values, 1));
  return out;
}

// The layer of each parameter. None where the file's model cannot be made here: its parameters can
// be told all the same.
std::map<std::string, std::string> layers_of(const std::string& path) {
  try {
    return layers_of_parameters(*read_trained_model(path).train->model);
  } catch (const MemoryError&) {
    throw;
  } catch (const Error&) {
    return {};
  }
}

int summarize_json(const std::string& path) {
  const ModelFile file = read_model_file(path);
  const auto layers = layers_of(path);
  OrderedJson parameters = OrderedJson::array();
  std::int64_t total = 0;
  for (const NamedTensor& t : file.parameters) {
    parameters.push_back(summary_of(t));
    if (const auto layer = layers.find(t.name); layer != layers.end())
      parameters.back()["layer"] = layer->second;
    total += t.size();
  }
  OrderedJson out{{"path", path},
                  {"library_version", file.library_version},
                  {"floatX", file.floatX},
                  {"number_of_parameters", total},
                  {"parameters", std::move(parameters)}};
  if (!file.state.empty()) {
    OrderedJson state = OrderedJson::array();
    for (const NamedTensor& t : file.state) state.push_back(summary_of(t));
    out["state"] = std::move(state);
  }
  if (const MonitorRecords* records = find_monitor(file.monitors)) {
    out["epochs_seen"] = records->epochs_seen;
    out["examples_seen"] = records->examples_seen;
    out["seconds"] = json_of(last_seconds(*records));
  }
  put_json(out);
  return exit_ok;
}

std::string shape_of(const NamedTensor& t) {
  std::string shape;
  for (std::int64_t d : t.shape) shape += fmt::format("{}{}", shape.empty() ? "" : ", ", d);
  return shape;
}

int summarize(const std::string& path, bool full) {
  const ModelFile file = read_model_file(path);
  const auto text = [full](double v) {
    return full ? fmt::format("{}", v) : fmt::format("{:.6g}", v);
  };
  const auto line = [&](const char* what, const Numbers& n) {
    return fmt::format("  {}min {}  mean {}  max {}", what, text(n.smallest), text(n.mean),
                       text(n.largest));
  };
  const auto layers = layers_of(path);
  const auto layer_of = [&](const NamedTensor& t) {
    const auto found = layers.find(t.name);
    return found == layers.end() ? "" : found->second;
  };
  std::map<std::string, std::int64_t> sizes;
  for (const NamedTensor& t : file.parameters) sizes[layer_of(t)] += t.size();
  std::int64_t total = 0;
  std::string layer;
  for (const NamedTensor& t : file.parameters) {
    if (layer != layer_of(t)) {
      layer = layer_of(t);
      if (!layer.empty())
        say(stdout, "layer {}: {} parameters\n", printable_name(layer), sizes[layer]);
    }
    const std::vector<double> values = values_of(t);
    const Numbers n = numbers_of(values);
    total += t.size();
    say(stdout, "{}: [{}]\n{}  standard deviation {}\n", printable_name(t.name), shape_of(t),
        line("", n), text(n.deviation));
    if (t.shape.size() != 2) continue;
    say(stdout, "{}\n{}\n", line("column norms: ", norms_of(t, values, 0)),
        line("row norms: ", norms_of(t, values, 1)));
  }
  for (const NamedTensor& t : file.state) {
    const Numbers n = numbers_of(values_of(t));
    say(stdout, "state {}: [{}]\n{}  standard deviation {}\n", printable_name(t.name), shape_of(t),
        line("", n), text(n.deviation));
  }
  say(stdout, "{} parameters, {}\n", total, file.floatX);
  if (const MonitorRecords* records = find_monitor(file.monitors))
    say(stdout, "trained for {} epochs, {} examples, {:.1f} seconds\n", records->epochs_seen,
        records->examples_seen, last_seconds(*records));
  say(stdout, "written by ansatz {}\n", file.library_version);
  return exit_ok;
}

}  // namespace

const Command print_monitor_command(
    70, "print-monitor", "the last record of every channel", [](CLI::App* c, int& exit) {
      auto paths = std::make_shared<std::vector<std::string>>();
      auto shown = std::make_shared<Shown>();
      c->add_option("models", *paths, "model files")->required();
      c->add_flag("--json", shown->json, "one JSON object a file");
      shown->add_full_to(*c);
      shown->add_to(*c);
      c->footer("Example:\n  ansatz print-monitor model.pkl --channels '*_misclass'");
      c->callback([paths, shown, &exit] { exit = print_monitor(*paths, *shown); });
    });

const Command monitor_command(
    80, "monitor", "all records of all channels, for other programs", [](CLI::App* c, int& exit) {
      struct Arguments {
        std::string format, model, monitor = "monitor";
        bool channels_as_rows = false;
        Shown shown;
      };
      auto a = std::make_shared<Arguments>();
      c->add_option("format", a->format, "csv: one line a record, one column a channel; or json")
          ->required()
          ->check(CLI::IsMember({"csv", "json"}));
      c->add_option("model", a->model, "model file")->required();
      c->add_option("--monitor", a->monitor, "an earlier monitor, as push_monitor named it");
      a->shown.add_to(*c);
      c->add_flag("--channels-as-rows", a->channels_as_rows,
                  "of csv: one line a channel, one column a record");
      c->footer("Example:\n  ansatz monitor csv model.pkl > records.csv");
      c->callback([a, &exit] {
        shows_json = a->format == "json";
        const ModelFile file = read_model_file(a->model);
        const MonitorRecords& records = records_of(file, a->model, a->monitor);
        if (a->format == "json" && a->channels_as_rows)
          throw CLI::ValidationError("--channels-as-rows", "it is a form of csv");
        if (a->format == "json")
          print_json(records, a->shown);
        else if (a->channels_as_rows)
          print_csv(records, a->shown);
        else
          print_records(records, a->shown);
        exit = exit_ok;
      });
    });

const Command summarize_model_command(
    90, "summarize-model", "shapes and statistics of the parameters and of the state beside them",
    [](CLI::App* c, int& exit) {
      auto path = std::make_shared<std::string>();
      c->add_option("model", *path, "model file")->required();
      auto json = std::make_shared<bool>(), full = std::make_shared<bool>();
      add_json(*c, *json);
      c->add_flag("--full", *full, "all digits, in place of six");
      c->footer("Example:\n  ansatz summarize-model model.pkl");
      c->callback([path, json, full, &exit] {
        exit = *json ? summarize_json(*path) : summarize(*path, *full);
      });
    });

}  // namespace ansatz::app
