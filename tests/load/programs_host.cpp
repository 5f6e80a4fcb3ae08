// Loads the shared object that it is given, calls its programs, and builds programs that borrow its
// loops: they outlive the object. Exit code: how much was wrong.
#include <dlfcn.h>

#include <cmath>
#include <cstdio>
#include <thread>
#include <vector>

#include <dsl/build.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

namespace {

int wrong = 0;

void check(bool right, const char* what) {
  std::printf("%s: %s\n", right ? "right" : "WRONG", what);
  wrong += !right;
}

const double numbers[] = {1, 2, 3, 4};

Function same_as_own() {
  const auto x = input<VectorSpace<4>>("x");
  const auto y = sum(sin(x) * x * x);
  return function(output("y", y), output("slope", grad(y, x)));
}
double call(Program<double>& p) { return p({{"x", view(numbers, {1, 4})}})["y"]; }

double expected() {
  double y = 0;
  for (double x : numbers) y += std::sin(x) * x * x;
  for (double x : {1, 2, 3, 4, 5, 6}) y += x * x * 1.5 + std::exp(-x);
  return y + 2 + std::tanh(1.0);
}

struct Loaded {
  void* object;
  explicit Loaded(const char* path) : object(dlopen(path, RTLD_NOW | RTLD_LOCAL)) {
    if (!object) std::printf("%s\n", dlerror());
  }
  double of(const char* function) const {
    return reinterpret_cast<double (*)()>(dlsym(object, function))();
  }
  void close() const { dlclose(object); }
};
bool is_loaded(const char* path) {
  void* const object = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
  if (object) dlclose(object);
  return object;
}

}  // namespace

int main(int, char** arguments) {
  const char* const path = arguments[1];
  auto interpreted = build<double>(same_as_own());
  const double alone = call(interpreted);
  for (int round = 0; round < 3; ++round) {
    const Loaded o(path);
    if (!o.object) return 1;
    check(std::abs(o.of("called_at_load") - expected()) < 1e-3, "called while it was loaded");
    check(std::abs(o.of("call_programs") - expected()) < 1e-3, "called when it was loaded");
    o.close();
  }
  check(!is_loaded(path), "an object of which nothing was borrowed goes");
  auto after = build<double>(same_as_own());
  check(call(after) == alone, "its loops are not found when it is gone");

  const Loaded o(path);
  auto borrower = build<double>(same_as_own());
  check(call(borrower) == alone, "the loops of an object, to the same bits");
  o.close();
  check(is_loaded(path), "an object whose loops were borrowed stays");
  check(call(borrower) == alone, "a borrower outlives the object that was closed");

  std::vector<std::thread> threads;
  std::vector<int> bad(2);
  for (int t = 0; t < 2; ++t)
    threads.emplace_back([&, t] {
      for (int k = 0; k < 50; ++k) {
        const Loaded mine(path);
        auto p = build<double>(same_as_own());
        mine.close();
        bad[static_cast<std::size_t>(t)] += call(p) != alone;
      }
    });
  for (std::thread& t : threads) t.join();
  check(bad[0] + bad[1] == 0, "loaded, built from and closed by two threads");
  return wrong;
}
