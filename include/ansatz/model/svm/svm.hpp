// DenseMulticlassSVM: a linear support vector machine, one class against the rest.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/model/self_training.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/linear/matmul.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// For each class, w and b that make |w|^2 / 2 + C sum_i max(0, 1 - y_i (x_i w + b)) smallest, y
/// being 1 for examples of the class and -1 for the others: by sequential minimal optimisation on
/// the dual problem (Platt 1998), the pair of examples chosen by second-order information (Fan,
/// Chen, Lin 2005), until its conditions hold to `tol`. The decision function x W + b is its
/// output; the largest of an example is its class. Memory: the products of up to 4,096 examples
/// with all of them. As scikit-learn's SVC in OneVsRestClassifier, which Pylearn2 wraps; kernels
/// other than the linear one are not there.
///
///     Train(data, DenseMulticlassSVM(1., 64, 10))
class DenseMulticlassSVM : public SelfTrainingModel {
 public:
  static constexpr const char* yaml = "pylearn2.models.svm.DenseMulticlassSVM";
  static constexpr const char* doc = "a linear support vector machine, one class against the rest";
  double C = 1;
  int nvis = 0, n_classes = 0;
  String kernel = "rbf";
  double gamma = 1, coef0 = 1, tol = 1e-3;
  int degree = 3;

  constexpr DenseMulticlassSVM() {}
  /// With the linear kernel.
  template <KeyOf<DenseMulticlassSVM>... O>
  constexpr DenseMulticlassSVM(double cost, int features, int classes, const O&... options)
      : C(cost), nvis(features), n_classes(classes), kernel("linear") {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = DenseMulticlassSVM;
    key.required("C", &Self::C, "factor of the hinges").above(0);
    key.required("nvis", &Self::nvis, "features of an example").at_least(1);
    key.required("n_classes", &Self::n_classes, "number of classes").at_least(2);
    key("kernel", &Self::kernel, "must be 'linear'");
    key("gamma", &Self::gamma, "of other kernels: ignored");
    key("coef0", &Self::coef0, "of other kernels: ignored");
    key("degree", &Self::degree, "of other kernels: ignored");
    key("tol", &Self::tol, "how far the conditions of the optimum may be violated").above(0);
  }
  void check() const;

  constexpr AnyExpr W() const { return parameter_leaf("W", ir::make_shape(nvis, n_classes)); }
  constexpr AnyExpr b() const { return parameter_leaf("b", ir::make_shape(n_classes)); }
  constexpr SpaceInfo input_space() const override { return vector_space(nvis); }
  constexpr SpaceInfo target_space() const override { return index_space(n_classes); }
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    list.push_back({"W", W()});
    list.push_back({"b", b()});
  }
  using Model::parameters;
  constexpr Signal output(const Signal& input) const override {
    return Signal(vector_space(n_classes),
                  matmul(format_as(input, input_space()).value(), W()) + b());
  }
  constexpr void functions(const Data& data, FunctionList& list) const override {
    Model::functions(data, list);
  }
  std::unique_ptr<ModelRun> start(Session& session) const override;
};

}  // namespace ansatz
