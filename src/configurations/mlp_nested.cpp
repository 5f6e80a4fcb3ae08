#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/cost/penalty/weight_decay.hpp>
#include <ansatz/cost/sum_of_costs.hpp>
#include <ansatz/data/sets/mnist_set.hpp>
#include <ansatz/job/default_cost.hpp>
#include <ansatz/model/layers/rectified_linear.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/layers/tanh.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/registry/register.hpp>

namespace ansatz::library {

namespace {

constexpr Coefficients coefficients() {
  return each_layer(each_layer(each_layer(5e-4, 5e-4), each_layer(5e-5, 5e-5, 5e-5)));
}

}  // namespace

void mlp_nested() {
  register_configuration<float, 0b11>(
      "mlp_nested",
      [] {
        return Train(
            MNIST("train", 0, 50000),
            MLP(VectorSpace(784_c),
                MLP(VectorSpace(784_c), layer_name("mlp1"),
                    MLP(VectorSpace(784_c), layer_name("mlp3"), Tanh("h0", 500_c, sparse_init(15)),
                        RectifiedLinear("h1", 1000_c, sparse_init(15))),
                    MLP(VectorSpace(1000_c), layer_name("mlp2"), Tanh("h0", 500_c, sparse_init(15)),
                        RectifiedLinear("h1", 1000_c, sparse_init(15)),
                        Softmax("y", 10_c, irange(0.))))),
            SGD(learning_rate(.01), batch_size(100), Momentum(.5),
                SumOfCosts(Default(), L1WeightDecay(coefficients()), WeightDecay(coefficients()))));
      },
      "MLPs as layers of MLPs, with weight decays", __FILE__, __LINE__);
}

}  // namespace ansatz::library
