// MomentumAdjustor, LinearDecayOverEpoch, OneOverEpoch, MonitorBasedLRAdjuster: momentum and
// learning rate from epoch to epoch.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/extension.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

// MomentumAdjustor and LinearDecayOverEpoch count the epochs that the monitor has seen when they
// are set up, and every monitoring step from then on, the one before the first epoch included, as
// Pylearn2's; OneOverEpoch counts from 0.

/// Moves Momentum's factor in a straight line from its first value, held until count = start, to
/// final_momentum at count = saturate.
class MomentumAdjustor : public Extension {
 public:
  static constexpr const char* yaml = "pylearn2.training_algorithms.learning_rule.MomentumAdjustor";
  static constexpr const char* doc =
      "the momentum goes in a line to its last value, epoch by epoch";
  double final_momentum = 0;
  int first = 0, saturate = 0;

  constexpr MomentumAdjustor() {}
  constexpr MomentumAdjustor(double last, int from, int until)
      : final_momentum(last), first(from), saturate(until) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("final_momentum", &MomentumAdjustor::final_momentum, "factor from saturate on")
        .at_least(0)
        .below(1);
    key.required("start", &MomentumAdjustor::first, "epoch at which it begins to change")
        .at_least(0);
    key.required("saturate", &MomentumAdjustor::saturate, "epoch at which it stops changing");
  }

  void check() const;
  void check_job(const JobFacts& facts) const override;
  std::unique_ptr<ExtensionRun> start(Session& session) const override;
};

/// The learning rate of LinearDecay, count being epochs.
class LinearDecayOverEpoch : public Extension {
 public:
  static constexpr const char* yaml = "pylearn2.training_algorithms.sgd.LinearDecayOverEpoch";
  static constexpr const char* doc = "the learning rate falls in a line, epoch by epoch";
  int first = 0, saturate = 0;
  double decay_factor = 1;

  constexpr LinearDecayOverEpoch() {}
  constexpr LinearDecayOverEpoch(int from, int until, double factor)
      : first(from), saturate(until), decay_factor(factor) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("start", &LinearDecayOverEpoch::first, "epoch at which it begins to fall, above 0")
        .at_least(0);
    key.required("saturate", &LinearDecayOverEpoch::saturate, "epoch at which it stops falling");
    key.required("decay_factor", &LinearDecayOverEpoch::decay_factor,
                 "last learning rate over the first");
  }

  void check() const;
  void check_job(const JobFacts& facts) const override;
  std::unique_ptr<ExtensionRun> start(Session& session) const override;
};

/// base half_life / (count - start + half_life) from count = start on, but at least min_lr.
class OneOverEpoch : public Extension {
 public:
  static constexpr const char* yaml = "pylearn2.training_algorithms.sgd.OneOverEpoch";
  static constexpr const char* doc = "the learning rate falls as 1 / epoch";
  int first = 0;
  int half_life = 0;
  double min_lr = 1e-6;

  constexpr OneOverEpoch() {}
  template <KeyOf<OneOverEpoch>... O>
  constexpr explicit OneOverEpoch(int from, const O&... options) : first(from) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("start", &OneOverEpoch::first, "epoch at which it begins to fall").at_least(0);
    key("half_life", &OneOverEpoch::half_life, "epochs until it is half; default: start + 1");
    key("min_lr", &OneOverEpoch::min_lr, "lowest learning rate").at_least(0);
  }

  void check() const;
  void check_job(const JobFacts& facts) const override;
  std::unique_ptr<ExtensionRun> start(Session& session) const override;
};

/// Changes the learning rate by what a channel did: with v its last value and u the one before,
/// times shrink_amt if v > high_trigger u, else times grow_amt if v > low_trigger u; then it is
/// clipped to [min_lr, max_lr]. Where u is negative, u + (high_trigger - 1) |u| stands for
/// high_trigger u, and low_trigger likewise.
///
/// The channel is channel_name, or "<dataset_name>_objective", or the only one whose name ends in
/// "objective"; NameError when there are none or several.
class MonitorBasedLRAdjuster : public Extension {
 public:
  static constexpr const char* yaml = "pylearn2.training_algorithms.sgd.MonitorBasedLRAdjuster";
  static constexpr const char* doc = "the learning rate follows a channel";
  double high_trigger = 1, shrink_amt = .99, low_trigger = .99, grow_amt = 1.01;
  double min_lr = 1e-7, max_lr = 1;
  String dataset_name, channel_name;

  constexpr MonitorBasedLRAdjuster() {}
  template <KeyOf<MonitorBasedLRAdjuster>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit MonitorBasedLRAdjuster(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using This = MonitorBasedLRAdjuster;
    key("high_trigger", &This::high_trigger, "above this ratio the learning rate shrinks");
    key("shrink_amt", &This::shrink_amt, "by this factor");
    key("low_trigger", &This::low_trigger, "above this ratio, but not the other, it grows");
    key("grow_amt", &This::grow_amt, "by this factor");
    key("min_lr", &This::min_lr, "lowest learning rate").at_least(0);
    key("max_lr", &This::max_lr, "highest learning rate").or_infinity();
    key("dataset_name", &This::dataset_name, "watch the objective on this data set");
    key("channel_name", &This::channel_name, "watch this channel");
  }

  void check() const;
  void check_job(const JobFacts& facts) const override;
  void watched(std::vector<WatchedChannel>& list) const override;
  std::unique_ptr<ExtensionRun> start(Session& session) const override;
};

}  // namespace ansatz
