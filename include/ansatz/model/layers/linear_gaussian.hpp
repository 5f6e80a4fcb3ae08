// LinearGaussian: t ~ N(y, 1 / beta), y = x W + b
#pragma once

#include <ansatz/model/layers/linear.hpp>
#include <ansatz/spaces/format_as.hpp>

namespace ansatz {

/// A linear layer with a learned precision of each output, "<layer>_beta" [units] > 0. Its cost is
/// -log p(t | x) but for a constant: the mean over the batch of 1/2 sum_j beta_j (t_j - y_j)^2,
/// less 1/2 sum_j log beta_j. After each update beta is limited to [min_beta, max_beta].
template <int N = any>
class LinearGaussian : public Linear<N> {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.LinearGaussian";
  static constexpr const char* doc = "affine layer with a Gaussian likelihood of its targets";
  Numbers init_beta;
  double min_beta = 0, max_beta = 0;
  std::optional<double> beta_lr_scale;

  constexpr LinearGaussian() = default;
  template <class D, KeyOf<LinearGaussian>... O>
  constexpr LinearGaussian(const char* name, D size, const O&... options) : Linear<N>(name, size) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    Linear<N>::keys(key);
    key.required("init_beta", &LinearGaussian::init_beta,
                 "first precisions, above 0: one, or one a unit");
    key.required("min_beta", &LinearGaussian::min_beta, "precisions are at least this, above 0")
        .not_above("max_beta");
    key.required("max_beta", &LinearGaussian::max_beta, "precisions are at most this")
        .or_infinity();
    key("beta_lr_scale", &LinearGaussian::beta_lr_scale,
        "factor of the learning rate for the precisions");
  }

  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    if (!(min_beta > 0 && max_beta >= min_beta))
      this->refuse("min_beta must be above 0, and max_beta at least that");
    for (double beta : init_beta.list)
      if (!(beta > 0)) this->refuse("init_beta must be above 0");
    const int betas = init_beta.list.size();
    if (betas != 1 && betas != this->units())
      this->refuse("init_beta has " + to_text(betas) + " numbers; give one, or " +
                   to_text(this->units()) + ", one a unit");
    if (this->copy_input) this->refuse("copy_input has no meaning here");
    return Linear<N>::output_space(input);
  }
  constexpr AnyExpr beta(const Place& at) const {
    return parameter_leaf(this->own(at, "beta"), ir::make_shape(this->units()));
  }

  constexpr void parameters(const Place& at, ir::List<ModelParameter>& list) const override {
    Linear<N>::parameters(at, list);
    this->add_parameter(list, this->own(at, "beta"), beta(at), beta_lr_scale);
  }
  void initialize(const Place& at, InitialValues& values, RandomState& rng) const override {
    Linear<N>::initialize(at, values, rng);
    set_numbers(init_beta, "init_beta", this->layer_name, this->own(at, "beta"), this->units(),
                values);
  }
  constexpr void modify_updates(const Place& at, UpdateList& updates) const override {
    Linear<N>::modify_updates(at, updates);
    if (AnyExpr* next = updates.find(this->own(at, "beta")))
      *next = clip(*next, this->setting(at, "min_beta", min_beta),
                   this->setting(at, "max_beta", max_beta));
  }

  constexpr AnyExpr cost(const Place& at, const Signal& targets,
                         const Signal& output) const override {
    return mean(weighted(at, targets, output)) - 0.5 * sum(log(beta(at)));
  }
  constexpr AnyExpr cost_per_example(const Place& at, const Signal& targets,
                                     const Signal& output) const override {
    return weighted(at, targets, output) - 0.5 * sum(log(beta(at)));
  }
  constexpr AnyExpr cost_matrix(const Place& at, const Signal& targets,
                                const Signal& output) const override {
    return 0.5 * (error_square(targets, output) * beta(at) - log(beta(at)));
  }

  constexpr void channels(const Place& at, const Signal& below, const Signal& output,
                          const Signal* targets, ChannelList& list) const override {
    Linear<N>::channels(at, below, output, targets, list);
    list.add("beta_min", min(beta(at)));
    list.add("beta_mean", mean(beta(at)));
    list.add("beta_max", max(beta(at)));
    if (targets) list.add("mse", mean(error_square(*targets, output)), "mean squared error");
  }

 private:
  static constexpr AnyExpr error_square(const Signal& targets, const Signal& output) {
    return square(format_as(targets, output.space).value() - output.value());
  }
  constexpr AnyExpr weighted(const Place& at, const Signal& targets, const Signal& output) const {
    return 0.5 * sum(error_square(targets, output) * beta(at), axis<0>);
  }
};
template <class D, class... O>
LinearGaussian(const char*, D, O...) -> LinearGaussian<ir::dim_of<D>()>;

}  // namespace ansatz
