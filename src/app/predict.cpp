// ansatz predict, ansatz evaluate
#include "command.hpp"
#include "json_output.hpp"
#include "model_outputs.hpp"
#include "model_report.hpp"
#include "output_option.hpp"
#include "trained_model.hpp"

#include <ansatz/base/shown.hpp>
#include <ansatz/data/for_each_batch.hpp>
#include <ansatz/files/npy.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/monitor/monitor.hpp>
#include <ansatz/program/batch_reader.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/session/session.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/build.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/in_quotes.hpp>

#include "../base/say.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>

namespace ansatz::app {

namespace {

struct PredictArguments {
  std::string model, out, what;
  DataArguments data;
  std::vector<std::string> libraries;
  bool header = false, json = false;
  int batch_size = 500, threads = 1;
  // Of a model of a Table: what its classes, or its numbers, are called. Else none.
  std::vector<std::string> classes, numbers;
  std::string target;          // whose classes these are
  bool probabilities = false;  // beside each class
};

std::vector<std::int64_t> classes_of(const Rows& rows) {
  std::vector<std::int64_t> classes;
  for (std::int64_t i = 0; i < rows.count; ++i)
    classes.push_back(class_of(rows.row(i), rows.width));
  return classes;
}

// Of several outputs, those of classes become the class.
Rows with_classes(const Rows& rows) {
  Rows out;
  out.count = rows.count;
  for (const Part& part : rows.parts) {
    out.parts.push_back({part.name, part.classes ? 1 : part.width, part.classes});
    out.width += out.parts.back().width;
  }
  for (std::int64_t i = 0; i < rows.count; ++i) {
    const double* at = rows.row(i);
    for (const Part& part : rows.parts) {
      if (part.classes)
        out.values.push_back(static_cast<double>(class_of(at, part.width)));
      else
        out.values.insert(out.values.end(), at, at + part.width);
      at += part.width;
    }
  }
  return out;
}

// A field of a CSV file: in quotes where it would be read as something else.
std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos && !text.starts_with(' ') &&
      !text.ends_with(' '))
    return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

// Of each column: its number, or, of several outputs, the output and the number in it.
std::vector<std::string> names_of(const PredictArguments& a, const Rows& rows) {
  std::vector<std::string> names;
  for (const std::string& each : a.numbers) names.push_back(csv_text(each));
  if (!names.empty()) return names;
  if (rows.parts.empty())
    for (std::int64_t k = 0; k < rows.width; ++k) names.push_back(fmt::format("{}", k));
  for (const Part& part : rows.parts)
    for (std::int64_t k = 0; k < part.width; ++k)
      names.push_back(part.width == 1 ? part.name : fmt::format("{}.{}", part.name, k));
  return names;
}

// Whether a class of each example is all that is wanted.
bool one_class(const PredictArguments& a, const Rows& rows) {
  return a.what == "class" && rows.parts.empty();
}

void write_out(const std::string& path, const std::string& text) {
  if (path.empty() || path == "-") {
    say(stdout, "{}", text);
    return;
  }
  write_output(path, text);
}

// Of one unit, which has the probability of the second class, both.
std::vector<double> probabilities_of(const double* row, std::int64_t width) {
  if (width == 1) return {1 - row[0], row[0]};
  return {row, row + width};
}

// Whether the model's output tells the classes of a Table.
bool tells_names(const PredictArguments& a, const Rows& rows) {
  const auto width = static_cast<std::size_t>(rows.width);
  return rows.parts.empty() && !a.classes.empty() &&
         (width == a.classes.size() || (width == 1 && a.classes.size() == 2));
}

const std::string& name_of_class(const PredictArguments& a, const Rows& rows, std::int64_t i) {
  return a.classes[static_cast<std::size_t>(class_of(rows.row(i), rows.width))];
}

// Classes by their names, with their probabilities where these are wanted.
std::string named_csv(const PredictArguments& a, const Rows& rows) {
  const bool names = a.what == "class", numbers = a.probabilities || !names;
  std::string text;
  const auto line = [&](const std::vector<std::string>& fields) {
    text += fmt::format("{}\n", fmt::join(fields, ","));
  };
  std::vector<std::string> fields;
  if (a.header) {
    if (names) fields.push_back(csv_text(a.target));
    for (const std::string& each : a.classes)
      if (numbers) fields.push_back(csv_text(each));
    line(fields);
  }
  for (std::int64_t i = 0; i < rows.count; ++i) {
    fields.clear();
    if (names) fields.push_back(csv_text(name_of_class(a, rows, i)));
    if (numbers)
      for (const double p : probabilities_of(rows.row(i), rows.width))
        fields.push_back(fmt::format("{}", static_cast<float>(p)));
    line(fields);
  }
  return text;
}

// What a model of a Table says by names, and in the units of the table.
void tell_names(PredictArguments& a, const TableColumns& columns) {
  const bool by_default = a.what.empty();
  if (columns.targets.empty()) return;
  if (columns.classifies()) {
    a.target = columns.targets[0].name;
    a.classes = columns.targets[0].categories;
    a.probabilities = by_default;
  } else {
    for (const TableColumn& each : columns.targets) a.numbers.push_back(each.name);
  }
  a.header = a.header || by_default;
}

// In the units of a table, with the digits of the number that the model gave.
std::string number_text(const PredictArguments& a, double value) {
  return a.numbers.empty() ? csv_number(value) : fmt::format("{}", static_cast<float>(value));
}

std::string csv_of(const PredictArguments& a, const Rows& rows) {
  std::string text;
  if ((a.what == "class" || a.what == "probabilities") && tells_names(a, rows))
    return named_csv(a, rows);
  if (one_class(a, rows)) {
    if (a.header) text += "class\n";
    for (std::int64_t c : classes_of(rows)) text += fmt::format("{}\n", c);
    return text;
  }
  if (a.header && rows.width > 0) text += fmt::format("{}\n", fmt::join(names_of(a, rows), ","));
  for (std::int64_t i = 0; i < rows.count; ++i)
    for (std::int64_t k = 0; k < rows.width; ++k)
      text += number_text(a, rows.values[static_cast<std::size_t>(i * rows.width + k)]) +
              (k + 1 < rows.width ? "," : "\n");
  return text;
}

// A class an example, or its numbers.
OrderedJson values_json(const PredictArguments& a, const Rows& rows) {
  if (one_class(a, rows) && tells_names(a, rows)) {
    OrderedJson names = OrderedJson::array();
    for (std::int64_t i = 0; i < rows.count; ++i) names.push_back(name_of_class(a, rows, i));
    return names;
  }
  if (one_class(a, rows)) return classes_of(rows);
  OrderedJson all = OrderedJson::array();
  for (std::int64_t i = 0; i < rows.count; ++i) {
    OrderedJson row = OrderedJson::array();
    for (std::int64_t k = 0; k < rows.width; ++k)
      row.push_back(json_of(rows.values[static_cast<std::size_t>(i * rows.width + k)]));
    all.push_back(std::move(row));
  }
  return all;
}

// With a file, its name stands where the values would.
void put_predictions(const PredictArguments& a, const Rows& rows) {
  OrderedJson out{{"model", a.model}, {"output", a.what}, {"examples", rows.count}};
  if (a.out.empty() || a.out == "-")
    out["values"] = values_json(a, rows);
  else
    out["path"] = a.out;
  if (!a.numbers.empty()) out["names"] = a.numbers;
  if (tells_names(a, rows)) {
    out["target"] = a.target;
    out["classes"] = a.classes;
    if (a.probabilities) {
      OrderedJson all = OrderedJson::array();
      for (std::int64_t i = 0; i < rows.count; ++i)
        all.push_back(probabilities_of(rows.row(i), rows.width));
      out["probabilities"] = std::move(all);
    }
  }
  put_json(out);
}

// What the suffix of a file asks for.
enum class OutKind { csv, npy };
OutKind kind_of(const std::string& path) {
  const std::filesystem::path name = std::filesystem::path(path).filename();
  std::string suffix = name.extension().string();
  for (char& c : suffix) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (suffix == ".npy") return OutKind::npy;
  if (suffix.empty() || suffix == "." || suffix == ".csv") return OutKind::csv;
  throw CLI::ValidationError(
      "--out",
      fmt::format("{}: a file ending in {} cannot be written; allowed: .csv, .npy", path, suffix));
}

// What is written replaces nothing that is read, or that the model was trained on, and no model;
// found before anything is computed.
void settle_predictions(const PredictArguments& a, const TrainedModel& model) {
  if (a.out.empty() || a.out == "-") return;
  std::vector<std::string> inputs{a.model};
  if (model.train->dataset) model.train->dataset->files(inputs);
  inputs.insert(inputs.end(), a.libraries.begin(), a.libraries.end());
  settle_output("-o", a.out, inputs, {});
  spare_data_of(model, a.out);
}

void write_rows(const PredictArguments& a, OutKind kind, const Rows& rows) {
  if (kind == OutKind::csv) return write_out(a.out, csv_of(a, rows));
  if (!one_class(a, rows))
    return write_npy(a.out, view(rows.values.data(), {rows.count, rows.width}));
  const auto classes = classes_of(rows);
  write_npy(a.out, view(classes));
}

int predict(PredictArguments a) {
  const OutKind kind = kind_of(a.out);
  load_libraries(a.libraries);
  TrainedModel model = read_trained_model(a.model);
  if (model.columns) {
    if ((a.what == "class" || a.what == "probabilities") && !model.columns->targets.empty() &&
        !model.columns->classifies())
      throw ValueError(fmt::format("--output {}: the target {} holds numbers, no classes", a.what,
                                   in_quotes(model.columns->targets[0].name)));
    tell_names(a, *model.columns);
  }
  if (a.what.empty()) a.what = tells_classes(model) ? "class" : "values";
  model.train->dataset = dataset_of(a.data, model);
  settle_predictions(a, model);
  Rows rows = outputs_of(model, load_data(a.data, model), a.what, a.batch_size, a.threads);
  if (a.what == "class" && !rows.parts.empty()) rows = with_classes(rows);
  if (a.what == "values" && !a.numbers.empty() && rows.width == std::ssize(a.numbers))
    unscale(*model.columns, rows);
  else
    a.numbers.clear();
  const bool to_file = !a.out.empty() && a.out != "-";
  if (to_file || !a.json) write_rows(a, kind, rows);
  if (a.json) put_predictions(a, rows);
  return exit_ok;
}

struct EvaluateArguments {
  std::string model;
  DataArguments data;
  std::vector<std::string> libraries, channels;
  std::string out;
  bool json = false, quiet = false, report = false, full = false;
  int batch_size = 0, threads = 1;
};

int report(const EvaluateArguments& a, TrainedModel& model) {
  ReportOptions options;
  options.out = a.out, options.json = a.json, options.threads = a.threads;
  options.training_data = a.data.data.empty();
  if (a.batch_size) options.batch_size = a.batch_size;
  settle_report(options, model);
  return report_on(model, load_data(a.data, model), options);
}

// Says which channels of the run's records are not among the computed ones, and why.
void tell_missing(const TrainedModel& model, const MonitorRecords& computed,
                  const std::vector<std::string>& patterns) {
  const MonitorRecords* const recorded = find_monitor(model.file.monitors);
  if (!recorded) return;
  std::set<std::string> names, sets;
  for (const ChannelRecords& c : computed.channels) names.insert(c.name);
  for (const ChannelRecords& c : recorded->channels)
    if (!c.dataset.empty()) sets.insert(c.dataset + "_");
  std::set<std::string> times, others;
  for (const ChannelRecords& c : recorded->channels) {
    // Without the name of its data set.
    std::string name = c.name;
    for (const std::string& each : sets)
      if (c.name.starts_with(each) && names.contains(c.name.substr(each.size())))
        name = c.name.substr(each.size());
    if (!c.dataset.empty() && c.name.starts_with(c.dataset + "_"))
      name = c.name.substr(c.dataset.size() + 1);
    if (!patterns.empty() && !matches(patterns, name)) continue;
    if (!names.contains(name)) (c.wall_clock ? times : others).insert(name);
  }
  if (!times.empty()) say(stderr, "not computed: {}: times of the run\n", fmt::join(times, ", "));
  if (others.empty()) return;
  say(stderr, "not computed: {}: {}\n", fmt::join(others, ", "),
      model.without_job.empty() ? "made by extensions while the job runs"
                                : "of the job, which cannot be read: " + model.without_job);
}

int evaluate(const EvaluateArguments& a) {
  shows_json = a.json;
  if (!a.out.empty() && !a.report) throw CLI::ValidationError("-o", "pictures belong to --report");
  load_libraries(a.libraries);
  TrainedModel model = read_trained_model(a.model);
  Train& train = *model.train;
  train.dataset = dataset_of(a.data, model);
  if (a.report) return report(a, model);
  if (!train.algorithm) throw ValueError("the model trains itself and has no channels to evaluate");
  RunOptions options;
  options.threads = a.threads;
  Monitor::WatchedData data;
  data.source = load_data(a.data, model);
  Session session(train, build_programs(train, model.precision), options);
  // The monitor's batches, since the largest value of a batch depends on them; but all of the data.
  const BatchSizes sizes = train.monitoring_batches();
  if (const char* mode = train.algorithm->monitor_mode(); !stochastic(mode)) data.mode = mode;
  data.batch_size = a.batch_size ? a.batch_size : sizes.batch_size;
  if (!data.batch_size) data.num_batches = sizes.num_batches;
  if (!data.batch_size && !data.num_batches) data.batch_size = 500;
  const std::vector<std::string> faults = session.measure(model.file, model.path, data);
  OrderedJson json = OrderedJson::object();
  std::vector<std::string> names;
  for (const ChannelRecords& c : session.records().channels) names.push_back(c.name);
  if (const std::string what = fits_nothing(a.channels, names); !what.empty() && !a.quiet)
    say(stderr, "warning: {}\n", what);
  for (int i : session.monitor().sorted_channels()) {
    const ChannelRecords& c = session.records().channels[static_cast<std::size_t>(i)];
    if (!a.channels.empty() && !matches(a.channels, c.name)) continue;
    if (a.json)
      add_key(json, c.name, json_of(c.val_record.back()));
    else
      say(stdout, "{}: {}\n", printable_name(c.name),
          record_text(c.val_record.back(), model.precision, a.full));
  }
  if (a.json) put_json(json);
  std::fflush(stdout);
  if (a.quiet) return exit_ok;
  if (a.data.data.empty()) say(stderr, "measured on the training data; --data measures others\n");
  for (const std::string& fault : faults) say(stderr, "not computed: {}\n", fault);
  tell_missing(model, session.records(), a.channels);
  return exit_ok;
}

}  // namespace

const Command predict_command(
    50, "predict", "a trained model's outputs for data", [](CLI::App* c, int& exit) {
      auto a = std::make_shared<PredictArguments>();
      c->add_option("model", a->model, "model file")->required();
      a->data.add_to(*c);
      c->add_option(
          "-o,--out", a->out,
          "file to write, .csv (or without suffix) or .npy; default: CSV to the terminal");
      c->add_option(
          "--output", a->what,
          "class, probabilities or values, or the name of a layer, inner.h for one inside of "
          "another, or of one of several targets; default: class, or values where the "
          "targets are no labels");
      c->add_flag("--header", a->header, "write a line of names first");
      add_json(*c, a->json, "one JSON object, with the outputs unless they go to a file");
      c->add_flag("--labels", a->data.targets,
                  "the .csv file has targets in its first columns, to leave out");
      c->add_option("--batch-size", a->batch_size, "examples at a time")
          ->check(whole_numbers(1, 1 << 30))
          ->capture_default_str();
      c->add_option("--threads", a->threads, "threads")
          ->check(whole_numbers(1, 1024))
          ->capture_default_str();
      c->add_option("--load", a->libraries, "shared object with further classes (.so)");
      c->footer(
          "Examples:\n"
          "  ansatz predict model.pkl --data \"!obj:MNIST {which_set: 'test'}\" -o classes.csv\n"
          "  ansatz predict model.pkl --data test.npy --output h0 -o features.npy\n"
          "  ansatz predict model.pkl raw.csv\n"
          "A .csv file is read as the one that the model was trained on, if that was a "
          "CSVDataset:\n"
          "its delimiter, and its columns of targets where the file has them. Where that was a "
          "Table,\n"
          "any text file is read by the names of its columns, and classes are called by their "
          "names,\n"
          "with their probabilities, unless --output asks for something else.");
      c->callback([a, &exit] { exit = predict(*a); });
    });

const Command evaluate_command(
    60, "evaluate", "all channels of a trained model on data", [](CLI::App* c, int& exit) {
      auto a = std::make_shared<EvaluateArguments>();
      c->add_option("model", a->model, "model file")->required();
      a->data.targets = true;
      a->data.add_to(*c);
      c->add_flag(
          "--report", a->report,
          "in place of channels: of classes precision, recall, F1, areas below the ROC, the "
          "confusion matrix, calibration and the worst examples; of numbers R2 and residuals");
      c->add_option(
          "-o,--out", a->out,
          "with --report: writes pictures OUT-confusion.png, OUT-roc.png, OUT-calibration.png "
          "and OUT-worst.png, or OUT-predicted.png and OUT-residuals.png");
      c->add_flag("--json", a->json, "one JSON object");
      c->add_flag("--full", a->full, "all digits that the precision has, in place of six");
      c->add_flag("-q,--quiet", a->quiet, "no warnings");
      c->add_option("--channels", a->channels, "patterns of channels to show, such as '*_misclass'")
          ->allow_extra_args(false);
      c->add_option("--batch-size", a->batch_size, "examples at a time; default: the job's")
          ->check(whole_numbers(0, 1 << 30));
      c->add_option("--threads", a->threads, "threads")
          ->check(whole_numbers(1, 1024))
          ->capture_default_str();
      c->add_option("--load", a->libraries, "shared object with further classes (.so)");
      c->footer(
          "Examples:\n  ansatz evaluate model.pkl --data \"!obj:MNIST {which_set: 'test'}\"\n"
          "  ansatz evaluate model.pkl --data test.csv --report -o test\n"
          "A .csv file has targets in its first columns: one label, or as many as the CSVDataset "
          "had\nthat the model was trained on, with its delimiter and task.");
      c->callback([a, &exit] { exit = evaluate(*a); });
    });

}  // namespace ansatz::app
