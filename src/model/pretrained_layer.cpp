#include <ansatz/model/pretrained_layer.hpp>
#include <ansatz/serial/model_file.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

namespace ansatz {

namespace {

// Passes values on under names with a prefix.
class Prefixed final : public InitialValues {
 public:
  Prefixed(InitialValues& to, std::string_view prefix) : to_(to), prefix_(prefix) {}
  void set(std::string_view parameter, const double* values, std::int64_t count) override {
    to_.set(prefix_ + std::string(parameter), values, count);
  }
  void fill(std::string_view parameter, double value) override {
    to_.fill(prefix_ + std::string(parameter), value);
  }
  const Dataset* training_data() const override { return to_.training_data(); }

 private:
  InitialValues& to_;
  std::string prefix_;
};

std::vector<double> numbers_of(const NamedTensor& tensor) {
  const auto n = static_cast<std::size_t>(tensor.size());
  if (const float* x = tensor.data<float>()) return {x, x + n};
  if (const double* x = tensor.data<double>()) return {x, x + n};
  return {};
}

bool same_shape(const NamedTensor& tensor, const ir::Shape& shape) {
  if (static_cast<int>(tensor.shape.size()) != shape.rank) return false;
  for (int i = 0; i < shape.rank; ++i)
    if (tensor.shape[static_cast<std::size_t>(i)] != shape[i]) return false;
  return true;
}

void read_values(const std::string& path, std::string_view layer, const Model& content,
                 InitialValues& values) {
  const ModelFile file = read_model_file(path);
  for (const ModelParameter& p : content.parameters()) {
    const NamedTensor* found = nullptr;
    for (const NamedTensor& t : file.parameters)
      if (t.name == p.name.view()) found = &t;
    if (!found)
      throw FileError(
          fmt::format("layer {}: {} has no parameter \"{}\"", layer, path, p.name.view()));
    const std::vector<double> x = numbers_of(*found);
    if (!same_shape(*found, p.shape()) || static_cast<std::int64_t>(x.size()) != found->size())
      throw FileError(
          fmt::format("layer {}: \"{}\" of {} has shape [{}] or a type that does not "
                      "fit the model inside",
                      layer, p.name.view(), path, fmt::join(found->shape, ", ")));
    values.set(p.name, x.data(), static_cast<std::int64_t>(x.size()));
  }
}

}  // namespace

void PretrainedLayer::initialize(const Place& at, InitialValues& values, RandomState&) const {
  const String prefix = layer_content->as_mlp() ? inside(at).prefix : String();
  Prefixed inner(values, prefix);
  if (init_from.empty())
    layer_content->initialize(inner);
  else
    read_values(std::string(init_from.view()), layer_name, *layer_content, inner);
}

}  // namespace ansatz
