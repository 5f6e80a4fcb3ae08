// Parameters live in a store: shared by programs, saved to a file, loaded again.
#include <ansatz/algorithm/learn.hpp>
#include <ansatz/algorithm/rules/rmsprop.hpp>
#include <ansatz/data/batches.hpp>
#include <ansatz/data/sets/digit_stream.hpp>
#include <dsl/compile.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/ops.hpp>

#include <cstdio>
#include <filesystem>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

constexpr auto classify(Expr<Batch<Pixels>> x) {
  auto W = parameter<Matrix<784, 10>>("W");
  return softmax(matmul(x, W) + parameter<VectorSpace<10>>("b"));
}

int main() {
  auto step = compile([] {
    auto cost = mean(cross_entropy(classify(input<Pixels>("x")), input<IndexSpace<10>>("y")));
    return learn(cost, RMSProp(), 0.002);  // each parameter has state beside it
  });
  auto predict = compile([] {
    auto p = classify(input<Pixels>("x"));
    return function(output("digit", argmax(p)), output("probability", max(p, units)));
  });

  const Digits train = mnist_or_drawn("train", 0, 5'000), test = mnist_or_drawn("test", 0, 5);
  for (auto part : Batches(train, 50)) step({{"x", part.x()}, {"y", part.y()}});
  predict.bind(step.store());  // not a copy: the same tensors

  const auto show = [&](const char* when) {
    auto r = predict({{"x", test.x()}});
    std::printf("%s", when);
    for (int i = 0; i < 5; ++i)
      std::printf("  %d (%.3f)", r["digit"].labels()[i], r["probability"].data()[i]);
    std::printf("\n");
  };
  show("trained:  ");

  const auto folder = std::filesystem::temp_directory_path();
  const std::string path = folder / "ansatz-example.npz";  // numpy.load reads it, too
  Store store = step.store();
  store.save_npz(path);
  for (int i = 0; i < store.size(); ++i) std::printf("saved:      %s\n", store.name(i).data());
  store.fill("W", 0);
  show("forgotten:");
  store.load_npz(path);
  show("loaded:   ");

  // What does not fit is refused, and nothing has changed.
  auto other = compile([] { return function(outputs(square(parameter<Matrix<784, 9>>("W")))); });
  try {
    other.bind(store);
  } catch (const Error& error) {
    std::printf("refused:    %s\n", error.what());
  }
  std::filesystem::remove(path);
}
