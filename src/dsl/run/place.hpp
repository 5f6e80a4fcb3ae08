// Where a value stands in the expression that a plan computes.
#pragma once

#include <map>
#include <string>
#include <utility>

#include <dsl/plan/plan.hpp>

#include "../explain/text.hpp"

namespace ansatz::running {

/// "log", from the constant of an op or, in a compiled program, from the plan's text; "" where an
/// instruction applies none.
std::string op_name(const ir::PlanView& plan, const ir::Instr& instr);

/// Expressions of a plan's values, written as their user would: of inputs, parameters, scalars and
/// numbers, through the steps before. What would be long is left out: "...".
class Places {
 public:
  explicit Places(const ir::PlanView& plan) : plan_(plan) {}

  /// Value `instr` of the loop that is step `step`.
  explaining::Phrase of_value(int step, int instr) { return value(step, instr, 0); }
  /// What step `step`, a product or a kernel, computes.
  explaining::Phrase of_step(int step) { return computed(step, 0); }
  /// Operand `operand` of the plan as step `step` finds it.
  explaining::Phrase of_operand(int step, int operand) { return read(step, operand, 0); }

 private:
  explaining::Phrase value(int step, int instr, int depth);
  explaining::Phrase computed(int step, int depth);
  explaining::Phrase read(int step, int operand, int depth);

  const ir::PlanView& plan_;
  std::map<std::pair<int, int>, explaining::Phrase> values_[4];  // of each depth
};

}  // namespace ansatz::running
