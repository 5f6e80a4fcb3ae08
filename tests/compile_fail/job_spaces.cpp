// run: what the data have and what the model takes
// expect-gcc: format_as of [784] and [700]: the total dimensions must agree
// expect-clang: format_as of [784] and [700]:
// max-lines-gcc: 8
// max-lines-clang: 11
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/data/sets/drawn_sets.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/session/run.hpp>
#include <ansatz/termination/epoch_counter.hpp>

using namespace ansatz;

#ifdef TWIN
constexpr auto pixels = VectorSpace(784_c);
#else
constexpr auto pixels = VectorSpace(700_c);
#endif

constexpr auto job = [] {
  return Train(DrawnDigits(0, 2'000), MLP(pixels, Softmax("y", 10_c, irange(0.))),
               SGD(learning_rate(.05), batch_size(50), EpochCounter(1)));
};

void train() { run(job); }  // error here
