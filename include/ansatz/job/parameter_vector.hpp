// The parameters of a model as one vector.
#pragma once

#include <ansatz/job/model.hpp>
#include <dsl/store.hpp>

#include <vector>

namespace ansatz {

/// All parameters of the model that are trained, one after the other in the model's order, each
/// row-major: Pylearn2's get_param_vector. NameError when the store lacks one.
std::vector<double> parameter_vector(const Model& model, const Store& store);

/// Sets them. ValueError, and nothing changed, unless there are as many numbers as parameters have.
void set_parameter_vector(const Model& model, Store& store, const std::vector<double>& values);

}  // namespace ansatz
