// Rows most of whose numbers are zero, filled up batch by batch.
#pragma once

#include <ansatz/data/source.hpp>
#include <ansatz/files/sparse.hpp>

#include <memory>
#include <string>
#include <vector>

namespace ansatz::data {

struct SparseRows {
  SparseMatrix matrix;
  /// Which row of the matrix each example is; empty: all of them, in order.
  std::vector<std::int64_t> order = {};
  /// Targets: labels below `classes`, or `outputs` numbers of each example.
  std::vector<std::int32_t> labels = {};
  int classes = 0;
  std::vector<float> numbers = {};
  std::int64_t outputs = 0;
  std::string file = {};  ///< of the matrix
};

/// The examples, with random access.
std::shared_ptr<const BatchSource> source_of(SparseRows rows);

}  // namespace ansatz::data
