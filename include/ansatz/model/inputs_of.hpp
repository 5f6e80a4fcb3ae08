// inputs_of: a model's inputs in the Space that it names
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/model.hpp>
#include <ansatz/spaces/format_as.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The examples a model reads, in its own Space: a data set may have them in another, such as
/// images for a model of vectors.
constexpr AnyExpr inputs_of(const Model& model, const Data& data) {
  return format_as(data[model.input_source()], model.input_space()).value();
}

}  // namespace ansatz
