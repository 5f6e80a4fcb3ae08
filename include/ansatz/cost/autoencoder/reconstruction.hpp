// Costs of autoencoders: how far what is made again is from what was there
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/cost.hpp>
#include <ansatz/job/model_as.hpp>
#include <ansatz/model/reconstructs.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/ops/activation/softplus.hpp>
#include <dsl/ops/arithmetic/abs.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/greater.hpp>
#include <dsl/ops/arithmetic/log.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/loss/binary_cross_entropy.hpp>
#include <dsl/ops/random/bernoulli.hpp>
#include <dsl/ops/reduce/mean.hpp>
#include <dsl/ops/reduce/sum.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A cost of a model that makes its inputs again. It is as random as what the model makes.
class CostOfReconstruction : public Cost {
 public:
  constexpr bool supervised() const override { return false; }
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    const Reconstructs* const made_again = model_as<Reconstructs>(model);
    if (!made_again) {
      graph_error("this cost needs a model that makes its inputs again, such as an autoencoder");
      return {};
    }
    const AnyExpr x = format_as(data[model.input_source()], model.input_space()).value();
    return of(*made_again, x);
  }

 protected:
  constexpr virtual AnyExpr of(const Reconstructs& model, const AnyExpr& x) const = 0;
};

/// A cost of a reconstruction r of x, whatever made it: Pylearn2's GSNFriendlyCost, of which a
/// GSNCost has one for each of its layers.
class GSNFriendlyCost : public CostOfReconstruction {
 public:
  /// One number: the mean over the batch.
  constexpr virtual AnyExpr cost(const AnyExpr& x, const AnyExpr& r) const = 0;

 protected:
  constexpr AnyExpr of(const Reconstructs& model, const AnyExpr& x) const override {
    return cost(x, model.reconstruct(x));
  }
};

/// sum_i (x_i - r_i)^2, the mean over the batch.
class MeanSquaredReconstructionError : public GSNFriendlyCost {
 public:
  static constexpr const char* yaml = "pylearn2.costs.autoencoder.MeanSquaredReconstructionError";
  static constexpr const char* doc = "squared distance of inputs made again from inputs";

  constexpr MeanSquaredReconstructionError() {}
  constexpr ~MeanSquaredReconstructionError() override {}
  template <class K>
  static constexpr void keys(K&) {}
  constexpr AnyExpr cost(const AnyExpr& x, const AnyExpr& r) const override {
    return mean(sum(square(x - r), units));
  }
};

/// -sum_i x_i log r_i + (1 - x_i) log(1 - r_i), the mean over the batch: x and r are probabilities,
/// r usually of a sigmoid decoder, whose operand is then used.
class MeanBinaryCrossEntropy : public GSNFriendlyCost {
 public:
  static constexpr const char* yaml = "pylearn2.costs.autoencoder.MeanBinaryCrossEntropy";
  static constexpr const char* doc = "cross entropy of bits made again from bits";

  constexpr MeanBinaryCrossEntropy() {}
  constexpr ~MeanBinaryCrossEntropy() override {}
  template <class K>
  static constexpr void keys(K&) {}
  constexpr AnyExpr cost(const AnyExpr& x, const AnyExpr& r) const override {
    return mean(sum(binary_cross_entropy(r, x), units));
  }
};

/// What costs share that look at some of the inputs only: all that are above 0, and of the others
/// each with probability `ratio` (reconstruction sampling: Dauphin, Glorot and Bengio 2011).
class SampledCost : public CostOfReconstruction {
 public:
  double L1 = 0, ratio = 0;

  template <class K>
  static constexpr void keys(K& key) {
    key.required("L1", &SampledCost::L1, "coefficient of the sum of the code's absolute values")
        .at_least(0);
    key.required("ratio", &SampledCost::ratio, "probability that an input that is 0 is looked at")
        .probability();
  }
  constexpr bool is_stochastic() const override { return true; }

 protected:
  /// [batch, inputs]
  constexpr virtual AnyExpr per_input(const Reconstructs& model, const AnyExpr& x) const = 0;
  constexpr AnyExpr of(const Reconstructs& model, const AnyExpr& x) const override {
    const AnyExpr seen = AnyExpr(bernoulli_like(x, ratio)) + x > 0;
    const AnyExpr code = model.encode(x);
    return mean(sum(per_input(model, x) * seen, units)) + L1 * mean(sum(abs(code), units));
  }
};

/// The cross entropy of MeanBinaryCrossEntropy, sampled, and an L1 penalty of the code. The decoder
/// must be a sigmoid's: it is computed from what that is of.
class SampledMeanBinaryCrossEntropy : public SampledCost {
 public:
  static constexpr const char* yaml = "pylearn2.costs.autoencoder.SampledMeanBinaryCrossEntropy";
  static constexpr const char* doc = "cross entropy of a sample of the inputs, with an L1 penalty";

  constexpr SampledMeanBinaryCrossEntropy() {}
  constexpr SampledMeanBinaryCrossEntropy(double penalty, double share) {
    L1 = penalty;
    ratio = share;
  }
  constexpr ~SampledMeanBinaryCrossEntropy() override {}
  template <class K>
  static constexpr void keys(K& key) {
    SampledCost::keys(key);
  }

 protected:
  constexpr AnyExpr per_input(const Reconstructs& model, const AnyExpr& x) const override {
    return sigmoid_binary_cross_entropy(model.reconstruct_without_dec_acti(x), x);
  }
};

/// The squared error of MeanSquaredReconstructionError, sampled, and an L1 penalty of the code.
class SampledMeanSquaredReconstructionError : public SampledCost {
 public:
  static constexpr const char* yaml =
      "pylearn2.costs.autoencoder.SampledMeanSquaredReconstructionError";
  static constexpr const char* doc = "squared error of a sample of the inputs, with an L1 penalty";

  constexpr SampledMeanSquaredReconstructionError() {}
  constexpr SampledMeanSquaredReconstructionError(double penalty, double share) {
    L1 = penalty;
    ratio = share;
  }
  constexpr ~SampledMeanSquaredReconstructionError() override {}
  template <class K>
  static constexpr void keys(K& key) {
    SampledCost::keys(key);
  }

 protected:
  constexpr AnyExpr per_input(const Reconstructs& model, const AnyExpr& x) const override {
    return square(model.reconstruct(x) - x);
  }
};

/// coeff sum_j KL(p || p_j), p_j being the mean over the batch of |h_j|: how far the mean
/// activations of hidden units are from the one that is wanted, as of bits (Ng, CS294A lecture
/// notes, "Sparse autoencoder"). Codes are between 0 and 1, those of a sigmoid.
class SparseActivation : public CostOfReconstruction {
 public:
  static constexpr const char* yaml = "pylearn2.costs.autoencoder.SparseActivation";
  static constexpr const char* doc = "divergence of mean activations from the one that is wanted";
  double coeff = 0, p = 0;

  constexpr SparseActivation() {}
  constexpr SparseActivation(double coefficient, double wanted) : coeff(coefficient), p(wanted) {}
  constexpr ~SparseActivation() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("coeff", &SparseActivation::coeff, "factor of the sum").at_least(0);
    key.required("p", &SparseActivation::p, "mean activation that is wanted").above(0).below(1);
  }
  constexpr String name() const override { return "sparse_activation_penalty"; }

 protected:
  constexpr AnyExpr of(const Reconstructs& model, const AnyExpr& x) const override {
    const AnyExpr found = mean(abs(model.encode(x)), batch);
    return coeff * sum(p * log(p / found) + (1 - p) * log((1 - p) / (1 - found)));
  }
};

}  // namespace ansatz
