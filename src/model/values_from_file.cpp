#include <ansatz/model/values_from_file.hpp>

#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <fmt/format.h>

namespace ansatz {

namespace {

bool same_shape(const NamedTensor& tensor, const ir::Shape& shape) {
  if (static_cast<int>(tensor.shape.size()) != shape.rank) return false;
  for (int i = 0; i < shape.rank; ++i)
    if (tensor.shape[static_cast<std::size_t>(i)] != shape[i]) return false;
  return true;
}

}  // namespace

void set_from_file(const ModelFile& file, const std::string& source, const Model& model,
                   InitialValues& values) {
  std::vector<std::string_view> names;
  for (const NamedTensor& each : file.parameters) names.push_back(each.name);
  std::vector<double> numbers;
  for (const ModelParameter& p : model.parameters()) {
    const NamedTensor* found = nullptr;
    for (const NamedTensor& each : file.parameters)
      if (each.name == p.name.view()) found = &each;
    if (!found)
      throw FileError(fmt::format("{} has no parameter \"{}\"{}", source, p.name.view(),
                                  allowed_names(p.name.view(), names)));
    const float* const single = found->data<float>();
    const double* const whole = found->data<double>();
    if (!same_shape(*found, p.shape()) || (!single && !whole))
      throw FileError(
          fmt::format("{}: \"{}\" has the shape [{}] or a type that does not fit the "
                      "model",
                      source, p.name.view(), fmt::join(found->shape, ", ")));
    if (single)
      numbers.assign(single, single + found->size());
    else
      numbers.assign(whole, whole + found->size());
    values.set(p.name.view(), numbers.data(), found->size());
  }
  StateList declared;
  model.states(declared);
  for (const NamedTensor& each : file.state)
    // State of the training, momenta say, lies in the file, too, and is not the model's.
    if (declared.find(each.name)) values.set_state(each);
}

}  // namespace ansatz
