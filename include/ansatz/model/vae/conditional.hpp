// Conditional: p(a | b), whose parameters an MLP computes from b
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/keys.hpp>
#include <ansatz/model/layers/linear.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/model/vae/prior.hpp>
#include <dsl/ops/activation/sigmoid.hpp>
#include <dsl/ops/activation/softplus.hpp>
#include <dsl/ops/random/bernoulli.hpp>
#include <dsl/ops/random/normal.hpp>
#include <dsl/ops/reduce/max.hpp>
#include <dsl/ops/reduce/min.hpp>
#include <dsl/ops/reduce/standard_deviation.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A distribution of a vector a given b, as Pylearn2's Conditional: a VAE has one of its inputs
/// given the hidden variables and one of the hidden variables given its inputs. An MLP, which is
/// told its input by the VAE, makes hidden layers of b; behind it stands one Linear layer for each
/// of the distribution's parameters ("heads": "mu", "log_sigma"), whose weights are uniform in
/// [-.01, .01) at first, unless output_layer_required is false: then the MLP's own output is they.
/// Names of parameters begin with `name`: "posterior_h_W", "posterior_mu_W".
class Conditional : public Object {
 public:
  static constexpr const char* kind_name = "conditional distribution";
  static constexpr bool outlives_faults = true;
  /// The distribution's parameters, each [batch, ndim].
  using Parameters = ir::List<AnyExpr>;

  String name;
  Shared<MLPBase> hidden_layers;
  bool output_layer_required = true;

  template <class K>
  static constexpr void keys(K& key) {
    key.required("mlp", &Conditional::hidden_layers,
                 "layers from what is given; the input is not said (no nvis, no input_space)");
    key.required("name", &Conditional::name, "what the names of its parameters begin with");
    key("output_layer_required", &Conditional::output_layer_required,
        "whether a layer for the distribution's parameters is put upon the MLP; else its output "
        "must be they");
  }
  /// Throws an error unless the MLP may stand here.
  void check() const;

  constexpr virtual int heads() const = 0;
  constexpr virtual const char* head(int i) const = 0;
  /// E(a | b)
  constexpr virtual AnyExpr expectation(const Parameters&) const = 0;
  /// a given b, drawn anew at every call.
  constexpr virtual AnyExpr sample(const Parameters&) const = 0;
  /// Whether a can be drawn as a function of noise that has no parameters, through which gradients
  /// pass (the reparametrisation of Kingma and Welling 2014): a posterior must.
  constexpr virtual bool reparametrised() const { return false; }
  constexpr virtual AnyExpr sample(const Parameters& parameters, const AnyExpr& /*epsilon*/) const {
    graph_error("this distribution cannot be drawn by the reparametrisation trick");
    return parameters[0];
  }
  /// log p(a | b), [batch].
  constexpr virtual AnyExpr log_probability(const AnyExpr& a, const Parameters&) const = 0;
  constexpr virtual void channels(const Parameters&, ChannelList&) const {}

  /// The parameters of the distribution of a vector of `ndim` numbers, given b.
  constexpr Parameters encode(const Signal& b, int ndim) const {
    const Place at = place(b.space, b.training);
    const Signal h = hidden_layers->fprop(at, b);
    Parameters found;
    if (output_layer_required) {
      for (int i = 0; i < heads(); ++i) {
        const Place top = above(at);
        found.push_back(layer(i, ndim).fprop(top, h).value());
      }
      return found;
    }
    const bool one = heads() == 1 && h.space == vector_space(ndim);
    bool several = h.space.kind == SpaceKind::composite && h.space.components.size() == heads();
    if (several)
      for (const SpaceInfo& each : h.space.components)
        several = several && each == vector_space(ndim);
    if (!one && !several) {
      String text = name + ": the MLP gives " + to_text(h.space) + ", but its output must be ";
      for (int i = 0; i < heads(); ++i) {
        if (i > 0) text += " and ";
        text += String(head(i)) + ", VectorSpace(" + to_text(ndim).view() + ")";
      }
      graph_error(text.c_str());
    }
    return h.values;
  }

  constexpr void parameters(const SpaceInfo& b, int ndim, ir::List<ModelParameter>& list) const {
    const Place at = place(b);
    hidden_layers->parameters(at, list);
    if (!output_layer_required) return;
    for (int i = 0; i < heads(); ++i) layer(i, ndim).parameters(above(at), list);
  }
  void initialize(const SpaceInfo& b, int ndim, InitialValues& values, RandomState& rng) const;
  constexpr void modify_updates(const SpaceInfo& b, UpdateList& updates) const {
    hidden_layers->modify_updates(place(b), updates);
  }
  constexpr void weights(const SpaceInfo& b, int ndim, ir::List<ModelWeights>& list) const {
    const Place at = place(b);
    const ir::List<Place> places = hidden_layers->places(at);
    for (int i = 0; i < places.size(); ++i) {
      const Layer& each = hidden_layers->layer(i);
      each.weights(places[i], name + "." + each.layer_name, list);
    }
    if (!output_layer_required) return;
    for (int i = 0; i < heads(); ++i) layer(i, ndim).weights(above(at), name + "." + head(i), list);
  }

 private:
  constexpr Place place(const SpaceInfo& b, bool training = false) const {
    return {b, name + "_", {}, training};
  }
  constexpr Place above(const Place& at) const {
    return {hidden_layers->output_space(at.input), at.prefix, {}, at.training};
  }
  constexpr Linear<any> layer(int i, int ndim) const {
    Linear<any> made;
    made.layer_name = head(i);
    made.dim = Size<any>(ndim);
    made.irange = .01;
    return made;
  }
};

/// a_i is 1 with probability mu_i = sigmoid(s_i(b)), independently; s is the only parameter, called
/// "mu" as in Pylearn2.
class BernoulliVector : public Conditional {
 public:
  static constexpr const char* yaml = "pylearn2.models.vae.conditional.BernoulliVector";
  static constexpr const char* doc = "bits that are independent given what an MLP is fed";

  constexpr BernoulliVector() {}
  constexpr ~BernoulliVector() override {}
  template <class M, KeyOf<BernoulliVector>... O>
    requires std::is_base_of_v<MLPBase, M>
  constexpr BernoulliVector(const char* called, const M& layers, const O&... options) {
    name = called;
    hidden_layers = Shared<MLPBase>(layers);
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    Conditional::keys(key);
  }
  constexpr int heads() const override { return 1; }
  constexpr const char* head(int) const override { return "mu"; }
  constexpr AnyExpr expectation(const Parameters& p) const override { return sigmoid(p[0]); }
  using Conditional::sample;
  constexpr AnyExpr sample(const Parameters& p) const override { return bernoulli(sigmoid(p[0])); }
  constexpr AnyExpr log_probability(const AnyExpr& a, const Parameters& p) const override {
    return -sum(a * softplus(-p[0]) + (1 - a) * softplus(p[0]), axis<0>);
  }
};

/// a_i is normal with mean mu_i(b) and standard deviation e^(log_sigma_i(b)), independently.
/// Channels: <name>_sigma_{min,max,mean,std}, over the examples and their numbers.
class DiagonalGaussian : public Conditional {
 public:
  static constexpr const char* yaml = "pylearn2.models.vae.conditional.DiagonalGaussian";
  static constexpr const char* doc =
      "numbers that are normal and independent given what an MLP is fed";

  constexpr DiagonalGaussian() {}
  constexpr ~DiagonalGaussian() override {}
  template <class M, KeyOf<DiagonalGaussian>... O>
    requires std::is_base_of_v<MLPBase, M>
  constexpr DiagonalGaussian(const char* called, const M& layers, const O&... options) {
    name = called;
    hidden_layers = Shared<MLPBase>(layers);
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    Conditional::keys(key);
  }
  constexpr int heads() const override { return 2; }
  constexpr const char* head(int i) const override { return i == 0 ? "mu" : "log_sigma"; }
  constexpr AnyExpr expectation(const Parameters& p) const override { return p[0]; }
  constexpr bool reparametrised() const override { return true; }
  constexpr AnyExpr sample(const Parameters& p) const override {
    return sample(p, normal_like(p[0]));
  }
  constexpr AnyExpr sample(const Parameters& p, const AnyExpr& epsilon) const override {
    return p[0] + exp(p[1]) * epsilon;
  }
  constexpr AnyExpr log_probability(const AnyExpr& a, const Parameters& p) const override {
    return -0.5 * sum(log_two_pi + 2 * p[1] + square((a - p[0]) / exp(p[1])), axis<0>);
  }
  constexpr void channels(const Parameters& p, ChannelList& list) const override {
    const AnyExpr sigma = exp(p[1]);
    list.add(name + "_sigma_min", min(sigma));
    list.add(name + "_sigma_max", max(sigma));
    list.add(name + "_sigma_mean", mean(sigma));
    list.add(name + "_sigma_std", standard_deviation(sigma));
  }
};

}  // namespace ansatz
