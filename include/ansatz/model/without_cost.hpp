// WithoutCost: layers that cannot be the last of an MLP.
#pragma once

#include <ansatz/job/layer.hpp>

namespace ansatz {

/// A layer L that has no cost: with it as its last layer an MLP has none, unless the job names one.
template <class L>
class WithoutCost : public L {
 public:
  using L::L;
  constexpr WithoutCost() = default;

  constexpr bool has_cost() const override { return false; }
  constexpr AnyExpr cost(const Place& at, const Signal& targets,
                         const Signal& output) const override {
    return Layer::cost(at, targets, output);
  }
  constexpr AnyExpr cost_per_example(const Place& at, const Signal& targets,
                                     const Signal& output) const override {
    return Layer::cost_per_example(at, targets, output);
  }
  constexpr AnyExpr cost_matrix(const Place& at, const Signal& targets,
                                const Signal& output) const override {
    return Layer::cost_matrix(at, targets, output);
  }
};

}  // namespace ansatz
