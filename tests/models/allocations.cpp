#include <vector>

#include "conv.hpp"
#include "counting_malloc.hpp"
#include "relu_mlp.hpp"

namespace {

using namespace ansatz;

struct Perceptron {
  constexpr Function operator()() const {
    return model_test::relu_mlp<false>([](Function& f, const AnyExpr& p, const AnyExpr& g) {
      const AnyExpr old = state_like(p, "velocity");
      const AnyExpr v = 0.9 * old - scalar("learning_rate") * g;
      f.add(update(old, v)).add(update(p, p + v));
    });
  }
};
struct Convolutional {
  constexpr Function operator()() const {
    return model_test::conv_net<false, 48>([](const auto& h) { return max_pool(h, pool<2, 2>); });
  }
};

constexpr long batch = 64;

/// How often memory is asked for in ten calls with two sizes of batches that were seen before.
template <class T>
long allocations_of(Program<T>& step, Dims features) {
  long count = 1;
  for (std::int64_t n : features) count *= n;
  std::vector<T> x(static_cast<std::size_t>(batch * count), T(0.5));
  const std::vector<std::int32_t> y(batch, 3);
  const auto call = [&](std::int64_t examples) {
    Dims dims;
    dims.push_back(examples);
    for (std::int64_t n : features) dims.push_back(n);
    const Results<T> r = step(
        {{"x", view(x.data(), dims)}, {"y", view(y.data(), {examples})}, {"learning_rate", 0.01}});
    return static_cast<double>(r["cost"].scalar());
  };
  // The interpreter of loops keeps the last 32 numbers it has met, such as costs, in blocks.
  for (int k = 0; k < 40; ++k) call(k % 2 ? 10 : batch);
  model_test::count_allocations();
  double sum = 0;
  for (int k = 0; k < 5; ++k) {
    sum += call(10);
    sum += call(batch);
  }
  const long found = model_test::counted_allocations();
  CHECK(sum == sum);
  return found;
}

template <class F>
void check(Dims features) {
  if (!model_test::allocations_are_counted()) {
    WARN("a sanitizer has an allocator of its own; nothing was counted");
    return;
  }
  model_test::count_allocations();
  std::vector<int> numbers(1000);
  REQUIRE(numbers.data() != nullptr);
  REQUIRE(model_test::counted_allocations() > 0);

  Compiled<F, float> in_float;
  Compiled<F, double> in_double;
  CHECK(allocations_of<float>(in_float, features) == 0);
  CHECK(allocations_of<double>(in_double, features) == 0);
  auto built = build<float>(F{}());
  auto interpreted = build<double>(F{}(), {.compiled_loops = false});
  CHECK(allocations_of(built, features) == 0);
  CHECK(allocations_of(interpreted, features) == 0);
}

}  // namespace

TEST_CASE("perceptron: a step asks for no memory", "[model][allocation]") {
  check<Perceptron>({13});
}
TEST_CASE("convolutional net: a step asks for no memory", "[model][allocation]") {
  check<Convolutional>({9, 8, 2});
}
