#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/cost/supervised/dropout.hpp>
#include <ansatz/data/sets/mnist_set.hpp>
#include <ansatz/model/layers/maxout.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/registry/register.hpp>

namespace ansatz::library {

void maxout_mnist_pi() {
  register_configuration<float, 0b10011>(
      "maxout_mnist_pi",
      [] {
        return Train(
            MNIST("train", 0, 50000),
            MLP(VectorSpace(784_c), Maxout("h0", 240_c, 5_c, irange(.005), max_col_norm(1.9365)),
                Maxout("h1", 240_c, 5_c, irange(.005), max_col_norm(1.9365)),
                Softmax("y", 10_c, irange(.005), max_col_norm(1.9365))),
            SGD(learning_rate(.1), batch_size(100), Momentum(.5),
                Dropout(input_include_probs({{"h0", .8}}), input_scales({{"h0", 1.}}))));
      },
      "maxout with dropout (Goodfellow et al. 2013)", __FILE__, __LINE__);
}

}  // namespace ansatz::library
