// The straight line of the schedules: LinearDecay, MomentumAdjustor, Warmup, …
#pragma once

#include <string_view>

namespace ansatz {

/// Something goes in a line while a count goes from `begin` to `end`, and rests before and after.
struct Ramp {
  double begin = 0, end = 0;

  /// The part of the way that is gone: 0 up to `begin`, 1 from `end` on.
  double part(double count) const;

  // The value on the way from one to another. Pylearn2 computes it in two ways, whose last bits
  // differ: momentum as a mean of both ends, learning rates in equal steps.
  double mean(double from, double to, double count) const;
  double stepped(double from, double to, double count) const;
};

/// ValueError, which begins with `who`, unless 0 < start < saturate and 0 < factor.
void check_linear_decay(std::string_view who, int start, int saturate, double factor);

/// LinearDecay's ramp and LinearDecayOverEpoch's: the first step is gone at `start` already.
double linear_decay(double base, double count, int start, int saturate, double factor);

}  // namespace ansatz
