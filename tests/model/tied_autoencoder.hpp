// A model made of layers that is no MLP: up through them, and down again through their weights.
#pragma once

#include <ansatz/base/random_state.hpp>
#include <ansatz/job/layered.hpp>
#include <ansatz/model/layers/dense.hpp>

namespace ansatz::testing {

/// Encodes by its layers, decodes by the transposes of their weights, with tanh between them and
/// nothing behind the last. The cost is the mean over the batch of the squared distance.
class TiedAutoencoder : public Layered {
 public:
  static constexpr const char* yaml = "tests.TiedAutoencoder";
  ir::List<Shared<Layer>> layers;
  int nvis = 0;

  constexpr TiedAutoencoder() {}
  template <class... L>
  constexpr explicit TiedAutoencoder(int inputs, const L&... each) : nvis(inputs) {
    (layers.push_back(Shared<Layer>(each)), ...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("nvis", &TiedAutoencoder::nvis, "number of inputs");
    key.required("layers", &TiedAutoencoder::layers, "dense layers, from the input up");
  }

  constexpr int layer_count() const override { return layers.size(); }
  constexpr const Layer& layer(int i) const override { return *layers[i]; }
  constexpr SpaceInfo input_space() const override { return vector_space(nvis); }
  constexpr SpaceInfo target_space() const override { return {}; }
  constexpr Sources target_source() const override { return input_source(); }
  constexpr SpaceInfo output_space(const SpaceInfo& input) const override { return input; }

  constexpr Signal pass(const Place& from, const Signal& input,
                        LayerVisitor& visitor) const override {
    Signal s = Layered::pass(from, input, visitor);
    const ir::List<Place> at = places(from);
    for (int i = layer_count() - 1; i >= 0; --i) {
      const Dense& dense = static_cast<const Dense&>(layer(i));
      s = dense.lmul_T(dense.weights_at(at[i]), s);
      if (i > 0) s = Signal(s.space, tanh(s.value()));
    }
    return s;
  }
  constexpr AnyExpr cost(const Signal& targets, const Signal& predicted) const override {
    const AnyExpr x = format_as(targets, predicted.space).value();
    return mean(sum(square(predicted.value() - x), axis<0>));
  }
  using Layered::initialize;
  void initialize(InitialValues& values) const override {
    RandomState rng(std::vector<std::int64_t>{2013, 1, 4});
    initialize(root(), values, rng);
  }
};

}  // namespace ansatz::testing
