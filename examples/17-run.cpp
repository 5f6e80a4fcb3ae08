// What a run gives back: parameters, records, the model; and who watches it meanwhile.
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/data/sets/drawn_sets.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/session/observers.hpp>
#include <ansatz/session/run.hpp>
#include <ansatz/termination/epoch_counter.hpp>

#include <cstdio>

using namespace ansatz;

constexpr auto job = [] {
  const DrawnDigits train(0, 5'000), test(60'000, 61'000);
  return Train(train, MLP(VectorSpace(784_c), Softmax("y", 10_c, irange(0.))),
               SGD(learning_rate(.05), batch_size(100), EpochCounter(3),
                   monitoring_dataset({{"train", train}, {"test", test}})));
};

// An observer of one's own: stops when an epoch gained less than a hundredth.
struct Impatient : RunObserver {
  double before = 1e30;
  void on_monitor(Session& session) override {
    const double now = session.monitor().last("train_objective");
    if (now > .99 * before) session.stop();
    before = now;
  }
};

int main() {
  const auto lines = text_observer({.channels = {"test_y_misclass"}});
  const Trained r = run(job, {.observer = lines.get()});
  std::printf("epochs: %d\n", static_cast<int>(r.records.epochs_seen));

  // Records: a value of each channel at each moment.
  for (double misclass : r.records.at("test_y_misclass").val_record) std::printf("%.3f ", misclass);
  std::printf("\n");

  // Parameters: the store of the run, and the same job with another rate.
  const Trained faster = run(job, {.settings = {{"learning_rate", .1}}});
  const float a = r.store.data<float>("softmax_W")[400 * 10 + 3];
  const float b = faster.store.data<float>("softmax_W")[400 * 10 + 3];
  std::printf("the faster one is another: %s\n", a != b ? "yes" : "no");

  Impatient impatient;
  const Trained early = run(job, {.settings = {{"learning_rate", 0.}}, .observer = &impatient});
  std::printf("without learning it ends after %d epoch\n", int(early.records.epochs_seen));
}
