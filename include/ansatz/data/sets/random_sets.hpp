// Small data sets drawn at random, for tests and for trying things out: those of Pylearn2's
// pylearn2.testing.datasets, with the same draws in the same order.
#pragma once

#include <ansatz/data/table.hpp>

#include <string_view>
#include <utility>

namespace ansatz {

// Each has examples with standard normal features in double precision, drawn first. ValueError for
// a negative number of examples and for another size below 1.

/// Features [dim]; then labels, uniform among num_classes; num_classes 0: no targets.
Table random_dense_design_matrix(RandomState& rng, std::int64_t num_examples, std::int64_t dim,
                                 int num_classes);

/// The same, with one-hot rows [num_classes] of real numbers as targets.
Table random_one_hot_dense_design_matrix(RandomState& rng, std::int64_t num_examples,
                                         std::int64_t dim, int num_classes);

/// Images of shape rows x columns; targets as of the last. Pixels are drawn in the order of `axes`,
/// which consists of b (examples), c (channels), 0 (rows) and 1 (columns); "b01c" is the order in
/// memory. ValueError for other axes.
Table random_one_hot_topological_dense_design_matrix(RandomState& rng, std::int64_t num_examples,
                                                     std::pair<std::int64_t, std::int64_t> shape,
                                                     std::int64_t channels, std::string_view axes,
                                                     int num_classes);

/// Features [dim]; then targets [1]: whole numbers, uniform among reg_min .. reg_max - 1.
Table random_dense_design_matrix_for_regression(RandomState& rng, std::int64_t num_examples,
                                                std::int64_t dim, std::int64_t reg_min,
                                                std::int64_t reg_max);

/// Example i is the number i; no targets. Nothing is drawn.
Table arange_dataset(std::int64_t num_examples);

}  // namespace ansatz
