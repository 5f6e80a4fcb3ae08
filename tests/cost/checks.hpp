// What tests of costs ask of a model.
#pragma once

#include "../model/probe.hpp"

#include <string>
#include <vector>

namespace ansatz::testing {

inline double sum_of(const std::vector<double>& x, double (*f)(double)) {
  double sum = 0;
  for (const double v : x) sum += f(v);
  return sum;
}

/// What is thrown when the cost of the model is made; "" when nothing is.
inline std::string message_at(const Model& model, const Cost& cost) {
  return message_of([&] { everything(model, cost); });
}

}  // namespace ansatz::testing
