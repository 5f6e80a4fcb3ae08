#include "builtin.hpp"

#include <ansatz/linear/matrix_transform.hpp>
#include <ansatz/model/layers/composite_layer.hpp>
#include <ansatz/model/layers/flattener_layer.hpp>
#include <ansatz/model/layers/hinge.hpp>
#include <ansatz/model/layers/linear.hpp>
#include <ansatz/model/layers/linear_gaussian.hpp>
#include <ansatz/model/layers/lwta.hpp>
#include <ansatz/model/layers/maxout.hpp>
#include <ansatz/model/layers/pretrained_layer.hpp>
#include <ansatz/model/layers/rectified_linear.hpp>
#include <ansatz/model/layers/sigmoid.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/layers/softplus.hpp>
#include <ansatz/model/layers/space_converter.hpp>
#include <ansatz/model/layers/tanh.hpp>

namespace ansatz {

namespace {

// "0" goes to layer 1, "2" to none: what is before a colon is a number of an input.
std::optional<int> input_number(const std::string& text) {
  if (text.empty() || text.size() > 6) return {};
  int n = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return {};
    n = 10 * n + (c - '0');
  }
  return n;
}

}  // namespace

bool read_value(const Value& from, Routes& to) {
  to = {};
  if (!from.is_mapping()) {
    from.refuse("a mapping of numbers of inputs to lists of numbers of layers, such as {0: [1]}");
    return false;
  }
  bool good = true;
  const std::vector<std::string> names = from.keys();
  const std::vector<Value> values = from.items();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::optional<int> input = input_number(names[i]);
    if (!input) {
      values[i].error("'" + names[i] + "' is not the number of an input; allowed: 0, 1, …");
      good = false;
      continue;
    }
    Route route;
    route.input = *input;
    good = read_value(values[i], route.layers) && good;
    to.list.push_back(route);
  }
  return good;
}

void add_layers(Registry& registry) {
  Adder to(registry, __FILE__);
  to.add<Linear<>>("affine layer: y = x W + b");
  to.add<Sigmoid<>>("layer of logistic units");
  to.add<Tanh<>>("layer of hyperbolic tangents");
  to.add<RectifiedLinear<>>("layer of rectifiers");
  to.add<Softplus<>>("layer of softplus units: log(1 + e^z)");
  to.add<Softmax<>>("layer of class probabilities");
  to.add<LinearGaussian<>>("affine layer with a Gaussian likelihood of its targets");
  to.add<Maxout<>>("layer of units that are the largest of several pieces");
  to.add<LWTA<>>("layer in which the winner of each block passes (local winner takes all)");
  to.add<Hinge<>>("scores trained as support vector machines");
  to.add<CompositeLayer>("layers side by side");
  to.add<FlattenerLayer>("another layer's output as one vector");
  to.add<SpaceConverter<>>("the same numbers in another Space");
  to.add<MatrixTransform>("a matrix of weights: each input to each output");
  to.add<PretrainedLayer>("a model that was trained before, as a layer");
}

}  // namespace ansatz
