// The plan in words.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "text.hpp"

namespace ansatz::explaining {

/// What buffers are called: leaves and results by their names, literals by their number, the rest
/// v0, v1, … in the order in which they are made.
class BufferNames {
 public:
  BufferNames(const ir::PlanView& plan, const Extents& extents);
  const Phrase& operator[](int buffer) const { return names_[buffer]; }

 private:
  std::vector<Phrase> names_;
};

/// Which operands of a step it reads, and which it writes.
bool writes(const ir::PlanView& plan, const ir::Step& step, int operand);
bool reads(const ir::PlanView& plan, const ir::Step& step, int operand);

/// The program of a fused loop, a statement a line, as the step runs it.
/// @param arguments  what to call each operand; empty: as their buffers
std::string loop_text(const ir::PlanView& plan, const BufferNames& names, const Extents& extents,
                      const ir::Step& step, const std::vector<std::string>& arguments, int indent);
/// "for i < examples, j < 784, 3 passes"
std::string loop_head(const ir::PlanView& plan, const Extents& extents, const ir::Step& step);

/// A step in words: who does it ("gemm"), what it computes ("v0 = x @ W0").
struct StepText {
  std::string by, computes;
};
/// Of all steps of a plan.
std::vector<StepText> step_texts(const ir::PlanView& plan);

/// Memory, steps and loops; what a call costs with `batch` for each extent.
/// @param number_bytes  sizeof the program's numbers
std::string plan_text(const ir::PlanView& plan, int number_bytes, std::int64_t batch);

}  // namespace ansatz::explaining
