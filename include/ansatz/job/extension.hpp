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
struct JobFacts;
struct OutputFile;
class Session;
class Train;
struct WatchedChannel;

/// An extension at work. Any of its methods may call Session::stop, as StopIteration in Pylearn2.
class ExtensionRun {
 public:
  virtual ~ExtensionRun() = default;
  /// Once, before the first monitoring.
  virtual void setup(Session&) {}
  /// After every monitoring step, the one before the first epoch included.
  virtual void on_monitor(Session&) {}
  /// After every batch that the algorithm trained on.
  virtual void on_batch(Session&) {}
  /// Before the model is saved.
  virtual void on_save(Session&) {}
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
