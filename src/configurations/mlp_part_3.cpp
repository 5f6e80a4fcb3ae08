#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/data/sets/mnist_set.hpp>
#include <ansatz/model/layers/rectified_linear.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/registry/register.hpp>

namespace ansatz::library {

void mlp_part_3() {
  register_configuration<float, 0b11>(
      "mlp_part_3",
      [] {
        return Train(
            MNIST("train", 0, 50000),
            MLP(VectorSpace(784_c), RectifiedLinear("h0", 500_c, sparse_init(15)),
                RectifiedLinear("h1", 1000_c, sparse_init(15)), Softmax("y", 10_c, irange(0.))),
            SGD(learning_rate(.01), batch_size(100), Momentum(.5)));
      },
      "the tutorial's MLP of two layers of rectifiers, SGD with momentum", __FILE__, __LINE__);
}

}  // namespace ansatz::library
