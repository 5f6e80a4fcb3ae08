// KMeans: means of clusters.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/model/self_training.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/arithmetic/maximum.hpp>
#include <dsl/ops/arithmetic/sqrt.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/linear/matmul.hpp>
#include <dsl/ops/reduce/mean.hpp>
#include <dsl/ops/reduce/sum.hpp>
#include <dsl/ops/view/transpose.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Lloyd's algorithm (1982): each mean becomes that of the examples nearest to it, until the mean
/// squared distance changes by less than convergence_th or max_iter passes are made. It begins with
/// k random examples. A mean to which none is nearest becomes that of the 5 examples farthest from
/// theirs; 4, if it has none again, and so on, and 50 after 1. An epoch is a pass, so that a run
/// can be interrupted and resumed. Pylearn2's KMeans.
///
/// As a block it gives, for each mean, the squared distance divided by the sum of all of them; with
/// code "triangle" max(0, average distance - distance), what Coates, Lee and Ng (2011) encode by.
///
///     Train(data, KMeans(1600, 108))
class KMeans : public SelfTrainingModel {
 public:
  static constexpr const char* yaml = "pylearn2.models.kmeans.KMeans";
  static constexpr const char* doc = "means of clusters";
  static constexpr const char* also[] = {"pylearn2.kmeans.KMeans"};
  int k = 0, nvis = 0;
  double convergence_th = 1e-6;
  std::optional<int> max_iter;
  bool verbose = false;
  Seed seed;
  String code = "distances";

  constexpr KMeans() {}
  template <KeyOf<KMeans>... O>
  constexpr KMeans(int means, int features, const O&... options) : k(means), nvis(features) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("k", &KMeans::k, "number of means").at_least(1);
    key.required("nvis", &KMeans::nvis, "features of an example").at_least(1);
    key("convergence_th", &KMeans::convergence_th,
        "a smaller change of the mean squared distance ends it")
        .at_least(0);
    key("max_iter", &KMeans::max_iter, "most passes; default: no limit").at_least(1);
    key("verbose", &KMeans::verbose, "tells the mean squared distance of each pass");
    key("seed", &KMeans::seed, "of the choice of the first means; default 42");
    key("code", &KMeans::code, "what it makes of examples: 'distances' or 'triangle'");
  }
  void check() const;

  constexpr AnyExpr mu() const { return parameter_leaf("mu", ir::make_shape(k, nvis)); }
  constexpr SpaceInfo input_space() const override { return vector_space(nvis); }
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    list.push_back({"mu", mu()});
  }
  using Model::parameters;
  constexpr Signal output(const Signal& input) const override {
    const AnyExpr x = format_as(input, input_space()).value();
    // The formula's rounding may go below 0.
    const AnyExpr squares = maximum(sum(square(x), axis<0>, keep_axes) -
                                        2 * matmul(x, transpose(mu())) + sum(square(mu()), axis<1>),
                                    0.);
    if (code == "triangle") {
      const AnyExpr distances = sqrt(squares);
      return Signal(vector_space(k), maximum(mean(distances, axis<0>, keep_axes) - distances, 0.));
    }
    return Signal(vector_space(k), squares / maximum(sum(squares, axis<0>, keep_axes), 1e-30));
  }
  constexpr void functions(const Data& data, FunctionList& list) const override {
    Model::functions(data, list);
  }
  std::unique_ptr<ModelRun> start(Session& session) const override;
};

}  // namespace ansatz
