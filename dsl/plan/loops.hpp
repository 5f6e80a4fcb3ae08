// The loops compiled into the process, for plans made at run time to borrow.
#pragma once

#include <dsl/plan/plan.hpp>

namespace ansatz::ir {

/// The compiled loops of a plan, to be added to those that `find_loop` searches until it is
/// destroyed, with the shared object that it lies in perhaps. Made by the compiler (its constructor
/// runs at no time), so that whoever offers it, however early, offers all of it.
class LoopOffer {
 public:
  /// @param plan       tables, for the loops' programs
  /// @param functions  code of each loop
  /// @param precision  sizeof the program's numbers: 4 or 8
  constexpr LoopOffer(const PlanView& plan_, const LoopFn* functions_, unsigned long precision_)
      : plan(plan_), functions(functions_), precision(precision_) {}
  LoopOffer(const LoopOffer&) = delete;
  LoopOffer& operator=(const LoopOffer&) = delete;
  ~LoopOffer();

  /// Makes the offer, unless it is made already.
  bool offer();

  const PlanView plan;
  const LoopFn* const functions;
  const unsigned long precision;

 private:
  friend LoopFn find_loop(const PlanView& plan, int loop, unsigned long precision);
  bool offered_ = false;
  LoopOffer* next_ = nullptr;
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
