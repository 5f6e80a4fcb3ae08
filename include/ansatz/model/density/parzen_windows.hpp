// ParzenWindows: a density about every example
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/model/density/mnd.hpp>
#include <dsl/ops/reduce/log_sum_exp.hpp>
#include <dsl/ops/view/transpose.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The density whose windows are normal with standard deviation `sigma` about each of so many
/// samples (Parzen 1962), by which models that draw samples but know no likelihood are compared.
/// The samples are the first examples it is trained on. Its output is the logarithm of the density,
/// log (1 / n) sum_i N(x; s_i, sigma^2). Parameters samples [samples, nvis] and sigma.
/// Pylearn2's.
///
///     Train(drawn_by_a_model, ParzenWindows(784, 10000, .2))
class ParzenWindows : public SelfTrainingModel {
 public:
  static constexpr const char* yaml = "pylearn2.distributions.parzen.ParzenWindows";
  static constexpr const char* doc = "a density about every example";
  int nvis = 0, samples = 0;
  double sigma = 1;

  constexpr ParzenWindows() {}
  constexpr ParzenWindows(int features, int count, double deviation)
      : nvis(features), samples(count), sigma(deviation) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("nvis", &ParzenWindows::nvis, "features of an example").at_least(1);
    key.required("samples", &ParzenWindows::samples,
                 "how many samples there are: the first examples it is trained on")
        .at_least(1);
    key.required("sigma", &ParzenWindows::sigma, "standard deviation of each window").above(0);
  }

  constexpr AnyExpr centres() const {
    return parameter_leaf("samples", ir::make_shape(samples, nvis));
  }
  constexpr AnyExpr deviation() const { return parameter_leaf("sigma", ir::make_shape()); }
  constexpr SpaceInfo input_space() const override { return vector_space(nvis); }
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    list.push_back({"samples", centres()});
    list.push_back({"sigma", deviation()});
  }
  using Model::parameters;
  void initialize(InitialValues& values) const override {
    values.fill("samples", 0);
    values.fill("sigma", sigma);
  }

  constexpr AnyExpr log_prob(const AnyExpr& x) const {
    // Squared distances are differences of squares, which are small about the mean.
    const AnyExpr mean_of_samples = mean(centres(), axis<0>);
    const AnyExpr v = x - mean_of_samples, s = centres() - mean_of_samples;
    const AnyExpr near = matmul(v, transpose(s)) - .5 * sum(square(s), axis<1>);
    const AnyExpr precision = 1 / square(deviation());
    return log_sum_exp(precision * near, axis<0>, keep_axes) -
           .5 * precision * sum(square(v), axis<0>, keep_axes) - nvis * half_log_two_pi -
           nvis * log(deviation()) - log(constant(samples));
  }
  constexpr Signal output(const Signal& input) const override {
    return Signal(vector_space(1), log_prob(format_as(input, input_space()).value()));
  }
  constexpr void functions(const Data& data, FunctionList& list) const override {
    Model::functions(data, list);
  }
  std::unique_ptr<ModelRun> start(Session& session) const override;
};

}  // namespace ansatz
