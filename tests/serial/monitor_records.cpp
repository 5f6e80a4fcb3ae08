#include <ansatz/serial/monitor_records.hpp>

#include <catch2/catch.hpp>
#include <dsl/exceptions.hpp>

#include <cmath>

#include "data/temporary_file.hpp"
#include "serial/sample_model.hpp"

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

TEST_CASE("monitor_records: counters and values are recorded together", "[serial]") {
  const MonitorRecords m = sample_monitor();
  REQUIRE(m.size() == 3);
  REQUIRE(m.batch_record == std::vector<std::int64_t>{0, 10, 20});
  REQUIRE(m.example_record == std::vector<std::int64_t>{0, 1000, 2000});
  REQUIRE(m.epoch_record == std::vector<std::int64_t>{0, 1, 2});
  REQUIRE(m.at("valid_y_misclass").dataset == "valid");
  REQUIRE(m.at("late").val_record == std::vector<double>{3});
  REQUIRE(m.fault().empty());
}

TEST_CASE("monitor_records: names are unique, and unknown ones are refused", "[serial]") {
  MonitorRecords m = sample_monitor();
  REQUIRE_THAT(message_of<NameError>([&] { m.add_channel("late"); }),
               Contains("two channels are named 'late'"));
  REQUIRE_THAT(message_of<NameError>([&] { m.at("objectiv"); }),
               Contains("there is no channel 'objectiv'; nearest: objective"));
  m.copy_history = true;
  REQUIRE(m.add_channel("late") == 3);
  REQUIRE(m.at("late").val_record.size() == 1);
}

TEST_CASE("monitor_records: a channel left out for a while has NaN there", "[serial]") {
  MonitorRecords m = sample_monitor();
  m.record(3, {1}, {0.5});
  m.record(4, {1, 0}, {0.25, 8});
  REQUIRE(std::isnan(m.at("objective").val_record[3]));
  REQUIRE(m.at("objective").val_record[4] == 8);
  REQUIRE(m.at("late").val_record.size() == 1);
  REQUIRE(m.fault().empty());
}

TEST_CASE("monitor_records: values for other channels are refused and nothing is recorded",
          "[serial]") {
  MonitorRecords m = sample_monitor();
  for (const std::vector<int>& which : {std::vector{-1}, {4}, {0, 0}, {0, 1}})
    REQUIRE_THROWS_AS(m.record(3, which, {1}), ValueError);
  REQUIRE(m.size() == 3);
  REQUIRE(m.at("objective").val_record.size() == 3);
}

TEST_CASE("monitor_records: the last value of a channel of any monitor is read", "[serial]") {
  std::vector<MonitorRecords> all{sample_monitor()};
  REQUIRE(read_channel(all, "late") == 3);
  REQUIRE_THAT(message_of<NameError>([&] { read_channel(all, "late", "monitr"); }),
               Contains("no monitor 'monitr'; nearest: monitor"));
  all[0].add_channel("later");
  REQUIRE_THAT(message_of<NameError>([&] { read_channel(all, "later"); }),
               Contains("'later' has no records yet"));
}

TEST_CASE("monitor_records: a pushed monitor keeps its records under another name", "[serial]") {
  for (const bool transfer : {false, true})
    for (const bool save : {false, true}) {
      std::vector<MonitorRecords> all{sample_monitor()};
      push_monitor(all, "pretraining", transfer, save);
      REQUIRE(all.size() == 2);
      REQUIRE(read_channel(all, "late", "pretraining") == 3);
      const MonitorRecords& fresh = *find_monitor(all);
      REQUIRE(fresh.epochs_seen == (transfer ? 2 : 0));
      REQUIRE(fresh.batches_seen == (transfer ? 20 : 0));
      REQUIRE(fresh.channels.size() == (save ? 4 : 0));
      REQUIRE(fresh.size() == (save ? 3 : 0));
      REQUIRE(fresh.copy_history == save);
    }
  std::vector<MonitorRecords> all;
  REQUIRE_THAT(message_of<NameError>([&] { push_monitor(all, "a"); }),
               Contains("has never been monitored"));
  all.push_back(sample_monitor());
  REQUIRE_THAT(message_of<NameError>([&] { push_monitor(all, "monitor"); }),
               Contains("has a monitor 'monitor' already"));
}
