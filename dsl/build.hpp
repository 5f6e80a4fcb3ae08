// build(function(…)): the same compiler inside the process, for models known at run time.
#pragma once

#include <dsl/function.hpp>
#include <dsl/program.hpp>

namespace ansatz {

/// How a plan made at run time gets its fused loops.
struct BuildOptions {
  bool compiled_loops =
      true;  ///< use loops compiled into the process where the program is the same
};

/// Lowers what `function` returned, at run time: the same passes and the same plan as `compile`.
/// Fused loops compiled into the process are used where their programs agree; others are
/// interpreted, to the same bits. T: float or double.
/// Errors: ShapeError and others as the functions of the language throw them when called at run
/// time.
template <class T = float>
Program<T> build(const Function& f, const BuildOptions& options = {});
template <class T = float>
  requires(!FloatOrDouble<T>)
Refused<FloatOrDouble<T>, Program<float>> build(const Function& f,
                                                const BuildOptions& options = {}) = delete;

}  // namespace ansatz
