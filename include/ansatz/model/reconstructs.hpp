// Reconstructs: what a model makes of its inputs again
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <dsl/expr.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A model with a code of its inputs, from which it makes them again: what costs of autoencoders
/// ask for. Batches x and codes are in the Spaces that the model has.
class Reconstructs {
 public:
  /// The code of x.
  constexpr virtual AnyExpr encode(const AnyExpr& x) const = 0;
  /// x again, as it is trained to be made: a denoising model spoils x first, anew at every call.
  constexpr virtual AnyExpr reconstruct(const AnyExpr& x) const = 0;
  /// The same before the last activation. Error for a model that has none.
  constexpr virtual AnyExpr reconstruct_without_dec_acti(const AnyExpr& x) const {
    graph_error("this model has no reconstruct_without_dec_acti");
    return x;
  }

 protected:
  constexpr ~Reconstructs() = default;
};

}  // namespace ansatz
