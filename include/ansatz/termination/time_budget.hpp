// TimeBudget: a number of seconds.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/criterion.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Goes on until the run has taken so many seconds, those of the runs it resumes included. An
/// epoch in progress is never cut short. Two runs that end by it need not be equal.
class TimeBudget : public TerminationCriterion {
 public:
  static constexpr const char* yaml = "ansatz.termination_criteria.TimeBudget";
  static constexpr const char* doc = "stop after a number of seconds";
  double seconds = 0;

  constexpr TimeBudget() {}
  constexpr explicit TimeBudget(double budget) : seconds(budget) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("seconds", &TimeBudget::seconds, "seconds the run may take").or_infinity();
  }

  void check() const;
  std::unique_ptr<CriterionRun> start(Session& session) const override;
};

}  // namespace ansatz
