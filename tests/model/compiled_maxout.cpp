#include "compiled.hpp"

#include <ansatz/cost/penalty/weight_decay.hpp>
#include <ansatz/cost/sum_of_costs.hpp>
#include <ansatz/cost/supervised/dropout.hpp>
#include <ansatz/model/layers/maxout.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/layers/tanh.hpp>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

constexpr auto maxout_job = [] {
  return Train(Nothing(),
               MLP(VectorSpace(12_c), Maxout("h0", 8_c, 3_c, irange(.5), max_col_norm(1.)),
                   MLP(VectorSpace(8_c), Tanh("t", 6_c, irange(.5)), layer_name("n")),
                   Softmax("y", 4_c, irange(.5))),
               SGD(learning_rate(.1), batch_size(5),
                   SumOfCosts(Dropout(input_include_probs({{"h0", .8}})),
                              scaled(.5, WeightDecay(each_layer(.1, each_layer(.2), 0.))))));
};

}  // namespace

TEST_CASE("compiled job: maxout, an MLP inside, dropout, a sum of costs", "[model][compile]") {
  require_equal_steps<std::remove_const_t<decltype(maxout_job)>>();
}
