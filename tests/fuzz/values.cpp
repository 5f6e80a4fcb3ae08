#include <catch2/catch.hpp>

#include "compare.hpp"
#include "made.hpp"

namespace {

using namespace ansatz;

struct Sizes {
  long examples, chains;
};
constexpr Sizes sizes[] = {{3, 2}, {17, 0}, {1, 5}, {0, 1}};

/// What the function is worth, node by node; and by its plan, in double and in float.
void check(int seed, const fuzz::Mix& mix, Sizes n) {
  CAPTURE(seed, mix.ops, n.examples);
  const Function f = fuzz::made(seed, mix);
  const ir::Graph plain = fuzz::plain_graph(f);
  fuzz::Environment e = fuzz::environment_of(plain, n.examples, n.chains, 1000 + seed);
  const auto compare = [&](auto program, double tolerance) {
    e.random_in_float = tolerance > 1e-6;
    e.random.step = 7;
    const auto d =
        fuzz::difference(fuzz::outcome_of(program, e), fuzz::outcome_of(plain, e), tolerance);
    INFO((d ? *d + '\n' + fuzz::text_of(plain) : ""));
    CHECK(!d);
  };
  compare(build<double>(f, {.compiled_loops = false}), 1e-9);
  // What jumps with the last bit of its operand is compared in double only.
  if (!mix.steps) compare(build<float>(f, {.compiled_loops = false}), 3e-4);
}

void check_many(int first, int count, fuzz::Mix mix) {
  for (int k = 0; k < fuzz::share_of(count); ++k) {
    mix.steps = k % 2 == 0;
    check(first + k, mix, sizes[k / 2 % 4]);
  }
}

}  // namespace

TEST_CASE("random functions: one op gives what it means", "[fuzz]") {
  check_many(0, 1500, {.ops = 1, .outputs = 1, .gradients = false, .updates = false});
}

TEST_CASE("random functions: two ops together give what they mean", "[fuzz]") {
  check_many(2000, 3000, {.ops = 2, .outputs = 2, .updates = false});
}

TEST_CASE("random functions: a few ops with gradients and updates", "[fuzz]") {
  check_many(5000, 2000, {.ops = 4});
}

TEST_CASE("random functions: a dozen ops", "[fuzz]") { check_many(7000, 1500, {.ops = 12}); }

TEST_CASE("random functions: forty ops", "[fuzz]") {
  check_many(9000, 300, {.ops = 40, .outputs = 6});
}

TEST_CASE("random functions: updates without a gradient among the outputs", "[fuzz]") {
  check_many(10000, 1500, {.ops = 8, .outputs = 0, .shown = false});
}
