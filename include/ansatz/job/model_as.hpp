// model_as: a model as one of a kind, also where it comes from a file
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/model.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A model that is another one in all respects, with values and records of its own: what a model
/// file gives. What asks for a kind of model asks the one inside; see model_as.
class ModelAround {
 public:
  constexpr virtual const Model& inside() const = 0;

 protected:
  constexpr ~ModelAround() = default;
};

/// The model as a T, which may be any base of its class; null when it is none.
///
///     if (const VAE* vae = model_as<VAE>(model)) …
template <class T>
constexpr const T* model_as(const Model& model) {
  if (const auto* const around = dynamic_cast<const ModelAround*>(&model))
    return model_as<T>(around->inside());
  return dynamic_cast<const T*>(&model);
}

}  // namespace ansatz
