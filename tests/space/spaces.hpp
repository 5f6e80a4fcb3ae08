// What tests of Spaces share.
#pragma once

#include <dsl/expr.hpp>
#include <dsl/space.hpp>

#include <type_traits>

namespace space_test {

using namespace ansatz;

struct Pixels : VectorSpace<784> {};

/// The number of examples in a shape.
inline constexpr int E = ir::extent_code("examples");

/// Whether expression X has Space S.
template <class S, class X>
inline constexpr bool is = std::is_same_v<typename X::space, S>;

}  // namespace space_test
