#include "compiled.hpp"
#include "local_transform.hpp"

#include <ansatz/base/random_state.hpp>
#include <ansatz/cost/penalty/weight_decay.hpp>
#include <ansatz/cost/sum_of_costs.hpp>
#include <ansatz/linear/weights_between.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/layers/tanh.hpp>
#include <ansatz/model/model_of.hpp>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

constexpr auto layers_job = [] {
  return Train(Nothing(),
               MLP(VectorSpace(24_c),
                   Tanh("h0", 11_c, irange(.5), transform(LocalTransform(4, 2)), max_col_norm(.5)),
                   Tanh("h1", 9_c, irange(.5), transform(LocalTransform(3, 1))),
                   Softmax("y", 4_c, irange(.5), transform(MatrixTransform()))),
               SGD(learning_rate(.1), batch_size(5),
                   SumOfCosts(Default(), WeightDecay(coeffs({.1, 0., 0.})))));
};

struct Windows10 : LocalTransform {
  constexpr Windows10() : LocalTransform(5, 5) {}
};
using Input50 = VectorSpace<50>;
using Hidden10 = VectorSpace<10>;

struct WindowDetector : ModelOf<WindowDetector, Input50> {
  WeightsBetween<Input50, Hidden10, Windows10> W{"W", irange(.5), max_col_norm(.5)};
  WeightsBetween<Input50, Hidden10> V{"V", irange(.5)};

  constexpr auto forward(auto v) const { return W.lmul_T(tanh(W.lmul(v) + V.lmul(v))); }
  constexpr auto cost(auto v) const { return mean(sum(square(forward(v) - v), axis<0>)); }
  void initialize(InitialValues& values) const {
    RandomState rng(std::vector<std::int64_t>{2013, 1, 4});
    W.initialize(values, rng);
    V.initialize(values, rng);
  }
  constexpr void modify_updates(UpdateList& updates) const { W.modify_updates(updates); }
};

constexpr auto model_job = [] {
  return Train(Nothing(), WindowDetector(), SGD(learning_rate(.1), batch_size(5)));
};

}  // namespace

TEST_CASE("compiled job: layers with transforms of one's own", "[model][compile][transform]") {
  require_equal_steps<std::remove_const_t<decltype(layers_job)>>();
}

TEST_CASE("compiled job: a model with transforms of one's own", "[model][compile][transform]") {
  require_equal_steps<std::remove_const_t<decltype(model_job)>>();
}
