#include "ramp.hpp"

#include <dsl/exceptions.hpp>

#include <fmt/format.h>

namespace ansatz {

double Ramp::part(double count) const {
  if (count >= end) return 1;
  return count <= begin ? 0 : (count - begin) / (end - begin);
}

double Ramp::mean(double from, double to, double count) const {
  const double p = part(count);
  return from * (1. - p) + p * to;
}

double Ramp::stepped(double from, double to, double count) const {
  if (count >= end) return to;
  return count <= begin ? from : from - (from - to) / (end - begin) * (count - begin);
}

void check_linear_decay(std::string_view who, int start, int saturate, double factor) {
  if (!(start > 0 && start < saturate))
    throw ValueError(
        fmt::format("{}: 0 < start < saturate must hold, but start is {} and saturate "
                    "{}",
                    who, start, saturate));
  if (!(factor > 0))
    throw ValueError(fmt::format("{}: decay_factor must be above 0, but is {}", who, factor));
}

double linear_decay(double base, double count, int start, int saturate, double factor) {
  return Ramp{start - 1., 1. * saturate}.stepped(base, base * factor, count);
}

}  // namespace ansatz
