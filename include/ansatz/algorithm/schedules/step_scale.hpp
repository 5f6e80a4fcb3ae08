// ScaleStep, StepShrinker, BacktrackingStepShrinker: BGD's scale_step from epoch to epoch.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/extension.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

// Each publishes the channel scale_step: what the epoch just recorded was trained with. ValueError
// when the algorithm has no scale_step.

/// scale_step <- max(min_value, scale * scale_step) after every record, the one before the first
/// epoch included, as in Pylearn2.
class ScaleStep : public Extension {
 public:
  static constexpr const char* yaml = "pylearn2.training_algorithms.bgd.ScaleStep";
  static constexpr const char* doc = "BGD's steps shrink, epoch by epoch";
  double scale = 1, min_value = 0;

  constexpr ScaleStep() {}
  constexpr ScaleStep(double factor, double lowest) : scale(factor), min_value(lowest) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("scale", &ScaleStep::scale, "factor, above 0");
    key.required("min_value", &ScaleStep::min_value, "lowest scale_step");
  }

  void check() const;
  void check_job(const JobFacts& facts) const override;
  void published(const Train& job, std::vector<std::string>& names) const override;
  std::unique_ptr<ExtensionRun> start(Session& session) const override;
};

/// scale_step <- scale * scale_step whenever a channel did not fall since the record before, else
/// scale_up * scale_step, at most max_scale. When it would come below giveup_after, it becomes
/// giveup_after, and training ends. In Pylearn2 it had to be named as the criterion, too, and did
/// not work as one.
class StepShrinker : public Extension {
 public:
  static constexpr const char* yaml = "pylearn2.training_algorithms.bgd.StepShrinker";
  static constexpr const char* doc =
      "BGD's steps shrink when a channel does not fall; too small ones end the training";
  String channel;
  double scale = 1, giveup_after = 0, scale_up = 1, max_scale = 1;

  constexpr StepShrinker() {}
  template <KeyOf<StepShrinker>... O>
  constexpr StepShrinker(const char* watched, double factor, double lowest, const O&... options)
      : channel(watched), scale(factor), giveup_after(lowest) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("channel", &StepShrinker::channel, "the channel that should fall");
    key.required("scale", &StepShrinker::scale, "factor where it does not, above 0 and below 1");
    key.required("giveup_after", &StepShrinker::giveup_after, "lowest scale_step; then it ends");
    key("scale_up", &StepShrinker::scale_up, "factor where it falls, at least 1");
    key("max_scale", &StepShrinker::max_scale, "highest scale_step");
  }

  void check() const;
  void check_job(const JobFacts& facts) const override;
  void published(const Train& job, std::vector<std::string>& names) const override;
  void watched(std::vector<WatchedChannel>& list) const override;
  std::unique_ptr<ExtensionRun> start(Session& session) const override;
};

/// StepShrinker which, where the channel did not fall, goes back to the parameters of the record
/// before.
class BacktrackingStepShrinker : public StepShrinker {
 public:
  static constexpr const char* yaml = "pylearn2.training_algorithms.bgd.BacktrackingStepShrinker";
  static constexpr const char* doc = "StepShrinker that also goes back to the parameters before";
  constexpr void states(const Model& model, StateList& list) const override {
    list.add_copies("step_shrinker", model.parameters());
  }
  using StepShrinker::StepShrinker;

  void check() const;
  void check_job(const JobFacts& facts) const override;
  std::unique_ptr<ExtensionRun> start(Session& session) const override;
};

}  // namespace ansatz
