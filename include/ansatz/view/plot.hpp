// Curves as a picture, drawn by gnuplot.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ansatz {

/// Points that are joined in their order; where a value is not finite, the line is interrupted.
struct Curve {
  std::string name;  ///< in the legend; "": not there
  std::vector<double> x, y;
  int colour = -1;     ///< number of a colour of the palette; -1: the next one
  int dashes = 0;      ///< number of a kind of line; 0 is without gaps
  bool faint = false;  ///< drawn thin and light: what a smoothed curve was made of
  bool joined = true;  ///< false: points alone
  bool marked = true;  ///< false: no points on the line, however few there are
};

/// What is drawn. Its texts may hold anything: none of them is ever part of a script as it is.
///
///     Plot plot;
///     plot.x_label = "epochs", plot.y_label = "misclassified (share of examples)";
///     plot.curves.push_back({"train", {0, 1, 2}, {.9, .3, .2}});
///     draw_plot(plot, "curve.png");
struct Plot {
  std::string x_label, y_label;
  std::vector<Curve> curves;
  bool log_x = false, log_y = false;
  std::optional<std::pair<double, double>> x_range, y_range;  ///< default: that of the data
  int width = 900, height = 560;  ///< pixels (of a PDF: 1/100 inch), without the legend
  bool points = false;            ///< marks all points; few of them are marked in any case
};

/// Writes the picture, whole or not at all; the path's end says which kind: .png, .svg or .pdf.
/// ValueError for another end, for a plot without a point that can be drawn, for one of more than
/// 200 curves; FileError when gnuplot is not there, with the package to install, when it fails, and
/// when writing does. A model is never replaced.
void draw_plot(const Plot& plot, const std::string& path);

/// The picture in characters, so many columns wide and lines high. Errors as above.
/// @param ansi  whether colours are told by escape sequences
std::string text_plot(const Plot& plot, int columns, int lines, bool ansi = false);

/// A script for gnuplot and the file of data that it reads. The script is made of numbers and the
/// labels of the axes, in quotes that gnuplot takes no notice of; names of curves are in the data.
struct PlotScript {
  std::string script, data;
};
/// @param picture    what the script writes, as of draw_plot
/// @param data_path  where the data will be
PlotScript plot_script(const Plot& plot, const std::string& picture, const std::string& data_path);
/// Whether the file is there, and is such a script.
bool is_plot_script(const std::string& path);

/// "png", "svg", "pdf", by the path's end. ValueError for others.
std::string picture_kind(const std::string& path);

/// Okabe and Ito's colours (2008), which are told apart with any kind of colour vision, without
/// their yellow, which is not seen on white: "#0072b2", …
const std::vector<std::string>& plot_palette();

}  // namespace ansatz
