// A small RBM, whose likelihood can be computed by enumeration, and contrastive divergence.
#pragma once

#include <ansatz/cost/surrogate_cost.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/job/dataset.hpp>
#include <dsl/ops.hpp>

#include <cmath>
#include <vector>

namespace ansatz::testing {

/// A binary RBM (Smolensky 1986): F(v) = -v b - sum_j log(1 + e^(v W + c)_j).
/// Parameters W [nvis, nhid], c [nhid], b [nvis]. Functions beside "predict": "reconstruct".
struct SmallRbm : Model {
  int nvis = 6, nhid = 4;

  constexpr AnyExpr W() const { return parameter_leaf("W", ir::make_shape(nvis, nhid)); }
  constexpr AnyExpr c() const { return parameter_leaf("c", ir::make_shape(nhid)); }
  constexpr AnyExpr b() const { return parameter_leaf("b", ir::make_shape(nvis)); }

  constexpr AnyExpr hidden(const AnyExpr& v) const { return sigmoid(matmul(v, W()) + c()); }
  constexpr AnyExpr visible(const AnyExpr& h) const {
    return sigmoid(matmul(h, transpose(W())) + b());
  }
  /// [examples] or [chains]
  constexpr AnyExpr free_energy(const AnyExpr& v) const {
    return -sum(v * b(), axis<0>) - sum(softplus(matmul(v, W()) + c()), axis<0>);
  }
  /// A step of Gibbs sampling.
  constexpr AnyExpr gibbs(const AnyExpr& v) const {
    const AnyExpr h = bernoulli(hidden(v));
    return bernoulli(visible(h));
  }

  constexpr SpaceInfo input_space() const override { return vector_space(nvis); }
  constexpr Signal output(const Signal& v) const override {
    return Signal(vector_space(nhid), hidden(v.value()));
  }
  using Model::parameters;
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    list.push_back({"W", W()});
    list.push_back({"c", c()});
    list.push_back({"b", b()});
  }
  void initialize(InitialValues& values) const override {
    std::vector<double> w;
    for (int i = 0; i < nvis * nhid; ++i) w.push_back(.1 * std::sin(1 + 3. * i));
    values.set("W", w.data(), nvis * nhid);
    values.fill("c", 0);
    values.fill("b", 0);
  }
  constexpr void functions(const Data& data, FunctionList& list) const override {
    Model::functions(data, list);
    list.add("reconstruct", [&] {
      Function f;
      f.add(ansatz::output("v", visible(hidden(data["features"].value()))));
      return f;
    });
  }
};

/// CD-1 (Hinton 2002). Channel: reconstruction_error.
struct ContrastiveDivergence : SurrogateCost {
  constexpr bool is_stochastic() const override { return true; }
  constexpr AnyExpr surrogate(const Model& model, const Data& data, UpdateList&) const override {
    const auto& rbm = static_cast<const SmallRbm&>(model);
    const AnyExpr v = data["features"].value(), sample = stop_gradient(rbm.gibbs(v));
    return mean(rbm.free_energy(v) - rbm.free_energy(sample));
  }
  constexpr void channels(const Model& model, const Data& data, ChannelList& list) const override {
    const auto& rbm = static_cast<const SmallRbm&>(model);
    const AnyExpr v = data["features"].value();
    list.add("reconstruction_error", mean(sum(square(v - rbm.visible(rbm.hidden(v))), axis<0>)));
  }
};

/// The first or the second half of the pixels is on: likelihood 1/2 each, at best.
struct Halves : Dataset {
  int nvis = 6, rows = 40;
  constexpr SpaceInfo source_space(std::string_view source) const override {
    return source == "features" ? vector_space(nvis) : SpaceInfo();
  }
  std::shared_ptr<const Table> load() const override {
    std::vector<double> v;
    for (int i = 0; i < rows; ++i)
      for (int k = 0; k < nvis; ++k) v.push_back((2 * k < nvis) == (i % 3 != 1 && i % 7 != 2));
    Dims one;
    one.push_back(nvis);
    std::vector<Column> columns{number_column("features", v, one)};
    return std::make_shared<const Table>(std::move(columns));
  }
};

}  // namespace ansatz::testing
