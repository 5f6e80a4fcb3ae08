#include "model_report.hpp"
#include "json_output.hpp"
#include "model_outputs.hpp"
#include "output_option.hpp"

#include <ansatz/base/shown.hpp>
#include <ansatz/data/views.hpp>
#include <ansatz/view/report.hpp>
#include <ansatz/view/weights.hpp>
#include <dsl/exceptions.hpp>

#include "../base/say.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace ansatz::app {

namespace {

constexpr std::int64_t worst_shown = 20, most_points = 5000;
constexpr const char* pictures[] = {"-confusion.png", "-roc.png",       "-calibration.png",
                                    "-worst.png",     "-predicted.png", "-residuals.png"};

struct Report {
  OrderedJson json = OrderedJson::object();
  std::string text;
  std::vector<std::string> written;
};

std::string number_text(double v) { return std::isnan(v) ? "     -" : fmt::format("{:6.4f}", v); }

OrderedJson scores_json(const ClassScores& c) {
  return {{"precision", c.precision},
          {"recall", c.recall},
          {"f1", c.f1},
          {"roc_area", std::isnan(c.roc_area) ? OrderedJson() : OrderedJson(c.roc_area)},
          {"support", c.support}};
}

std::string scores_line(const std::string& name, std::size_t width, const ClassScores& c) {
  return fmt::format("{:<{}} {:>9} {:>9} {:>9} {:>9} {:>9}\n", name, width,
                     number_text(c.precision), number_text(c.recall), number_text(c.f1),
                     number_text(c.roc_area), c.support);
}

bool has_names(const TrainedModel& model, std::int64_t classes) {
  return model.columns && model.columns->classifies() &&
         std::ssize(model.columns->targets[0].categories) == classes;
}

// As a Table calls the classes, else by their numbers.
std::vector<std::string> names_of_classes(const TrainedModel& model, std::int64_t classes) {
  std::vector<std::string> names;
  if (has_names(model, classes))
    for (const std::string& name : model.columns->targets[0].categories)
      names.push_back(printable(name));
  else
    for (std::int64_t k = 0; k < classes; ++k) names.push_back(fmt::format("{}", k));
  return names;
}

std::size_t longest(const std::vector<std::string>& names) {
  std::size_t width = 0;
  for (const std::string& name : names) width = std::max(width, name.size());
  return width;
}

std::string confusion_text(const ClassifierReport& r, const std::vector<std::string>& names) {
  const std::size_t name_width = std::max<std::size_t>(5, longest(names));
  std::string text =
      fmt::format("\ntrue class downwards, told class to the right:\n{:{}} ", "", name_width);
  std::size_t width = std::max<std::size_t>(3, longest(names));
  for (const std::int64_t n : r.confusion) width = std::max(width, fmt::format("{}", n).size());
  for (const std::string& name : names) text += fmt::format(" {:>{}}", name, width);
  for (std::int64_t t = 0; t < r.classes; ++t) {
    text += fmt::format("\n{:>{}} ", names[static_cast<std::size_t>(t)], name_width);
    for (std::int64_t k = 0; k < r.classes; ++k)
      text +=
          fmt::format(" {:>{}}", r.confusion[static_cast<std::size_t>(t * r.classes + k)], width);
  }
  return text + "\n";
}

// The examples as images, where they are some.
std::optional<Images> images_of(const TrainedModel& model, const BatchSource& source,
                                const std::vector<std::int64_t>& which) {
  const Sources wanted = model.train->model->input_source();
  const Column* const column = wanted.several() ? nullptr : source.find(wanted.name.view());
  if (!column || column->labels) return std::nullopt;
  std::optional<ImageShape> shape = trained_image_shape(model.file);
  if (column->conv)
    shape = ImageShape{static_cast<int>(column->example[0]), static_cast<int>(column->example[1]),
                       static_cast<int>(column->example[2])};
  if (!shape || shape->size() != column->width()) return std::nullopt;
  Images images;
  images.rows = shape->rows, images.columns = shape->columns, images.channels = shape->channels;
  for (const std::int64_t i : which) {
    Subset one;
    one.start = i, one.size = 1;
    const ViewedArray read = design_matrix(source, one, column->source);
    images.values.insert(images.values.end(), read.values.begin(), read.values.end());
    ++images.count;
  }
  return images.channels == 1 || images.channels == 3 ? images : channels_apart(images);
}

// A picture that cannot be drawn, as without gnuplot, leaves the numbers as they are.
template <class Draw>
void draw_to(Report& report, const ReportOptions& options, const char* suffix, Draw draw) {
  if (options.out.empty()) return;
  const std::string path = options.out + suffix;
  draw(path);
  report.written.push_back(path);
}

Report of_classifier(const TrainedModel& model, const BatchSource& source, Rows rows,
                     const std::vector<std::int64_t>& truth, const ReportOptions& options) {
  if (rows.width == 1) {  // one unit: the probability of the second class
    Rows both;
    both.count = rows.count, both.width = 2;
    for (const double p : rows.values) both.values.insert(both.values.end(), {1 - p, p});
    rows = both;
  }
  const ClassifierReport r = classifier_report(truth, rows.values, rows.width);
  const auto worst = worst_examples(truth, rows.values, rows.width, worst_shown);
  const std::vector<std::string> names = names_of_classes(model, r.classes);
  const std::size_t width = std::max<std::size_t>(10, longest(names));
  const std::size_t narrow = std::max<std::size_t>(4, longest(names));
  Report out;
  out.text =
      fmt::format("{} examples, {} classes\naccuracy {:.4f}, 95 % between {:.4f} and {:.4f}\n",
                  r.examples, r.classes, r.accuracy, r.low, r.high);
  if (r.probabilities)
    out.text += fmt::format("log loss {:.4f} nats, calibration error {:.4f}\n", r.log_loss,
                            r.calibration_error);
  out.text += fmt::format("\n{:<{}} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "class", width, "precision",
                          "recall", "F1", "ROC area", "support");
  OrderedJson classes = OrderedJson::array(), confusion = OrderedJson::array(),
              last = OrderedJson::array(), bins = OrderedJson::array();
  for (std::int64_t k = 0; k < r.classes; ++k) {
    const ClassScores& c = r.by_class[static_cast<std::size_t>(k)];
    out.text += scores_line(names[static_cast<std::size_t>(k)], width, c);
    classes.push_back({{"class", names[static_cast<std::size_t>(k)]}});
    classes.back().update(scores_json(c));
    const auto row = r.confusion.begin() + k * r.classes;
    confusion.push_back(std::vector<std::int64_t>(row, row + r.classes));
  }
  out.text += scores_line("mean", width, r.macro) + scores_line("weighted", width, r.weighted);
  if (r.classes <= 40) out.text += confusion_text(r, names);
  out.text += "\nworst examples (number, true class, told class, output of the true class):\n";
  for (const std::int64_t i : worst) {
    const std::int64_t t = truth[static_cast<std::size_t>(i)];
    const double score = rows.row(i)[t];
    const std::int64_t told = r.told[static_cast<std::size_t>(i)];
    out.text += fmt::format("{:>9} {:>{}} {:>{}}  {:.4g}\n", i, names[static_cast<std::size_t>(t)],
                            narrow, names[static_cast<std::size_t>(told)], narrow, score);
    last.push_back({{"example", i}, {"true", t}, {"told", told}, {"output", json_of(score)}});
  }
  for (const CalibrationBin& bin : r.calibration)
    bins.push_back(
        {{"count", bin.count}, {"confidence", bin.confidence}, {"accuracy", bin.accuracy}});
  out.json = {
      {"examples", r.examples},
      {"accuracy", r.accuracy},
      {"accuracy_95", {r.low, r.high}},
      {"classes", std::move(classes)},
      {"mean", scores_json(r.macro)},
      {"weighted", scores_json(r.weighted)},
      {"confusion", std::move(confusion)},
      {"log_loss", r.probabilities ? OrderedJson(r.log_loss) : OrderedJson()},
      {"calibration_error", r.probabilities ? OrderedJson(r.calibration_error) : OrderedJson()},
      {"calibration", std::move(bins)},
      {"worst", std::move(last)}};
  // What has no names is called "class 0" there.
  const std::vector<std::string> drawn = has_names(model, r.classes) ? names : decltype(names){};
  draw_to(out, options, "-confusion.png",
          [&](const auto& path) { draw_confusions(r, path, drawn); });
  draw_to(out, options, "-roc.png", [&](const auto& path) {
    draw_plot(roc_plot(truth, rows.values, rows.width, drawn), path);
  });
  if (r.probabilities)
    draw_to(out, options, "-calibration.png",
            [&](const auto& path) { draw_plot(calibration_plot(r), path); });
  if (const auto images = images_of(model, source, worst); images)
    draw_to(out, options, "-worst.png", [&](const auto& path) {
      SheetOptions sheet_options;
      sheet_options.rescale = Rescale::global;
      sheet_options.columns = 10;
      write_png(path, sheet(*images, sheet_options));
    });
  return out;
}

// Points of a scatter plot; of many, as many as can be seen.
Plot scatter(const std::string& x, const std::string& y, const std::vector<double>& xs,
             const std::vector<double>& ys) {
  Plot plot;
  plot.width = 640, plot.height = 560;
  plot.x_label = x, plot.y_label = y;
  Curve curve;
  curve.joined = false;
  const std::size_t step = std::max<std::size_t>(1, xs.size() / most_points);
  for (std::size_t i = 0; i < xs.size(); i += step) {
    curve.x.push_back(xs[i]);
    curve.y.push_back(ys[i]);
  }
  plot.curves.push_back(std::move(curve));
  return plot;
}

Report of_regression(const Rows& rows, const std::vector<double>& targets,
                     const ReportOptions& options) {
  const RegressionReport r = regression_report(targets, rows.values, rows.width);
  Report out;
  out.text =
      fmt::format("{} examples, {} output{}\n", r.examples, r.outputs, r.outputs == 1 ? "" : "s");
  out.text += fmt::format(
      "R2 {:.4f}\nroot of the mean squared error {:.5g}\nmean absolute error {:.5g}\nresiduals "
      "(output minus target): mean {:.5g}, largest {:.5g}\n",
      r.mean_r2, r.rmse, r.mae, r.mean_residual, r.largest_residual);
  if (r.outputs > 1)
    for (std::int64_t k = 0; k < r.outputs; ++k)
      out.text += fmt::format("output {}: R2 {:.4f}\n", k, r.r2[static_cast<std::size_t>(k)]);
  out.json = {{"examples", r.examples},
              {"r2", r.r2},
              {"mean_r2", r.mean_r2},
              {"mse", r.mse},
              {"rmse", r.rmse},
              {"mae", r.mae},
              {"mean_residual", r.mean_residual},
              {"largest_residual", r.largest_residual}};
  std::vector<double> residuals;
  for (std::size_t i = 0; i < targets.size(); ++i) residuals.push_back(rows.values[i] - targets[i]);
  draw_to(out, options, "-predicted.png", [&](const auto& path) {
    Plot plot = scatter("target", "output of the model", targets, rows.values);
    const auto [low, high] = std::minmax_element(targets.begin(), targets.end());
    Curve line;
    line.x = line.y = {*low, *high};
    line.colour = 6, line.faint = true;
    plot.curves.push_back(line);
    draw_plot(plot, path);
  });
  draw_to(out, options, "-residuals.png", [&](const auto& path) {
    draw_plot(
        scatter("output of the model", "residual (output minus target)", rows.values, residuals),
        path);
  });
  return out;
}

// The targets as numbers, where they are no classes.
std::vector<double> numbers_of(const TrainedModel& model, const BatchSource& source,
                               const Rows& rows) {
  const Sources wanted = model.train->model->target_source();
  const Column& column = source.column(wanted.name.view());
  if (column.width() != rows.width)
    throw ShapeError(
        fmt::format("the model has {} outputs, an example {} targets", rows.width, column.width()));
  Subset all;
  all.size = rows.count;
  return design_matrix(source, all, column.source).values;
}

// Of a Table, in the units that it has.
Report of_numbers(const TrainedModel& model, const BatchSource& source, Rows& rows,
                  const ReportOptions& options) {
  Rows targets = rows;
  targets.values = numbers_of(model, source, rows);
  if (model.columns && std::ssize(model.columns->targets) == rows.width) {
    unscale(*model.columns, rows);
    unscale(*model.columns, targets);
  }
  return of_regression(rows, targets.values, options);
}

bool has_classes(const TrainedModel& model, const BatchSource& source) {
  const Sources wanted = model.train->model->target_source();
  if (wanted.several()) throw ValueError("a report is of one target; the model has several");
  if (model.train->model->target_space().kind == SpaceKind::null)
    throw ValueError("the model has no targets, of which a report would speak");
  return source.column(wanted.name.view()).labels > 0 ||
         model.train->model->target_space().kind == SpaceKind::index || tells_classes(model);
}

}  // namespace

void settle_report(const ReportOptions& options, const TrainedModel& model) {
  if (options.out.empty()) return;
  std::vector<std::string> inputs{model.path};
  if (model.train->dataset) model.train->dataset->files(inputs);
  for (const char* suffix : pictures) {
    settle_output("-o", options.out + suffix, inputs, {".png"});
    spare_data_of(model, options.out + suffix);
  }
}

int report_on(TrainedModel& model, const std::shared_ptr<const BatchSource>& source,
              const ReportOptions& options) {
  const bool classes = has_classes(model, *source);
  if (classes) (void)labels_of(model, *source, 0);  // before anything is computed
  Rows rows = outputs_of(model, source, "probabilities", options.batch_size, options.threads);
  Report report =
      classes ? of_classifier(model, *source, rows, labels_of(model, *source, rows.count), options)
              : of_numbers(model, *source, rows, options);
  if (options.json) {
    report.json["training_data"] = options.training_data;
    report.json["pictures"] = report.written;
    put_json(report.json);
    return exit_ok;
  }
  if (options.training_data)
    say(stdout, "Measured on what the model was trained on; --data names other data.\n");
  say(stdout, "{}", report.text);
  for (const std::string& path : report.written) say(stdout, "written: {}\n", path);
  return exit_ok;
}

}  // namespace ansatz::app
