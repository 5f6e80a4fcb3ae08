// Initial parameters: weight matrices drawn as Pylearn2 draws them, and by later rules.
#pragma once

#include <ansatz/base/random_state.hpp>

namespace ansatz {

// All matrices are [rows, columns], row-major, with inputs as rows and units as columns; they are
// drawn in double precision, to be rounded to float by the caller. Each function throws ValueError
// for a negative size and for a range or deviation that is negative or not finite.

/// Uniform on [-range, range), each weight kept with probability include_prob, else zero: the
/// `irange` of Linear, Maxout and their kin. A second matrix of uniform numbers is drawn for the
/// choice, also when include_prob is 1. Throws ValueError unless 0 <= include_prob <= 1.
std::vector<double> irange_weights(RandomState& rng, std::int64_t rows, std::int64_t columns,
                                   double range, double include_prob = 1);

/// The `irange` of Softmax and of convolution kernels: no second matrix is drawn.
std::vector<double> softmax_irange_weights(RandomState& rng, std::int64_t rows,
                                           std::int64_t columns, double range);

/// Normal with mean 0 and the standard deviation given: `istdev`.
std::vector<double> istdev_weights(RandomState& rng, std::int64_t rows, std::int64_t columns,
                                   double istdev);

/// `sparse_init` k: each column has k weights that are not zero, normal with mean 0 and the
/// standard deviation given (Martens 2010, section 5). Drawn column by column: a row, until one is
/// found whose weight is still zero, then its weight. `mask`, [rows, columns] or empty
/// (mask_weights), forbids the places where it is 0. Throws ValueError unless 0 <= k <= rows and
/// every column of the mask allows k places.
std::vector<double> sparse_weights(RandomState& rng, std::int64_t rows, std::int64_t columns,
                                   std::int64_t k, double stdev = 1,
                                   std::span<const double> mask = {});

/// Uniform on [-a, a) with a = sqrt(6 / (rows + columns)) (Glorot, Bengio 2010, equation 16);
/// `fan_out` in the place of columns where a unit's inputs do not meet every unit.
std::vector<double> glorot_uniform(RandomState& rng, std::int64_t rows, std::int64_t columns);
std::vector<double> glorot_uniform(RandomState& rng, std::int64_t rows, std::int64_t columns,
                                   std::int64_t fan_out);
/// Normal with variance 2 / (rows + columns) (the same, equation 12).
std::vector<double> glorot_normal(RandomState& rng, std::int64_t rows, std::int64_t columns);
std::vector<double> glorot_normal(RandomState& rng, std::int64_t rows, std::int64_t columns,
                                  std::int64_t fan_out);
/// Uniform with variance 2 / rows, for rectifiers: on [-a, a) with a = sqrt(6 / rows) (He, Zhang,
/// Ren, Sun 2015, arXiv:1502.01852, equation 10).
std::vector<double> he_uniform(RandomState& rng, std::int64_t rows, std::int64_t columns);
/// Normal with variance 2 / rows (the same).
std::vector<double> he_normal(RandomState& rng, std::int64_t rows, std::int64_t columns);

}  // namespace ansatz
