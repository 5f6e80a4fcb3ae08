// Monitor: watches channels on data sets while a model is trained.
#pragma once

#include <ansatz/job/channel.hpp>
#include <ansatz/program/batch_reader.hpp>
#include <ansatz/serial/monitor_records.hpp>

#include <functional>
#include <optional>

namespace ansatz {

class Session;

/// Computes all channels of a job on each of its monitored data sets and records them.
///
/// The value of a channel is the average over the batches of a data set, weighted by their sizes,
/// or the ratio of sums over the batches (see Gathered in channel.hpp), gathered in double.
/// Channels that read no data are computed once for all data sets.
class Monitor {
 public:
  /// @param prefix  what the names of its channels begin with, "" or "valid_"
  struct WatchedData {
    std::string name, prefix;
    std::shared_ptr<const BatchSource> source;
    std::string mode = "sequential";
    int batch_size = 0, num_batches = 0;
    /// Of a stochastic mode; the same batches every time.
    std::vector<std::int64_t> seed = {2013, 2, 22};
  };

  explicit Monitor(MonitorRecords records) : records_(std::move(records)) {}

  /// @param channels, parameters, settings  programs whose results are channels; null: none
  void setup(AnyProgram* channels, AnyProgram* parameters, AnyProgram* settings);
  /// ValueError for a data set without examples, and for one that cannot be had in its iteration
  /// mode; NameError for a channel name that is taken.
  void add_dataset(const WatchedData& data);
  /// A channel computed by a function, once a record, after all channels that were added before it
  /// (see `current`). NameError when the name is taken.
  void add_channel(const std::string& name, std::function<double()> value,
                   const std::string& doc = "", bool wall_clock = false);
  /// Called for every batch of every data set, before its channels are computed, as the `prereqs`
  /// of Pylearn2's channels.
  void add_prereq(std::function<void(const WatchedData&, const RowsView&)> call) {
    prereqs_.push_back(std::move(call));
  }
  /// Computes and records every channel.
  void operator()(double seconds);
  void report_batch(int examples) {
    ++records_.batches_seen;
    records_.examples_seen += examples;
  }
  void report_epoch() { ++records_.epochs_seen; }

  const MonitorRecords& records() const { return records_; }
  MonitorRecords& records() { return records_; }
  const std::vector<WatchedData>& datasets() const { return datasets_; }
  /// The last value of a channel. NameError with the nearest name; ValueError before any record.
  double last(std::string_view channel) const;
  /// The value of a channel in the record that is being made, for the function of a channel added
  /// after it; NaN when it was added later. NameError with the nearest name; ValueError between
  /// records.
  double current(std::string_view channel) const;
  /// Indices of the channels in the order in which they are printed: h2 before h10.
  std::vector<int> sorted_channels() const;

 private:
  // A channel that reads data: which results of the program it is made of, and how.
  struct Part {
    std::string name;
    Gathered how = Gathered::mean;
    int value = 0, per = 0;
  };
  struct Source {
    WatchedData data;
    std::optional<BatchReader> reader;
    std::vector<int> channels, parameters;  // in records_.channels, those of parts_ first
  };
  struct Computed {
    int channel;
    std::function<double()> value;
  };
  double& value_of(int channel) { return current_[static_cast<std::size_t>(channel)]; }
  void measure(Source& source);

  MonitorRecords records_;
  std::vector<WatchedData> datasets_;
  std::vector<Source> sources_;
  std::vector<Computed> computed_;
  std::vector<Part> parts_;
  std::vector<std::function<void(const WatchedData&, const RowsView&)>> prereqs_;
  std::vector<int> setting_channels_;
  // What is computed. Others are of a run before this one, and stay as they were.
  std::vector<int> recorded_;
  std::vector<double> current_;  // of all channels, while a record is made; empty between records
  AnyProgram* channels_ = nullptr;
  AnyProgram* parameters_ = nullptr;
  AnyProgram* settings_ = nullptr;
};

}  // namespace ansatz
