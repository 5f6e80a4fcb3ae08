#include "builtin.hpp"

#include <ansatz/model/layers/softmax_regression.hpp>
#include <ansatz/model/mlp/mlp.hpp>

namespace ansatz {

void add_models(Registry& registry) {
  Adder to(registry, __FILE__);
  to.add<MLP<>>("multilayer perceptron: layers one upon the other; also a layer of another");
  to.add<SoftmaxRegression<>>("multinomial logistic regression");
}

}  // namespace ansatz
