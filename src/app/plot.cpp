// ansatz plot
#include "command.hpp"
#include "json_output.hpp"
#include "output_option.hpp"

#include <ansatz/base/natural_order.hpp>
#include <ansatz/base/shown.hpp>
#include <ansatz/files/atomic_file.hpp>
#include <ansatz/serial/run_records.hpp>
#include <ansatz/view/curves.hpp>
#include <ansatz/view/plot.hpp>
#include <ansatz/view/run_table.hpp>
#include <dsl/exceptions.hpp>

#include "../base/say.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>

#include <sys/ioctl.h>
#include <unistd.h>

namespace ansatz::app {

namespace {

struct PlotArguments {
  std::vector<std::string> models, channels;
  std::string out, script, axis = "epochs", log = "none", x_range, y_range, size = "900x560";
  std::string monitor = "monitor";
  double smooth = 0;
  bool list = false, quiet = false, json = false;
};

struct Run {
  std::string path, label;
  ModelFile file;
  const MonitorRecords* records = nullptr;
};

/// What tells the files apart: their names without folder and suffix, or, where these are the same,
/// the paths.
std::vector<std::string> labels_of(const std::vector<std::string>& paths) {
  std::vector<std::string> names;
  for (const std::string& path : paths)
    names.push_back(std::filesystem::path(path).stem().string());
  const std::set<std::string> distinct(names.begin(), names.end());
  return distinct.size() == paths.size() ? names : paths;
}

std::vector<Run> read_runs(const PlotArguments& a) {
  std::vector<Run> runs;
  const std::vector<std::string> labels = labels_of(a.models);
  for (std::size_t i = 0; i < a.models.size(); ++i) {
    Run& run = runs.emplace_back();
    run.path = a.models[i], run.label = labels[i];
    run.file = read_run_records(run.path);
  }
  for (Run& run : runs) {
    run.records = find_monitor(run.file.monitors, a.monitor);
    if (!run.records || run.records->size() == 0)
      throw ValueError(
          fmt::format("{}: it has no records of the monitor \"{}\"", run.path, a.monitor));
  }
  return runs;
}

/// The channels of all runs, in the order in which people count.
std::vector<std::string> names_of(const std::vector<Run>& runs) {
  std::set<std::string> all;
  for (const Run& run : runs)
    for (const ChannelRecords& c : run.records->channels)
      if (!c.val_record.empty()) all.insert(c.name);
  std::vector<std::string> names(all.begin(), all.end());
  std::stable_sort(names.begin(), names.end(), natural_less);
  return names;
}

std::vector<std::string> wanted_of(const PlotArguments& a, const std::vector<Run>& runs,
                                   const std::vector<std::string>& names) {
  std::vector<std::string> wanted;
  for (const std::string& name : names)
    if (a.channels.empty() ? is_main_channel(name) : matches(a.channels, name))
      wanted.push_back(name);
  // Of several models, what tells most about each.
  if (a.channels.empty() && runs.size() > 1) {
    std::vector<const ModelFile*> files;
    for (const Run& run : runs) files.push_back(&run.file);
    wanted = telling_channels(files);
  }
  if (const std::string what = fits_nothing(a.channels, names); !what.empty()) {
    if (wanted.empty()) throw NameError(what);
    if (!a.quiet) warn(what);
  }
  if (wanted.empty()) {
    std::string few;
    for (std::size_t i = 0; i < names.size() && i < 8; ++i)
      few += (i ? ", " : "") + printable_name(names[i]);
    throw NameError(
        fmt::format("no channel is an objective or an error; name some with -c: {}{}", few,
                    names.size() > 8 ? fmt::format(", … ({}; --list)", names.size()) : ""));
  }
  return wanted;
}

PlotAxis axis_of(const std::string& name) {
  const std::vector<std::string> all{"epochs",  "examples", "batches",
                                     "seconds", "minutes",  "hours"};
  const auto at = std::find(all.begin(), all.end(), name);
  return static_cast<PlotAxis>(at - all.begin());
}

std::optional<std::pair<double, double>> range_of(const char* option, const std::string& text) {
  if (text.empty()) return std::nullopt;
  const std::size_t colon = text.find(':');
  const auto number = [&](const std::string& part) {
    char* end = nullptr;
    const double v = std::strtod(part.c_str(), &end);
    if (part.empty() || *end || !std::isfinite(v))
      throw CLI::ValidationError(
          option, fmt::format("found {}; allowed: two numbers, such as 0:0.1", shown(text)));
    return v;
  };
  if (colon == std::string::npos) return std::pair{number(""), 0.};
  return std::pair{number(text.substr(0, colon)), number(text.substr(colon + 1))};
}

void take_size(const std::string& text, Plot& plot) {
  const std::size_t x = text.find('x');
  const auto number = [&](const std::string& part) {
    const bool digits = !part.empty() && part.size() < 6 &&
                        part.find_first_not_of("0123456789") == std::string::npos;
    const int v = digits ? std::stoi(part) : 0;
    if (v < 100 || v > 10000)
      throw CLI::ValidationError(
          "--size", fmt::format("found {}; allowed: width and height from 100 to 10000 pixels, "
                                "such as 900x560",
                                shown(text)));
    return v;
  };
  plot.width = number(text.substr(0, x));
  plot.height = number(x == std::string::npos ? "" : text.substr(x + 1));
}

/// Values that no line shows are told.
void tell_not_finite(const Curve& curve) {
  const auto bad =
      std::count_if(curve.y.begin(), curve.y.end(), [](double v) { return !std::isfinite(v); });
  if (bad == 0) return;
  const auto first =
      std::find_if(curve.y.begin(), curve.y.end(), [](double v) { return !std::isfinite(v); });
  warn(fmt::format("{}: {} of {} values are not finite, the first at {}; gaps stand for them",
                   printable_name(curve.name), bad, curve.y.size(),
                   curve.x[static_cast<std::size_t>(first - curve.y.begin())]));
}

std::string unit_of(const std::vector<std::string>& channels) {
  std::vector<std::string> units;
  for (const std::string& name : channels) {
    const std::string unit = channel_unit(name);
    if (std::find(units.begin(), units.end(), unit) == units.end()) units.push_back(unit);
  }
  if (units.size() == 1 && !units[0].empty()) return units[0];
  if (units.size() == 2 && !units[0].empty() && !units[1].empty())
    return units[0] + ", " + units[1];
  return "value of the channel";
}

Plot plot_of(const PlotArguments& a, const std::vector<Run>& runs,
             const std::vector<std::string>& wanted) {
  Plot plot;
  plot.x_label = axis_label(axis_of(a.axis));
  plot.y_label = unit_of(wanted);
  plot.log_x = a.log == "x" || a.log == "xy";
  plot.log_y = a.log == "y" || a.log == "xy";
  plot.x_range = range_of("--xrange", a.x_range);
  plot.y_range = range_of("--yrange", a.y_range);
  take_size(a.size, plot);
  // Of several models with several channels, a model has a colour and a channel its dashes.
  const int colours = static_cast<int>(plot_palette().size());
  const bool both =
      runs.size() > 1 && std::ssize(runs) <= colours && wanted.size() > 1 && wanted.size() <= 4;
  int number = 0;
  for (std::size_t r = 0; r < runs.size(); ++r)
    for (std::size_t k = 0; k < wanted.size(); ++k) {
      const ChannelRecords* const channel = runs[r].records->find(wanted[k]);
      if (!channel || channel->val_record.empty()) continue;
      Curve curve = curve_of(*runs[r].records, *channel, axis_of(a.axis));
      if (runs.size() > 1) curve.name = runs[r].label + ": " + curve.name;
      if (!a.quiet) tell_not_finite(curve);
      curve.colour = both ? static_cast<int>(r) : number % colours;
      curve.dashes = both ? static_cast<int>(k) : number / colours;
      ++number;
      if (a.smooth > 0) {
        Curve behind = curve;
        behind.name.clear();
        behind.faint = true;
        curve.y = smoothed(curve.y, a.smooth);
        plot.curves.push_back(std::move(behind));
      }
      plot.curves.push_back(std::move(curve));
    }
  return plot;
}

/// What a logarithmic axis leaves out is told, too.
void tell_left_out(const Plot& plot) {
  std::int64_t out = 0;
  for (const Curve& c : plot.curves)
    for (std::size_t i = 0; i < c.x.size(); ++i)
      out += !c.faint && ((plot.log_x && c.x[i] <= 0) || (plot.log_y && c.y[i] <= 0));
  if (out > 0)
    warn(fmt::format("{} value{} at or below 0 {} no place on a logarithmic axis", out,
                     out == 1 ? "" : "s", out == 1 ? "has" : "have"));
}

void draw_here(const Plot& plot) {
  struct winsize size = {};
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  if (terminal) ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
  const char* const none = std::getenv("NO_COLOR");
  const char* const kind = std::getenv("TERM");
  const bool ansi = terminal && !(none && *none) && kind && std::string_view(kind) != "dumb";
  const std::string text = text_plot(plot, size.ws_col ? size.ws_col : 100,
                                     size.ws_row > 2 ? size.ws_row - 2 : 30, ansi);
  // Names in it were made printable; what commands the terminal are colours.
  draw(stdout, "{}", text);
}

OrderedJson list_of(const std::vector<double>& values) {
  OrderedJson list = OrderedJson::array();
  for (const double v : values) list.push_back(json_of(v));
  return list;
}

OrderedJson plot_json(const PlotArguments& a, const Plot& plot) {
  OrderedJson curves = OrderedJson::array();
  for (const Curve& c : plot.curves)
    if (!c.faint) curves.push_back({{"name", c.name}, {"x", list_of(c.x)}, {"y", list_of(c.y)}});
  return {{"path", a.out.empty() ? OrderedJson() : OrderedJson(a.out)},
          {"script", a.script.empty() ? OrderedJson() : OrderedJson(a.script)},
          {"x", plot.x_label},
          {"y", plot.y_label},
          {"curves", std::move(curves)}};
}

bool holds_nothing(const std::string& path) {
  std::error_code none;
  return !std::filesystem::exists(path, none) || std::filesystem::file_size(path, none) == 0;
}

int plot(const PlotArguments& a) {
  shows_json = a.json;
  std::vector<std::string> outputs;
  if (!a.out.empty()) {
    settle_output("-o", a.out, a.models, {".png", ".svg", ".pdf"});
    outputs.push_back(a.out);
  }
  std::string data_path;
  if (!a.script.empty()) {
    data_path = std::filesystem::path(a.script).replace_extension(".dat").string();
    settle_output("--script", a.script, a.models, {".gp", ".gnuplot", ".plt"});
    settle_output("--script", data_path, a.models, {});
    if (!is_plot_script(a.script) && !holds_nothing(data_path))
      throw FileError(
          fmt::format("cannot write '{}': it is there, and not with a script '{}' that --script "
                      "has written; give another name with --script",
                      data_path, a.script));
  }
  const std::vector<Run> runs = read_runs(a);
  const std::vector<std::string> names = names_of(runs);
  if (a.list && a.json) {
    put_json(OrderedJson::object({{"channels", names}}));
    return exit_ok;
  }
  if (a.list) {
    for (const std::string& name : names) say(stdout, "{}\n", printable_name(name));
    return exit_ok;
  }
  const Plot plot = plot_of(a, runs, wanted_of(a, runs, names));
  if (!a.quiet) tell_left_out(plot);
  if (!a.script.empty()) {
    const std::string picture =
        a.out.empty() ? std::filesystem::path(a.script).replace_extension(".png").string() : a.out;
    const PlotScript made = plot_script(plot, picture, data_path);
    write_output(data_path, made.data);
    write_output(a.script, made.script);
    if (!a.quiet && !a.json) say(stderr, "{} and {}: gnuplot {}\n", a.script, data_path, a.script);
  }
  if (!a.out.empty())
    draw_plot(plot, a.out);
  else if (a.script.empty() && !a.json)
    draw_here(plot);
  if (a.json) put_json(plot_json(a, plot));
  return exit_ok;
}

void fill_plot(CLI::App* c, int& exit) {
  auto a = std::make_shared<PlotArguments>();
  c->add_option("models", a->models, "model files")->required();
  c->add_option("-c,--channels", a->channels,
                "patterns of channels, such as '*_misclass'; default: objectives and errors, of "
                "several models those of the validation set where there is one")
      ->allow_extra_args(false);
  c->add_option("-o,--out", a->out,
                "picture to write, .png, .svg or .pdf; default: characters on the terminal");
  c->add_option(
      "--script", a->script,
      "file to write (.gp) instead of or beside the picture: the script for gnuplot, with "
      "its data in a .dat file of the same name");
  c->add_option("-x,--x-axis", a->axis, "epochs, examples, batches, seconds, minutes or hours")
      ->check(CLI::IsMember({"epochs", "examples", "batches", "seconds", "minutes", "hours"}))
      ->capture_default_str();
  c->add_option("--log", a->log, "which axes are logarithmic: x, y, xy or none")
      ->check(CLI::IsMember({"x", "y", "xy", "none"}))
      ->capture_default_str();
  c->add_option("--smooth", a->smooth,
                "from 0 to below 1: each value becomes a mean with those before it, whose weights "
                "fall by this factor")
      ->check(numbers_from_to(0., .9999));
  c->add_option("--xrange", a->x_range, "a:b, what is shown of the x axis");
  c->add_option("--yrange", a->y_range, "a:b, what is shown of the y axis");
  c->add_option("--size", a->size, "pixels of the picture without its legend")
      ->capture_default_str();
  c->add_option("--monitor", a->monitor, "an earlier monitor, as push_monitor named it");
  c->add_flag("--list", a->list, "only prints the names of the channels");
  c->add_flag("-q,--quiet", a->quiet, "no warnings");
  add_json(*c, a->json, "one JSON object with the points, instead of characters");
  c->footer(
      "Examples:\n"
      "  ansatz plot model.pkl\n"
      "  ansatz plot a.pkl b.pkl -c 'valid_*_misclass' -o curves.png --log y\n"
      "Curves are drawn by gnuplot (Debian: gnuplot-nox).");
  c->callback([a, &exit] { exit = plot(*a); });
}

}  // namespace

const Command plot_command(62, "plot", "curves of the records, as a picture or on the terminal",
                           fill_plot);

// Pylearn2's name.
const Command plot_monitor_command(202, "plot-monitor", "as plot", fill_plot, pylearn2_names);

}  // namespace ansatz::app
