// compile: what would take minutes is refused before the work
// expect-gcc: the function is too large to be compiled, about
// expect-gcc: allowed: 6000; make it at run time: build(...)
// expect-clang: the function is too large to
// expect-clang: build(...)
// max-lines-gcc: 4
// max-lines-clang: 7
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

#ifdef TWIN
constexpr int length = 20;
#else
constexpr int length = 2000;
#endif

auto step = compile([] {  // error here
  auto x = input<VectorSpace<100>>("x");
  auto w = parameter<VectorSpace<100>>("w");
  auto h = x * w;
  for (int i = 0; i < length; ++i) h = tanh(h);
  return function(update(w, w - 0.1 * grad(mean(sum(h)), w)));
});
