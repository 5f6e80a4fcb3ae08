// Prior: p(z), what the hidden variables of a variational autoencoder are before anything is seen
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/keys.hpp>
#include <ansatz/job/model.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/arithmetic/exp.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/reduce/sum.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// log(2 pi)
inline constexpr double log_two_pi = 1.8378770664093454835606594728112;

/// The distribution p(z) of a VAE's `nhid` hidden variables, which may have parameters.
class Prior : public Object {
 public:
  static constexpr const char* kind_name = "prior";
  static constexpr bool outlives_faults = true;

  constexpr virtual void parameters(int nhid, ir::List<ModelParameter>& list) const = 0;
  virtual void initialize(InitialValues& values) const = 0;
  /// z [batch, nhid], made of standard normal numbers of the same shape.
  constexpr virtual AnyExpr sample(int nhid, const AnyExpr& epsilon) const = 0;
  /// log p(z), [batch], of z [batch, nhid].
  constexpr virtual AnyExpr log_p(int nhid, const AnyExpr& z) const = 0;
};

/// A normal distribution whose components are independent. Parameters: prior_mu and
/// prior_log_sigma [nhid], 0 at first.
class DiagonalGaussianPrior : public Prior {
 public:
  static constexpr const char* yaml = "pylearn2.models.vae.prior.DiagonalGaussianPrior";
  static constexpr const char* doc = "hidden variables are normal and independent";

  constexpr DiagonalGaussianPrior() {}
  constexpr ~DiagonalGaussianPrior() override {}
  template <class K>
  static constexpr void keys(K&) {}

  constexpr AnyExpr mu(int nhid) const { return parameter_leaf("prior_mu", ir::make_shape(nhid)); }
  constexpr AnyExpr log_sigma(int nhid) const {
    return parameter_leaf("prior_log_sigma", ir::make_shape(nhid));
  }
  constexpr void parameters(int nhid, ir::List<ModelParameter>& list) const override {
    list.push_back({"prior_mu", mu(nhid)});
    list.push_back({"prior_log_sigma", log_sigma(nhid)});
  }
  void initialize(InitialValues& values) const override {
    values.fill("prior_mu", 0);
    values.fill("prior_log_sigma", 0);
  }
  constexpr AnyExpr sample(int nhid, const AnyExpr& epsilon) const override {
    return mu(nhid) + exp(log_sigma(nhid)) * epsilon;
  }
  constexpr AnyExpr log_p(int nhid, const AnyExpr& z) const override {
    const AnyExpr from = (z - mu(nhid)) / exp(log_sigma(nhid));
    return -0.5 * sum(log_two_pi + 2 * log_sigma(nhid) + square(from), axis<0>);
  }
};

}  // namespace ansatz
