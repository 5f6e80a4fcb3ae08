// PretrainedLayer: a model that was trained before, as a layer.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/model/mlp/mlp.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A layer whose output is that of a model, which begins with the parameters it was trained to.
/// They are trained on, with the other layers', unless freeze_params. The parameters of an MLP get
/// names that begin with the layer's; its norm limits do not act here. No channels, no cost.
///
///     PretrainedLayer("h0", MLP(VectorSpace(784_c), …), init_from("h0.ansatz"))
class PretrainedLayer : public Layer {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.PretrainedLayer";
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
  template <class K>
  static constexpr void keys(K& key) {
    Layer::keys(key);
    key.required("layer_content", &PretrainedLayer::layer_content,
                 "the model, such as !pkl: gives");
    key("freeze_params", &PretrainedLayer::freeze_params, "its parameters stay as they are");
    key("init_from", &PretrainedLayer::init_from,
        "model file with its parameters, by name; default: those the model begins with");
  }

  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    if (!layer_content) refuse("a PretrainedLayer needs layer_content");
    if (!(input == layer_content->input_space())) {
      const String text = "the model inside was made for " + to_text(layer_content->input_space()) +
                          ", but the layer below gives " + to_text(input);
      refuse(text);
    }
    if (const MLPBase* mlp = layer_content->as_mlp()) return mlp->output_space(input);
    return layer_content->output(ansatz::input_of("x", input)).space;
  }
  constexpr Signal fprop(const Place& at, const Signal& below) const override {
    if (const MLPBase* mlp = layer_content->as_mlp()) return mlp->fprop(inside(at), below);
    return layer_content->output(below);
  }
  constexpr void parameters(const Place& at, ir::List<ModelParameter>& list) const override {
    ir::List<ModelParameter> own_list;
    if (const MLPBase* mlp = layer_content->as_mlp())
      mlp->parameters(inside(at), own_list);
    else
      layer_content->parameters(own_list);
    for (ModelParameter& p : own_list) {
      if (freeze_params) p.frozen = true;
      list.push_back(p);
    }
  }
  void initialize(const Place& at, InitialValues& values, RandomState&) const override;
  // Two layers with one model inside share its parameters, as aliases of an anchor in Pylearn2.
  constexpr const Object& part() const override {
    if (!layer_content) refuse("a PretrainedLayer needs layer_content");
    return *layer_content;
  }
  constexpr const Model* inner_model() const override { return layer_content.get(); }
  constexpr int inner_parts() const override {
    if (layer_content && layer_content->as_mlp()) return layer_content->as_mlp()->layers.size();
    return 0;
  }
  constexpr const Layer& inner_part(int i) const override {
    return *layer_content->as_mlp()->layers[i];
  }

 private:
  constexpr Place inside(const Place& at) const {
    return {at.input, at.place_of(part(), layer_name) + "_", at.named};
  }
};

}  // namespace ansatz
