#include <catch2/catch.hpp>

#include "compare.hpp"
#include "made.hpp"

namespace {

using namespace ansatz;

/// Floating-point operations for each example.
double flops_of(const ir::PlanView& plan) {
  double flops = 0;
  for (const ir::Step& s : plan.steps)
    if (s.flops.extent) flops += static_cast<double>(s.flops.n);
  return flops;
}
double memory_of(const ir::PlanView& plan) {
  double elements = 0;
  for (std::int64_t n : plan.arena) elements += static_cast<double>(n);
  return elements;
}

/// With so many examples that a call is worth more than one thread; whether that is possible with
/// a few megabytes.
bool check_threads(int seed, const fuzz::Mix& mix) {
  const Function f = fuzz::made(seed, mix);
  auto one = build<double>(f), several = build<double>(f);
  const double flops = flops_of(one.plan());
  const long examples = static_cast<long>(3e7 / (flops + 1)) + 3;
  if (static_cast<double>(examples) * memory_of(one.plan()) > 1e7) return false;
  const auto environment = [&](int of) {
    return fuzz::environment_of(fuzz::written_graph(f), examples, examples / 3, of);
  };
  const fuzz::Environment e = environment(seed), other = environment(seed + 1000);
  const fuzz::Outcome expected = fuzz::outcome_of(one, e);
  for (const int threads : {2, 3}) {
    INFO("seed " << seed << ", " << threads << " threads, " << examples << " examples");
    several.threads(threads);
    // What a thread would read too early must not be what is right.
    (void)fuzz::outcome_of(several, other);
    const auto d = fuzz::difference(fuzz::outcome_of(several, e), expected, 1e-9);
    INFO((d ? *d : ""));
    CHECK(!d);
  }
  return true;
}

}  // namespace

TEST_CASE("random functions: several threads give what one gives", "[fuzz]") {
  int checked = 0;
  for (int seed = 0; checked < fuzz::share_of(40); ++seed)
    checked += check_threads(seed, {.ops = 4 + seed % 16, .outputs = 2, .steps = false});
}
