#include <catch2/catch.hpp>

#include <ansatz/serial/run_records.hpp>
#include <ansatz/view/curves.hpp>
#include <ansatz/view/plot.hpp>
#include <ansatz/view/run_table.hpp>
#include <dsl/exceptions.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace ansatz;

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

Plot plot_of(const std::string& name, std::vector<double> y) {
  Plot plot;
  Curve curve;
  curve.name = name;
  for (std::size_t i = 0; i < y.size(); ++i) curve.x.push_back(static_cast<double>(i));
  curve.y = std::move(y);
  plot.curves.push_back(curve);
  return plot;
}

ModelFile run_of(const std::string& yaml, std::vector<double> values) {
  ModelFile file;
  file.job_yaml = yaml;
  MonitorRecords records;
  records.add_channel("valid_y_misclass");
  for (const double v : values) {
    records.record(1., {0}, {v});
    records.epoch_record.back() = records.size() - 1;
  }
  file.monitors.push_back(records);
  return file;
}

}  // namespace

TEST_CASE("plot: names are in the data, never in the script", "[view][plot]") {
  const std::string name = "'; system \"touch owned\" `id` \\n \"q\" @m $HOME %d\nnext\tfield é";
  Plot plot = plot_of(name, {3, 2, 1});
  plot.x_label = "it's `id` \\t";
  const PlotScript made = plot_script(plot, "a'b.png", "a'b.dat");
  CHECK(made.script.find("touch") == std::string::npos);
  CHECK(made.script.find("set output 'a''b.png'") != std::string::npos);
  CHECK(made.script.find("set xlabel 'it''s `id` \\\\t'") != std::string::npos);
  CHECK(made.script.find("noenhanced") != std::string::npos);
  // One line, in which gnuplot finds the name as it was.
  CHECK(made.data.substr(0, made.data.find('\n')) ==
        "'; system \\042touch owned\\042 `id` \\\\n \\042q\\042 @m $HOME "
        "%d\\\\x0anext\\\\x09field é");
  CHECK(made.data.substr(made.data.find('\n')) == "\n0\t3\n1\t2\n2\t1\n");
}

TEST_CASE("plot: what cannot be drawn is refused, what has gaps is not", "[view][plot]") {
  const auto script = [](const Plot& plot) { return plot_script(plot, "a.svg", "a.dat"); };
  CHECK_THROWS_AS(script(Plot{}), ValueError);
  CHECK_THROWS_AS(script(plot_of("a", {})), ValueError);
  CHECK_THROWS_AS(script(plot_of("a", {nan_value, INFINITY})), ValueError);
  Plot negative = plot_of("a", {-1, 0});
  negative.log_y = true;
  CHECK_THROWS_WITH(script(negative), Catch::Contains("above 0"));
  Plot empty_range = plot_of("a", {1, 2});
  empty_range.y_range = std::pair{1., 1.};
  CHECK_THROWS_AS(script(empty_range), ValueError);
  CHECK(script(plot_of("a", {1, nan_value, INFINITY, 4})).data ==
        "a\n0\t1\n1\tNaN\n2\tNaN\n3\t4\n");
  // A point between two gaps would be no line.
  CHECK(script(plot_of("a", {1})).script.find("linespoints") != std::string::npos);
  CHECK_THROWS_WITH(plot_script(plot_of("a", {1}), "a.jpg", "a.dat"), Catch::Contains(".svg"));
  CHECK_THROWS_AS(plot_script(plot_of("a", {1}), "a\n.png", "a.dat"), ValueError);
}

TEST_CASE("plot: a curve of many records keeps its peaks", "[view][plot]") {
  std::vector<double> y(100000, 1.);
  y[54321] = 7, y[77777] = -3, y[99] = nan_value;
  const Curve thin = thinned(plot_of("a", y).curves[0], 900);
  CHECK(thin.x.size() < 4 * 900 + 10);
  CHECK(*std::max_element(thin.y.begin() + 10, thin.y.end()) == 7);
  CHECK(*std::min_element(thin.y.begin() + 10, thin.y.end()) == -3);
  CHECK(std::count_if(thin.y.begin(), thin.y.end(), [](double v) { return std::isnan(v); }) == 1);
  CHECK(thin.x.back() == 99999);
}

TEST_CASE("smoothed: a mean whose weights fall, of what is there", "[view][plot]") {
  const std::vector<double> s = smoothed({4, 8, nan_value, 2}, .5);
  CHECK(s[0] == Approx(4));
  CHECK(s[1] == Approx((4 * .5 + 8) / 1.5));
  CHECK(std::isnan(s[2]));
  CHECK(s[3] == Approx((4 * .25 + 8 * .5 + 2) / 1.75));
  CHECK(smoothed({4, 8, 2}, 0) == std::vector<double>{4, 8, 2});
}

TEST_CASE("curve_of: a channel that came later begins later", "[view][plot]") {
  MonitorRecords records;
  records.add_channel("a");
  records.record(1.5, {0}, {5});
  records.add_channel("b");
  records.epochs_seen = 3, records.batches_seen = 30, records.examples_seen = 300;
  records.record(120, {0, 1}, {4, 9});
  const Curve b = curve_of(records, records.at("b"), PlotAxis::minutes);
  CHECK(b.x == std::vector<double>{2});
  CHECK(b.y == std::vector<double>{9});
  CHECK(curve_of(records, records.at("a"), PlotAxis::examples).x == std::vector<double>{0, 300});
  CHECK(channel_unit("valid_y_misclass") == "misclassified (share of examples)");
  CHECK(channel_unit("of_nothing_known").empty());
}

TEST_CASE("compare: only what differs, and what stands below something that differs once",
          "[view][compare]") {
  const std::string job =
      "!obj:pylearn2.train.Train { model: !obj:MLP { layers: [ !obj:Tanh { layer_name: h0, dim: "
      "%d } ] }, algorithm: !obj:SGD { learning_rate: %r, batch_size: 10 }, save_path: %s }";
  const auto filled = [&](std::string dim, std::string rate, std::string path) {
    std::string text = job;
    text.replace(text.find("%d"), 2, dim);
    text.replace(text.find("%r"), 2, rate);
    return text.replace(text.find("%s"), 2, path);
  };
  ModelFile a = run_of(filled("5", ".05", "a.pkl"), {.9, .2, .3});
  ModelFile b = run_of(filled("5", "5e-2", "b.pkl"), {.9, .1, nan_value});
  ModelFile c = run_of(filled("7", "0.1", "c.pkl"), {nan_value});
  c.job_yaml.replace(c.job_yaml.find("Tanh"), 4, "Sigmoid");
  RunTable table = table_of_runs({{"a", &a}, {"b", &b}, {"c", &c}}, {"valid_y_misclass"});
  CHECK(table.keys == std::vector<std::string>{"model.layers.h0", "model.layers.h0.dim",
                                               "algorithm.learning_rate"});
  CHECK(short_names(table.keys) == std::vector<std::string>{"h0", "dim", "learning_rate"});
  CHECK(table.rows[1].settings == std::vector<std::string>{"!obj:Tanh", "5", "0.05"});
  CHECK(table.rows[0].scores[0].best == .2);
  CHECK(table.rows[0].scores[0].best_epoch == 1);
  CHECK(table.rows[0].scores[0].last == .3);
  CHECK_FALSE(table.rows[2].scores[0].known);
  table.sort_by(0);
  CHECK(table.rows[0].path == "b");
  table.sort_by(0, true);  // whose last value is no number
  CHECK(table.rows[0].path == "a");
  CHECK(table.rows[2].path == "c");

  // The keys of an object that only one has say nothing that the object does not.
  ModelFile d = run_of("!obj:Train { cost: !obj:Dropout { default_input_scale: 2 } }", {});
  ModelFile e = run_of("!obj:Train { batch: 3 }", {});
  CHECK(table_of_runs({{"d", &d}, {"e", &e}}, {}).keys ==
        std::vector<std::string>{"cost", "batch"});
}

TEST_CASE("short names: as much of a path as tells it apart", "[view][compare]") {
  CHECK(short_names({"a.h0.dim", "a.h1.dim", "b.rate"}) ==
        std::vector<std::string>{"h0.dim", "h1.dim", "rate"});
  CHECK(short_names({"a.dim", "dim"}) == std::vector<std::string>{"a.dim", "dim"});
}
