// y = x as a number: a label becomes one
#pragma once

#include <dsl/ops/elementwise.hpp>

namespace ansatz {
namespace ops {

/// Put where labels meet what reads memory that holds numbers: a product, the values of a repeat.
struct Cast : Elementwise<Cast, 1> {
  static constexpr const char* name = "cast";
  template <class X>
  static X value(X x) {
    return x;
  }
  static constexpr auto vjp(auto, auto, auto g) { return g; }
};

}  // namespace ops

namespace ir {

/// The value, of numbers; labels are converted.
constexpr Value as_numbers(const Value& v) {
  if (v.type() == DType::real) return v;
  return make(info_of<ops::Cast>, Attr{}, v);
}

}  // namespace ir
}  // namespace ansatz
