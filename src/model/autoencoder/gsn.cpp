#include <ansatz/base/key_faults.hpp>
#include <ansatz/model/autoencoder/gsn.hpp>

#include <fmt/format.h>

namespace ansatz {

namespace {

using Faults = std::vector<KeyFaults::Fault>;

// Lists of which each layer has one.
void one_a_layer(const char* key, int found, int layers, Faults& faults) {
  if (found != layers)
    faults.push_back(
        {key, fmt::format("has {} entries; give one for each of the {} layers", found, layers)});
}

}  // namespace

void GSN::check() const {
  Faults faults;
  if (autoencoders.empty())
    faults.push_back({"autoencoders", "at least one autoencoder is needed"});
  const Autoencoder* below = nullptr;
  for (int i = 0; i < autoencoders.size(); ++i) {
    const auto* const each = model_as<Autoencoder>(*autoencoders[i]);
    const std::string key = fmt::format("autoencoders[{}]", i);
    if (!each)
      faults.push_back({key, "an Autoencoder is needed"});
    else if (each->input_space().shape.rank > 1 || each->code_space().shape.rank > 1)
      faults.push_back({key, "must be of vectors"});
    else if (below && below->nhid != each->input_space().total_dimension())
      faults.push_back({key, fmt::format("its inputs are {}, but the code of the one below is {}",
                                         to_text(each->input_space()).view(),
                                         to_text(below->code_space()).view())});
    below = each;
  }
  for (const auto& [key, list] : {std::pair("preact_cors", &preact_cors),
                                  {"postact_cors", &postact_cors},
                                  {"layer_samplers", &layer_samplers}})
    if (!list->empty()) one_a_layer(key, list->size(), autoencoders.size() + 1, faults);
  if (!faults.empty()) throw KeyFaults(std::move(faults));
}

void GSN::initialize(InitialValues& values) const {
  for (int i = 0; i < parts(); ++i) {
    const Shared<Model> each = part(i);
    ModelInside(*each, prefix(i)).initialize(values);
  }
}

void GSNOfSizes::check() const {
  Faults faults;
  const int count = layer_sizes.size();
  if (count < 2) faults.push_back({"layer_sizes", "at least two layers are needed"});
  one_a_layer("activation_funcs", activation_funcs.size(), count, faults);
  one_a_layer("pre_corruptors", preact_cors.size(), count, faults);
  one_a_layer("post_corruptors", postact_cors.size(), count, faults);
  one_a_layer("layer_samplers", layer_samplers.size(), count, faults);
  if (!faults.empty()) throw KeyFaults(std::move(faults));
}

}  // namespace ansatz
