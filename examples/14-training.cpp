// A job: data, model and algorithm, as Pylearn2 puts them together. The job is a lambda without
// captures; in a constant expression it gives graph and plan of every function, so that what runs
// is the specialised trainer of exactly this job.
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/data/sets/drawn_sets.hpp>
#include <ansatz/model/layers/rectified_linear.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/session/run.hpp>
#include <ansatz/termination/epoch_counter.hpp>

#include <cstdio>

using namespace ansatz;

constexpr auto job = [] {
  const DrawnDigits train(0, 10'000), test(60'000, 62'000);
  return Train(train,
               MLP(VectorSpace(784_c), RectifiedLinear("h0", 200_c, irange(.05)),
                   Softmax("y", 10_c, irange(0.))),
               SGD(learning_rate(.05), batch_size(100), Momentum(.5), EpochCounter(4),
                   monitoring_dataset({{"train", train}, {"test", test}})));
};

// What happens while the job runs can be looked at.
struct Lines : RunObserver {
  void on_monitor(Session& session) override {
    const Monitor& monitor = session.monitor();
    std::printf("epoch %d: objective %.4f, test error %.2f %%\n",
                static_cast<int>(session.records().epochs_seen), monitor.last("train_objective"),
                100 * monitor.last("test_y_misclass"));
  }
};

int main() {
  // The layers' sizes are types: this line is checked by the compiler.
  static_assert(std::is_same_v<decltype(MLP(VectorSpace(784_c),
                                            RectifiedLinear("h0", 200_c)))::output_space_type,
                               VectorSpace<200>>);
  Lines lines;
  RunOptions options;
  options.observer = &lines;
  run(job, options);
}
