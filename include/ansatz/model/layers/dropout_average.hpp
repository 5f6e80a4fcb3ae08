// Predictions averaged over the networks that dropout makes of a model of layers.
#pragma once

#include <ansatz/model/layers/dropout.hpp>

#include <cstdint>
#include <vector>

namespace ansatz {

class RandomState;

/// Which inputs are kept: those of the masked layers, from the first layer up, in the order of the
/// vectors they are.
using InputMask = std::vector<bool>;

/// What is masked, and how.
struct MaskArguments {
  std::vector<std::string> masked_input_layers;  ///< empty: all
  double default_input_scale = 2;
  LayerNumbers input_scales;  ///< of masked layers
};

/// Number of inputs of the layers together. NameError for a layer that is not there.
int total_input_dimension(const Layered& model, const std::vector<std::string>& layers);

/// Bit k of `number` is input k of the mask. ValueError unless number < 2^inputs.
InputMask mask_of(std::uint64_t number, int inputs);

/// The output with a given mask on the inputs of the layers, the same for each example: each kept
/// input times its layer's scale, the others 0 (or the layer's dropout_input_mask_value).
/// NameError for layers that are not there; ValueError for a mask of another length and for
/// input_scales of layers that are not masked.
Signal masked_fprop(const Layered& model, const Signal& input, const InputMask& mask,
                    const MaskArguments& how = {});
/// The same with a mask given as a number, as Pylearn2 has them.
Signal masked_fprop(const Layered& model, const Signal& input, std::uint64_t mask,
                    const MaskArguments& how = {});

/// A mask of all layers' inputs, drawn with the probabilities of `how`.
InputMask generate_dropout_mask(const Layered& model, const DropoutArguments& how,
                                RandomState& rng);

/// The geometric mean of outputs that are softmaxes: the softmax of the mean of their operands.
/// ValueError for outputs of another kind.
Signal geometric_mean_prediction(const std::vector<Signal>& outputs);

/// The geometric mean over `num_masks` networks, drawn once from NumPy's RandomState(seed), or,
/// with how.per_example, drawn for each example at each call. ValueError unless num_masks >= 1.
Signal sampled_dropout_average(const Layered& model, const Signal& inputs, int num_masks,
                               const DropoutArguments& how, RandomState& rng);

/// The geometric mean over the networks of all masks, 2^inputs of them: for toy networks.
/// ValueError for more than 16 inputs.
Signal exhaustive_dropout_average(const Layered& model, const Signal& inputs,
                                  const MaskArguments& how = {});

}  // namespace ansatz
