// PatienceBasedTermCrit: as much patience as it took so far.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/criterion.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Stops when there are as many records as there is patience: initial_patience of them, or,
/// whenever the channel falls by prop_decrease of its lowest value (whatever the sign of that is),
/// patience_increase times as many as there are then, if that is more. The record before the first
/// epoch counts.
///
/// The channel is `objective` when none is named, or else the only one whose name ends in
/// "objective". NameError when there is none, or there are several.
class PatienceBasedTermCrit : public TerminationCriterion {
 public:
  static constexpr const char* yaml = "pylearn2.training_algorithms.sgd.PatienceBasedTermCrit";
  static constexpr const char* doc =
      "stop when a channel has not fallen for long, seen from the start";
  double prop_decrease = 0, initial_patience = 1, patience_increase = 2;
  String channel_name;

  constexpr PatienceBasedTermCrit() {}
  template <KeyOf<PatienceBasedTermCrit>... O>
  constexpr PatienceBasedTermCrit(double proportion, double records, const O&... options)
      : prop_decrease(proportion), initial_patience(records) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using This = PatienceBasedTermCrit;
    key.required("prop_decrease", &This::prop_decrease, "how much it must fall, as a proportion");
    key.required("initial_patience", &This::initial_patience, "records in any case");
    key("patience_increase", &This::patience_increase,
        "records over those it took to the lowest value");
    key("channel_name", &This::channel_name,
        "default: objective, or the only channel that ends in it");
  }

  void check() const;
  void watched(std::vector<WatchedChannel>& list) const override;
  std::unique_ptr<CriterionRun> start(Session& session) const override;
};

}  // namespace ansatz
