#include "compiled.hpp"

#include <ansatz/job/default_cost.hpp>
#include <ansatz/model/layers/composite_layer.hpp>
#include <ansatz/model/layers/flattener_layer.hpp>
#include <ansatz/model/layers/lwta.hpp>
#include <ansatz/model/layers/sigmoid.hpp>
#include <ansatz/model/layers/softmax.hpp>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

constexpr auto composite_job = [] {
  return Train(Nothing(),
               MLP(VectorSpace(12_c), LWTA("h0", 9_c, irange(.5), block_size(3)),
                   FlattenerLayer(CompositeLayer("y", Softmax("a", 4_c, irange(.5)),
                                                 Sigmoid("b", 3_c, irange(.5))))),
               SGD(learning_rate(.1), batch_size(5)));
};

}  // namespace

TEST_CASE("compiled job: winners of blocks, two outputs as one vector", "[model][compile]") {
  require_equal_steps<std::remove_const_t<decltype(composite_job)>>();
}
