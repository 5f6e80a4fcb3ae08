// PretrainedLayer: a model that was trained before, as a layer.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/model/mlp/mlp.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A layer whose output is that of a model, which begins with the parameters it was trained to.
/// They are trained on, with the other layers', unless freeze_params; state that the model keeps,
/// such as running statistics, likewise. The parameters and the state of an MLP get names that
/// begin with the layer's; its norm limits do not act here. No channels, no cost.
///
///     PretrainedLayer("h0", MLP(VectorSpace(784_c), …), init_from("h0.ansatz"))
class PretrainedLayer : public ModelLayer {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.PretrainedLayer";
  static constexpr const char* doc = "a model that was trained before, as a layer";
  Shared<Model> layer_content;
  bool freeze_params = false;
  String init_from;

  constexpr PretrainedLayer() {}
  template <class M, KeyOf<PretrainedLayer>... O>
    requires std::is_base_of_v<Model, M>
  constexpr PretrainedLayer(const char* name, const M& content, const O&... options)
      : layer_content(content) {
    layer_name = name;
    give(*this, options...);
  }
  /// A model that the caller keeps a handle to, and that an earlier job trains: see Phase.
  template <class M, KeyOf<PretrainedLayer>... O>
    requires std::is_base_of_v<Model, M>
  constexpr PretrainedLayer(const char* name, const Shared<M>& content, const O&... options)
      : layer_content(content) {
    layer_name = name;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    Layer::keys(key);
    key.required("layer_content", &PretrainedLayer::layer_content,
                 "the model, such as !pkl: gives");
    key("freeze_params", &PretrainedLayer::freeze_params, "its parameters stay as they are");
    key("init_from", &PretrainedLayer::init_from,
        "model file with its parameters, by name; default: those the model begins with")
        .is_path();
  }

  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    const SpaceInfo wanted = inside_model().input_space();
    if (!(input == wanted)) {
      const String text = "the model inside was made for " + to_text(wanted) +
                          ", but the layer below gives " + to_text(input);
      refuse(text);
    }
    return ModelLayer::output_space(input);
  }
  /// With freeze_params the model inside predicts, also while the others are trained.
  constexpr Signal fprop(const Place& at, const Signal& below) const override {
    Place here = at;
    if (freeze_params) here.training = false;
    return ModelLayer::fprop(here, below);
  }
  constexpr void state_updates(const Place& at, const Signal& below,
                               UpdateList& updates) const override {
    if (!freeze_params) ModelLayer::state_updates(at, below, updates);
  }
  constexpr void parameters(const Place& at, ir::List<ModelParameter>& list) const override {
    ir::List<ModelParameter> inner;
    ModelLayer::parameters(at, inner);
    for (ModelParameter& p : inner) {
      if (freeze_params) p.frozen = true;
      list.push_back(p);
    }
  }
  void initialize(const Place& at, InitialValues& values, RandomState&) const override;

 protected:
  constexpr const Model& inside_model() const override {
    if (!layer_content) refuse("a PretrainedLayer needs layer_content");
    return *layer_content;
  }
};

}  // namespace ansatz
