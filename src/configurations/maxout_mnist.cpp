#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/cost/supervised/dropout.hpp>
#include <ansatz/data/sets/mnist_set.hpp>
#include <ansatz/model/layers/maxout_conv_c01b.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/registry/register.hpp>

namespace ansatz::library {

void maxout_mnist() {
  register_configuration<float, 0b111>(
      "maxout_mnist",
      [] {
        return Train(
            MNIST("train", 0, 50000),
            MLP(Conv2DSpace<28, 28, 1, Axes::bc01>(), batch_size(128),
                MaxoutConvC01B("h0", 48, 2, 8, 4, 2, irange(.005), max_kernel_norm(.9)),
                MaxoutConvC01B("h1", 48, 2, 8, 4, 2, pad(3), irange(.005), max_kernel_norm(1.9365)),
                MaxoutConvC01B("h2", 24, 4, 5, 2, 2, pad(3), irange(.005), max_kernel_norm(1.9365)),
                Softmax("y", 10_c, irange(.005), max_col_norm(1.9365))),
            SGD(learning_rate(.05), Momentum(.5),
                Dropout(input_include_probs({{"h0", .8}}), input_scales({{"h0", 1.}}))));
      },
      "convolutional maxout with dropout (Goodfellow et al. 2013)", __FILE__, __LINE__);
}

}  // namespace ansatz::library
