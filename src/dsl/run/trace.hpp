// Finds the op of a fused loop that first made a number which is not finite.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <dsl/plan/plan.hpp>

#include "place.hpp"

namespace ansatz::running {

/// Evaluates a loop again, one element at a time and value by value. Ops are found by their
/// constants or, in a compiled program, by their names; the memory that the loop reads must be as
/// before it ran.
template <class T>
class LoopTrace {
 public:
  LoopTrace(const ir::PlanView& plan, int step, const ir::LoopCall& call);

  struct Answer {
    std::string op;    ///< its name; "" when the loop was given the number
    std::string text;  ///< "'log' made -inf of 0: log(x - 1), in exp(x) + log(x - 1)"
  };
  /// @param row     of the element of root `root` that is not finite: its row, or -1 if its value
  /// @param column  is of all rows; its column, or -1 if it is of all columns
  Answer find(int root, std::int64_t row, std::int64_t column);

 private:
  struct Known {
    T value{};
    bool known = true;
    bool finite() const { return known && value - value == 0; }
    bool nan() const { return known && value != value; }
  };

  const ir::Instr& instr(int i) const { return plan_.code[loop_.first_instr + i]; }
  const ir::Root& root(int r) const { return plan_.roots[loop_.first_root + r]; }
  int spilled(int i) const;
  void begin_row(std::int64_t row);
  void evaluate(std::int64_t column, int count);
  Known at(int i, std::int64_t column);
  Known reduced(int i);
  Known apply(int value) const;
  std::int64_t position(const ir::Instr& i, std::int64_t column) const;
  bool select(int value, std::int64_t row, std::int64_t column, bool only_nan);
  std::vector<int> descend(int value, bool only_nan);
  int worse(int value, bool only_nan);
  std::string told(int value);

  const ir::PlanView& plan_;
  const int step_;
  const ir::LoopCall& call_;
  const ir::Loop& loop_;
  std::vector<Known> values_, row_values_;
  std::vector<int> spills_;
  std::vector<const ir::OpInfo*> ops_;
  std::int64_t row_ = -1, column_ = 0;
  Places places_;
};

}  // namespace ansatz::running
