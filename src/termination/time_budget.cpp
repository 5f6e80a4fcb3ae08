#include <ansatz/termination/time_budget.hpp>

#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

namespace ansatz {

namespace {

class TimeBudgetRun final : public CriterionRun {
 public:
  explicit TimeBudgetRun(double seconds) : seconds_(seconds) {}
  // The session's seconds include those of the runs that it resumes.
  bool continue_learning(Session& session) override { return session.seconds() < seconds_; }
  std::string why() const override { return fmt::format("{:g} seconds", seconds_); }

 private:
  double seconds_;
};

}  // namespace

void TimeBudget::check() const {
  if (!(seconds >= 0))
    throw ValueError(fmt::format("TimeBudget: seconds must not be negative, but is {}", seconds));
}

std::unique_ptr<CriterionRun> TimeBudget::start(Session&) const {
  check();
  return std::make_unique<TimeBudgetRun>(seconds);
}

}  // namespace ansatz
