// Costs of gated autoencoders: how far two inputs made again are from the inputs
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/cost.hpp>
#include <ansatz/job/model_as.hpp>
#include <ansatz/model/autoencoder/gated_autoencoder.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/reduce/sum.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A cost of a pair of inputs and of both made again, by a GatedAutoencoder.
class SymmetricCost : public Cost {
 public:
  using Pair = GatedAutoencoder::Pair;
  constexpr bool supervised() const override { return false; }
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    const GatedAutoencoder* const gated = model_as<GatedAutoencoder>(model);
    if (!gated) {
      graph_error("this cost needs a model of pairs, such as a FactoredGatedAutoencoder");
      return {};
    }
    const Pair inputs = gated->read(data[model.input_source()]);
    return cost(inputs, gated->reconstructXY(inputs));
  }
  /// One number: the mean over the batch.
  constexpr virtual AnyExpr cost(const Pair& inputs, const Pair& made) const = 0;
};

/// |x - x'|^2 / 2 + |y - y'|^2 / 2, the mean over the batch (Memisevic 2011).
class SymmetricMSRE : public SymmetricCost {
 public:
  static constexpr const char* yaml = "pylearn2.costs.gated_autoencoder.SymmetricMSRE";
  static constexpr const char* doc = "half the squared distances of two inputs made again";

  constexpr SymmetricMSRE() {}
  constexpr ~SymmetricMSRE() override {}
  template <class K>
  static constexpr void keys(K&) {}
  constexpr AnyExpr cost(const Pair& in, const Pair& made) const override {
    return .5 * (mean(sum(square(in.x - made.x), units)) + mean(sum(square(in.y - made.y), units)));
  }
};

/// SymmetricMSRE divided by its value where nothing is made, (|x|^2 + |y|^2) / 2: to watch, from 1
/// down to 0, not to train with.
class NormalizedSymmetricMSRE : public SymmetricCost {
 public:
  static constexpr const char* yaml = "pylearn2.costs.gated_autoencoder.NormalizedSymmetricMSRE";
  static constexpr const char* doc = "the part of two inputs that is not made again, to watch";

  constexpr NormalizedSymmetricMSRE() {}
  constexpr ~NormalizedSymmetricMSRE() override {}
  template <class K>
  static constexpr void keys(K&) {}
  constexpr AnyExpr cost(const Pair& in, const Pair& made) const override {
    const AnyExpr nothing = .5 * (mean(sum(square(in.x), units)) + mean(sum(square(in.y), units)));
    return SymmetricMSRE().cost(in, made) / nothing;
  }
};

}  // namespace ansatz
