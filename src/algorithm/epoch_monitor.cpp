#include <ansatz/algorithm/epoch_monitor.hpp>

#include <ansatz/session/job_facts.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include "../base/say.hpp"

#include <fmt/format.h>

namespace ansatz {

namespace {

class EpochMonitorRun final : public UpdateCallbackRun {
 public:
  explicit EpochMonitorRun(const EpochMonitor& description) : description_(description) {}

  void after_update(Session& session) override {
    const std::int64_t epoch = session.records().epochs_seen;
    // Callbacks hear of updates alone; that an epoch has begun shows in the count.
    if (epoch != epoch_) batches_ = 0;
    epoch_ = epoch;
    ++batches_;
    ++total_;
    if (description_.tick_rate && batches_ % description_.tick_rate == 0)
      say(stderr, "epoch {}: {} batches\n", epoch + 1, batches_);
    if (description_.monitor_rate && total_ % description_.monitor_rate == 0)
      session.monitor()(session.seconds());
  }
  void state(Archive& archive) override {
    archive("epoch", epoch_);
    archive("batches", batches_);
    archive("total", total_);
    require_count("batches", batches_);
    require_count("total", total_);
  }

 private:
  const EpochMonitor& description_;
  std::int64_t epoch_ = -1;
  std::int64_t batches_ = 0, total_ = 0;  // of the epoch; of all
};

}  // namespace

void EpochMonitor::check() const {
  if (tick_rate < 0 || monitor_rate < 0)
    throw ValueError(
        fmt::format("EpochMonitor: tick_rate and monitor_rate must not be negative, "
                    "but are {} and {}",
                    tick_rate, monitor_rate));
}

void EpochMonitor::check_job(const JobFacts& facts) const {
  if (model && model != facts.job.model)
    throw ValueError("EpochMonitor: model must be that of the job");
}

std::unique_ptr<UpdateCallbackRun> EpochMonitor::start(Session& session) const {
  check();
  check_job(session.facts());
  return std::make_unique<EpochMonitorRun>(*this);
}

}  // namespace ansatz
