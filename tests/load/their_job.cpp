// Another job under the name of my_job.cpp's.
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/data/sets/drawn_sets.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/registry/register.hpp>

using namespace ansatz;

ANSATZ_REGISTER(my_bends, [] {
  return Train(RandomDenseDesignMatrix(40, 2, 2),
               MLP(VectorSpace(2_c), Softmax("y", 2_c, irange(0.))),
               SGD(learning_rate(.1), batch_size(10)));
})
