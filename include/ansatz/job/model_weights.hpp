// The weights of a model, as penalties and norms find them.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/string.hpp>
#include <dsl/expr.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Weights: a linear map with one parameter.
struct ModelWeights {
  /// Of their layer, "h0" or "inner.h"; outside of layers, their parameter's name.
  String path;
  String parameter;  ///< "h0_W"
  AnyExpr value;
  AnyExpr row_norms;     ///< lengths of the weights that each input meets
  AnyExpr column_norms;  ///< lengths of the units' weights
};

}  // namespace ansatz
