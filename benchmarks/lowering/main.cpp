// bench_lowering: models made at run time. For perceptrons of more and more layers: nodes of the
// graph, microseconds of lowering it, of `build`, and of the first call compared with the second.
#include <dsl/build.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>
#include <dsl/parameters.hpp>
#include <dsl/passes/lower.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace {

using namespace ansatz;

Function perceptron(int layers, int width) {
  AnyExpr h(input("x", VectorSpace(width)).value());
  for (int i = 0; i <= layers; ++i) {
    const int out = i < layers ? width : 10;
    const std::string n = std::to_string(i);
    h = matmul(h, parameter(("W" + n).c_str(), Matrix(width, out))) +
        parameter(("b" + n).c_str(), VectorSpace(out));
    if (i < layers) h = relu(h);
  }
  const AnyExpr cost(mean(cross_entropy(softmax(h), input("y", IndexSpace(10)))).value());
  const auto rate = scalar("learning_rate", 0.1);
  Function f = function(output("cost", cost));
  for (const AnyExpr& w : parameters_of(cost)) f.add(update(w, w - rate * grad(cost, w)));
  return f;
}

template <class F>
double microseconds(F f) {
  using namespace std::chrono;
  const auto start = steady_clock::now();
  f();
  return duration<double, std::micro>(steady_clock::now() - start).count();
}

/// The fastest of many, which is what the code takes when nothing else runs.
template <class F>
double fastest(int times, F f) {
  double best = microseconds(f);
  for (int i = 1; i < times; ++i) best = std::min(best, microseconds(f));
  return best;
}

}  // namespace

int main() {
  constexpr int width = 64, rows = 32;
  const std::vector<float> x(width * rows, 0.5f);
  const std::vector<std::int32_t> y(rows, 3);
  std::printf("microseconds; perceptrons of layers of %d units, batch %d\n", width, rows);
  std::printf("%8s %8s %8s %10s %10s %10s %10s %12s %12s\n", "layers", "nodes", "steps", "describe",
              "lower", "build", "construct", "first call", "second call");
  for (int layers : {2, 5, 10, 20, 40, 80}) {
    int nodes = 0;
    const Function f = perceptron(layers, width);
    ir::optimize(ir::graph_of(f), [&](const char* pass, const ir::Graph& g) {
      if (std::string(pass) == "differentiate") nodes = g.nodes.size();
    });
    const int times = 400 / layers;
    const double describe = fastest(times, [&] { perceptron(layers, width); });
    const double lower = fastest(times, [&] { ir::lower(f); });
    const double build_time = fastest(times, [&] { build(f); });
    const ir::Plan plan = ir::lower(f);
    auto step = build(f);
    const auto call = [&] { step({{"x", view(x.data(), {rows, width})}, {"y", y}}); };
    const double first = microseconds(call), second = microseconds(call);
    std::printf("%8d %8d %8d %10.0f %10.0f %10.0f %10.0f %12.0f %12.0f\n", layers, nodes,
                plan.steps.size(), describe, lower, build_time, build_time - lower, first, second);
  }
}
