// Symmetric systems A x = b, of whose matrix only products with vectors are known, such as those of
// a Hessian: conjugate gradients, and minimal residuals.
#pragma once

#include <functional>
#include <vector>

namespace ansatz {

/// Writes A x into the second vector, which has as many numbers.
using MatrixProduct = std::function<void(const std::vector<double>& x, std::vector<double>& Ax)>;

struct LinearSolution {
  std::vector<double> x;
  int iterations = 0;
  double residual = 0;  ///< length of b - A x, computed anew at the end
  bool converged = false;
};

struct ConjugateGradientOptions {
  double tol = 1e-3;         ///< ends when the residual is this part of b, or shorter
  int max_iters = 1000;      ///< no more steps than that
  std::vector<double> x0{};  ///< where to begin; empty: 0
};

/// The lowest point of x' A x / 2 - b' x, A being positive definite (Hestenes and Stiefel 1952).
/// Pylearn2's linear_cg. Ends, not converged, in a direction in which A is not positive.
LinearSolution linear_cg(const MatrixProduct& product, const std::vector<double>& b,
                         const ConjugateGradientOptions& options = {});

struct MinresOptions {
  double rtol =
      1e-6;          ///< ends when the residual, or A times it, is this small beside what there is
  int maxit = 20;    ///< no more steps than that
  double shift = 0;  ///< (A - shift) x = b is solved
  MatrixProduct preconditioner{};  ///< M^-1 x, M being positive definite; empty: none
};

/// The x of the shortest b - A x in the space of A's powers; A may be indefinite or singular (Paige
/// and Saunders 1975). Pylearn2's minres.
LinearSolution minres(const MatrixProduct& product, const std::vector<double>& b,
                      const MinresOptions& options = {});

}  // namespace ansatz
