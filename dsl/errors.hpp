// What the compiler does with a graph it must refuse.
#pragma once

#include <type_traits>

#include <dsl/ir/shape.hpp>

namespace ansatz {

namespace running {

[[noreturn]] void throw_shape_error(const char* op, const char* must_hold, const ir::Shape* shapes,
                                    int count);
[[noreturn]] void throw_error(const char* what);
[[noreturn]] void throw_size_error(const char* space, const long long* sizes, int count);

// Of ir::TermsLock and ir::GraphSerial.
void lock_terms();
void unlock_terms();
std::uint64_t next_graph_serial();

}  // namespace running

// In a constant evaluation the compiler stops at `throw` and shows the calls that led there with
// their arguments: the text, and further up the user's line. A call of a function that is not
// constexpr would stop it as well, but then the arguments are not shown. The conditions are for
// g++ 12, which wants a way on which a constexpr function could return.

/// Throws ShapeError: "OP of [batch, 784] and [500, 10]: MUST_HOLD".
/// @param op          name of the op
/// @param must_hold   the sentence that says what must hold
/// @param shapes      the operands' shapes, `count` of them
[[noreturn]] constexpr void graph_error_shape(const char* op, const char* must_hold,
                                              const ir::Shape* shapes, int count) {
  if (!std::is_constant_evaluated()) running::throw_shape_error(op, must_hold, shapes, count);
  // g++ says that the difference of the two texts is not constant, and so shows both.
  if (must_hold - op) throw must_hold;
  __builtin_unreachable();
}

/// Throws ShapeError: "SPACE(2, -7): sizes must be 0 to 2147483647".
[[noreturn]] constexpr void graph_error_size(const char* space, const long long* sizes, int count) {
  if (!std::is_constant_evaluated()) running::throw_size_error(space, sizes, count);
  if (space) throw "sizes of a Space must be 0 to 2147483647";
  __builtin_unreachable();
}

/// Throws Error with this text.
[[noreturn]] constexpr void graph_error(const char* what) {
  if (!std::is_constant_evaluated()) running::throw_error(what);
  if (what) throw what;
  __builtin_unreachable();
}

}  // namespace ansatz
