#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/cost/method_cost.hpp>
#include <ansatz/cost/penalty/weight_decay.hpp>
#include <ansatz/cost/sum_of_costs.hpp>
#include <ansatz/data/sets/mnist_set.hpp>
#include <ansatz/model/layers/conv_elemwise.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/registry/register.hpp>

namespace ansatz::library {

void convolutional_network() {
  register_configuration<float, 0b111>(
      "convolutional_network",
      [] {
        return Train(
            MNIST("train", 0, 50000),
            MLP(Conv2DSpace<28, 28, 1>(),
                ConvRectifiedLinear("h2", 64, 5, 4, 2, irange(.05), max_kernel_norm(1.9365)),
                ConvRectifiedLinear("h3", 64, 5, 4, 2, irange(.05), max_kernel_norm(1.9365)),
                Softmax("y", 10_c, istdev(.05), max_col_norm(1.9365))),
            SGD(learning_rate(.01), batch_size(100), Momentum(.5),
                SumOfCosts(MethodCost("cost_from_X"), WeightDecay(coeffs({5e-5, 5e-5, 5e-5})))));
      },
      "the tutorial's convolutional network", __FILE__, __LINE__);
}

}  // namespace ansatz::library
