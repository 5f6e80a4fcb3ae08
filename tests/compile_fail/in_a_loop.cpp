// an error in a loop over layers is the only one
// expect: OperandsBroadcast
// expect: VectorSpace<500>
// expect: Batch<Pixels
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

auto step = compile([] {
  auto x = input<Pixels>("x");
  auto b = parameter<VectorSpace<500>>("b");
  auto c = parameter<VectorSpace<784>>("c");
  Function f;
  const char* const names[] = {"y0", "y1", "y2"};
  for (int layer = 0; layer < 3; ++layer) {
#ifdef TWIN
    auto y = tanh(x + c);
#else
    auto y = tanh(x + b);  // error here
#endif
    f.add(output(names[layer], y));
  }
  return f;
});
