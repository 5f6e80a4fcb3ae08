// Autoencoder: h = s(x W + hb), x' = t(h W' + vb)
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/linear/weights.hpp>
#include <ansatz/model/autoencoder/abstract_autoencoder.hpp>
#include <ansatz/model/autoencoder/activation.hpp>
#include <ansatz/model/corruption/corruptor.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// An autoencoder of one hidden layer, as Pylearn2's: encoder h = act_enc(x W + hb), decoder
/// act_dec(h W' + vb). With tied_weights W' is the transpose of W, else a parameter of its own.
/// Parameters, in this order: vb [nvis], hb [nhid], W [nvis, nhid], Wprime [nhid, nvis].
///
/// First values, drawn from RandomState(rng): W uniform in [-irange, irange), Wprime in
/// (-irange/2, irange/2], half the range, as Pylearn2 has it; with istdev both normal; biases 0.
///
/// With a `transform` W is what that makes of it, x W and h W^T its two products, and Wprime, of
/// the same shape as W, is used as W^T is: a convolutional autoencoder has an input_space that is
/// an image, and nhid counts all outputs.
///
///     Autoencoder(nvis(784), nhid(500), act_enc("tanh"), irange(.05))
class Autoencoder : public AbstractAutoencoder {
 public:
  static constexpr const char* yaml = "pylearn2.models.autoencoder.Autoencoder";
  static constexpr const char* doc = "autoencoder of one hidden layer";
  int nvis = 0, nhid = 0;
  SpaceInfo space;
  Activation act_enc, act_dec;
  bool tied_weights = false;
  std::optional<double> irange, istdev;
  Seed rng;
  Shared<LinearTransform> transform;

  constexpr Autoencoder() {}
  constexpr ~Autoencoder() override {}
  template <KeyOf<Autoencoder>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit Autoencoder(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key("nvis", &Autoencoder::nvis, "number of inputs").at_least(1);
    key("input_space", &Autoencoder::space, "Space of the inputs, in place of nvis")
        .not_with("nvis");
    key.required("nhid", &Autoencoder::nhid, "number of hidden units").at_least(1);
    key("act_enc", &Autoencoder::act_enc, "activation of the encoder; null: linear");
    key("act_dec", &Autoencoder::act_dec, "activation of the decoder; null: linear");
    key("tied_weights", &Autoencoder::tied_weights,
        "whether the decoder's weights are the encoder's, transposed");
    key("irange", &Autoencoder::irange,
        "weights are uniform in [-irange, irange) at first, the decoder's own in half of that; "
        "default 1e-3")
        .at_least(0)
        .one_way("how the weights begin");
    key("istdev", &Autoencoder::istdev, "they are normal, with this standard deviation")
        .at_least(0)
        .one_way("how the weights begin");
    key("rng", &Autoencoder::rng, "seed of the first values; default 9001");
    key("transform", &Autoencoder::transform, "how the weights are connected; default: a matrix");
  }
  /// KeyFaults: no inputs, or weights that cannot lie between them and the hidden units.
  void check() const;

  constexpr SpaceInfo input_space() const override {
    if (nvis > 0) return vector_space(nvis);
    return space;
  }
  constexpr SpaceInfo code_space() const override { return weights_at("W").between.output; }

  /// x W + hb
  constexpr AnyExpr hidden_input(const AnyExpr& x) const {
    return map()->lmul(named("W"), W(), x) + hidden_bias();
  }
  constexpr AnyExpr encode(const AnyExpr& x) const override { return act_enc(hidden_input(x)); }
  constexpr AnyExpr decode(const AnyExpr& h) const override {
    return act_dec(visible_input(h, tied_weights));
  }
  constexpr AnyExpr reconstruct_without_dec_acti(const AnyExpr& x) const override {
    return visible_input(encode(x), tied_weights);
  }
  /// h W' + vb
  constexpr AnyExpr visible_input(const AnyExpr& h, bool tied) const {
    if (tied) return map()->lmul_T(named("W"), W(), h) + visible_bias();
    if (transform) return map()->lmul_T(named("Wprime"), Wprime(), h) + visible_bias();
    return matmul(h, Wprime()) + visible_bias();
  }

  constexpr AnyExpr W() const { return parameter_leaf("W", weight_shape()); }
  constexpr AnyExpr Wprime() const { return parameter_leaf("Wprime", decoder_shape()); }
  constexpr AnyExpr hidden_bias() const { return parameter_leaf("hb", code_space().shape); }
  constexpr AnyExpr visible_bias() const { return parameter_leaf("vb", input_space().shape); }

  using Model::parameters;
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    list.push_back({"vb", visible_bias()});
    list.push_back({"hb", hidden_bias()});
    encoder().add_parameters(weights_at("W"), list);
    if (!tied_weights) add_decoder(list);
  }
  /// Its own decoder's weights.
  constexpr void add_decoder(ir::List<ModelParameter>& list) const {
    if (transform)
      encoder().add_parameters(weights_at("Wprime"), list);
    else
      list.push_back({"Wprime", Wprime()});
  }
  void initialize(InitialValues& values) const override;
  constexpr void weights(ir::List<ModelWeights>& list) const override {
    const WeightsAt at = weights_at("W");
    list.push_back(encoder().named(at, "W"));
    if (!tied_weights) list.push_back(decoder_weights());
  }
  constexpr ModelWeights decoder_weights() const {
    if (transform) return encoder().named(weights_at("Wprime"), "Wprime");
    const AnyExpr w = Wprime();
    return {"Wprime", "Wprime", w, norm(w, axis<1>), norm(w, axis<0>)};
  }

  constexpr Weights::Map map() const { return Weights::Map(transform.get()); }
  constexpr WeightsAt weights_at(const char* called) const {
    return {encoder().between(input_space(), nhid), called, called};
  }
  /// What W is, and how it begins.
  constexpr Weights encoder() const {
    Weights w;
    w.transform = transform;
    w.istdev = istdev;
    if (!istdev) w.irange = range();
    return w;
  }

 private:
  constexpr double range() const { return irange ? *irange : 1e-3; }
  constexpr Between named(const char* called) const {
    return Weights::named_between(weights_at(called));
  }
  constexpr ir::Shape weight_shape() const { return map()->shape(weights_at("W").between); }
  constexpr ir::Shape decoder_shape() const {
    const ir::Shape s = weight_shape();
    if (transform) return s;
    return ir::make_shape(s[1], s[0]);
  }
};

/// Learns to make its inputs again of spoiled ones (Vincent, Larochelle, Bengio and Manzagol 2008).
///
///     DenoisingAutoencoder(corruptor(BinomialCorruptor(.2)), nvis(784), nhid(500),
///                          act_enc("tanh"))
class DenoisingAutoencoder : public Autoencoder {
 public:
  static constexpr const char* yaml = "pylearn2.models.autoencoder.DenoisingAutoencoder";
  static constexpr const char* doc = "autoencoder of spoiled inputs (Vincent et al. 2008)";
  Shared<Corruptor> corruptor;

  constexpr DenoisingAutoencoder() {}
  constexpr ~DenoisingAutoencoder() override {}
  template <KeyOf<DenoisingAutoencoder>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit DenoisingAutoencoder(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("corruptor", &DenoisingAutoencoder::corruptor, "what spoils the inputs");
    Autoencoder::keys(key);
  }
  constexpr AnyExpr reconstruct(const AnyExpr& x) const override {
    return Autoencoder::reconstruct(corruptor->corrupt(x));
  }
  constexpr AnyExpr reconstruct_without_dec_acti(const AnyExpr& x) const override {
    return Autoencoder::reconstruct_without_dec_acti(corruptor->corrupt(x));
  }
};

}  // namespace ansatz
