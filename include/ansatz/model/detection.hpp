// Channels of layers that detect bits: precision, recall and F1 at the threshold 0.5.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/channel.hpp>
#include <dsl/ops.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz::detection {

/// Of counts of the whole data set: precision, how often what is detected is there; recall, how
/// much of what is there is detected; F1, their harmonic mean 2 p r / (p + r), which is 2 hits over
/// detected + there. 0 where nothing is detected, or there. Pylearn2 averages those of the batches,
/// and divides by max(1, p + r).
constexpr void ratios(const String& prefix, const AnyExpr& hits, const AnyExpr& detected,
                      const AnyExpr& there, const char* end, Gathered how, ChannelList& list) {
  const auto add = [&](const char* name, const AnyExpr& value, const AnyExpr& per,
                       const char* doc) {
    list.add_ratio(prefix + name + end, value, per, doc, how);
  };
  add("precision", hits, detected, "share of detected bits that are there, at the threshold 0.5");
  add("recall", hits, there, "share of bits there that are detected");
  add("f1", 2 * hits, detected + there, "harmonic mean of precision and recall");
}

/// Channels of probabilities y [batch, units] against targets t of 0 and 1; `kl` is the cost.
constexpr void channels(const AnyExpr& y, const AnyExpr& t, const AnyExpr& kl, ChannelList& list) {
  const AnyExpr guess = y > 0.5, truth = t > 0.5;
  list.add("01_loss", mean(guess != truth), "share of bits that are wrong");
  list.add("kl", kl, "mean over units and examples of KL(target || output)");
  const AnyExpr hit = guess * truth;

  ratios("", sum(hit), sum(guess), sum(truth), "", Gathered::ratio, list);
  const AnyExpr hits = sum(hit, batch), detected = sum(guess, batch), there = sum(truth, batch);
  ratios("per_output_", hits, detected, there, "_max", Gathered::ratio_max, list);
  ratios("per_output_", hits, detected, there, "_mean", Gathered::ratio_mean, list);
  ratios("per_output_", hits, detected, there, "_min", Gathered::ratio_min, list);
}

}  // namespace ansatz::detection
