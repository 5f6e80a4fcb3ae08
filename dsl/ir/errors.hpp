// What the compiler does with a graph it must refuse.
#pragma once

#include <type_traits>

#include <dsl/ir/refusal.hpp>
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

namespace ir {

constexpr void add_dimension(RefusalNote& note, int dim) {
  if (dim == any) return note.add("any");
  if (!is_extent(dim)) return note.add(dim);
  // A shape holds only a hash of the name; these are the names the library itself gives.
  const char* const names[] = {"batch", "chains", "examples"};
  for (const char* name : names)
    if (extent_code(name) == dim) return note.add(name);
  note.add("run-time size");
}

constexpr void add_shape(RefusalNote& note, const Shape& shape) {
  note.add("[");
  for (int k = 0; k < shape.rank; ++k) {
    if (k) note.add(", ");
    add_dimension(note, shape[k]);
  }
  note.add("]");
}

/// Where an op was called. Functions on expressions end in a parameter `ir::CallSite at =
/// ir::CallSite::here()`: what their types do not refuse is told with its line. A parameter pack
/// takes every argument, so that functions with one have an overload for the first few.
struct CallSite {
  const char* file = nullptr;
  int line = 0;

  static constexpr CallSite here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
};

/// "W, of [784, 10]"; without quotes, before which g++ writes a backslash.
constexpr void add_named(RefusalNote& words, const char* name, const Shape& shape) {
  words.add(name);
  words.add(", of ");
  add_shape(words, shape);
}

}  // namespace ir

// Thrown at run time. In a constant evaluation noted (see refusal_note), the
// first one only, and the caller goes on: with any value that does no harm,
// since nothing comes of it.

/// ShapeError: "OP of [batch, 784] and [500, 10]: MUST_HOLD".
/// @param op         name of the op
/// @param must_hold  the sentence that says what must hold
/// @param shapes     the operands' shapes, `count` of them
/// @param at         where the user called it, as far as known; the compiler is told
constexpr void graph_error_shape(const char* op, const char* must_hold, const ir::Shape* shapes,
                                 int count, ir::CallSite at = {}) {
  if (!std::is_constant_evaluated()) running::throw_shape_error(op, must_hold, shapes, count);
  ir::RefusalNote& note = ir::refusal_note({});
  if (note.length) return;
  note.add(op);
  for (int k = 0; k < count; ++k) {
    note.add(k == 0 ? " of " : k + 1 == count ? " and " : ", ");
    ir::add_shape(note, shapes[k]);
  }
  note.add(": ");
  note.add(must_hold);
  if (!at.file) return;
  note.add(", at ");
  note.add(at.file);
  note.add(":");
  note.add(at.line);
  note.add(":");
}

/// ShapeError: "SPACE(2, -7): sizes must be 0 to 2147483647".
constexpr void graph_error_size(const char* space, const long long* sizes, int count) {
  if (!std::is_constant_evaluated()) running::throw_size_error(space, sizes, count);
  ir::RefusalNote& note = ir::refusal_note({});
  if (note.length) return;
  note.add(space);
  for (int k = 0; k < count; ++k) {
    note.add(k ? ", " : "(");
    note.add(sizes[k]);
  }
  note.add("): sizes must be 0 to 2147483647");
}

/// Error with this text.
constexpr void graph_error(const char* what) {
  if (!std::is_constant_evaluated()) running::throw_error(what);
  ir::RefusalNote& note = ir::refusal_note({});
  if (note.length == 0) note.add(what);
}

/// A fault of the compiler, not of its user: ends a constant evaluation.
[[noreturn]] constexpr void internal_error(const char* what) {
  if (!std::is_constant_evaluated()) running::throw_error(what);
  if (what) throw what;
  __builtin_unreachable();
}

}  // namespace ansatz
