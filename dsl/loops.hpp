// The loops compiled into the process, for plans made at run time to borrow.
#pragma once

#include <dsl/plan.hpp>

namespace ansatz::ir {

/// Adds the compiled loops of a plan to those that `find_loop` searches; its constructor runs
/// before main. They must live as long as the process.
class LoopOffer {
 public:
  /// @param plan       tables, for the loops' programs
  /// @param functions  code of each loop
  /// @param precision  sizeof the program's numbers: 4 or 8
  LoopOffer(const PlanView& plan, const LoopFn* functions, unsigned long precision);
  LoopOffer(const LoopOffer&) = delete;
  LoopOffer& operator=(const LoopOffer&) = delete;

  PlanView plan;
  const LoopFn* functions;
  unsigned long precision;
  const LoopOffer* next;
};

/// An offer made while the program runs; never taken back.
void offer_loops(const PlanView& plan, const LoopFn* functions, unsigned long precision);

/// Code for loop `loop` of `plan`, or null: compiled in the same precision and, instruction by
/// instruction, from the same program (names and versions of ops, levels, walks, phases; literals,
/// sizes and strides are operands and do not count).
LoopFn find_loop(const PlanView& plan, int loop, unsigned long precision);

/// An op that is not the library's, for check mode, which evaluates the loops of compiled programs
/// again to find what made a number that is not finite. Never taken back.
void offer_op(const OpInfo* op);

/// The tables of a plan, as the executor reads them.
PlanView view_of(const Plan& plan);

}  // namespace ansatz::ir
