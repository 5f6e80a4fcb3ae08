// A model of one's own: parameters, a forward expression, a cost, a constraint and a channel.
// Train, SGD and the monitor treat it as any other.
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/data/sets/drawn_sets.hpp>
#include <ansatz/job/constraint.hpp>
#include <ansatz/model/model_of.hpp>
#include <ansatz/session/run.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <dsl/ops.hpp>

#include <cstdio>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

// Two layers with a shortcut from the pixels to the classes.
struct Shortcut : ModelOf<Shortcut, Pixels, IndexSpace<10>> {
  Expr<Matrix<784, 100>> W = parameter<Matrix<784, 100>>("W");
  Expr<VectorSpace<100>> b = parameter<VectorSpace<100>>("b");
  Expr<Matrix<100, 10>> V = parameter<Matrix<100, 10>>("V");
  Expr<Matrix<784, 10>> S = parameter<Matrix<784, 10>>("S");

  constexpr auto forward(auto x) const {
    return softmax(matmul(tanh(matmul(x, W) + b), V) + matmul(x, S));
  }
  constexpr auto cost(auto x, auto y) const { return mean(cross_entropy(forward(x), y)); }
  constexpr void channels(auto x, auto y, ChannelList& list) const {
    list.add("misclass", AnyExpr(mean(argmax(forward(x)) != y).value()));
  }
  // No unit's weights grow longer than 3.
  constexpr void modify_updates(UpdateList& updates) const {
    AnyExpr* w = updates.find("W");
    *w = norm_constrained<0>(*w, constant(0), setting("max_col_norm", 3));
  }
};

constexpr auto job = [] {
  const DrawnDigits train(0, 10'000), test(60'000, 62'000);
  return Train(train, Shortcut(),
               SGD(learning_rate(.05), batch_size(50), EpochCounter(3), monitoring_dataset(test)));
};

struct Lines : RunObserver {
  void on_monitor(Session& session) override {
    std::printf("epoch %d: test error %.2f %%\n", static_cast<int>(session.records().epochs_seen),
                100 * session.monitor().last("misclass"));
  }
};

int main() {
  Lines lines;
  RunOptions options;
  options.observer = &lines;
  run(job, options);
}
