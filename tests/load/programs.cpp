// Programs at namespace scope of a shared object: static, inline, a member of a class.
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>

using namespace ansatz;

static auto own = compile<double>([] {
  const auto x = input<VectorSpace<4>>("x");
  const auto y = sum(sin(x) * x * x);
  return function(output("y", y), output("slope", grad(y, x)));
});
inline auto in_a_header = compile([] {
  const auto x = input<VectorSpace<3>>("x");
  return function(output("y", sum(square(x) * 1.5 + exp(-x))));
});
struct Holder {
  inline static auto member = compile([] {
    const auto x = input<VectorSpace<2>>("x");
    return function(output("y", sum(tanh(x) + 1)));
  });
};

extern "C" double call_programs() {
  const double a[] = {1, 2, 3, 4};
  const float b[] = {1, 2, 3, 4, 5, 6}, c[] = {0, 1};
  double total = own({{"x", view(a, {1, 4})}})["y"];
  total += in_a_header({{"x", view(b, {2, 3})}})["y"];
  return total + Holder::member({{"x", view(c, {1, 2})}})["y"];
}

namespace {
// A call while the object is loaded, perhaps before its other statics are there.
const double at_load = call_programs();
}  // namespace

extern "C" double called_at_load() { return at_load; }
