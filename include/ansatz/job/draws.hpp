// Whether an expression draws random numbers.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <dsl/ops/control/repeat.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Whether random numbers are drawn anew each time that e is computed.
constexpr bool draws_random_numbers(const AnyExpr& e) {
  bool found = false;
  const ir::Term mark;
  ir::TermMarks marks;
  marks.mark_below(e.value(), &mark,
                   [&](ir::Term& t) { found = found || t.op == ir::info_of<ops::RandomSite>; });
  return found;
}

}  // namespace ansatz
