// MonitorBased: until a channel stops falling.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/criterion.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Stops when within N records the channel did not fall by prop_decrease of its lowest value before
/// them: to 1.98 from 2, to -2.02 from -2 for .01. Steady improvement goes on as long as it is that
/// much in N records, as Pylearn2's documentation says; its code wants it in one (issue #1449).
///
/// The channel is `objective` when none is named, or else the only one whose name ends in
/// "objective". NameError when there is none, or there are several.
class MonitorBased : public TerminationCriterion {
 public:
  static constexpr const char* yaml = "pylearn2.termination_criteria.MonitorBased";
  static constexpr const char* doc = "stop when a channel no longer falls";
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
