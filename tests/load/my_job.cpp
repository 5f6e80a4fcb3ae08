// A shared object with a job: the trainer of job files that describe the same.
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/data/sets/drawn_sets.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/layers/tanh.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/registry/register.hpp>

using namespace ansatz;

ANSATZ_REGISTER(my_bends, [] {
  return Train(RandomDenseDesignMatrix(40, 6, 3),
               MLP(VectorSpace(6_c), Tanh("h0", 8_c, irange(.5)), Softmax("y", 3_c, irange(.05))),
               SGD(learning_rate(.1), batch_size(10)));
})
