// The plain meaning of a graph: every node computed by itself, in double, over whole arrays.
//
// Knows nothing of clusters, plans, memory or threads. Elementwise ops and kernels are called one
// by one through their OpInfo; broadcasting, reductions, views and products are written out here.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <dsl/ir/graph.hpp>
#include <dsl/plan/plan.hpp>

namespace fuzz {

/// A whole value, row-major; labels are numbers here, too.
struct Tensor {
  std::vector<long> dims;
  std::vector<double> values;
  bool labels = false;
};

/// An index into a vector.
inline std::size_t at(long i) { return static_cast<std::size_t>(i); }

/// What a graph's leaves are.
struct Environment {
  std::map<std::string, Tensor> leaves;
  std::map<std::string, long> extents;  ///< sizes by name
  ansatz::ir::RandomKey random;
  bool random_in_float = false;  ///< random numbers as a program in float draws them
};

/// The dimensions of `shape` with the environment's extents.
std::vector<long> dims_of(const ansatz::ir::Graph& g, const ansatz::ir::Shape& shape,
                          const Environment& environment);

/// The values of all nodes that a root needs; of the others an empty tensor.
std::vector<Tensor> evaluate(const ansatz::ir::Graph& g, const Environment& environment);

}  // namespace fuzz
