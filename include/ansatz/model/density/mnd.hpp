// DiagonalMND, MND: a single Gaussian.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/default_cost.hpp>
#include <ansatz/model/self_training.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/ops/arithmetic/clip.hpp>
#include <dsl/ops/arithmetic/log.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/negate.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/constant/eye.hpp>
#include <dsl/ops/linear/matmul.hpp>
#include <dsl/ops/reduce/mean.hpp>
#include <dsl/ops/reduce/sum.hpp>

#include <span>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// log(2 pi) / 2
inline constexpr double half_log_two_pi = 0.91893853320467274178;

/// A normal distribution whose features are independent: means mu, precisions beta, which stay
/// between min_beta and max_beta. Its output is the logarithm of the density. The cost is the mean
/// negative log-likelihood; without an algorithm the job sets mu and beta to where that is least,
/// the means and the inverse variances. Pylearn2's.
class DiagonalMND : public Model {
 public:
  static constexpr const char* yaml = "pylearn2.models.mnd.DiagonalMND";
  static constexpr const char* doc = "a normal distribution of independent features";
  int nvis = 0;
  double init_beta = 1, init_mu = 0, min_beta = 1e-6, max_beta = 1e6;

  constexpr DiagonalMND() {}
  template <KeyOf<DiagonalMND>... O>
  constexpr explicit DiagonalMND(int features, const O&... options) : nvis(features) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = DiagonalMND;
    key.required("nvis", &Self::nvis, "features of an example").at_least(1);
    key("init_beta", &Self::init_beta, "first precision of each feature").above(0);
    key("init_mu", &Self::init_mu, "first mean of each feature");
    key("min_beta", &Self::min_beta, "least precision").above(0);
    key("max_beta", &Self::max_beta, "largest precision").above(0);
  }
  void check() const;

  constexpr AnyExpr mu() const { return parameter_leaf("mu", ir::make_shape(nvis)); }
  constexpr AnyExpr beta() const { return parameter_leaf("beta", ir::make_shape(nvis)); }
  constexpr SpaceInfo input_space() const override { return vector_space(nvis); }
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    list.push_back({"mu", mu()});
    list.push_back({"beta", beta()});
  }
  using Model::parameters;
  void initialize(InitialValues& values) const override {
    values.fill("mu", init_mu);
    values.fill("beta", init_beta);
  }

  /// sum_i beta_i (x_i - mu_i)^2 / 2 of each example, [batch, 1].
  constexpr AnyExpr free_energy(const AnyExpr& x) const {
    return .5 * sum(square(x - mu()) * beta(), axis<0>, keep_axes);
  }
  constexpr AnyExpr log_partition_function() const {
    return nvis * half_log_two_pi - .5 * sum(log(beta()));
  }
  constexpr AnyExpr log_prob(const AnyExpr& x) const {
    return -free_energy(x) - log_partition_function();
  }

  constexpr Signal output(const Signal& input) const override {
    return Signal(vector_space(1), log_prob(format_as(input, input_space()).value()));
  }
  constexpr Shared<Cost> default_cost() const override { return Shared<Cost>(Default()); }
  constexpr bool method(std::string_view name, const Data& data, AnyExpr& value) const override {
    const AnyExpr x = format_as(data[input_source()], input_space()).value();
    if (name == "cost_from_X")
      value = -mean(log_prob(x));
    else if (name == "free_energy")
      value = mean(free_energy(x));
    else
      return false;
    return true;
  }
  constexpr ir::List<String> method_names() const override {
    ir::List<String> names;
    names.push_back("cost_from_X");
    names.push_back("free_energy");
    return names;
  }
  constexpr void modify_updates(UpdateList& updates) const override {
    if (AnyExpr* const next = updates.find("beta")) *next = clip(*next, min_beta, max_beta);
  }
  /// By the closed form, where there is no algorithm.
  constexpr bool trains_itself() const override { return true; }
  std::unique_ptr<ModelRun> start(Session& session) const override;
};

/// The Kullback-Leibler divergence of two such distributions, KL(q || p). ShapeError unless all
/// have as many numbers.
double kl_divergence(std::span<const double> mu_q, std::span<const double> beta_q,
                     std::span<const double> mu_p, std::span<const double> beta_p);

/// A normal distribution: mean mu and covariance sigma (divided by one less than the examples, as
/// numpy.cov). Its output is the logarithm of the density, by way of `whitener`: (x - mu) whitener
/// is a standard normal vector. Pylearn2's distributions.mnd.MND and its `fit`.
class MND : public SelfTrainingModel {
 public:
  static constexpr const char* yaml = "pylearn2.distributions.mnd.MND";
  static constexpr const char* doc = "a normal distribution";
  int nvis = 0;

  constexpr MND() {}
  constexpr explicit MND(int features) : nvis(features) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("nvis", &MND::nvis, "features of an example").at_least(1);
  }

  constexpr AnyExpr square_of(const char* name) const {
    return parameter_leaf(name, ir::make_shape(nvis, nvis));
  }
  constexpr AnyExpr mu() const { return parameter_leaf("mu", ir::make_shape(nvis)); }
  constexpr AnyExpr sigma() const { return square_of("sigma"); }
  constexpr AnyExpr whitener() const { return square_of("whitener"); }
  constexpr SpaceInfo input_space() const override { return vector_space(nvis); }
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    list.push_back({"mu", mu()});
    list.push_back({"sigma", sigma()});
    list.push_back({"whitener", whitener()});
  }
  using Model::parameters;
  /// The standard normal distribution.
  void initialize(InitialValues& values) const override;

  constexpr AnyExpr free_energy(const AnyExpr& x) const {
    return .5 * sum(square(matmul(x - mu(), whitener())), axis<0>, keep_axes);
  }
  /// The whitener is triangular: its determinant is the product of its diagonal.
  constexpr AnyExpr log_partition_function() const {
    const AnyExpr diagonal = sum(whitener() * AnyExpr(eye(nvis)), axis<0>);
    return nvis * half_log_two_pi - sum(log(diagonal));
  }
  constexpr Signal output(const Signal& input) const override {
    const AnyExpr x = format_as(input, input_space()).value();
    return Signal(vector_space(1), -free_energy(x) - log_partition_function());
  }
  constexpr void functions(const Data& data, FunctionList& list) const override {
    Model::functions(data, list);
  }
  std::unique_ptr<ModelRun> start(Session& session) const override;
};

}  // namespace ansatz
