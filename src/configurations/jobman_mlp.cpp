#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/data/sets/mnist_set.hpp>
#include <ansatz/model/layers/sigmoid.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/registry/register.hpp>

namespace ansatz::library {

void jobman_mlp() {
  const auto job = [] {
    return Train(MNIST("train", 0, 50000),
                 MLP(VectorSpace(784_c), Sigmoid("h0", 500_c, sparse_init(15)),
                     Softmax("y", 10_c, irange(0.))),
                 SGD(learning_rate(.1), batch_size(100), Momentum(.5)));
  };
  const char* const doc = "an MLP of sigmoids, SGD with momentum";
  register_configuration<float, 0b0>("jobman_mlp", job, doc, __FILE__, __LINE__);
  register_configuration<double>("jobman_mlp", job, doc, __FILE__, __LINE__);
}

}  // namespace ansatz::library
