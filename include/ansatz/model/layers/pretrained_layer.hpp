// PretrainedLayer: a model that was trained before, as a layer.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/model/model_inside.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A layer that gives what a model does as a block, an MLP its output, an autoencoder its code, and
/// begins with the parameters that the model was trained to. They are trained on, with the other
/// layers', unless freeze_params; state that the model keeps, such as running statistics, likewise.
/// Their names begin with the layer's; the model's norm limits do not act here. No channels, no
/// cost.
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
    return inside_model().output_space(input);
  }
  /// With freeze_params the model inside predicts, also while the others are trained.
  constexpr Signal fprop(const Place& at, const Signal& below) const override {
    Place here = at;
    if (freeze_params) here.training = false;
    if (inside_model().as_layered()) return ModelLayer::fprop(here, below);
    Signal read = below;
    read.training = here.training;
    return model_at(at).here(inside_model().upward_pass(read), below);
  }
  constexpr void state_updates(const Place& at, const Signal& below,
                               UpdateList& updates) const override {
    if (!freeze_params) ModelLayer::state_updates(at, below, updates);
  }
  constexpr void parameters(const Place& at, ir::List<ModelParameter>& list) const override {
    ir::List<ModelParameter> inner;
    if (inside_model().as_layered())
      ModelLayer::parameters(at, inner);
    else
      model_at(at).parameters(inner);
    for (ModelParameter& p : inner) {
      if (freeze_params) p.frozen = true;
      list.push_back(p);
    }
  }
  constexpr void states(const Place& at, StateList& list) const override {
    if (inside_model().as_layered()) return ModelLayer::states(at, list);
    model_at(at).states(list);
  }
  constexpr void weights(const Place& at, const String& path,
                         ir::List<ModelWeights>& list) const override {
    if (inside_model().as_layered()) return ModelLayer::weights(at, path, list);
    model_at(at).weights(path, list);
  }
  void initialize(const Place& at, InitialValues& values, RandomState&) const override;

 protected:
  constexpr ModelInside model_at(const Place& at) const {
    return ModelInside(inside_model(), inside(at).prefix);
  }
  constexpr const Model& inside_model() const override {
    if (!layer_content) refuse("a PretrainedLayer needs layer_content");
    return *layer_content;
  }
};

}  // namespace ansatz
