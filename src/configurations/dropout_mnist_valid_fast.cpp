#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/cost/supervised/dropout.hpp>
#include <ansatz/data/sets/mnist_set.hpp>
#include <ansatz/model/layers/rectified_linear.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/registry/register.hpp>

namespace ansatz::library {

void dropout_mnist_valid_fast() {
  register_configuration<float, 0b101>(
      "dropout_mnist_valid_fast",
      [] {
        return Train(MNIST("train"),
                     MLP(VectorSpace(784_c), batch_size(100),
                         RectifiedLinear("h0", 1_c, irange(.0089), max_col_norm(4.378)),
                         RectifiedLinear("h1", 1_c, irange(.0575), max_col_norm(2.970)),
                         Softmax("y", 10_c, sparse_init(0), max_col_norm(4.627))),
                     SGD(learning_rate(.097), Momentum(.5),
                         Dropout(input_include_probs({{"h0", .8}}), input_scales({{"h0", 1.25}}))));
      },
      "dropout_mnist_valid with layers as small as can be", __FILE__, __LINE__);
}

}  // namespace ansatz::library
