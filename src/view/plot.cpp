#include <ansatz/view/plot.hpp>

#include <ansatz/base/regular_file.hpp>
#include <ansatz/base/shown.hpp>
#include <ansatz/files/atomic_file.hpp>
#include <ansatz/view/curves.hpp>
#include <dsl/exceptions.hpp>

#include "../dsl/utf8.hpp"
#include "gnuplot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <string_view>

namespace ansatz {

namespace {

constexpr std::size_t most_curves = 200;

/// Of a script.
constexpr std::string_view script_begin = "# Drawn by gnuplot 5 or newer.\n";

// ------------------------------------------------------------------------- texts

/// Characters, each about as wide as another.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

/// Of a text that is too long the middle is left out.
std::string shortened(const std::string& text, std::size_t most) {
  const std::size_t all = characters(text);
  if (all <= most || most < 5) return text;
  const std::size_t head = (most - 1) / 3, tail = most - 1 - head;
  std::string out;
  std::size_t at = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) ++at;
    if (at == head + 1 && !out.ends_with("…")) out += "…";
    if (at <= head || at > all - tail) out += c;
  }
  return out;
}

std::string legend_text(const Curve& curve, std::size_t most) {
  const std::string name = printable_name(curve.name);
  return shortened(name.find_first_not_of(' ') == name.npos ? "(no name)" : name, most);
}

/// In single quotes gnuplot takes nothing for a command; but what it draws, it reads again.
std::string in_single_quotes(std::string_view text, bool drawn) {
  std::string out = "'";
  for (const char c : printable_name(text)) {
    if (c == '\'') out += '\'';
    if (c == '\\' && drawn) out += '\\';
    out += c;
  }
  return out + "'";
}

/// A path that stands in a script.
std::string path_in_quotes(const std::string& path) {
  if (printable_name(path) != path)
    throw ValueError(
        fmt::format("{}: a script cannot name a file with such characters", printable_name(path)));
  return in_single_quotes(path, false);
}

// ------------------------------------------------------------------------- what is drawn

bool inside(const std::optional<std::pair<double, double>>& range, double v) {
  return !range ||
         (v >= std::min(range->first, range->second) && v <= std::max(range->first, range->second));
}

bool can_be_drawn(const Plot& plot, double x, double y) {
  return std::isfinite(x) && std::isfinite(y) && !(plot.log_x && x <= 0) &&
         !(plot.log_y && y <= 0) && inside(plot.x_range, x) && inside(plot.y_range, y);
}

void check_range(const char* which, const std::optional<std::pair<double, double>>& range,
                 bool logarithmic) {
  if (!range) return;
  const auto [low, high] = *range;
  if (!std::isfinite(low) || !std::isfinite(high) || low == high)
    throw ValueError(
        fmt::format("the range of {} is {}:{}; allowed: two different numbers", which, low, high));
  if (logarithmic && (low <= 0 || high <= 0))
    throw ValueError(fmt::format("the range of {} is {}:{}; of a logarithmic axis it is above 0",
                                 which, low, high));
}

void check(const Plot& plot) {
  if (plot.curves.size() > most_curves)
    throw ValueError(fmt::format("{} curves; in one picture, at most {} can be told apart",
                                 plot.curves.size(), most_curves));
  check_range("x", plot.x_range, plot.log_x);
  check_range("y", plot.y_range, plot.log_y);
  bool any = false;
  for (const Curve& c : plot.curves) {
    if (c.x.size() != c.y.size())
      throw ValueError(fmt::format("the curve {} has {} values of x and {} of y",
                                   printable_name(c.name), c.x.size(), c.y.size()));
    for (std::size_t i = 0; i < c.x.size(); ++i) any = any || can_be_drawn(plot, c.x[i], c.y[i]);
  }
  if (any) return;
  throw ValueError(fmt::format("there is nothing to draw: {}",
                               plot.curves.empty() ? "no curve"
                               : plot.log_x || plot.log_y
                                   ? "no value that a logarithmic axis has, which is above 0"
                                   : "no finite value in the ranges"));
}

/// One block a curve, whose first line is its name. gnuplot's own word for a value that is no
/// number interrupts the line, as numbers do that it cannot draw.
std::string data_of(const Plot& plot, std::size_t most_characters) {
  std::string text;
  for (const Curve& each : plot.curves) {
    const Curve c = each.joined ? thinned(each, 2 * plot.width) : each;
    if (!text.empty()) text += "\n\n";
    text += drawing::as_field(legend_text(c, most_characters)) + "\n";
    for (std::size_t i = 0; i < c.x.size(); ++i) {
      const bool number = std::isfinite(c.x[i]) && std::isfinite(c.y[i]);
      // A logarithmic axis would take the sign away in some versions of gnuplot.
      const bool drawn = number && !(plot.log_x && c.x[i] <= 0) && !(plot.log_y && c.y[i] <= 0);
      if (drawn)
        text += fmt::format("{}\t{}\n", c.x[i], c.y[i]);
      else
        text += fmt::format("{}\tNaN\n", std::isfinite(c.x[i]) ? c.x[i] : 0.);
    }
    // A block without lines would not be counted.
    if (c.x.empty()) text += "0\tNaN\n";
  }
  return text;
}

bool few_points(const Curve& c) { return c.x.size() <= 30; }

/// Whether a value stands between two that are not drawn: a line would not show it.
bool has_lone_points(const Plot& plot, const Curve& c) {
  const auto drawn = [&](std::size_t i) {
    return i < c.x.size() && can_be_drawn(plot, c.x[i], c.y[i]);
  };
  for (std::size_t i = 0; i < c.x.size(); ++i)
    if (drawn(i) && (i == 0 || !drawn(i - 1)) && !drawn(i + 1)) return true;
  return false;
}

std::string range_text(const std::optional<std::pair<double, double>>& range) {
  return range ? fmt::format("[{}:{}]", range->first, range->second) : "[*:*]";
}

struct Legend {
  std::size_t columns = 1, rows = 0, most_characters = 0;
};

/// Below the picture, in as many columns as its texts leave room for.
Legend legend_of(const Plot& plot, std::size_t wide, std::size_t beside) {
  Legend out;
  out.most_characters = wide > beside + 10 ? wide - beside : 10;
  std::size_t longest = 1, count = 0;
  for (const Curve& c : plot.curves) {
    if (c.name.empty()) continue;
    longest = std::max(longest, characters(legend_text(c, out.most_characters)));
    ++count;
  }
  out.columns =
      std::clamp<std::size_t>(wide / (longest + beside), 1, std::max<std::size_t>(count, 1));
  out.rows = (count + out.columns - 1) / out.columns;
  return out;
}

std::string curves_text(const Plot& plot, const std::string& data, bool text_only) {
  std::string out;
  int next = 0, named = 0;
  for (std::size_t i = 0; i < plot.curves.size(); ++i) {
    const Curve& c = plot.curves[i];
    if (text_only && c.faint) continue;
    const int number = c.colour >= 0 ? c.colour : next++;
    const int colours = static_cast<int>(plot_palette().size());
    const bool points =
        c.marked && (plot.points || few_points(c) || has_lone_points(plot, c) || !c.joined);
    out += fmt::format("{} {} index {} using 1:2 with {}", out.empty() ? "plot" : ", \\\n    ",
                       data, i,
                       !c.joined            ? "points"
                       : points && !c.faint ? "linespoints"
                                            : "lines");
    // A curve beyond the colours begins them anew, with other dashes.
    const int dashes = c.dashes + (c.colour >= 0 ? 0 : number / colours);
    if (text_only)
      out += fmt::format(" lt {}", ++named);
    else
      out += fmt::format(" lc rgb '{}{}' lw {} dt {}", c.faint ? "#a8" : "#",
                         plot_palette()[static_cast<std::size_t>(number % colours)].substr(1),
                         c.faint ? 1 : 2, dashes % 5 + 1);
    if (points && !c.faint && !text_only) out += " pt 7 ps 0.6";
    out += c.name.empty() ? " notitle" : " title columnheader(1)";
  }
  return out + "\n";
}

std::string axes_text(const Plot& plot) {
  std::string out;
  out += fmt::format("set xlabel {}\n", in_single_quotes(plot.x_label, true));
  out += fmt::format("set ylabel {}\n", in_single_quotes(plot.y_label, true));
  if (plot.log_x) out += "set logscale x\n";
  if (plot.log_y) out += "set logscale y\n";
  out += fmt::format("set xrange {}\nset yrange {}\n", range_text(plot.x_range),
                     range_text(plot.y_range));
  // Powers of ten would be written for the enhanced mode.
  out += "set format '%g'\n";
  return out;
}

const char* const reading =
    "set encoding utf8\n"
    "set datafile separator \"\\t\"\n"
    "set datafile commentschars \"\\001\"\n"  // a name may begin with #
    "set key noenhanced\n";

std::string terminal_text(const std::string& kind, int width, int height) {
  if (kind == "svg")
    return fmt::format(
        "set terminal svg size {},{} noenhanced font 'DejaVu Sans,14' background '#ffffff'\n",
        width, height);
  if (kind == "pdf")
    return fmt::format(
        "set terminal pdfcairo size {}in,{}in noenhanced font 'DejaVu Sans,10' linewidth 1\n",
        width / 100., height / 100.);
  return fmt::format("set terminal pngcairo size {},{} noenhanced font 'DejaVu Sans,11'\n", width,
                     height);
}

PlotScript picture_script(const Plot& plot, const std::string& kind, const std::string& output,
                          const std::string& data) {
  check(plot);
  if (plot.width < 100 || plot.height < 100 || plot.width > 10000 || plot.height > 10000)
    throw ValueError(
        fmt::format("a picture of {} x {} pixels; allowed: 100 to 10000", plot.width, plot.height));
  // gnuplot counts 9 pixels a character, and ten characters for what stands beside a name. Had it
  // room for fewer columns than are counted here, the legend would cover the curves.
  const Legend legend = legend_of(plot, static_cast<std::size_t>(plot.width - 40) / 9, 10);
  const int height = plot.height + 19 * static_cast<int>(legend.rows);
  std::string out(script_begin);
  out += terminal_text(kind, plot.width, height);
  if (!output.empty()) out += "set output " + output + "\n";
  out += reading;
  out += fmt::format(
      "set key at screen 0.5,screen 0.01 center bottom Left reverse horizontal maxcols {} "
      "samplen 3 spacing 1.1\n",
      legend.columns);
  // For tics and label; of SVG gnuplot writes the label lower.
  const int below = kind == "svg" ? 84 : 66;
  out += fmt::format("set bmargin at screen {:.4f}\n",
                     (19. * static_cast<double>(legend.rows) + below) / height);
  out +=
      "set rmargin 4\nset tmargin 1.5\n"
      "set border 3 lc rgb '#444444'\nset tics nomirror out\n"
      "set grid xtics ytics lt 1 lc rgb '#dddddd' lw 1 dt 1\n";
  out += axes_text(plot);
  out += curves_text(plot, data, false);
  return {out, data_of(plot, legend.most_characters)};
}

}  // namespace

const std::vector<std::string>& plot_palette() {
  static const std::vector<std::string> colours{"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                "#56b4e9", "#e69f00", "#000000"};
  return colours;
}

std::string picture_kind(const std::string& path) {
  std::string end = std::filesystem::path(path).extension().string();
  for (char& c : end) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const char* kind : {"png", "svg", "pdf"})
    if (end == std::string(".") + kind) return kind;
  throw ValueError(
      fmt::format("{}: a picture ending in '{}' cannot be written; allowed: .png, "
                  ".svg, .pdf",
                  path, end));
}

PlotScript plot_script(const Plot& plot, const std::string& picture, const std::string& data_path) {
  return picture_script(plot, picture_kind(picture), path_in_quotes(picture),
                        path_in_quotes(data_path));
}

bool is_plot_script(const std::string& path) {
  return serial::beginning_of(path, script_begin.size()).bytes == script_begin;
}

void draw_plot(const Plot& plot, const std::string& path) {
  const std::string kind = picture_kind(path);
  const PlotScript made = picture_script(plot, kind, "", fmt::format("'{}'", drawing::data_name));
  AtomicFile::look(path, Overwrite::replace, Replaces::no_models, 0);
  const std::string picture = drawing::run_gnuplot(made.script, made.data);
  AtomicFile file(path, Overwrite::replace, Replaces::no_models);
  file.write(picture.data(), picture.size());
  file.commit();
}

std::string text_plot(const Plot& plot, int columns, int lines, bool ansi) {
  check(plot);
  columns = std::clamp(columns, 40, 300);
  lines = std::clamp(lines, 12, 200);
  const Legend legend = legend_of(plot, static_cast<std::size_t>(columns), 16);
  lines = std::max(lines, static_cast<int>(legend.rows) + 14);
  std::string out = fmt::format("set terminal dumb size {},{} noenhanced {}\n", columns, lines,
                                ansi ? "ansi256" : "mono");
  out += reading;
  out += fmt::format("set key below center Left reverse horizontal maxcols {} samplen 3\n",
                     legend.columns);
  out += "set border 3\nset tics nomirror\n";
  out += axes_text(plot);
  out += curves_text(plot, fmt::format("'{}'", drawing::data_name), true);
  std::string text = drawing::run_gnuplot(out, data_of(plot, legend.most_characters));
  // gnuplot begins with a page feed.
  text.erase(0, text.find_first_not_of("\f\n"));
  while (text.ends_with('\n') || text.ends_with(' ')) text.pop_back();
  return text + "\n";
}

}  // namespace ansatz
