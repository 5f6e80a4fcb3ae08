// Parameters and state between a store and a file.
#pragma once

#include <string>
#include <vector>

#include <ansatz/serial/tensor_file.hpp>
#include <dsl/store.hpp>

namespace ansatz {

/// Copies of all tensors of a kind, in the order of their creation.
std::vector<NamedTensor> stored_tensors(const Store& store, StoreKind kind);

/// Gives all tensors of a kind the values of `tensors`. These must have exactly the same names,
/// types and shapes (a resizable one may have any number of rows); otherwise one FileError lists
/// every difference and nothing has changed. `path` is for messages.
void restore_tensors(Store& store, StoreKind kind, const std::vector<NamedTensor>& tensors,
                     const std::string& path);

/// What starting from another model's parameters did.
struct InitReport {
  std::vector<std::string> taken;   ///< parameters that have the file's values
  std::vector<std::string> kept;    ///< parameters the file does not have
  std::vector<std::string> unused;  ///< tensors of the file that are no parameters here
};

/// Gives parameters the values of the tensors of the same name, converted between float and double
/// where they differ. One FileError lists every tensor of another shape or of integers; it is an
/// error, too, when no name is the same. Nothing has changed then.
InitReport init_parameters(Store& store, const std::vector<NamedTensor>& tensors,
                           const std::string& path);

/// The parameters of a model file, or all tensors of another program's file.
std::vector<NamedTensor> read_parameters(const std::string& path);

}  // namespace ansatz
