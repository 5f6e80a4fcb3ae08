// Programs that exist before main: of a header, of a class, of a template, in two files.
#pragma once

#include <dsl/compile.hpp>
#include <dsl/ops.hpp>

namespace globals {

using namespace ansatz;

inline auto in_header = compile([] {
  auto x = input<VectorSpace<3>>("x");
  return function(output("y", sum(exp(x))));
});

struct Holder {
  static inline auto member = compile<double>([] {
    auto x = input<VectorSpace<3>>("x");
    return function(output("y", sum(x * x * x)));
  });
};

template <class T>
struct Of {
  static inline auto member = compile<T>([] {
    auto x = input<VectorSpace<3>>("x");
    return function(output("y", sum(tanh(x)) * 2));
  });
};

inline constexpr float numbers[] = {1, 2, 3};
inline constexpr double doubles[] = {1, 2, 3};

template <class P>
double value(P& program) {
  return static_cast<double>(static_cast<float>(program({{"x", view(numbers, {1, 3})}})["y"]));
}

/// The programs of the other file that have the names of those in this one.
double other_static();
double other_unnamed();
double other_in_header();
const void* address_in_header();

}  // namespace globals
