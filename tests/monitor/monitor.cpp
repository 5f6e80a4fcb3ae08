#include <catch2/catch.hpp>

#include <ansatz/data/table.hpp>
#include <ansatz/monitor/monitor.hpp>
#include <dsl/build.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/ops.hpp>

#include <cmath>
#include <memory>
#include <numeric>

using namespace ansatz;

namespace {

// Examples 0, 1, 2, …
std::shared_ptr<const Table> counted(int examples) {
  std::vector<double> values(static_cast<std::size_t>(examples));
  std::iota(values.begin(), values.end(), 0.);
  Dims one;
  one.push_back(1);
  return std::make_shared<const Table>(std::vector<Column>{number_column("features", values, one)});
}

// The channels mean and max of a batch.
std::unique_ptr<AnyProgram> channels() {
  const auto x = input("features", VectorSpace(1));
  return erase(build<double>(function(output("mean", mean(x)), output("max", max(x)))));
}

Monitor::WatchedData watched(int examples, int batch_size, const std::string& name = "") {
  Monitor::WatchedData data;
  data.name = name;
  data.prefix = name.empty() ? "" : name + "_";
  data.source = counted(examples);
  data.batch_size = batch_size;
  return data;
}

}  // namespace

TEST_CASE("monitor: sums and ratios are those of the whole set, however it is divided",
          "[monitor]") {
  // Of x = 0 .. 9: x > 6 are 3 examples; of two units, x > 6 and x > 100, shares of x > 4.
  const auto x = input("features", VectorSpace(1));
  const AnyExpr high((x > 6).value()), some((x > 4).value()), never((x > 100).value());
  const AnyExpr both = concatenate(high, never), each = concatenate(some, never);
  Function f = function(output("sum//sum", sum(x)));
  const auto ratio = [&](const char* name, const AnyExpr& value, const AnyExpr& per) {
    f.add(output(name, value));
    f.add(
        output((std::string(name).substr(0, std::string(name).find('/')) + "//per").c_str(), per));
  };
  ratio("share//ratio", sum(high), sum(some));
  ratio("none//ratio", sum(high), sum(never));
  ratio("most//ratio_max", sum(both, batch), sum(each, batch));
  ratio("average//ratio_mean", sum(both, batch), sum(each, batch));
  ratio("least//ratio_min", sum(both, batch), sum(each, batch));
  const auto program = erase(build<float>(f));
  for (int batch_size : {1, 2, 3, 4, 10, 100}) {
    CAPTURE(batch_size);
    Monitor monitor{MonitorRecords{}};
    monitor.setup(program.get(), nullptr, nullptr);
    monitor.add_dataset(watched(10, batch_size, "all"));
    monitor(0);
    CHECK(monitor.last("all_sum") == 45);
    CHECK(monitor.last("all_share") == 3. / 5);
    CHECK(monitor.last("all_none") == 0);
    CHECK(monitor.last("all_most") == 3. / 5);
    CHECK(monitor.last("all_average") == 3. / 10);
    CHECK(monitor.last("all_least") == 0);
    CHECK(monitor.records().channels.size() == 6);
  }
}

TEST_CASE("monitor: batches count by their sizes", "[monitor]") {
  const auto program = channels();
  for (int batch_size : {1, 3, 4, 10, 100}) {
    CAPTURE(batch_size);
    Monitor monitor{MonitorRecords{}};
    monitor.setup(program.get(), nullptr, nullptr);
    monitor.add_dataset(watched(10, batch_size));
    monitor(0);
    CHECK(monitor.last("mean") == Approx(4.5));
  }
  // The average of each batch's maximum: 3, 7 and 9 of 4, 4 and 2 examples.
  Monitor monitor{MonitorRecords{}};
  monitor.setup(program.get(), nullptr, nullptr);
  monitor.add_dataset(watched(10, 4));
  monitor(0);
  CHECK(monitor.last("max") == Approx((3 * 4 + 7 * 4 + 9 * 2) / 10.));
}

TEST_CASE("monitor: num_batches takes the first ones; a stochastic mode the same every time",
          "[monitor]") {
  const auto program = channels();
  Monitor monitor{MonitorRecords{}};
  monitor.setup(program.get(), nullptr, nullptr);
  Monitor::WatchedData first = watched(10, 3, "first");
  first.num_batches = 2;
  monitor.add_dataset(first);
  Monitor::WatchedData drawn = watched(1000, 5, "drawn");
  drawn.num_batches = 2;
  drawn.mode = "random_uniform";
  monitor.add_dataset(drawn);
  monitor(0);
  monitor(1);
  CHECK(monitor.records().at("first_mean").val_record == std::vector<double>{2.5, 2.5});
  const auto& twice = monitor.records().at("drawn_mean").val_record;
  CHECK(twice.at(0) == twice.at(1));
}

TEST_CASE("monitor: channels are computed, too, and printed h2 before h10", "[monitor]") {
  Monitor monitor{MonitorRecords{}};
  int asked = 0;
  for (const char* name : {"h10", "h2"})
    monitor.add_channel(name, [&] { return static_cast<double>(++asked); });
  monitor(0);
  CHECK(asked == 2);
  CHECK(monitor.last("h2") == 2);
  CHECK(monitor.sorted_channels() == std::vector<int>{1, 0});
}

TEST_CASE("monitor: a channel is computed of others' values in the same record", "[monitor]") {
  const auto program = channels();
  Monitor monitor{MonitorRecords{}};
  monitor.setup(program.get(), nullptr, nullptr);
  monitor.add_dataset(watched(10, 10));
  double factor = 2;
  monitor.add_channel("twice", [&] { return factor * monitor.current("mean"); });
  monitor.add_channel("more", [&] { return monitor.current("twice") + monitor.current("max"); });
  monitor.add_channel("too early", [&] { return monitor.current("later"); });
  monitor.add_channel("later", [] { return 1.; });
  monitor(0);
  factor = 3;
  monitor(1);
  CHECK(monitor.records().at("twice").val_record == std::vector<double>{9, 13.5});
  CHECK(monitor.records().at("more").val_record == std::vector<double>{18, 22.5});
  CHECK(std::isnan(monitor.last("too early")));
  CHECK_THROWS_AS(monitor.current("mean"), ValueError);
  CHECK_THROWS_WITH(monitor.current("meen"), Catch::Contains("mean"));
}

TEST_CASE("monitor: what cannot be monitored is refused", "[monitor]") {
  const auto program = channels();
  Monitor monitor{MonitorRecords{}};
  monitor.setup(program.get(), nullptr, nullptr);
  CHECK_THROWS_AS(monitor.add_dataset(watched(0, 3)), ValueError);
  monitor.add_dataset(watched(10, 3));
  CHECK_THROWS_AS(monitor.add_dataset(watched(10, 3)), NameError);
  CHECK_THROWS_AS(monitor.add_channel("mean", [] { return 0.; }), NameError);
  CHECK_THROWS_AS(monitor.last("mean"), ValueError);
  CHECK_THROWS_WITH(monitor.last("meen"), Catch::Contains("mean"));
}

TEST_CASE("monitor: a prereq is called once for every batch of every data set", "[monitor]") {
  const auto program = channels();
  Monitor monitor{MonitorRecords{}};
  monitor.setup(program.get(), nullptr, nullptr);
  monitor.add_dataset(watched(10, 4, "a"));
  monitor.add_dataset(watched(6, 3, "b"));
  std::vector<std::string> calls;
  monitor.add_prereq([&](const Monitor::WatchedData& data, const RowsView& rows) {
    calls.push_back(data.name + std::to_string(rows.size()));
  });
  monitor(0);
  CHECK(calls == std::vector<std::string>{"a4", "a4", "a2", "b3", "b3"});
}
