// What the compiler does with a graph it must refuse.
#pragma once

#include <dsl/ir/shape.hpp>

namespace ansatz {

// Not constexpr on purpose: a constant evaluation that calls one of them stops there, and the
// compiler shows the call with its arguments. At run time they throw (see dsl/exceptions.hpp).

/// Throws ShapeError: "OP of [batch, 784] and [500, 10]: MUST_HOLD".
/// @param op          name of the op
/// @param must_hold   the sentence that says what must hold
/// @param shapes      the operands' shapes, `count` of them
[[noreturn]] void graph_error_shape(const char* op, const char* must_hold, const ir::Shape* shapes,
                                    int count);

/// Throws Error with this text.
[[noreturn]] void graph_error(const char* what);

}  // namespace ansatz
