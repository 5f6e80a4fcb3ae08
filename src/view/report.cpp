#include <ansatz/view/report.hpp>

#include <ansatz/files/atomic_file.hpp>
#include <dsl/exceptions.hpp>

#include "gnuplot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>

namespace ansatz {

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }
double share(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

void check(const std::vector<std::int64_t>& truth, const std::vector<double>& scores,
           std::int64_t classes) {
  if (truth.empty()) throw ValueError("a report of no examples");
  if (classes < 2) throw ValueError(fmt::format("a report of {} classes; it needs two", classes));
  if (std::ssize(scores) != std::ssize(truth) * classes)
    throw ValueError(fmt::format("{} scores of {} examples and {} classes", scores.size(),
                                 truth.size(), classes));
  for (const std::int64_t t : truth)
    if (t < 0 || t >= classes)
      throw ValueError(fmt::format("an example of class {}, where the model tells {}", t, classes));
  for (const double s : scores)
    if (std::isnan(s)) throw ValueError("an output of the model is no number");
}

/// The area below the ROC: how often an example of the class has a larger score than one of the
/// others, ties counting half (Mann and Whitney 1947).
double roc_area(const std::vector<std::int64_t>& truth, const std::vector<double>& scores,
                std::int64_t classes, std::int64_t of) {
  std::vector<std::pair<double, bool>> all;
  std::int64_t positive = 0;
  for (std::int64_t i = 0; i < std::ssize(truth); ++i) {
    const bool own = truth[at(i)] == of;
    positive += own;
    all.emplace_back(scores[at(i * classes + of)], own);
  }
  const std::int64_t negative = std::ssize(truth) - positive;
  if (positive == 0 || negative == 0) return none;
  std::sort(all.begin(), all.end());
  double ranks = 0;
  for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end) {
    std::int64_t own = 0;
    for (end = begin; end < all.size() && all[end].first == all[begin].first; ++end)
      own += all[end].second;
    ranks += static_cast<double>(own) * static_cast<double>(begin + end + 1) / 2;
  }
  const auto p = static_cast<double>(positive);
  return (ranks - p * (p + 1) / 2) / (p * static_cast<double>(negative));
}

void take_means(ClassifierReport& report) {
  std::int64_t areas = 0;
  double area = 0, weighted_area = 0, area_weight = 0;
  for (const ClassScores& c : report.by_class) {
    const double equal = 1 / static_cast<double>(report.classes);
    const double weight = share(c.support, report.examples);
    for (auto [mean, w] : {std::pair{&report.macro, equal}, {&report.weighted, weight}}) {
      mean->precision += w * c.precision;
      mean->recall += w * c.recall;
      mean->f1 += w * c.f1;
      mean->support = report.examples;
    }
    if (std::isnan(c.roc_area)) continue;
    ++areas;
    area += c.roc_area;
    weighted_area += weight * c.roc_area;
    area_weight += weight;
  }
  report.macro.roc_area = areas > 0 ? area / static_cast<double>(areas) : none;
  report.weighted.roc_area = area_weight > 0 ? weighted_area / area_weight : none;
}

void take_interval(ClassifierReport& report) {
  constexpr double z = 1.959963984540054;  // 97.5 % of a normal distribution lie below
  const auto n = static_cast<double>(report.examples);
  const double p = report.accuracy, centre = (p + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  report.low = std::max(0., centre - half);
  report.high = std::min(1., centre + half);
}

bool are_probabilities(const std::vector<double>& scores, std::int64_t classes) {
  for (std::int64_t i = 0; i < std::ssize(scores); i += classes) {
    const double* const row = scores.data() + i;
    if (std::any_of(row, row + classes, [](double v) { return v < 0; })) return false;
    if (std::abs(std::accumulate(row, row + classes, 0.) - 1) > 1e-3) return false;
  }
  return true;
}

void take_calibration(ClassifierReport& report, const std::vector<std::int64_t>& truth,
                      const std::vector<double>& scores) {
  report.calibration.resize(10);
  for (std::int64_t i = 0; i < report.examples; ++i) {
    const double* const row = scores.data() + i * report.classes;
    const std::int64_t told = report.told[at(i)];
    report.log_loss -=
        std::log(std::max(row[truth[at(i)]], std::numeric_limits<double>::epsilon()));
    CalibrationBin& bin = report.calibration[at(
        std::clamp<std::int64_t>(static_cast<std::int64_t>(row[told] * 10), 0, 9))];
    ++bin.count;
    bin.confidence += row[told];
    bin.accuracy += told == truth[at(i)];
  }
  const auto n = static_cast<double>(report.examples);
  report.log_loss /= n;
  for (CalibrationBin& bin : report.calibration) {
    if (bin.count == 0) continue;
    bin.confidence /= static_cast<double>(bin.count);
    bin.accuracy /= static_cast<double>(bin.count);
    report.calibration_error +=
        static_cast<double>(bin.count) / n * std::abs(bin.confidence - bin.accuracy);
  }
}

}  // namespace

ClassifierReport classifier_report(const std::vector<std::int64_t>& truth,
                                   const std::vector<double>& scores, std::int64_t classes) {
  check(truth, scores, classes);
  ClassifierReport report;
  report.examples = std::ssize(truth);
  report.classes = classes;
  report.confusion.resize(at(classes * classes));
  std::int64_t right = 0;
  for (std::int64_t i = 0; i < report.examples; ++i) {
    const double* const row = scores.data() + i * classes;
    report.told.push_back(std::max_element(row, row + classes) - row);
    ++report.confusion[at(truth[at(i)] * classes + report.told.back())];
    right += report.told.back() == truth[at(i)];
  }
  report.accuracy = share(right, report.examples);
  for (std::int64_t k = 0; k < classes; ++k) {
    ClassScores& c = report.by_class.emplace_back();
    std::int64_t told = 0;
    for (std::int64_t j = 0; j < classes; ++j) {
      c.support += report.confusion[at(k * classes + j)];
      told += report.confusion[at(j * classes + k)];
    }
    const std::int64_t own = report.confusion[at(k * classes + k)];
    c.precision = share(own, told);
    c.recall = share(own, c.support);
    c.f1 = share(2 * own, told + c.support);
    c.roc_area = roc_area(truth, scores, classes, k);
  }
  take_means(report);
  take_interval(report);
  report.probabilities = are_probabilities(scores, classes);
  if (report.probabilities) take_calibration(report, truth, scores);
  return report;
}

Curve roc_curve(const std::vector<std::int64_t>& truth, const std::vector<double>& scores,
                std::int64_t classes, std::int64_t of) {
  std::vector<std::pair<double, bool>> all;
  std::int64_t positive = 0;
  for (std::int64_t i = 0; i < std::ssize(truth); ++i) {
    all.emplace_back(-scores[at(i * classes + of)], truth[at(i)] == of);
    positive += truth[at(i)] == of;
  }
  std::sort(all.begin(), all.end());
  const std::int64_t negative = std::ssize(truth) - positive;
  Curve curve;
  curve.x.push_back(0), curve.y.push_back(0);
  std::int64_t own = 0, others = 0;
  for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end) {
    for (end = begin; end < all.size() && all[end].first == all[begin].first; ++end)
      (all[end].second ? own : others) += 1;
    curve.x.push_back(share(others, negative));
    curve.y.push_back(share(own, positive));
  }
  return curve;
}

std::vector<std::int64_t> worst_examples(const std::vector<std::int64_t>& truth,
                                         const std::vector<double>& scores, std::int64_t classes,
                                         std::int64_t count) {
  std::vector<std::int64_t> order(truth.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return scores[at(a * classes + truth[at(a)])] < scores[at(b * classes + truth[at(b)])];
  });
  order.resize(at(std::min(count, std::ssize(order))));
  return order;
}

RegressionReport regression_report(const std::vector<double>& targets,
                                   const std::vector<double>& predictions, std::int64_t outputs) {
  if (targets.empty() || outputs < 1 || std::ssize(targets) % outputs != 0 ||
      targets.size() != predictions.size())
    throw ValueError(fmt::format("a report of {} targets and {} predictions", targets.size(),
                                 predictions.size()));
  RegressionReport report;
  report.outputs = outputs;
  report.examples = std::ssize(targets) / outputs;
  const auto n = static_cast<double>(report.examples), all = static_cast<double>(targets.size());
  for (std::int64_t k = 0; k < outputs; ++k) {
    double mean = 0, squares = 0, spread = 0;
    for (std::int64_t i = k; i < std::ssize(targets); i += outputs) mean += targets[at(i)] / n;
    for (std::int64_t i = k; i < std::ssize(targets); i += outputs) {
      const double residual = predictions[at(i)] - targets[at(i)];
      if (std::isnan(residual)) throw ValueError("an output of the model is no number");
      squares += residual * residual;
      spread += (targets[at(i)] - mean) * (targets[at(i)] - mean);
      report.mae += std::abs(residual) / all;
      report.mean_residual += residual / all;
      report.largest_residual = std::max(report.largest_residual, std::abs(residual));
    }
    report.mse += squares / all;
    report.r2.push_back(spread > 0 ? 1 - squares / spread : squares > 0 ? 0 : 1);
    report.mean_r2 += report.r2.back() / static_cast<double>(outputs);
  }
  report.rmse = std::sqrt(report.mse);
  return report;
}

namespace {

Curve diagonal() {
  Curve line;
  line.x = line.y = {0, 1};
  line.colour = 6;
  line.faint = true;
  return line;
}

/// Of a long name its beginning, which ends between characters.
std::string short_name(const std::string& name) {
  std::size_t end = 24;
  if (name.size() <= end) return name;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;
  return name.substr(0, end) + "…";
}

}  // namespace

Plot roc_plot(const std::vector<std::int64_t>& truth, const std::vector<double>& scores,
              std::int64_t classes, const std::vector<std::string>& names) {
  check(truth, scores, classes);
  Plot plot;
  plot.width = 640, plot.height = 600;
  plot.x_label = "others that are told to be of the class (share)";
  plot.y_label = "examples of the class that are told (share)";
  plot.x_range = plot.y_range = std::pair{0., 1.};
  plot.curves.push_back(diagonal());
  // Of two classes, the second says all.
  for (std::int64_t k = classes == 2 ? 1 : 0; k < classes && k < 60; ++k) {
    const double area = roc_area(truth, scores, classes, k);
    if (std::isnan(area)) continue;
    Curve curve = roc_curve(truth, scores, classes, k);
    curve.name = k < std::ssize(names) ? fmt::format("{}: area {:.4f}", names[at(k)], area)
                                       : fmt::format("class {}: area {:.4f}", k, area);
    curve.marked = false;
    plot.curves.push_back(std::move(curve));
  }
  return plot;
}

Plot calibration_plot(const ClassifierReport& report) {
  Plot plot;
  plot.width = 640, plot.height = 600;
  plot.x_label = "probability that the model gives its class";
  plot.y_label = "how often it is right (share of examples)";
  plot.x_range = plot.y_range = std::pair{0., 1.};
  plot.points = true;
  plot.curves.push_back(diagonal());
  Curve curve;
  curve.name = fmt::format("calibration error {:.4f}", report.calibration_error);
  for (const CalibrationBin& bin : report.calibration) {
    if (bin.count == 0) continue;
    curve.x.push_back(bin.confidence);
    curve.y.push_back(bin.accuracy);
  }
  plot.curves.push_back(std::move(curve));
  return plot;
}

void draw_confusions(const ClassifierReport& report, const std::string& path,
                     const std::vector<std::string>& names) {
  const std::string kind = picture_kind(path);
  const std::int64_t k = report.classes;
  if (k > 100) throw ValueError(fmt::format("a picture of {} classes; at most 100", k));
  AtomicFile::look(path, Overwrite::replace, Replaces::no_models, 0);
  std::string data;
  for (std::int64_t t = 0; t < k; ++t)
    for (std::int64_t p = 0; p < k; ++p) {
      const std::int64_t count = report.confusion[at(t * k + p)];
      data += fmt::format("{}\t{}\t{}\t{}\n", p, t, share(count, report.by_class[at(t)].support),
                          count);
    }
  const bool named = std::ssize(names) == k && k <= 40;
  std::size_t longest = 0;
  if (named) {
    data += "\n\n";  // a second block
    for (std::int64_t i = 0; i < k; ++i) {
      const std::string name = short_name(names[at(i)]);
      longest = std::max(longest, name.size());
      data += fmt::format("{}\t-9\t{}\n", i, drawing::as_field(name));
    }
  }
  const std::int64_t side = std::clamp<std::int64_t>(k * 48, 360, 1600);
  const auto room = static_cast<std::int64_t>(longest);
  const std::int64_t width = side + 180 + 8 * room, height = side + 90 + 6 * room;
  std::string script =
      kind == "svg" ? fmt::format(
                          "set terminal svg size {},{} noenhanced font 'DejaVu Sans,14' "
                          "background '#ffffff'\n",
                          width, height)
      : kind == "pdf"
          ? fmt::format("set terminal pdfcairo size {}in,{}in noenhanced font 'DejaVu Sans,10'\n",
                        static_cast<double>(width) / 100, static_cast<double>(height) / 100)
          : fmt::format("set terminal pngcairo size {},{} noenhanced font 'DejaVu Sans,11'\n",
                        width, height);
  script += fmt::format(
      "set encoding utf8\nset datafile separator \"\\t\"\nunset key\nset size ratio -1\n"
      "set xlabel 'class that is told'\nset ylabel 'true class'\n"
      "set cblabel 'share of the true class'\n"
      "set xrange [-0.5:{0}]\nset yrange [{0}:-0.5]\nset cbrange [0:1]\n"
      "set palette defined (0 '#ffffff', 0.5 '#8fbfe0', 1 '#00507f')\n"
      "set border lc rgb '#444444'\nset tics nomirror out\nset xtics {1}\nset ytics {2}\n",
      static_cast<double>(k) - .5,
      named    ? "() rotate by 45 right"
      : k > 40 ? "10"
               : "1",
      named    ? "()"
      : k > 40 ? "10"
               : "1");
  // A name may begin with #.
  script += "set datafile commentschars \"\\001\"\n";
  script += fmt::format("plot '{}' index 0 using 1:2:3 with image", drawing::data_name);
  if (k <= 20)
    script +=
        ", '' index 0 using 1:2:($4 > 0 ? sprintf('%d', $4) : ''):($3 > 0.7 ? 0xffffff : 0x1c2430) "
        "with labels textcolor rgb variable";
  if (named)
    script +=
        ", '' index 1 using 1:2:(''):xticlabels(3) with labels"
        ", '' index 1 using 2:1:(''):yticlabels(3) with labels";
  const std::string picture = drawing::run_gnuplot(script + "\n", data);
  AtomicFile file(path, Overwrite::replace, Replaces::no_models);
  file.write(picture.data(), picture.size());
  file.commit();
}

}  // namespace ansatz
