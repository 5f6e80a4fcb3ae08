// Distribution: what can be drawn from, and says how probable a draw is
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/keys.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/job/parameter_list.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/arithmetic/log.hpp>
#include <dsl/ops/arithmetic/maximum.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/negate.hpp>
#include <dsl/ops/arithmetic/sqrt.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/constant/constant.hpp>
#include <dsl/ops/random/multinomial.hpp>
#include <dsl/ops/random/normal.hpp>
#include <dsl/ops/reduce/sum.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A distribution that nothing is learned of: the noise of noise-contrastive estimation.
class Distribution : public Object {
 public:
  static constexpr const char* kind_name = "distribution";
  static constexpr bool outlives_faults = true;

  /// As many draws as v has rows, in v's shape.
  constexpr virtual AnyExpr sample_like(const AnyExpr& v) const = 0;
  /// The logarithm of the density, one number a row.
  constexpr virtual AnyExpr log_prob(const AnyExpr& v) const = 0;
};

/// Independent normal numbers, all with one mean and one standard deviation: noise for whitened
/// data.
///
///     IsotropicGaussian(0, .4)
class IsotropicGaussian : public Distribution {
 public:
  static constexpr const char* yaml = "ansatz.distributions.IsotropicGaussian";
  static constexpr const char* doc = "independent normal numbers of one mean and deviation";
  double mu = 0, stdev = 1;

  constexpr IsotropicGaussian() {}
  constexpr IsotropicGaussian(double at, double deviation) : mu(at), stdev(deviation) {}
  constexpr ~IsotropicGaussian() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key("mu", &IsotropicGaussian::mu, "the mean of each number");
    key("stdev", &IsotropicGaussian::stdev, "the standard deviation").above(0);
  }
  constexpr AnyExpr sample_like(const AnyExpr& v) const override {
    return deviation() * normal_like(v) + setting("noise.mu", mu);
  }
  constexpr AnyExpr log_prob(const AnyExpr& v) const override {
    const AnyExpr from = (v - setting("noise.mu", mu)) / deviation();
    constexpr double log_of_two_pi = 1.8378770664093454835606594728112;
    return -.5 * sum(square(from) + log_of_two_pi, units) - numbers(v) * log(deviation());
  }

 private:
  constexpr Expr<Scalar> deviation() const { return setting("noise.stdev", stdev); }
  static constexpr double numbers(const AnyExpr& v) {
    double n = 1;
    for (int k = 1; k < v.shape().rank; ++k) n *= v.shape()[k];
    return n;
  }
};

/// Directions that are equally probable: uniform on the sphere of this radius about 0. Its density,
/// by area, is the same for all points, which are to lie on the sphere. Pylearn2's.
class UniformHypersphere : public Distribution {
 public:
  static constexpr const char* yaml =
      "pylearn2.distributions.uniform_hypersphere.UniformHypersphere";
  static constexpr const char* doc = "uniform on a sphere";
  int dim = 0;
  double radius = 1;

  constexpr UniformHypersphere() {}
  constexpr UniformHypersphere(int numbers, double length) : dim(numbers), radius(length) {}
  constexpr ~UniformHypersphere() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("dim", &UniformHypersphere::dim, "numbers of a vector").at_least(1);
    key.required("radius", &UniformHypersphere::radius, "their length").above(0);
  }
  constexpr AnyExpr sample_like(const AnyExpr& v) const override {
    const AnyExpr z = normal_like(fitting(v));
    return radius * z / sqrt(maximum(sum(square(z), units, keep_axes), 1e-30));
  }
  /// Minus the logarithm of the area, 2 pi^(dim / 2) / Gamma(dim / 2) radius^(dim - 1). At run time
  /// only, which has the Gamma function.
  AnyExpr log_prob(const AnyExpr& v) const override;

 private:
  constexpr const AnyExpr& fitting(const AnyExpr& v) const {
    if (v.shape().rank != 2 || v.shape()[1] != dim)
      graph_error("UniformHypersphere: the model's examples are no vectors of its dim");
    return v;
  }
};

/// One of several classes, one-hot, with given probabilities: noise for examples that are words of
/// a vocabulary (Mnih and Teh 2012). Pylearn2's.
///
///     Multinomial({.2, .5, .3})
class Multinomial : public Distribution {
 public:
  static constexpr const char* yaml = "pylearn2.distributions.multinomial.Multinomial";
  static constexpr const char* doc = "one of several classes, as a one-hot vector";
  ir::List<double> pi;
  bool renormalize = false;
  Seed rng;

  constexpr Multinomial() {}
  constexpr Multinomial(std::initializer_list<double> probabilities) {
    for (const double p : probabilities) pi.push_back(p);
  }
  constexpr ~Multinomial() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("pi", &Multinomial::pi, "the probability of each class").at_least(0);
    key("renormalize", &Multinomial::renormalize, "whether pi is divided by its sum");
    key("rng", &Multinomial::rng, "accepted and ignored: draws depend on the seed of the job");
  }
  /// KeyFaults: no class, or probabilities whose sum is not 1 and may not be made 1.
  void check() const;

  constexpr AnyExpr sample_like(const AnyExpr& v) const override {
    return multinomial(0 * v + probabilities(v));
  }
  constexpr AnyExpr log_prob(const AnyExpr& v) const override {
    return log(sum(v * probabilities(v), units));
  }

 private:
  constexpr AnyExpr probabilities(const AnyExpr& v) const {
    const int classes = pi.size();
    if (v.shape().rank != 2 || v.shape()[1] != classes)
      graph_error("Multinomial: the model's examples are no vectors of as many numbers as pi has");
    double total = 0;
    for (const double p : pi) total += p;
    ir::List<double> shares;
    for (const double p : pi) shares.push_back(p / total);
    return AnyExpr(ir::make_constant(ir::make_shape(classes), shares.data(), classes));
  }
};

}  // namespace ansatz
