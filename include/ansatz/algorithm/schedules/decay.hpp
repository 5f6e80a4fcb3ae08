// ExponentialDecay, LinearDecay, AnnealedLearningRate: the learning rate from update to update;
// MomentumOverExamples.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/schedule.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

// Each takes the learning rate it finds after the first update as its base, as Pylearn2 does.

/// After t updates: base / decay_factor^t, but at least min_lr.
class ExponentialDecay : public UpdateCallback {
 public:
  static constexpr const char* yaml = "pylearn2.training_algorithms.sgd.ExponentialDecay";
  static constexpr const char* doc = "the learning rate is divided by a factor after every update";
  double decay_factor = 1, min_lr = 0;

  constexpr ExponentialDecay() {}
  constexpr ExponentialDecay(double factor, double lowest) : decay_factor(factor), min_lr(lowest) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("decay_factor", &ExponentialDecay::decay_factor,
                 "divides the learning rate at every update; above 0");
    key.required("min_lr", &ExponentialDecay::min_lr, "lowest learning rate").at_least(0);
  }

  void check() const;
  std::unique_ptr<UpdateCallbackRun> start(Session& session) const override;
};

/// After t updates: base for t < start; base - step (t - start + 1) until saturate, where
/// step = base (1 - decay_factor) / (saturate - start + 1); base decay_factor from then on.
class LinearDecay : public UpdateCallback {
 public:
  static constexpr const char* yaml = "pylearn2.training_algorithms.sgd.LinearDecay";
  static constexpr const char* doc = "the learning rate falls in a line, update by update";
  int first = 0, saturate = 0;
  double decay_factor = 1;

  constexpr LinearDecay() {}
  constexpr LinearDecay(int from, int until, double factor)
      : first(from), saturate(until), decay_factor(factor) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("start", &LinearDecay::first, "update at which it begins to fall, above 0");
    key.required("saturate", &LinearDecay::saturate, "update at which it stops falling");
    key.required("decay_factor", &LinearDecay::decay_factor, "last learning rate over the first");
  }

  void check() const;
  std::unique_ptr<UpdateCallbackRun> start(Session& session) const override;
};

/// After t updates: base min(1, anneal_start / t).
class AnnealedLearningRate : public UpdateCallback {
 public:
  static constexpr const char* yaml = "pylearn2.training_algorithms.sgd.AnnealedLearningRate";
  static constexpr const char* doc = "the learning rate falls as 1 / t from some update on";
  double anneal_start = 0;

  constexpr AnnealedLearningRate() {}
  constexpr explicit AnnealedLearningRate(double from) : anneal_start(from) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("anneal_start", &AnnealedLearningRate::anneal_start,
                 "update after which it falls as 1 / t, above 0");
  }

  void check() const;
  std::unique_ptr<UpdateCallbackRun> start(Session& session) const override;
};

/// Momentum goes in a line from `init` to `final` until so many examples were seen: S3C's.
class MomentumOverExamples : public UpdateCallback {
 public:
  double init = 0, final = 0, saturation = 1;

  constexpr MomentumOverExamples() {}
  constexpr MomentumOverExamples(double from, double to, double examples)
      : init(from), final(to), saturation(examples) {}
  std::unique_ptr<UpdateCallbackRun> start(Session& session) const override;
};

}  // namespace ansatz
