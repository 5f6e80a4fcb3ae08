// What a step costs with each kind of weights, as its plan has it: parameters, memory, and no step
// for what is only another view of the same numbers.
#include "probe.hpp"

#include <ansatz/linear/sparse_transform.hpp>
#include <ansatz/linear/tiled_conv2d.hpp>
#include <ansatz/linear/weights.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/explain.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>
#include <dsl/passes/lower.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

// What a plan of a step W <- W - rate * gradient of sum tanh(x W)^2 needs, in numbers.
struct Needs {
  long stored = 0;       // parameters and tables
  long fixed = 0;        // whatever the batch is, of the program's own
  long per_example = 0;  // for each example
  long work = 0;         // memory that a kernel works in
};
Needs needs(const Shared<LinearTransform>& map, const SpaceInfo& image, int outputs) {
  Weights weights;
  weights.transform = map;
  const WeightsAt at{weights.between(image, outputs), "W", "h"};
  Data data;
  data.add("x", image);
  const AnyExpr y = tanh(weights.lmul(at, data["x"]).value()), W = weights.W(at);
  const AnyExpr cost = sum(square(y));
  Function f;
  f.add(output("cost", cost));
  f.add(update(W, W - .1 * grad(cost, W)));
  const ir::Plan plan = ir::lower(f);
  Needs n;
  for (const ir::Buffer& b : plan.buffers)
    if (b.where == ir::Where::stored) n.stored += b.size.n;
  n.fixed = plan.arena[0];
  n.per_example = plan.arena.size() > 1 ? plan.arena[1] : 0;
  for (const ir::Step& s : plan.steps) n.work = std::max<long>(n.work, s.scratch.n);
  return n;
}

// Steps of a program that makes tanh of a value in another Space, and how many of them are loops.
struct Steps {
  int all = 0, loops = 0;
};
Steps steps(const SpaceInfo& from, const SpaceInfo& to) {
  Data data;
  data.add("x", from);
  Function f;
  const Signal there = format_as(data["x"], to);
  for (int k = 0; k < there.values.size(); ++k)
    f.add(output(("y" + to_text(static_cast<long long>(k))).c_str(), tanh(there.values[k])));
  const ir::Plan plan = ir::lower(f);
  Steps s;
  for (const ir::Step& each : plan.steps) ++s.all, s.loops += each.loop >= 0;
  return s;
}

}  // namespace

TEST_CASE("transforms: parameters and memory are those of the formula", "[model][transform]") {
  const SpaceInfo image = conv2d_space(28, 28, 3);
  constexpr int outputs = 24 * 24 * 8, inputs = 28 * 28 * 3, patch = 5 * 5 * 3;
  const auto check = [&](const Shared<LinearTransform>& map, long parameters, long tables,
                         long work) {
    const Needs n = needs(map, image, outputs);
    CHECK(n.stored == parameters + tables);
    // The gradient by W, and sums of a few numbers; outputs and their gradients of an example.
    CHECK(n.fixed <= parameters + 64);
    CHECK(n.per_example <= 2 * outputs + 64);
    CHECK(n.work <= work);
  };
  check(Shared<LinearTransform>(MatrixTransform()), 1L * inputs * outputs, 0, 0);
  check(Shared<LinearTransform>(Conv2D(RowsColumns(5))), patch * 8, 0, 1 << 20);
  const long patches = ir::TiledConvolution::rows_of_patches * patch + 64;
  check(Shared<LinearTransform>(TiledConv2D(RowsColumns(5), tile_shape(RowsColumns(2)))),
        4 * patch * 8, 0, patches);
  // Locally connected: 345,600 weights, where a matrix, masked or not, has 10,838,016.
  check(Shared<LinearTransform>(TiledConv2D(RowsColumns(5))), 24 * 24 * patch * 8, 0, patches);
  // Each weight has the number of its input beside it.
  check(Shared<LinearTransform>(SparseTransform(20)), outputs * 20, outputs * 20,
        (inputs + outputs) * ir::sparse_gradient_chunk);
}

TEST_CASE("spaces: what is only another view costs no step", "[model][spaces]") {
  const SpaceInfo vector = vector_space(24), last = conv2d_space(2, 3, 4),
                  first = conv2d_space(2, 3, 4, Axes::bc01);
  const auto loops = [](const SpaceInfo& from, const SpaceInfo& to, int count) {
    CAPTURE(to_text(from).view(), to_text(to).view());
    const Steps s = steps(from, to);
    CHECK(s.loops == s.all);
    CHECK(s.all == count);
  };
  const auto one_loop = [&](const SpaceInfo& from, const SpaceInfo& to) { loops(from, to, 1); };
  // The same numbers in the same order.
  one_loop(vector, last);
  one_loop(last, vector);
  // In another order: the loop that uses them reads them there.
  one_loop(first, last);
  one_loop(last, first);
  one_loop(vector, first);
  // A vector of what lies in another order has to be made first.
  loops(first, vector, 2);
  // Labels: the loop compares them with positions.
  one_loop(index_space(5), vector_space(5));
  loops(index_space(5, 2), vector_space(10), 2);
  // Parts of a vector.
  const SpaceInfo parts = composite({vector_space(10), conv2d_space(1, 7, 2)});
  const Steps apart = steps(vector, parts);
  CHECK(apart.loops == apart.all);
  CHECK(apart.all <= 2);
  // Side by side they have to be put: one step, and the loop.
  CHECK(steps(parts, vector).all <= 2);
  // The same components, one of them in another order.
  const Steps same = steps(composite({last, vector}), composite({first, vector}));
  CHECK(same.loops == same.all);
}

TEST_CASE("spaces: a product reads an image where it lies", "[model][spaces]") {
  Data data;
  data.add("x", conv2d_space(2, 3, 4));
  const AnyExpr W(parameter("W", Matrix(24, 5)).value());
  Function f;
  f.add(output("y", matmul(format_as(data["x"], vector_space(24)).value(), W)));
  const ir::Plan plan = ir::lower(f);
  CHECK(plan.steps.size() == 1);
}
