#include <catch2/catch.hpp>

#include <cmath>

#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

#include "compare.hpp"
#include "made.hpp"

namespace {

using namespace ansatz;

/// The inputs, parameters and state that the outputs are computed from.
std::vector<AnyExpr> leaves_of(const Function& f) {
  std::vector<ir::Term*> stack, seen;
  std::map<std::string, AnyExpr> leaves;
  for (const ir::NamedOutput& o : f.outputs)
    if (o.value.term()) stack.push_back(o.value.term());
  while (!stack.empty()) {
    ir::Term* t = stack.back();
    stack.pop_back();
    if (std::find(seen.begin(), seen.end(), t) != seen.end()) continue;
    seen.push_back(t);
    if (!t->name.empty() && t->type == ir::DType::real)
      leaves.emplace(t->name.data(), AnyExpr(ir::Value(t)));
    for (const ir::Value& v : t->in)
      if (v.term()) stack.push_back(v.term());
  }
  std::vector<AnyExpr> list;
  for (const auto& [name, e] : leaves) list.push_back(e);
  return list;
}

/// One number made of all outputs, and its gradient by every leaf.
Function with_gradients(const Function& f) {
  AnyExpr cost(constant(0).value());
  for (const ir::NamedOutput& o : f.outputs)
    if (o.value.type() == ir::DType::real) cost = cost + mean(sin(AnyExpr(o.value)));
  Function g = function(output("cost", cost));
  for (const AnyExpr& leaf : leaves_of(f))
    g.add(output(leaf.value().term()->name.data(), grad(cost, leaf)));
  return g;
}

double cost_of(const ir::Graph& g, const fuzz::Environment& e) {
  return fuzz::outcome_of(g, e).at("cost").values.at(0);
}

void check(int seed, const fuzz::Mix& mix) {
  const Function f = with_gradients(fuzz::made(seed, mix));
  const ir::Graph plain = fuzz::plain_graph(f);
  fuzz::Environment e = fuzz::environment_of(plain, 3, 2, seed);
  auto program = build<double>(f, {.compiled_loops = false});
  const fuzz::Outcome found = fuzz::outcome_of(program, e);
  const double step = 1e-4;
  for (const auto& [name, gradient] : found) {
    if (e.leaves.count(name) == 0) continue;
    fuzz::Tensor& leaf = e.leaves.at(name);
    const std::size_t n = leaf.values.size();
    for (std::size_t i = 0; i < n; i += 1 + n / 4) {
      const double at = leaf.values[i];
      leaf.values[i] = at + step;
      const double above = cost_of(plain, e);
      leaf.values[i] = at - step;
      const double below = cost_of(plain, e);
      leaf.values[i] = at;
      const double expected = (above - below) / (2 * step), g = gradient.values[i];
      INFO("seed " << seed << ", " << name << '[' << i << "]: found " << g << ", expected "
                   << expected);
      CHECK(std::abs(g - expected) <= 2e-6 * std::max(1.0, std::abs(expected)));
    }
  }
}

}  // namespace

TEST_CASE("random costs: gradients are the differences", "[fuzz]") {
  for (int seed = 0; seed < fuzz::share_of(300); ++seed)
    check(seed, {.ops = 2 + seed % 8,
                 .smooth = true,
                 .gradients = false,
                 .updates = false,
                 .steps = false});
}

TEST_CASE("random costs: gradients of gradients are the differences", "[fuzz]") {
  for (int seed = 300; seed < 300 + fuzz::share_of(100); ++seed)
    check(seed, {.ops = 2 + seed % 4, .smooth = true, .updates = false, .steps = false});
}
