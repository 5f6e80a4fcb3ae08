// EpochCounter: a number of epochs.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/criterion.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Trains for max_epochs epochs; 0: none at all. With new_epochs those of a model trained before
/// do not count; without, all that the monitor has seen.
class EpochCounter : public TerminationCriterion {
 public:
  static constexpr const char* yaml = "pylearn2.termination_criteria.EpochCounter";
  static constexpr const char* doc = "stop after a number of epochs";
  int max_epochs = 0;
  bool new_epochs = true;

  constexpr EpochCounter() {}
  template <KeyOf<EpochCounter>... O>
  constexpr explicit EpochCounter(int epochs, const O&... options) : max_epochs(epochs) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("max_epochs", &EpochCounter::max_epochs, "number of epochs; 0: none").at_least(0);
    key("new_epochs", &EpochCounter::new_epochs, "count from now on, not from the model's first");
  }

  void check() const;
  std::unique_ptr<CriterionRun> start(Session& session) const override;
};

}  // namespace ansatz
