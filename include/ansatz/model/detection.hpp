// Channels of layers that detect bits: precision, recall and F1 at the threshold 0.5.
#pragma once

#include <ansatz/compiled_once.hpp>
#include <ansatz/monitor/channel.hpp>
#include <dsl/ops.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz::detection {

/// How often what is detected is there: tp / (tp + fp), 0 where nothing is detected.
constexpr AnyExpr precision(const AnyExpr& tp, const AnyExpr& fp) {
  return tp / maximum(tp + fp, 1);
}
/// How much of what is there is detected: tp / positives, 0 where nothing is there.
constexpr AnyExpr recall(const AnyExpr& tp, const AnyExpr& positives) {
  return tp / maximum(positives, 1);
}
/// Their harmonic mean, 2 p r / (p + r); 0 where both are. (Pylearn2 divides by max(1, p + r).)
constexpr AnyExpr f1(const AnyExpr& p, const AnyExpr& r) {
  return where(p + r > 0, 2 * p * r / where(p + r > 0, p + r, 1), 0);
}

/// Channels of probabilities y [batch, units] against targets t of 0 and 1; `kl` is the cost.
constexpr void channels(const AnyExpr& y, const AnyExpr& t, const AnyExpr& kl, ChannelList& list) {
  const AnyExpr guess = y > 0.5, truth = t > 0.5;
  list.add("01_loss", mean(guess != truth), "share of bits that are wrong");
  list.add("kl", kl, "mean over units and examples of KL(target || output)");
  const AnyExpr hit = guess * truth, miss = guess * (1 - truth);

  const AnyExpr p = precision(sum(hit), sum(miss)), r = recall(sum(hit), sum(truth));
  list.add("precision", p, "share of detected bits that are there, at the threshold 0.5");
  list.add("recall", r, "share of bits there that are detected");
  list.add("f1", f1(p, r), "harmonic mean of precision and recall");

  const auto add = [&](const String& name, const AnyExpr& each) {
    list.add(name + "_max", max(each));
    list.add(name + "_mean", mean(each));
    list.add(name + "_min", min(each));
  };
  const AnyExpr tp = sum(hit, batch);
  const AnyExpr unit_p = precision(tp, sum(miss, batch)), unit_r = recall(tp, sum(truth, batch));
  add("per_output_precision", unit_p);
  add("per_output_recall", unit_r);
  add("per_output_f1", f1(unit_p, unit_r));
}

}  // namespace ansatz::detection
