#include <catch2/catch.hpp>

#include <cstring>

#include <dsl/passes/lower.hpp>
#include <dsl/plan/loops.hpp>

#include "compare.hpp"
#include "made.hpp"
#include "passes/plan_check.hpp"

namespace {

using namespace ansatz;

void check_passes(int seed, const fuzz::Mix& mix) {
  CAPTURE(seed, mix.ops);
  const ir::Graph written = fuzz::written_graph(fuzz::made(seed, mix));
  const ir::Graph plain = ir::expand(ir::differentiate(written));
  const fuzz::Environment e = fuzz::environment_of(plain, 4, 3, seed);
  const fuzz::Outcome expected = fuzz::outcome_of(plain, e);
  bool expanded = false;
  ir::optimize(written, [&](const char* pass, const ir::Graph& now) {
    INFO(pass);
    const bool well_formed = ir::well_formed(now);
    INFO((well_formed ? "" : fuzz::text_of(now)));
    CHECK(well_formed);
    // Before, there are nodes without a value of their own.
    expanded = expanded || std::strcmp(pass, "expand") == 0;
    if (!expanded) return;
    const auto d = fuzz::difference(fuzz::outcome_of(now, e), expected, 1e-9);
    INFO((d ? *d + '\n' + fuzz::text_of(now) : ""));
    CHECK(!d);
  });
}

void check_plan(int seed, const fuzz::Mix& mix) {
  const ir::Graph g = ir::optimize(fuzz::written_graph(fuzz::made(seed, mix)));
  const ir::Plan plan = ir::plan_of(g);
  const ir::PlanView view = ir::view_of(plan);
  for (const long examples : {0, 1, 3, 40})
    for (const int threads : {1, 2, 3}) {
      std::vector<long> sizes;
      for (int e = 0; e < view.extents.size; ++e) sizes.push_back(examples + 2 * e);
      const auto fault = plan_check::fault_of(view, sizes, threads);
      INFO(threads << " threads, " << examples << " examples, seed " << seed);
      INFO((fault ? *fault + '\n' + fuzz::text_of(g) : ""));
      CHECK(!fault);
      if (fault) return;
    }
}

}  // namespace

TEST_CASE("random functions: every pass leaves a well-formed graph of the same value", "[fuzz]") {
  for (int seed = 0; seed < fuzz::share_of(300); ++seed) check_passes(seed, {.ops = 3 + seed % 10});
  for (int seed = 300; seed < 300 + fuzz::share_of(50); ++seed) check_passes(seed, {.ops = 30});
}

TEST_CASE("random functions: plans keep what is read, and threads wait for each other", "[fuzz]") {
  for (int seed = 0; seed < fuzz::share_of(400); ++seed) check_plan(seed, {.ops = 3 + seed % 10});
  for (int seed = 400; seed < 400 + fuzz::share_of(50); ++seed)
    check_plan(seed, {.ops = 40, .outputs = 6});
  for (int seed = 450; seed < 450 + fuzz::share_of(150); ++seed)
    check_plan(seed, {.ops = 10, .shown = false});
}
