// Feature-sign search: the code x that makes |y - A x|^2 + sparsity |x|_1 smallest.
#pragma once

#include <cstdint>
#include <vector>

namespace ansatz {

/// Columns of A as products with each other and with y, row-major.
struct SparseProblem {
  std::int64_t columns = 0;
  const double* gram = nullptr;         ///< A' A, [columns, columns]
  const double* correlation = nullptr;  ///< A' y, [columns]
  double sparsity = 0;
};

struct SparseCode {
  std::vector<double> x;
  int iterations = 0;
  bool optimal = false;  ///< false where max_iter ended the search
};

/// Lee, Battle, Raina, Ng 2007, "Efficient sparse coding algorithms", algorithm 1: guesses the
/// signs of those that are not 0, minimises the quadratic function that is left, and goes as far on
/// the way there as pays, so that the objective falls in every step. Where columns depend on each
/// other, it goes along the direction in which nothing changes until one of them is 0. The result
/// is the optimum up to rounding: at it |2 a' (A x - y)| is sparsity where x is not 0, and at most
/// that elsewhere. Pylearn2's feature_sign_search.
SparseCode feature_sign_search(const SparseProblem& problem, int max_iter = 1000);

/// The same for many y at once: dictionary [columns, inputs] has the columns of A as its rows,
/// signals [count, inputs], codes [count, columns]. Throws ValueError for a negative sparsity.
/// Returns how many of the searches max_iter ended.
std::int64_t feature_sign_search(const double* dictionary, std::int64_t columns,
                                 std::int64_t inputs, const double* signals, std::int64_t count,
                                 double sparsity, double* codes, int max_iter = 1000);

/// The code of Local Coordinate Coding (Yu, Zhang, Gong 2009): the g that makes
/// |v - g W|^2 + coeff sum_j |g_j| (|W_j - v|^2 + 1e-10) smallest; W [columns, inputs].
SparseCode local_coordinates(const double* W, std::int64_t columns, std::int64_t inputs,
                             const double* v, double coeff, int max_iter = 1000);

}  // namespace ansatz
