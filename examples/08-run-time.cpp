// One model, twice: with sizes the compiler knows, and with sizes known at run time only.
#include <ansatz/data/batches.hpp>
#include <ansatz/data/sets/digit_stream.hpp>
#include <dsl/build.hpp>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>
#include <dsl/parameters.hpp>

#include <cstdio>
#include <cstring>
#include <string>

using namespace ansatz;

// A step of gradient descent for a tanh layer between two Spaces. A dimension is part of the type
// (`VectorSpace<64>`) or a number in the object (`VectorSpace(64)`); the model is the same.
template <class In, class Hidden, class Labels>
constexpr Function step_of(In in, Hidden hidden, Labels labels) {
  const int i = in.shape()[0], h = hidden.shape()[0], classes = labels.label_count();
  auto x = input("x", in);
  auto y = input("y", labels);
  auto a = tanh(matmul(x, parameter("W0", Matrix(i, h))) + parameter("b0", hidden));
  auto z = matmul(a, parameter("W1", Matrix(h, classes))) + parameter("b1", VectorSpace(classes));
  auto cost = mean(cross_entropy(softmax(z), y));
  Function step = function(output("cost", cost));
  for (const auto& w : parameters_of(cost)) step.add(update(w, w - 0.1 * grad(cost, w)));
  return step;
}

// The parameters after an epoch, and what is known of the program.
Store train(Program<float> step, const Digits& digits) {
  Store store = step.store();
  store.uniform("W0", -0.05, 0.05, 1);
  Batches batches(digits, 32);
  double cost = 0;
  for (auto part : batches) cost += step({{"x", part.x()}, {"y", part.y()}})["cost"];
  std::printf("%d of %d loops precompiled, cost %.4f\n", step.compiled_loops(), step.loops(),
              cost / batches.size());
  return store;
}

bool same_bits(const Store& a, const Store& b) {
  for (int i = 0; i < a.size(); ++i) {
    const auto name = a.name(i);
    const auto bytes = std::size_t(a.shape(name).count()) * sizeof(float);
    if (a.shape(name) != b.shape(name)) return false;
    if (std::memcmp(a.data<float>(name), b.data<float>(name), bytes) != 0) return false;
  }
  return a.size() == b.size();
}

int main(int argc, char** argv) {
  const int hidden = argc > 1 ? std::stoi(argv[1]) : 64;  // any number
  const Digits digits = mnist_or_drawn("train", 0, 5'000);

  std::printf("known to the compiler:  ");
  const Store known = train(
      compile([] { return step_of(VectorSpace<784>(), VectorSpace<64>(), IndexSpace<10>()); }),
      digits);

  // The same passes run inside the process. Loops do not depend on sizes, so that those compiled
  // for one model serve every other one like it.
  const Function function = step_of(VectorSpace(784), VectorSpace(hidden), IndexSpace(10));
  std::printf("known at run time:      ");
  const Store built = train(build(function), digits);
  std::printf("nothing precompiled:    ");
  const Store interpreted = train(build(function, {.compiled_loops = false}), digits);

  if (hidden != 64) return 0;
  std::printf("the same parameters, bit for bit: %s, %s\n", same_bits(known, built) ? "yes" : "no",
              same_bits(known, interpreted) ? "yes" : "no");
}
