#include <ansatz/algorithm/bgd.hpp>
#include <ansatz/data/sets/mnist_set.hpp>
#include <ansatz/model/layers/sigmoid.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/registry/register.hpp>

namespace ansatz::library {

void mlp_part_2() {
  register_configuration<float, 0b100011>(
      "mlp_part_2",
      [] {
        return Train(MNIST("train", 0, 50000),
                     MLP(VectorSpace(784_c), Sigmoid("h0", 500_c, sparse_init(15)),
                         Softmax("y", 10_c, irange(0.))),
                     BGD(batch_size(10000), line_search_mode("exhaustive"), conjugate(true)));
      },
      "the tutorial's MLP of sigmoids, batch gradient descent", __FILE__, __LINE__);
}

}  // namespace ansatz::library
