#include "globals.hpp"

namespace globals {

static auto mine = compile([] {
  auto x = input<VectorSpace<3>>("x");
  return function(output("y", sum(x * 100)));
});

namespace {
auto unnamed = compile([] {
  auto x = input<VectorSpace<3>>("x");
  return function(output("y", sum(x * 200)));
});
}  // namespace

double other_static() { return value(mine); }
double other_unnamed() { return value(unnamed); }
double other_in_header() { return value(in_header); }
const void* address_in_header() { return &in_header; }

}  // namespace globals
