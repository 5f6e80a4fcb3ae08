#include <ansatz/model/pretrained_layer.hpp>
#include <ansatz/serial/model_file.hpp>

#include "values_from_file.hpp"

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
  const ModelFile* learned(const Model& model) const override { return to_.learned(model); }
  const Dataset* training_data() const override { return to_.training_data(); }

 private:
  InitialValues& to_;
  std::string prefix_;
};

}  // namespace

void PretrainedLayer::initialize(const Place& at, InitialValues& values, RandomState&) const {
  const String prefix = layer_content->as_mlp() ? inside(at).prefix : String();
  Prefixed inner(values, prefix);
  const std::string path(init_from.view());
  if (!path.empty())
    set_from_file(read_model_file(path), fmt::format("layer {}: {}", layer_name.view(), path),
                  *layer_content, inner);
  else if (const ModelFile* const learned = values.learned(*layer_content))
    set_from_file(*learned, fmt::format("layer {}: the model inside", layer_name.view()),
                  *layer_content, inner);
  else
    layer_content->initialize(inner);
}

}  // namespace ansatz
