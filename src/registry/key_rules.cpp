#include <ansatz/registry/key_rules.hpp>

#include <fmt/format.h>

#include <cmath>

namespace ansatz {

bool KeyRules::holds(double x) const {
  if (!infinite && !std::isfinite(x)) return false;
  return (open_below ? x > least : x >= least) && (open_above ? x < most : x <= most);
}

std::string KeyRules::allowed() const {
  const bool from = std::isfinite(least), to = std::isfinite(most);
  std::string text = numbers ? numbers : whole ? "whole numbers" : "numbers";
  if (!from && !to) return infinite || numbers || whole ? text : "finite " + text;
  if (from) text += fmt::format(" {} {}", open_below ? "above" : "from", least);
  if (!to) return text;
  // "from 0 to 1", "from 0 to below 1", "above 0, up to 1", "up to 1", "below 1"
  if (from && !open_below) return text + fmt::format(" to {}{}", open_above ? "below " : "", most);
  return text + fmt::format("{} {} {}", from ? "," : "", open_above ? "below" : "up to", most);
}

}  // namespace ansatz
