// GSN: layers of units that are drawn in turns, given their neighbours, with noise
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/model_as.hpp>
#include <ansatz/model/autoencoder/autoencoder.hpp>
#include <ansatz/model/model_inside.hpp>
#include <dsl/ops/constant/full.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What is done to the numbers of a layer: a corruptor, or nothing.
struct LayerNoise {
  Shared<Corruptor> corruptor;
  constexpr LayerNoise() {}
  template <class C>
    requires std::is_base_of_v<Corruptor, C>
  constexpr LayerNoise(const C& c) : corruptor(c) {}
  constexpr AnyExpr operator()(const AnyExpr& x) const {
    if (corruptor) return corruptor->corrupt(x);
    return x;
  }
};
template <class Value>
bool read_value(const Value& from, LayerNoise& to) {
  to = {};
  return from.is_null() || read_value(from, to.corruptor);
}
inline void write_value(Describer& to, const LayerNoise& noise) {
  if (!noise.corruptor) return to.null();
  to.object(noise.corruptor.get());
}
inline const char* value_type(const LayerNoise*) { return "corruptor, or null"; }

/// What is known of a layer before the first step of a GSN.
struct LayerValue {
  int layer = 0;
  AnyExpr value;
};

/// A generative stochastic network (Bengio, Thibodeau-Laufer, Alain and Yosinski 2014): layers 0 to
/// n, of which two neighbours are connected by an autoencoder, its inputs and its code. A step
/// computes the even layers from the odd ones, then the odd ones from the even: the sum of what
/// both neighbours give, `preact_cors`, the activation; between the two `layer_samplers` and
/// `postact_cors` are applied to what was computed. The activation of layer 0 is the first
/// decoder's, of any other the encoder's below it. At first layers that are not given are 0, and
/// the odd ones are computed from those. GSNCost trains it.
///
///     GSN({Autoencoder(…), Autoencoder(…)}, …)
///
/// Parameters are the autoencoders', under names that begin with "ae0_", "ae1_", …. "predict",
/// "encode" and "decode" are without noise, of n steps; "sample" is layer 0 after n steps with it.
class GSN : public AbstractAutoencoder {
 public:
  static constexpr const char* yaml = "pylearn2.models.gsn.GSN";
  static constexpr const char* doc = "generative stochastic network";
  ir::List<Shared<Model>> autoencoders;
  ir::List<LayerNoise> preact_cors, postact_cors, layer_samplers;

  constexpr GSN() {}
  constexpr ~GSN() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("autoencoders", &GSN::autoencoders, "the autoencoders, from the input up");
    key("preact_cors", &GSN::preact_cors,
        "for each layer, from the input up: noise on what its activation is computed of");
    key("postact_cors", &GSN::postact_cors, "for each layer: noise on its activation");
    key("layer_samplers", &GSN::layer_samplers,
        "for each layer: how it is drawn of its activation, before that noise");
  }
  /// KeyFaults: none, other models, ones that do not fit, lists of another length.
  void check() const;

  /// The autoencoder between layers i and i + 1.
  constexpr virtual Shared<Model> part(int i) const {
    if (i < 0 || i >= autoencoders.size()) return no_part();
    return autoencoders[i];
  }
  constexpr virtual int parts() const { return autoencoders.size(); }
  constexpr int layers() const { return parts() + 1; }
  constexpr SpaceInfo space_of(int layer) const {
    const Shared<Model> below = part(layer == 0 ? 0 : layer - 1);
    if (layer == 0) return autoencoder(*below).input_space();
    return autoencoder(*below).code_space();
  }

  /// The layers after each step, before they are drawn and spoiled.
  /// @param noise  whether they are
  constexpr ir::List<ir::List<AnyExpr>> run(const ir::List<LayerValue>& given, int steps,
                                            bool noise = true) const {
    ir::List<AnyExpr> now;
    for (int i = 0; i < layers(); ++i) now.push_back(nothing(given[0].value, i));
    for (const LayerValue& each : given) now[each.layer] = each.value;
    for (int i = 1; i < layers(); i += 2) {
      bool known = false;
      for (const LayerValue& each : given) known = known || each.layer == i;
      if (!known) now[i] = activated(now, i, noise);
    }
    ir::List<ir::List<AnyExpr>> history;
    if (noise)
      for (int i = 0; i < layers(); ++i) now[i] = spoiled(now[i], i);
    for (int step = 0; step < steps; ++step) {
      ir::List<AnyExpr> clean = now;
      for (const int first : {0, 1}) {
        for (int i = first; i < layers(); i += 2) clean[i] = activated(now, i, noise);
        for (int i = first; i < layers(); i += 2) now[i] = noise ? spoiled(clean[i], i) : clean[i];
      }
      history.push_back(clean);
    }
    return history;
  }
  /// Layer `wanted` after as many steps as there are autoencoders, `layer` being given.
  constexpr AnyExpr after_steps(int layer, const AnyExpr& x, int wanted, bool noise) const {
    ir::List<LayerValue> given;
    given.push_back({layer, x});
    return run(given, parts(), noise).back()[wanted];
  }

  constexpr SpaceInfo input_space() const override { return space_of(0); }
  constexpr SpaceInfo code_space() const override { return space_of(parts()); }
  constexpr SpaceInfo target_space() const override { return code_space(); }
  constexpr AnyExpr encode(const AnyExpr& x) const override {
    return after_steps(0, x, parts(), false);
  }
  constexpr AnyExpr decode(const AnyExpr& h) const override {
    return after_steps(parts(), h, 0, false);
  }
  /// As it is trained: with noise.
  constexpr AnyExpr reconstruct(const AnyExpr& x) const override {
    return after_steps(0, x, 0, true);
  }
  constexpr Signal output(const Signal& x) const override {
    return Signal(input_space(), after_steps(0, read(x), 0, false));
  }
  constexpr void functions(const Data& data, FunctionList& list) const override {
    AbstractAutoencoder::functions(data, list);
    list.add("sample", [&] {
      Function f;
      const AnyExpr x = after_steps(0, read(data[input_source()]), 0, true);
      f.add(ansatz::output("x", at_most(layer_samplers, 0)(x)));
      return f;
    });
  }

  using Model::parameters;
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    for (int i = 0; i < parts(); ++i) {
      const Shared<Model> each = part(i);
      ModelInside(*each, prefix(i)).parameters(list);
    }
  }
  void initialize(InitialValues& values) const override;
  constexpr void modify_updates(UpdateList& updates) const override {
    for (int i = 0; i < parts(); ++i) {
      const Shared<Model> each = part(i);
      ModelInside(*each, prefix(i)).modify_updates(updates);
    }
  }
  constexpr void weights(ir::List<ModelWeights>& list) const override {
    for (int i = 0; i < parts(); ++i) {
      const Shared<Model> each = part(i);
      ModelInside(*each, prefix(i)).weights("ae" + to_text(i), list);
    }
  }

 protected:
  static constexpr Shared<Model> no_part() {
    graph_error("a GSN needs at least two layers, and autoencoders between them");
    return nullptr;
  }
  static constexpr String prefix(int i) { return "ae" + to_text(i) + "_"; }

 private:
  static constexpr const Autoencoder& autoencoder(const Model& model) {
    const Autoencoder* const found = model_as<Autoencoder>(model);
    if (!found) graph_error("a GSN is made of Autoencoders");
    return *found;
  }
  static constexpr LayerNoise at_most(const ir::List<LayerNoise>& of_layers, int i) {
    if (i < of_layers.size()) return of_layers[i];
    return {};
  }
  constexpr AnyExpr spoiled(const AnyExpr& x, int i) const {
    return at_most(postact_cors, i)(at_most(layer_samplers, i)(x));
  }
  // Zeros, as many rows as `like` has.
  constexpr AnyExpr nothing(const AnyExpr& like, int layer) const {
    const AnyExpr rows = sum(0 * like, units, keep_axes);
    return rows + AnyExpr(zeros(VectorSpace(space_of(layer).total_dimension())));
  }
  constexpr AnyExpr activated(const ir::List<AnyExpr>& now, int i, bool noise) const {
    AnyExpr z;
    Activation act;
    if (i > 0) {
      const Shared<Model> below = part(i - 1);
      const Autoencoder& each = autoencoder(*below);
      act = each.act_enc;
      z = ModelInside(*below, prefix(i - 1)).here(each.hidden_input(now[i - 1]), now[i - 1]);
    }
    if (i < parts()) {
      const Shared<Model> above = part(i);
      const Autoencoder& each = autoencoder(*above);
      if (i == 0) act = each.act_dec;
      const AnyExpr from_above =
          ModelInside(*above, prefix(i))
              .here(each.visible_input(now[i + 1], each.tied_weights), now[i + 1]);
      z = i == 0 ? from_above : z + from_above;
    }
    if (noise) z = at_most(preact_cors, i)(z);
    return act(z);
  }
};

/// A GSN by the sizes of its layers: GSN.new of Pylearn2. The autoencoders are Autoencoder's with
/// its own first values.
class GSNOfSizes : public GSN {
 public:
  static constexpr const char* yaml = "pylearn2.models.gsn.GSN.new";
  static constexpr const char* doc = "a GSN by the sizes of its layers";
  ir::List<int> layer_sizes;
  ir::List<Activation> activation_funcs;
  bool tied = true;

  constexpr GSNOfSizes() {}
  constexpr ~GSNOfSizes() override {}
  template <class K>
  static constexpr void keys(K& key) {
    using Self = GSNOfSizes;
    key.required("layer_sizes", &Self::layer_sizes, "units of each layer, from the input up")
        .at_least(1);
    key.required("activation_funcs", &Self::activation_funcs, "activation of each layer");
    key.required("pre_corruptors", &GSN::preact_cors,
                 "for each layer: noise on what its activation is computed of, or null");
    key.required("post_corruptors", &GSN::postact_cors,
                 "for each layer: noise on its activation, or null");
    key.required("layer_samplers", &GSN::layer_samplers,
                 "for each layer: how it is drawn of its activation, or null");
    key("tied", &Self::tied, "whether weights down are those up, transposed");
  }
  /// KeyFaults: fewer than two layers, lists of another length.
  void check() const;
  constexpr int parts() const override { return layer_sizes.size() - 1; }
  constexpr Shared<Model> part(int i) const override {
    if (i < 0 || i >= parts() || i + 1 >= activation_funcs.size()) return no_part();
    Autoencoder each;
    each.nvis = layer_sizes[i];
    each.nhid = layer_sizes[i + 1];
    each.act_enc = activation_funcs[i + 1];
    each.act_dec = i == 0 ? activation_funcs[0] : activation_funcs[i + 1];
    each.tied_weights = tied;
    return Shared<Model>(each);
  }
};

/// A GSN of pairs of vectors, the second of which, such as a label, is its last layer. "predict" is
/// the last layer given the first, without noise; its upward pass as well.
class JointGSN : public GSN {
 public:
  static constexpr const char* yaml = "pylearn2.models.gsn.JointGSN";
  static constexpr const char* doc = "a GSN of pairs: its first and its last layer";

  constexpr JointGSN() {}
  constexpr ~JointGSN() override {}
  template <class K>
  static constexpr void keys(K& key) {
    GSN::keys(key);
  }
  constexpr Signal output(const Signal& x) const override {
    return Signal(code_space(), encode(read(x)));
  }
};

}  // namespace ansatz
