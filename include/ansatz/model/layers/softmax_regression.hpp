// SoftmaxRegression: an MLP of one Softmax layer.
#pragma once

#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>

namespace ansatz {

/// Multinomial logistic regression: an MLP whose only layer is a Softmax named "y".
///
///     SoftmaxRegression(VectorSpace(784_c), 10_c, irange(0.))
template <class In = AnySpace, int N = any>
class SoftmaxRegression : public MLPBase, public Weights {
 public:
  static constexpr const char* yaml = "pylearn2.models.softmax_regression.SoftmaxRegression";
  static constexpr const char* doc = "multinomial logistic regression";
  Size<N> n_classes;
  std::optional<double> b_lr_scale;
  Shared<Dataset> init_bias_target_marginals;

  constexpr SoftmaxRegression() = default;
  template <class D, KeyOf<SoftmaxRegression>... O>
  constexpr SoftmaxRegression(const In& in, D classes, const O&... options) : n_classes(classes) {
    space = space_info(in);
    give(*this, options...);
    make_layer();
    (void)places(root());
  }
  // Makes its layer here, where keys that were set one by one are complete.
  constexpr SoftmaxRegression(const SoftmaxRegression& other)
      : MLPBase(other),
        Weights(other),
        n_classes(other.n_classes),
        b_lr_scale(other.b_lr_scale),
        init_bias_target_marginals(other.init_bias_target_marginals) {
    make_layer();
  }
  constexpr SoftmaxRegression& operator=(const SoftmaxRegression&) = default;

  template <class K>
  static constexpr void keys(K& key) {
    key.required("n_classes", &SoftmaxRegression::n_classes, "number of classes").at_least(1);
    key("batch_size", &MLPBase::fixed_batch_size, "every batch has this many examples; 0: any")
        .at_least(1);
    key("input_space", &MLPBase::space, "Space of one example");
    key("nvis", &MLPBase::nvis, "short for input_space: VectorSpace(nvis)").at_least(1);
    weight_keys(key);
    key("b_lr_scale", &SoftmaxRegression::b_lr_scale, "factor of the learning rate for the biases")
        .at_least(0);
    key("init_bias_target_marginals", &SoftmaxRegression::init_bias_target_marginals,
        "data set whose class frequencies give the first biases");
    key("seed", &MLPBase::seed, "of the first parameter values; default [2013, 1, 4]");
  }

  /// Makes the layer of the keys as they are now.
  constexpr void make_layer() {
    Softmax<N> y;
    static_cast<Weights&>(y) = *this;
    y.layer_name = "y";
    y.n_classes = n_classes;
    y.b_lr_scale = b_lr_scale;
    y.init_bias_target_marginals = init_bias_target_marginals;
    layers.clear();
    layers.push_back(Shared<Layer>(y));
  }
};
template <class In, class D, class... O>
SoftmaxRegression(In, D, O...) -> SoftmaxRegression<In, ir::dim_of<D>()>;

}  // namespace ansatz
