// Extension: what happens beside the training.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/options.hpp>
#include <ansatz/job/model.hpp>

#include <memory>
#include <string>
#include <vector>

ANSATZ_COMPILED_ONCE

namespace ansatz {

class Archive;
class BatchSource;
struct JobFacts;
struct OutputFile;
class Session;
class Train;
struct WatchedChannel;

/// An extension at work. Any of its methods may call Session::stop, as StopIteration in Pylearn2.
class ExtensionRun {
 public:
  virtual ~ExtensionRun() = default;
  /// Of an extension that changes data: a data set as the job reads it. Asked once of each that is
  /// trained on or monitored, before `setup`.
  virtual std::shared_ptr<const BatchSource> read(const Dataset&,
                                                  std::shared_ptr<const BatchSource> data) {
    return data;
  }
  /// Once, before the first monitoring.
  virtual void setup(Session&) {}
  /// After every monitoring step, the one before the first epoch included.
  virtual void on_monitor(Session&) {}
  /// After every batch that the algorithm trained on.
  virtual void on_batch(Session&) {}
  /// Before the model is saved.
  virtual void on_save(Session&) {}
  /// Once, when training has ended and nothing is left to resume.
  virtual void on_end(Session&) {}
  /// Saves or restores what it remembers.
  virtual void state(Archive&) {}
};

/// The description of an extension: channels to compute, things to do, or both.
class Extension : public Object {
 public:
  static constexpr const char* kind_name = "extension";
  static constexpr bool outlives_faults = true;

  /// Sources that its channels read, beside those of the cost.
  constexpr virtual void data_specs(const Model&, Data&) const {}
  /// Channels, as expressions: compiled with those of the model and of the cost, and computed on
  /// every monitored data set.
  constexpr virtual void channels(const Model&, const Data&, ChannelList&) const {}
  /// Whether data sets are read otherwise with it: windows of images, say. Its run is then started
  /// before the others, when nothing has been read.
  constexpr virtual bool changes_data() const { return false; }
  /// The Space of a source of a data set as the job reads it, `space` being what it is without the
  /// extension.
  constexpr virtual SpaceInfo read_space(const Dataset&, std::string_view /*source*/,
                                         const SpaceInfo& space) const {
    return space;
  }
  /// Other data than the job's, as its model takes them: of `predict` and `evaluate`.
  virtual std::shared_ptr<const BatchSource> read_new(
      std::shared_ptr<const BatchSource> data) const {
    return data;
  }
  /// Declares the state that its functions keep.
  constexpr virtual void states(const Model&, StateList&) const {}
  /// Contributes functions that its run finds by name: Session::program.
  constexpr virtual void functions(const Model&, const Data&, FunctionList&) const {}
  /// Whether the channels that its run adds to the monitor are computed from data and parameters
  /// alone, so that `ansatz evaluate` can compute them as well.
  constexpr virtual bool measures_data() const { return false; }
  /// What it demands of the rest of its job. Throws NameError, ValueError; asked before anything
  /// runs.
  virtual void check_job(const JobFacts&) const {}
  /// Adds the whole names of the channels that it makes while the job runs. One that makes some and
  /// does not tell may be watched by any name: a check takes every channel for one of its own.
  virtual void published(const Train&, std::vector<std::string>&) const {}
  /// Adds the channels whose records it reads.
  virtual void watched(std::vector<WatchedChannel>&) const {}
  /// Adds the model files that it writes. Whether they can be written is found before anything
  /// runs.
  virtual void outputs(std::vector<OutputFile>&) const {}
  /// What it does while the job runs; by default nothing.
  virtual std::unique_ptr<ExtensionRun> start(Session& session) const;
};

}  // namespace ansatz
