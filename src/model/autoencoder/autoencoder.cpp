#include <ansatz/model/autoencoder/autoencoder.hpp>
#include <ansatz/model/autoencoder/contractive_autoencoder.hpp>
#include <ansatz/model/autoencoder/deep_autoencoder.hpp>

#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/random_state.hpp>
#include <ansatz/model/values_from_file.hpp>

#include <fmt/format.h>

#include <map>
#include <vector>

namespace ansatz {

void Autoencoder::check() const {
  const SpaceInfo inputs = input_space();
  if (inputs.kind == SpaceKind::null)
    throw KeyFaults("nvis", "an autoencoder needs nvis, or an input_space");
  if (inputs.kind != SpaceKind::vector && inputs.kind != SpaceKind::conv2d)
    throw KeyFaults("input_space", fmt::format("found {}; a VectorSpace or a Conv2DSpace is needed",
                                               to_text(inputs).view()));
  if (!transform && inputs.kind != SpaceKind::vector)
    throw KeyFaults("input_space",
                    fmt::format("found {}; a matrix needs a VectorSpace, and images a transform",
                                to_text(inputs).view()));
  if (const String why = encoder().fault(inputs, nhid); !why.empty())
    throw KeyFaults(transform ? "transform" : "nhid", std::string(why.view()));
}

void Autoencoder::initialize(InitialValues& values) const {
  RandomState random = rng.empty() ? RandomState(9001) : random_state(rng, {});
  values.fill("vb", 0);
  values.fill("hb", 0);
  encoder().draw(weights_at("W"), "the autoencoder", false, values, random);
  // The seed of a generator that Pylearn2 gives the model.
  random.randint(std::int64_t{1} << 30);
  if (tied_weights) return;
  std::vector<double> drawn(static_cast<std::size_t>(ir::fixed_size(decoder_shape())));
  if (istdev) {
    random.randn(drawn);
    for (double& w : drawn) w *= *istdev;
  } else {
    random.random_sample(drawn);
    for (double& w : drawn) w = (.5 - w) * range();
  }
  if (transform)
    set_drawn_weights({"the autoencoder", "Wprime", map()->filters(named("Wprime"))},
                      std::move(drawn), values);
  else
    values.set("Wprime", drawn.data(), static_cast<std::int64_t>(drawn.size()));
}

void ContractiveAutoencoder::check() const {
  Autoencoder::check();
  if (const char* const why = fault_of_activation()) throw KeyFaults("act_enc", why);
  if (const char* const why = fault_of_transform()) throw KeyFaults("transform", why);
}

// ---------------------------------------------------------------------------- of others

void UntiedAutoencoder::check() const {
  const auto* const tied = base ? model_as<Autoencoder>(*base) : nullptr;
  if (!tied || !tied->tied_weights)
    throw KeyFaults("base", "an Autoencoder with tied_weights is needed");
}

void UntiedAutoencoder::initialize(InitialValues& values) const {
  // Its own weights begin as the base's, which may come from a file.
  struct Copied final : InitialValues {
    InitialValues& to;
    const Autoencoder& base;
    Copied(InitialValues& values, const Autoencoder& of) : to(values), base(of) {}
    void set(std::string_view parameter, const double* numbers, std::int64_t count) override {
      to.set(parameter, numbers, count);
      if (parameter != "W") return;
      if (base.transform) return to.set("Wprime", numbers, count);
      const ir::Shape shape = base.W().shape();
      std::vector<double> transposed;
      for (int j = 0; j < shape[1]; ++j)
        for (int i = 0; i < shape[0]; ++i)
          transposed.push_back(numbers[std::int64_t{i} * shape[1] + j]);
      to.set("Wprime", transposed.data(), count);
    }
    void fill(std::string_view parameter, double value) override { to.fill(parameter, value); }
    void set_state(const NamedTensor& values) override { to.set_state(values); }
    const ModelFile* learned(const Model& model) const override { return to.learned(model); }
    const Dataset* training_data() const override { return to.training_data(); }
  } copied(values, tied());
  if (const ModelFile* const learned = values.learned(*base))
    set_from_file(*learned, "the base of the UntiedAutoencoder", *base, copied);
  else
    base->initialize(copied);
}

void DeepComposedAutoencoder::check() const {
  std::vector<KeyFaults::Fault> faults;
  if (autoencoders.empty())
    faults.push_back({"autoencoders", "at least one autoencoder is needed"});
  const AbstractAutoencoder* below = nullptr;
  for (int i = 0; i < autoencoders.size(); ++i) {
    const auto* const each = model_as<AbstractAutoencoder>(*autoencoders[i]);
    const std::string key = fmt::format("autoencoders[{}]", i);
    if (!each)
      faults.push_back({key, "an autoencoder is needed"});
    else if (below &&
             below->code_space().total_dimension() != each->input_space().total_dimension())
      faults.push_back({key, fmt::format("its inputs are {}, but the code of the one below is {}",
                                         to_text(each->input_space()).view(),
                                         to_text(below->code_space()).view())});
    below = each;
  }
  if (!faults.empty()) throw KeyFaults(std::move(faults));
}

void DeepComposedAutoencoder::initialize(InitialValues& values) const {
  for (int i = 0; i < autoencoders.size(); ++i) at(i).initialize(values);
}

}  // namespace ansatz
