#include <ansatz/data/drawn_sets.hpp>
#include <ansatz/model/softmax_regression.hpp>
#include <ansatz/registry/register.hpp>
#include <ansatz/training/sgd.hpp>

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
