// CosineDecay and Warmup: schedules of the learning rate within epochs.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/extension.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

// Both compute the learning rate of the next update from the epochs done so far, e, which counts
// the part of an epoch that is done, and from the learning rate the algorithm begins with, base.

/// For e < warm_up: base e / warm_up, so the first update has learning rate 0. Then
/// SGDR (Loshchilov, Hutter 2017, eq. 5), T being total_epochs - warm_up at first:
///
///     min_lr + (base - min_lr) (1 + cos(pi (e - warm_up) / T)) / 2
///
/// and min_lr after that; or, with restart_factor, the same again with T times restart_factor.
class CosineDecay : public Extension {
 public:
  static constexpr const char* yaml = "ansatz.training_algorithms.sgd.CosineDecay";
  static constexpr const char* doc =
      "the learning rate falls as a cosine, with warm-up and restarts";
  double total_epochs = 0, warm_up = 0, min_lr = 0, restart_factor = 0;

  constexpr CosineDecay() {}
  template <KeyOf<CosineDecay>... O>
  constexpr explicit CosineDecay(double epochs, const O&... options) : total_epochs(epochs) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("total_epochs", &CosineDecay::total_epochs, "epochs until it is min_lr");
    key("warm_up", &CosineDecay::warm_up, "epochs of them in which it rises from 0 to its base");
    key("min_lr", &CosineDecay::min_lr, "lowest learning rate of the decay").at_least(0);
    key("restart_factor", &CosineDecay::restart_factor,
        "0: no restart; else each period is so many times as long as the one before");
  }

  void check() const;
  void check_job(const JobFacts& facts) const override;
  std::unique_ptr<ExtensionRun> start(Session& session) const override;
};

/// For e < warm_up: base e / warm_up, so the first update has learning rate 0; base at warm_up, and
/// no change after that (Goyal et al. 2017, section 2.2). Not to be combined with another schedule.
class Warmup : public Extension {
 public:
  static constexpr const char* yaml = "ansatz.training_algorithms.sgd.Warmup";
  static constexpr const char* doc = "the learning rate rises in a line in the first epochs";
  double warm_up = 0;

  constexpr Warmup() {}
  constexpr explicit Warmup(double epochs) : warm_up(epochs) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("warm_up", &Warmup::warm_up, "epochs in which the learning rate rises");
  }

  void check() const;
  void check_job(const JobFacts& facts) const override;
  std::unique_ptr<ExtensionRun> start(Session& session) const override;
};

}  // namespace ansatz
