// of two functions that are refused the first is told, in one sentence
// expect: one name
// expect: x, of
// max-lines-gcc: 4
// max-lines-clang: 7
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

#ifdef TWIN
constexpr const char* name = "rate";
#else
constexpr const char* name = "x";
#endif

auto first = compile([] {  // error here
  return function(output("y", scalar(name) * input<Pixels>("x")));
});

auto second = compile([] {
  const auto x = input("x", VectorSpace(3));
  const auto cost = sum(x * scalar(name));
  return function(output("cost", cost), output("slope", grad(cost, x)));
});
