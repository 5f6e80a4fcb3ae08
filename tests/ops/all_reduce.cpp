#include "op_test.hpp"

#include <dsl/build.hpp>
#include <dsl/communicator.hpp>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

using namespace ansatz;

namespace {

// Ranks that are threads: whoever comes last adds, in the order of the ranks.
class Meeting {
 public:
  explicit Meeting(int size) : at_(static_cast<std::size_t>(size)) {}
  int size() const { return static_cast<int>(at_.size()); }
  template <class T>
  void sum(int rank, T* values, long n) {
    std::unique_lock lock(mutex_);
    at_[static_cast<std::size_t>(rank)] = values;
    const int round = round_;
    if (++here_ < size()) {
      all_here_.wait(lock, [&] { return round_ != round; });
      return;
    }
    for (long i = 0; i < n; ++i) {
      T total = 0;
      for (void* of : at_) total += static_cast<T*>(of)[i];
      for (void* of : at_) static_cast<T*>(of)[i] = total;
    }
    here_ = 0;
    ++round_;
    all_here_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable all_here_;
  std::vector<void*> at_;
  int here_ = 0, round_ = 0;
};

class Rank final : public Communicator {
 public:
  Rank(Meeting& meeting, int rank) : meeting_(meeting), rank_(rank) {}
  int rank() const override { return rank_; }
  int size() const override { return meeting_.size(); }
  void all_reduce(float* values, long n) override { meeting_.sum(rank_, values, n); }
  void all_reduce(double* values, long n) override { meeting_.sum(rank_, values, n); }

 private:
  Meeting& meeting_;
  int rank_;
};

// The mean over the examples of all ranks, whose number is given.
constexpr Function learn_of_all() {
  const auto x = input<VectorSpace<3>>("x");
  const auto y = input<VectorSpace<2>>("y");
  const auto W = parameter<Matrix<3, 2>>("W");
  const auto b = parameter<VectorSpace<2>>("b");
  const auto all = scalar("all");
  const auto cost = sum(square(tanh(matmul(x, W) + b) - y));
  return function(output("cost", all_reduce(cost) / all),
                  update(W, W - 0.25 * all_reduce(grad(cost, W)) / all),
                  update(b, b - 0.25 * all_reduce(grad(cost, b)) / all));
}

auto across = compile<double>([] { return across_ranks(learn_of_all()); });
auto alone = compile<double>([] { return learn_of_all(); });
auto without = compile<double>([] {
  const auto x = input<VectorSpace<3>>("x");
  const auto y = input<VectorSpace<2>>("y");
  const auto W = parameter<Matrix<3, 2>>("W");
  const auto b = parameter<VectorSpace<2>>("b");
  const auto all = scalar("all");
  const auto cost = sum(square(tanh(matmul(x, W) + b) - y));
  return function(output("cost", cost / all), update(W, W - 0.25 * grad(cost, W) / all),
                  update(b, b - 0.25 * grad(cost, b) / all));
});

constexpr int examples_there = 12, steps = 5;

struct Data {
  std::vector<double> x, y;
  Data() {
    for (int i = 0; i < 3 * examples_there; ++i) x.push_back(.1 * ((i * 7) % 11) - .4);
    for (int i = 0; i < 2 * examples_there; ++i) y.push_back(.2 * ((i * 5) % 7) - .5);
  }
};

struct Learned {
  std::vector<double> W, b, costs;
  bool operator==(const Learned&) const = default;
};

template <class P>
Learned train(P& program, const Data& data, int begin, int end) {
  Store store = program.store();
  Learned l;
  for (int i = 0; i < 6; ++i) l.W.push_back(.05 * i);
  store.set("W", l.W.data(), Dims{3, 2});
  store.fill("b", 0);
  for (int s = 0; s < steps; ++s)
    l.costs.push_back(program({{"x", view(data.x.data() + 3 * begin, Dims{end - begin, 3})},
                               {"y", view(data.y.data() + 2 * begin, Dims{end - begin, 2})},
                               {"all", examples_there}})["cost"]);
  l.W.assign(store.data<double>("W"), store.data<double>("W") + 6);
  l.b.assign(store.data<double>("b"), store.data<double>("b") + 2);
  return l;
}

// Ranks with 1, 4, 2 and 5 of the examples.
std::vector<Learned> train_on_four(const Data& data, bool built) {
  const int ends[] = {0, 1, 5, 7, 12};
  Meeting meeting(4);
  std::vector<Learned> learned(4);
  std::vector<std::thread> ranks;
  for (int r = 0; r < 4; ++r)
    ranks.emplace_back([&, r] {
      Rank me(meeting, r);
      Program<double> program =
          built ? build<double>(across_ranks(learn_of_all())) : decltype(across)();
      program.communicator(&me);
      learned[static_cast<std::size_t>(r)] = train(program, data, ends[r], ends[r + 1]);
    });
  for (std::thread& each : ranks) each.join();
  return learned;
}

}  // namespace

TEST_CASE("all_reduce: four ranks learn what one learns of all examples", "[op][all_reduce]") {
  const Data data;
  auto& one = alone;
  const Learned expected = train(one, data, 0, examples_there);
  for (const bool built : {false, true}) {
    const std::vector<Learned> ranks = train_on_four(data, built);
    for (const Learned& each : ranks) {
      CHECK(each == ranks[0]);
      for (std::size_t i = 0; i < 6; ++i)
        CHECK(each.W[i] == Approx(expected.W[i]).epsilon(1e-13).margin(1e-15));
      for (std::size_t i = 0; i < 5; ++i)
        CHECK(each.costs[i] == Approx(expected.costs[i]).epsilon(1e-13));
    }
    for (int again = 0; again < 5; ++again) CHECK(train_on_four(data, built) == ranks);
  }
}

TEST_CASE("all_reduce: on one rank nothing but its operand", "[op][all_reduce]") {
  CHECK(alone.plan.sizes.steps == without.plan.sizes.steps);
  CHECK(across.plan.sizes.steps > without.plan.sizes.steps);
  const Data data;
  CHECK(train(alone, data, 0, 12) == train(without, data, 0, 12));
}

TEST_CASE("all_reduce: a program of ranks needs its communicator", "[op][all_reduce]") {
  const Data data;
  auto& program = across;
  CHECK_THROWS_WITH(train(program, data, 0, 12),
                    "the program sums over ranks (across_ranks); give it a Communicator before it "
                    "is called");
  Meeting meeting(1);
  Rank me(meeting, 0);
  program.communicator(&me);
  auto& one = alone;
  const Learned lone = train(program, data, 0, 12), expected = train(one, data, 0, 12);
  for (std::size_t i = 0; i < 6; ++i) CHECK(lone.W[i] == Approx(expected.W[i]).epsilon(1e-14));
}

TEST_CASE("all_reduce: its gradient, to second order", "[op][all_reduce]") {
  const auto x = op_test::vector_of({2, 3});
  const op_test::Build op = [](auto& a) { return square(all_reduce(a[0])); };
  CHECK(op_test::evaluate(op, {x}).values == op_test::Numbers{4, 9});
  CHECK(op_test::gradients(op, {x})[0].values == op_test::Numbers{4, 6});
  CHECK(op_test::second_derivative(op, {x}).values == op_test::Numbers{2, 2});
  // Of the sum of both ranks' costs: d/dx_r sum_s (x_0 + x_1)^2 = 2 * 2 (x_0 + x_1).
  const Function f = [] {
    const auto w = shared_input<VectorSpace<2>>("w");
    const auto cost = sum(square(all_reduce(w)));
    return across_ranks(function(output("g", grad(cost, w))));
  }();
  Meeting meeting(2);
  std::vector<double> found(2);
  std::vector<std::thread> ranks;
  for (int r = 0; r < 2; ++r)
    ranks.emplace_back([&, r] {
      Rank me(meeting, r);
      auto program = build<double>(f);
      program.communicator(&me);
      const double w[] = {1. + r, 5.};
      found[static_cast<std::size_t>(r)] = program({{"w", view(w, Dims{2})}})["g"].data()[0];
    });
  for (std::thread& each : ranks) each.join();
  CHECK(found == std::vector<double>{12, 12});
}

TEST_CASE("all_reduce: of examples is refused", "[op][all_reduce]") {
  const auto x = AnyExpr(input("x", VectorSpace(3)));
  CHECK_THROWS_WITH(all_reduce(x), Catch::Contains("sum over the examples first"));
}
