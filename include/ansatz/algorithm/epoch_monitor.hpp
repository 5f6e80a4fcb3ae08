// EpochMonitor: monitoring within an epoch.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/model.hpp>
#include <ansatz/job/schedule.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Every tick_rate updates a line on standard error tells how far the epoch is; every monitor_rate
/// updates all channels are recorded. 0: never. Extensions and criteria are not asked then.
class EpochMonitor : public UpdateCallback {
 public:
  static constexpr const char* yaml = "pylearn2.training_algorithms.sgd.EpochMonitor";
  static constexpr const char* doc = "records within an epoch";
  Shared<Model> model;
  int tick_rate = 0, monitor_rate = 0;

  constexpr EpochMonitor() {}
  /// @param tick     updates from line to line
  /// @param records  updates from record to record
  constexpr EpochMonitor(int tick, int records) : tick_rate(tick), monitor_rate(records) {}
  template <class K>
  static constexpr void keys(K& key) {
    key("model", &EpochMonitor::model, "the model of the job; default");
    key("tick_rate", &EpochMonitor::tick_rate, "updates from line to line; 0: no lines")
        .at_least(0);
    key("monitor_rate", &EpochMonitor::monitor_rate, "updates from record to record; 0: none")
        .at_least(0);
  }

  void check() const;
  void check_job(const JobFacts& facts) const override;
  std::unique_ptr<UpdateCallbackRun> start(Session& session) const override;
};

}  // namespace ansatz
