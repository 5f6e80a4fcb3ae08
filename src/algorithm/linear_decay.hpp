// The formula of LinearDecay and LinearDecayOverEpoch.
#pragma once

#include <cstdint>
#include <string_view>

namespace ansatz {

/// `base` until count reaches `start`, from there a straight line to base * factor at `saturate`.
double linear_decay(double base, std::int64_t count, int start, int saturate, double factor);

/// ValueError, which begins with `who`, unless 0 < start < saturate and 0 < factor.
void check_linear_decay(std::string_view who, int start, int saturate, double factor);

}  // namespace ansatz
