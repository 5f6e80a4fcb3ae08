// run: which name, and which there are
// expect-gcc: input_include_probs: the MLP has no layer h1; allowed: h0, y
// expect-clang: has no layer h1; allowed: h0, y
// max-lines-gcc: 8
// max-lines-clang: 11
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/cost/supervised/dropout.hpp>
#include <ansatz/data/sets/drawn_sets.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/layers/tanh.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/session/run.hpp>
#include <ansatz/termination/epoch_counter.hpp>

using namespace ansatz;

#ifdef TWIN
constexpr const char* layer = "h0";
#else
constexpr const char* layer = "h1";
#endif

constexpr auto job = [] {
  return Train(
      DrawnDigits(0, 2'000),
      MLP(VectorSpace(784_c), Tanh("h0", 20_c, irange(.05)), Softmax("y", 10_c, irange(0.))),
      SGD(learning_rate(.05), batch_size(50), EpochCounter(1),
          cost(Dropout(input_include_probs({{layer, .8}})))));
};

void train() { run(job); }  // error here
