#include <ansatz/base/random_state.hpp>
#include <ansatz/model/layers/dropout_average.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/ops.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

// Numbers of a mask that one constant holds as its bits: float has 24 of them.
constexpr int bits_of_a_constant = 20;

std::vector<std::string> layer_names(const Layered& model) {
  std::vector<std::string> names;
  for (int i = 0; i < model.layer_count(); ++i)
    names.emplace_back(model.layer(i).layer_name.view());
  return names;
}

void require_layers(const Layered& model, const std::vector<std::string>& layers) {
  LayerNumbers asked;
  for (const std::string& name : layers) asked.list.push_back({name.c_str(), 0});
  masks::require_layers("masked_input_layers", model, asked);
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// A part of a mask as an expression [count] of zeros and ones. A graph has no constant vectors; so
// each constant carries some bits, and every position picks its own.
AnyExpr as_expression(const InputMask& mask, std::size_t from, int count) {
  const AnyExpr at(ir::positions(count));
  AnyExpr packed(ir::Value(0.));
  const AnyExpr chunk = floor((at + 0.5) / bits_of_a_constant);
  for (int first = 0; first < count; first += bits_of_a_constant) {
    double bits = 0;
    for (int k = 0; k < bits_of_a_constant && first + k < count; ++k)
      if (mask[from + static_cast<std::size_t>(first + k)]) bits += static_cast<double>(1 << k);
    packed = packed + bits * (chunk == first / bits_of_a_constant);
  }
  const AnyExpr place = at - chunk * bits_of_a_constant;
  AnyExpr power(ir::Value(1.));
  for (int k = 1; k < bits_of_a_constant; ++k) power = power + (place >= k) * (1 << (k - 1));
  const AnyExpr shifted = floor(packed / power);
  return shifted - 2 * floor(shifted / 2);
}

Signal masked_layer_input(const Signal& s, const Layer& layer, const InputMask& mask,
                          std::size_t from, double scale) {
  Signal result;
  result.space = s.space;
  for (const AnyExpr& x : s.values) {
    if (x.value().type() == ir::DType::index)
      throw ValueError(fmt::format("the inputs of layer {} are labels, which cannot be masked",
                                   layer.layer_name.view()));
    ir::Shape one;
    int count = 1;
    for (int k = 1; k < x.shape().rank; ++k) {
      one[one.rank++] = x.shape()[k];
      count *= x.shape()[k];
    }
    AnyExpr bits = as_expression(mask, from, count);
    if (one.rank > 1)
      bits = AnyExpr(ir::make(ir::info_of<ops::Reshape>, ir::shape_attr(one), bits.value()));
    result.values.push_back(
        masks::masked(x, bits, AnyExpr(ir::Value(scale)), layer.dropout_input_mask_value()));
    from += static_cast<std::size_t>(count);
  }
  return result;
}

class Masking final : public LayerVisitor {
 public:
  Masking(const std::vector<std::string>& masked, const InputMask& mask, const MaskArguments& how)
      : masked_(masked), mask_(mask), how_(how) {}
  void entering(const Layer& layer, const Place& at, Signal& below) override {
    if (!contains(masked_, layer.layer_name)) return;
    double scale = how_.default_input_scale;
    if (const double* own = how_.input_scales.find(layer.layer_name)) scale = *own;
    below = masked_layer_input(below, layer, mask_, from_, scale);
    from_ += static_cast<std::size_t>(at.input.total_dimension());
  }

 private:
  const std::vector<std::string>& masked_;
  const InputMask& mask_;
  const MaskArguments& how_;
  std::size_t from_ = 0;
};

}  // namespace

int total_input_dimension(const Layered& model, const std::vector<std::string>& layers) {
  require_layers(model, layers);
  const ir::List<Place> at = model.places(model.root());
  int total = 0;
  for (int i = 0; i < at.size(); ++i)
    if (contains(layers, model.layer(i).layer_name)) total += at[i].input.total_dimension();
  return total;
}

InputMask mask_of(std::uint64_t number, int inputs) {
  if (inputs < 64 && number >> inputs)
    throw ValueError(fmt::format("mask {} is too large: {} inputs have the masks 0 to 2^{} - 1",
                                 number, inputs, inputs));
  InputMask mask(static_cast<std::size_t>(inputs));
  for (std::size_t k = 0; k < mask.size() && k < 64; ++k) mask[k] = number >> k & 1;
  return mask;
}

Signal masked_fprop(const Layered& model, const Signal& input, const InputMask& mask,
                    const MaskArguments& how) {
  const auto masked =
      how.masked_input_layers.empty() ? layer_names(model) : how.masked_input_layers;
  const auto inputs = static_cast<std::size_t>(total_input_dimension(model, masked));
  masks::require_layers("input_scales", model, how.input_scales);
  for (const LayerNumbers::OfLayer& each : how.input_scales.list)
    if (!contains(masked, each.layer))
      throw ValueError(
          fmt::format("input_scales names layer {}, which is not masked", each.layer.view()));
  if (mask.size() != inputs)
    throw ValueError(
        fmt::format("a mask of {} inputs, where the layers have {}", mask.size(), inputs));

  Masking masking(masked, mask, how);
  return model.pass(model.root(input), input, masking);
}

Signal masked_fprop(const Layered& model, const Signal& input, std::uint64_t mask,
                    const MaskArguments& how) {
  const auto masked =
      how.masked_input_layers.empty() ? layer_names(model) : how.masked_input_layers;
  return masked_fprop(model, input, mask_of(mask, total_input_dimension(model, masked)), how);
}

InputMask generate_dropout_mask(const Layered& model, const DropoutArguments& how,
                                RandomState& rng) {
  masks::require_layers("input_include_probs", model, how.input_include_probs);
  const ir::List<Place> at = model.places(model.root());
  InputMask mask;
  for (int i = 0; i < at.size(); ++i) {
    double p = how.default_input_include_prob;
    if (const double* own = how.input_include_probs.find(model.layer(i).layer_name)) p = *own;
    masks::require_probability(model.layer(i).layer_name, p);
    for (int k = at[i].input.total_dimension(); k > 0; --k) mask.push_back(rng.random_sample() < p);
  }
  return mask;
}

Signal geometric_mean_prediction(const std::vector<Signal>& outputs) {
  if (outputs.empty()) throw ValueError("geometric_mean_prediction: no outputs");
  AnyExpr total(ir::Value(0.));
  for (const Signal& each : outputs) {
    const ir::Term* t = each.value().value().term();
    if (!t || t->op != ir::info_of<ops::Softmax>)
      throw ValueError("geometric_mean_prediction: every output must be a softmax's");
    total = total + AnyExpr(t->in[0]);
  }
  return Signal(outputs.front().space, softmax(total / static_cast<double>(outputs.size())));
}

Signal sampled_dropout_average(const Layered& model, const Signal& inputs, int num_masks,
                               const DropoutArguments& how, RandomState& rng) {
  if (num_masks < 1)
    throw ValueError(
        fmt::format("sampled_dropout_average: {} masks, at least 1 is needed", num_masks));
  MaskArguments masks;
  masks.default_input_scale = how.default_input_scale;
  masks.input_scales = how.input_scales;
  std::vector<Signal> outputs;
  for (int i = 0; i < num_masks; ++i) {
    if (how.per_example)
      outputs.push_back(dropout_fprop(model, inputs, how));
    else
      outputs.push_back(masked_fprop(model, inputs, generate_dropout_mask(model, how, rng), masks));
  }
  return geometric_mean_prediction(outputs);
}

Signal exhaustive_dropout_average(const Layered& model, const Signal& inputs,
                                  const MaskArguments& how) {
  const auto masked =
      how.masked_input_layers.empty() ? layer_names(model) : how.masked_input_layers;
  const int n = total_input_dimension(model, masked);
  if (n > 16)
    throw ValueError(fmt::format(
        "exhaustive_dropout_average: {} inputs make 2^{} networks; at most 16 are averaged", n, n));
  std::vector<Signal> outputs;
  for (std::uint64_t mask = 0; mask >> n == 0; ++mask)
    outputs.push_back(masked_fprop(model, inputs, mask_of(mask, n), how));
  return geometric_mean_prediction(outputs);
}

}  // namespace ansatz
