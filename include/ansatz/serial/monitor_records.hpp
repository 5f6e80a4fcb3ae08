// What a monitor has recorded.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace ansatz {

/// The number, and of NaN the one without a sign: the sign is chance, and would be shown as -nan.
inline double without_sign_of_nan(double x) {
  return x == x ? x : std::numeric_limits<double>::quiet_NaN();
}

/// The records of one channel. A channel that came later than others has fewer of them.
struct ChannelRecords {
  std::string name;  ///< with the prefix of its data set, `valid_y_misclass`
  std::string doc;
  std::string dataset;      ///< name of the monitored data set; "" when there is only one
  bool wall_clock = false;  ///< measures time, so that two equal runs differ in it
  std::int64_t first = 0;   ///< index of the monitor's record that val_record begins with
  std::vector<double> val_record;
};

/// A monitor's records: its counters, the moments of monitoring, and a value of each channel at
/// each moment. In Pylearn2's words: the batch_record of channel c is
/// `batch_record[c.first … c.first + c.val_record.size())`, and so on.
struct MonitorRecords {
  std::string name = "monitor";
  std::int64_t batches_seen = 0, examples_seen = 0, epochs_seen = 0;
  bool training_succeeded = false, time_budget_exceeded = false;
  /// A channel that is added under a known name goes on with the records of that one.
  bool copy_history = false;

  std::vector<std::int64_t> batch_record, example_record, epoch_record;
  std::vector<double> time_record;  ///< seconds since the run began; wall clock
  std::vector<ChannelRecords> channels;

  /// Number of moments.
  std::int64_t size() const { return static_cast<std::int64_t>(batch_record.size()); }

  /// Null if there is none.
  const ChannelRecords* find(std::string_view channel) const;
  /// NameError, with the nearest channel, if there is none.
  const ChannelRecords& at(std::string_view channel) const;

  /// Adds a channel that begins with the next moment, and returns its index. With `copy_history`,
  /// a channel of this name and its records stay. NameError when the name is taken.
  int add_channel(const std::string& channel, const std::string& doc = "",
                  const std::string& dataset = "", bool wall_clock = false);

  /// Records a moment: the counters, `seconds`, and values[i] of channel which[i]. A channel that
  /// was left out for some moments in between has NaN there. ValueError when `which` names no
  /// channel, or one twice, or has another length than `values`; nothing is recorded then.
  void record(double seconds, const std::vector<int>& which, const std::vector<double>& values);

  /// What is wrong with the numbers of records, "" if nothing.
  std::string fault() const;
};

/// The monitor of this name; null if there is none.
const MonitorRecords* find_monitor(const std::vector<MonitorRecords>& monitors,
                                   std::string_view name = "monitor");

/// The last value of a channel, as Pylearn2's read_channel. NameError for unknown names, and for
/// a channel without records.
double read_channel(const std::vector<MonitorRecords>& monitors, std::string_view channel,
                    std::string_view monitor = "monitor");

/// Gives the monitor named "monitor" another name, and adds a new one without channels. It starts
/// with the counters of the old one if `transfer_experience`, and with its channels and records
/// (which channels of the same names continue) if `save_records`; in Pylearn2 the second works only
/// with the first. NameError when the name is taken or there is no "monitor".
void push_monitor(std::vector<MonitorRecords>& monitors, const std::string& new_name,
                  bool transfer_experience = false, bool save_records = false);

}  // namespace ansatz
