#include <ansatz/model/loaded_model.hpp>

#include <ansatz/cost/cost.hpp>
#include <ansatz/nearest_name.hpp>
#include <ansatz/train/session.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

namespace ansatz {

LoadedModel::LoadedModel(Shared<Model> model, std::shared_ptr<const ModelFile> file)
    : model_(std::move(model)), file_(std::move(file)), monitors_(file_->monitors) {}

void LoadedModel::initialize(InitialValues& values) const {
  std::vector<double> numbers;
  for (const ModelParameter& p : model_->parameters()) {
    const NamedTensor* found = nullptr;
    std::vector<std::string_view> names;
    for (const NamedTensor& each : file_->parameters) {
      names.push_back(each.name);
      if (each.name == p.name.view()) found = &each;
    }
    if (!found)
      throw NameError(fmt::format("the model file has no parameter \"{}\"{}", p.name.view(),
                                  allowed_names(p.name.view(), names)));
    if (found->type == ElementType::float64)
      numbers.assign(found->data<double>(), found->data<double>() + found->size());
    else if (found->type == ElementType::float32)
      numbers.assign(found->data<float>(), found->data<float>() + found->size());
    else
      throw FileError(fmt::format("the model file's \"{}\" is not of real numbers", found->name));
    values.set(p.name.view(), numbers.data(), found->size());
  }
}

Shared<Cost> LoadedModel::default_cost() const { return model_->default_cost(); }

std::unique_ptr<ModelRun> LoadedModel::start(Session& session) const {
  return model_->start(session);
}

}  // namespace ansatz
