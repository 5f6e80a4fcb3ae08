#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/data/sets/drawn_sets.hpp>
#include <ansatz/model/layers/softmax_regression.hpp>
#include <ansatz/registry/register.hpp>

namespace ansatz::library {

void live_monitor_test() {
  register_configuration<float, 0b0>(
      "live_monitor_test",
      [] {
        return Train(RandomDenseDesignMatrix(50000, 784, 10),
                     SoftmaxRegression(VectorSpace(784_c), 10_c, irange(.01), batch_size(20)),
                     SGD(learning_rate(.01)));
      },
      "softmax regression, SGD", __FILE__, __LINE__);
}

}  // namespace ansatz::library
