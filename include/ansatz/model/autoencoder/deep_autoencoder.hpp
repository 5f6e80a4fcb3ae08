// Autoencoders made of others: untied, composed, stacked
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/model_as.hpp>
#include <ansatz/model/autoencoder/contractive_autoencoder.hpp>
#include <ansatz/model/model_inside.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// An autoencoder with tied weights, such as one that was trained, whose decoder gets weights of
/// its own: at first the transpose of the encoder's. All else begins as the base is.
///
///     !obj:UntiedAutoencoder { base: !pkl: tied.pkl }
class UntiedAutoencoder : public AbstractAutoencoder {
 public:
  static constexpr const char* yaml = "pylearn2.models.autoencoder.UntiedAutoencoder";
  static constexpr const char* doc = "an autoencoder with tied weights, untied";
  Shared<Model> base;

  constexpr UntiedAutoencoder() {}
  constexpr ~UntiedAutoencoder() override {}
  template <class M>
    requires std::is_base_of_v<Model, M>
  constexpr explicit UntiedAutoencoder(const M& of) : base(of) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("base", &UntiedAutoencoder::base, "an autoencoder with tied_weights");
  }
  /// KeyFaults: the base is none.
  void check() const;

  constexpr SpaceInfo input_space() const override { return tied().input_space(); }
  constexpr Sources input_source() const override { return base->input_source(); }
  constexpr SpaceInfo code_space() const override { return tied().code_space(); }
  constexpr AnyExpr encode(const AnyExpr& x) const override { return tied().encode(x); }
  constexpr AnyExpr decode(const AnyExpr& h) const override {
    return tied().act_dec(tied().visible_input(h, false));
  }
  constexpr AnyExpr reconstruct_without_dec_acti(const AnyExpr& x) const override {
    return tied().visible_input(encode(x), false);
  }
  using Model::parameters;
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    tied().parameters(list);
    tied().add_decoder(list);
  }
  void initialize(InitialValues& values) const override;
  constexpr void weights(ir::List<ModelWeights>& list) const override {
    tied().weights(list);
    list.push_back(tied().decoder_weights());
  }

 private:
  constexpr const Autoencoder& tied() const {
    const Autoencoder* const found = model_as<Autoencoder>(*base);
    if (!found || !found->tied_weights)
      graph_error("UntiedAutoencoder: base must be an Autoencoder with tied_weights");
    return *found;
  }
};

/// Autoencoders, each of the code of the one before, trained together: the encoders from the input
/// up, then the decoders down again. Names of parameters begin with "ae0_", "ae1_", …; first values
/// are those that the autoencoders have.
///
///     DeepComposedAutoencoder(Autoencoder(nvis(784), nhid(500), …),
///                             Autoencoder(nvis(500), nhid(100), …))
class DeepComposedAutoencoder : public AbstractAutoencoder {
 public:
  static constexpr const char* yaml = "pylearn2.models.autoencoder.DeepComposedAutoencoder";
  static constexpr const char* doc = "autoencoders, each of the code of the one before";
  ir::List<Shared<Model>> autoencoders;

  constexpr DeepComposedAutoencoder() {}
  constexpr ~DeepComposedAutoencoder() override {}
  template <class... A>
    requires(sizeof...(A) > 0 && (std::is_base_of_v<Model, A> && ...))
  constexpr explicit DeepComposedAutoencoder(const A&... each) {
    (autoencoders.push_back(Shared<Model>(each)), ...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("autoencoders", &DeepComposedAutoencoder::autoencoders,
                 "the autoencoders, from the input up");
  }
  /// KeyFaults: none, another kind of model, or one that does not fit the one below.
  void check() const;

  constexpr SpaceInfo input_space() const override { return autoencoder(0).input_space(); }
  constexpr SpaceInfo code_space() const override {
    return autoencoder(autoencoders.size() - 1).code_space();
  }
  constexpr AnyExpr encode(const AnyExpr& x) const override {
    Signal h(input_space(), x);
    for (int i = 0; i < autoencoders.size(); ++i) {
      const AbstractAutoencoder& each = autoencoder(i);
      const AnyExpr below = format_as(h, each.input_space()).value();
      h = Signal(each.code_space(), at(i).here(each.encode(below), below));
    }
    return h.value();
  }
  constexpr AnyExpr decode(const AnyExpr& h) const override {
    Signal x(code_space(), h);
    for (int i = autoencoders.size() - 1; i >= 0; --i) {
      const AbstractAutoencoder& each = autoencoder(i);
      const AnyExpr above = format_as(x, each.code_space()).value();
      x = Signal(each.input_space(), at(i).here(each.decode(above), above));
    }
    return x.value();
  }
  using Model::parameters;
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    for (int i = 0; i < autoencoders.size(); ++i) at(i).parameters(list);
  }
  void initialize(InitialValues& values) const override;
  constexpr void modify_updates(UpdateList& updates) const override {
    for (int i = 0; i < autoencoders.size(); ++i) at(i).modify_updates(updates);
  }
  constexpr void weights(ir::List<ModelWeights>& list) const override {
    for (int i = 0; i < autoencoders.size(); ++i) at(i).weights("ae" + to_text(i), list);
  }

 private:
  static constexpr String prefix(int i) { return "ae" + to_text(i) + "_"; }
  constexpr ModelInside at(int i) const { return ModelInside(*autoencoders[i], prefix(i)); }
  constexpr const AbstractAutoencoder& autoencoder(int i) const {
    const AbstractAutoencoder* found = nullptr;
    if (i >= 0 && i < autoencoders.size()) found = model_as<AbstractAutoencoder>(*autoencoders[i]);
    if (!found) graph_error("a DeepComposedAutoencoder is made of autoencoders, at least one");
    return *found;
  }
};

/// A DeepComposedAutoencoder that makes its inputs again of spoiled ones (Vincent, Larochelle,
/// Lajoie, Bengio and Manzagol 2010).
class StackedDenoisingAutoencoder : public DeepComposedAutoencoder {
 public:
  static constexpr const char* yaml = "pylearn2.models.autoencoder.StackedDenoisingAutoencoder";
  static constexpr const char* doc = "composed autoencoders, of spoiled inputs";
  Shared<Corruptor> corruptor;

  constexpr StackedDenoisingAutoencoder() {}
  constexpr ~StackedDenoisingAutoencoder() override {}
  template <class C, class... A>
    requires(std::is_base_of_v<Corruptor, C> && sizeof...(A) > 0)
  constexpr explicit StackedDenoisingAutoencoder(const C& spoiler, const A&... each)
      : DeepComposedAutoencoder(each...), corruptor(spoiler) {}
  template <class K>
  static constexpr void keys(K& key) {
    DeepComposedAutoencoder::keys(key);
    key.required("corruptor", &StackedDenoisingAutoencoder::corruptor, "what spoils the inputs");
  }
  constexpr AnyExpr reconstruct(const AnyExpr& x) const override {
    return DeepComposedAutoencoder::reconstruct(corruptor->corrupt(x));
  }
};

}  // namespace ansatz
