#include <ansatz/termination/epoch_counter.hpp>

#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

class EpochCounterRun final : public CriterionRun {
 public:
  explicit EpochCounterRun(const EpochCounter& counter) : counter_(counter) {}

  bool continue_learning(Session& session) override {
    const std::int64_t seen = session.records().epochs_seen;
    if (first_ < 0) first_ = counter_.new_epochs ? seen : 0;
    return seen - first_ < counter_.max_epochs;
  }
  std::string why() const override {
    return fmt::format("{} epoch{}", counter_.max_epochs, counter_.max_epochs == 1 ? "" : "s");
  }
  std::int64_t epochs_left(const Session& session) const override {
    const std::int64_t first = first_ < 0 ? session.records().epochs_seen : first_;
    return std::max<std::int64_t>(0, first + counter_.max_epochs - session.records().epochs_seen);
  }
  void state(Archive& archive) override { archive("first_epoch", first_); }

 private:
  const EpochCounter& counter_;
  std::int64_t first_ = -1;  // epochs seen when it was first asked; -1: it was not
};

}  // namespace

void EpochCounter::check() const {
  if (max_epochs < 0)
    throw ValueError(
        fmt::format("EpochCounter: max_epochs must not be negative, but is {}", max_epochs));
}

std::unique_ptr<CriterionRun> EpochCounter::start(Session&) const {
  check();
  return std::make_unique<EpochCounterRun>(*this);
}

}  // namespace ansatz
