#include <ansatz/algorithm/bgd.hpp>
#include <ansatz/data/sets/mnist_set.hpp>
#include <ansatz/model/layers/softmax_regression.hpp>
#include <ansatz/registry/register.hpp>

namespace ansatz::library {

void softmax_regression() {
  register_configuration(
      "softmax_regression",
      [] {
        return Train(MNIST("train", 0, 50000),
                     SoftmaxRegression(VectorSpace(784_c), 10_c, irange(0.)),
                     BGD(batch_size(10000), line_search_mode("exhaustive"), conjugate(true)));
      },
      "the tutorial's softmax regression, batch gradient descent", __FILE__, __LINE__);
}

}  // namespace ansatz::library
