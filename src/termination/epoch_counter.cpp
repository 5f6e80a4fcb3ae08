#include <ansatz/termination/epoch_counter.hpp>

#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

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
