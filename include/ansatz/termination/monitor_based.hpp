// MonitorBased: until a channel stops falling.
#pragma once

#include <ansatz/compiled_once.hpp>
#include <ansatz/termination/criterion.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Stops when for N records in a row the channel did not fall below (1 - prop_decrease) times its
/// lowest value. The lowest value counts even when it is not that much lower: steady improvement
/// by less than prop_decrease a record stops after N records, as in Pylearn2's code (issue #1449).
///
/// The channel is `objective` when none is named, or else the only one whose name ends in
/// "objective". NameError when there is none, or there are several.
class MonitorBased : public TerminationCriterion {
 public:
  static constexpr const char* yaml = "pylearn2.termination_criteria.MonitorBased";
  double prop_decrease = .01;
  int N = 5;
  String channel_name;

  constexpr MonitorBased() {}
  template <KeyOf<MonitorBased>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit MonitorBased(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key("prop_decrease", &MonitorBased::prop_decrease, "how much it must fall, as a proportion");
    key("N", &MonitorBased::N, "records to wait for that");
    key("channel_name", &MonitorBased::channel_name,
        "default: objective, or the only channel that ends in it");
  }

  void check() const;
  void watched(std::vector<WatchedChannel>& list) const override;
  std::unique_ptr<CriterionRun> start(Session& session) const override;
};

}  // namespace ansatz
