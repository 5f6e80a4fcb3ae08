// The table of ops: what a row says, and the checks that every row goes through.
//
// Values are compared with a plain double reference, in float and double, at edge values and at
// random ones; gradients with central differences of the values; gradients of gradients with
// central differences of the gradients; all that for every way in which operands may broadcast.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include <catch2/catch.hpp>

#include <dsl/ops/reduce/reduce.hpp>

namespace op_test {

using ansatz::any;
using ansatz::AnyExpr;

/// The run-time number of examples, as a dimension of an operand.
inline constexpr int B = ansatz::ir::extent_code("examples");
inline constexpr double inf = std::numeric_limits<double>::infinity();
inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();

using Dimensions = std::vector<int>;
using Numbers = std::vector<double>;

/// A whole operand or result, row-major.
struct Array {
  Dimensions dims;
  Numbers values;
};
/// A vector of these numbers.
Array vector_of(Numbers values);
/// [examples, units] of zeros.
Array zeros(int examples, int units);

/// The op under test: from its operands to its result.
using Build = std::function<AnyExpr(const std::vector<AnyExpr>&)>;

struct Range {
  double low = -2, high = 2;
};

/// Edge values: zeros of both signs, tiny, large and huge numbers, infinities, NaN.
Numbers all_edges();
/// Those of them that lie in [low, high], and NaN.
Numbers edges_in(double low, double high);

/// An elementwise op of one, two or three operands.
struct ElementwiseRow {
  Build op;
  std::function<double(const Numbers&)> reference;
  /// Where random operands come from, one range an operand; a single one serves for all.
  std::vector<Range> domain = {{}};
  /// Every operand takes every one of these, in all combinations.
  Numbers edges = all_edges();
  /// Random operands keep 0.05 away from these, where the derivative jumps.
  Numbers kinks = {};
  /// Largest error of a value, in units of the last place of max(|value|, magnitude).
  double ulps = 8;
  double magnitude = 0;
  /// Where derivatives need not be numbers although the value is one.
  std::function<bool(const Numbers&)> singular = {};
};
void check_elementwise(const ElementwiseRow& row);

/// An operand of an op that is not elementwise.
struct Operand {
  Dimensions dims;  ///< B: the examples
  Range range = {};
  int labels = 0;      ///< integers 0 .. labels - 1 instead of numbers
  Numbers edges = {};  ///< of which its special points are made; none: what the range gives
};

/// Any op, on operands of these dimensions.
struct ArrayRow {
  std::vector<Operand> operands;
  Build op;
  std::function<Array(const std::vector<Array>&)> reference;
  double tolerance_float = 1e-5, tolerance_double = 1e-13;  ///< relative to max(1, |value|)
  bool derivatives = true;
  /// Special points where derivatives need not be numbers although the value is one.
  std::function<bool(const std::vector<Array>&)> singular = {};
};
/// Values and derivatives at random operands, and at special points where operands have edges.
void check(const ArrayRow& row);

/// An operand that all examples share gets as accurate a gradient from many of them as from one: of
/// equal examples each gives the same. `check` calls it.
void check_equal_examples(const ArrayRow& row);

/// The value of `op` in double (or float) precision.
template <class T = double>
Array evaluate(const Build& op, const std::vector<Array>& operands);
extern template Array evaluate<float>(const Build& op, const std::vector<Array>& operands);
extern template Array evaluate<double>(const Build& op, const std::vector<Array>& operands);

/// Whether the first axis of the operands is the examples.
enum class Batch { no, yes };
/// d sum(op(operands)) / d operand, for each operand; how ties, kinks and zeros are settled.
std::vector<Array> gradients(const Build& op, const std::vector<Array>& operands,
                             Batch batch = Batch::no);
/// d sum of the first operand's gradient / d first operand.
Array second_derivative(const Build& op, const std::vector<Array>& operands,
                        Batch batch = Batch::no);

/// The results of consecutive calls of one program, for ops that draw random numbers.
struct Calls {
  std::uint64_t seed = 0;
  int count = 1;
};
std::vector<Array> draws(const Build& op, const std::vector<Array>& operands, Calls calls = {});

/// The reference of a reduction: `reduce` of the elements over the axes where `over` is true.
Array reduce_reference(const Array& x, const std::vector<bool>& over, bool keep,
                       const std::function<double(const Numbers&)>& reduce);

/// What a reduction meets at its special points: ties, zeros of both signs, tiny numbers.
inline const Numbers reduction_edges = {0, -0.0, 1e-40, -1e-40, 1, 1, -2, 3, inf, -inf};

/// Any op of one operand that reduces axes: `op(x, over)`, over every kind of axes.
template <class Op>
void check_reduction(Op op, const std::function<double(const Numbers&)>& reference,
                     bool derivatives = true, const Numbers& edges = reduction_edges) {
  const auto row = [&](const Dimensions& dims, const std::vector<bool>& over, auto axes) {
    check(ArrayRow{
        .operands = {{.dims = dims, .edges = edges}},
        .op = [=](auto& x) { return AnyExpr(op(x[0], axes).value()); },
        .reference = [&](auto& x) { return reduce_reference(x[0], over, false, reference); },
        .derivatives = derivatives});
  };
  using ansatz::all, ansatz::axis, ansatz::batch, ansatz::units;
  row({B, 5}, {true, true}, all);
  row({B, 5}, {false, true}, units);
  row({B, 5}, {false, true}, axis<-1>);
  row({B, 5}, {false, false}, axis<-2>);  // the place of the batch, but never the batch
  row({B}, {false}, axis<-1>);
  row({B, 5}, {true, false}, batch);
  row({B}, {true}, batch);
  row({7}, {true}, all);
  row({3, 4}, {true, true}, all);
  row({3, 4}, {true, false}, axis<0>);
  row({3, 4}, {false, true}, axis<1>);
  row({B, 2, 3}, {false, true, true}, units);
  row({B, 2, 3}, {false, true, false}, axis<0>);
  row({B, 2, 3}, {false, true, false}, axis<-2>);
  row({B, 2, 3}, {false, false, true}, axis<-1>);
  row({B, 2, 3}, {true, false, false}, batch);
}

/// The same of one that may keep the axes with size 1: `op(x, over, keep_axes)`.
template <class Op>
void check_kept(Op op, const std::function<double(const Numbers&)>& reference,
                bool derivatives = true) {
  const auto row = [&](const Dimensions& dims, const std::vector<bool>& over, auto axes) {
    check(ArrayRow{
        .operands = {{dims}},
        .op = [=](auto& x) { return AnyExpr(op(x[0], axes, ansatz::keep_axes).value()); },
        .reference = [&](auto& x) { return reduce_reference(x[0], over, true, reference); },
        .derivatives = derivatives});
  };
  row({B, 5}, {true, true}, ansatz::all);
  row({B, 5}, {true, false}, ansatz::batch);
  row({3, 4}, {true, false}, ansatz::axis<0>);
  row({B, 2, 3}, {false, true, true}, ansatz::units);
}

/// The same over several axes at once, and with `keep_axes` behind them: `op(x, over...)`.
template <class Op>
void check_several(Op op, const std::function<double(const Numbers&)>& reference,
                   const Numbers& edges = reduction_edges) {
  const auto row = [&](const Dimensions& dims, const std::vector<bool>& over, bool keep,
                       auto... axes) {
    check(ArrayRow{
        .operands = {{.dims = dims, .edges = edges}},
        .op = [=](auto& x) { return AnyExpr(op(x[0], axes...).value()); },
        .reference = [&](auto& x) { return reduce_reference(x[0], over, keep, reference); }});
  };
  using ansatz::axis, ansatz::batch, ansatz::keep_axes, ansatz::units;
  row({B, 2, 3}, {false, true, true}, false, axis<0>, axis<1>);
  row({B, 2, 3}, {true, false, true}, false, batch, axis<-1>);
  row({B, 2, 3}, {true, true, true}, false, units, batch);
  row({2, 3, 4}, {true, false, true}, false, axis<2>, axis<0>);
  row({2, 3, 2, 2}, {true, true, false, true}, false, axis<0>, axis<1>, axis<3>);
  row({2, 3, 4}, {true, false, true}, true, axis<0>, axis<2>, keep_axes);
  row({B, 2, 3}, {true, true, false}, true, batch, axis<0>, keep_axes);
  row({2, 3, 2, 2}, {true, true, false, true}, true, axis<0>, axis<1>, axis<-1>, keep_axes);
}

}  // namespace op_test
