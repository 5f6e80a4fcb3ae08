#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/random_state.hpp>
#include <ansatz/job/model_as.hpp>
#include <ansatz/model/energy/dbm/binary_vector.hpp>
#include <ansatz/model/energy/dbm/bvmp_gaussian.hpp>
#include <ansatz/model/energy/dbm/conv_max_pool.hpp>
#include <ansatz/model/energy/dbm/dbm.hpp>
#include <ansatz/model/energy/dbm/dbm_composite_layer.hpp>
#include <ansatz/model/energy/dbm/dbm_sampler.hpp>
#include <ansatz/model/energy/dbm/dbm_softmax.hpp>
#include <ansatz/model/energy/dbm/ising_hidden.hpp>
#include <ansatz/model/target_statistics.hpp>
#include <ansatz/model/values_from_file.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ansatz {

namespace {

void set_numbers(const Numbers& given, const String& parameter, InitialValues& values) {
  if (given.list.size() == 1)
    values.fill(parameter.view(), given.list[0]);
  else
    values.set(parameter.view(), given.list.data(), given.list.size());
}

// Where units that see nothing are on the average.
Numbers sigmoids(Numbers biases) {
  for (double& b : biases.list) b = 1 / (1 + std::exp(-b));
  return biases;
}

}  // namespace

void BinaryVector::initialize(InitialValues& values) const {
  Numbers b = 0.;
  if (bias_from_marginals) {
    b = mean_of_features(*bias_from_marginals);
    if (b.list.size() != nvis)
      throw ValueError(fmt::format(
          "BinaryVector: bias_from_marginals has examples of {} numbers, but nvis is {}",
          b.list.size(), nvis));
    for (double& p : b.list) {
      if (!(p >= 0 && p <= 1))
        throw ValueError(fmt::format(
            "BinaryVector: bias_from_marginals: the mean of a feature is {}, not in [0, 1]", p));
      const double inside = std::clamp(p, 1e-7, 1 - 1e-7);
      p = std::log(inside / (1 - inside));
    }
  }
  set_numbers(b, "visible_bias", values);
  if (center) set_numbers(sigmoids(b), "visible_offset", values);
}

void BinaryVectorMaxPool::check_on(const SpaceInfo& below) const {
  if (detector_layer_dim % pool_size != 0)
    throw KeyFaults("pool_size", fmt::format("{} detectors cannot be divided into pools of {}",
                                             detector_layer_dim, pool_size));
  if (center && pool_size != 1) throw KeyFaults("center", "is for pools of one unit");
  if (init_bias.list.size() != 1 && init_bias.list.size() != detector_layer_dim)
    throw KeyFaults("init_bias", fmt::format("has {} numbers; give one, or {}, one a detector",
                                             init_bias.list.size(), detector_layer_dim));
  if (const String why = fault(below, detector_layer_dim); !why.empty())
    throw KeyFaults("irange", std::string(why.view()));
}

void BinaryVectorMaxPool::initialize(const SpaceInfo& below, InitialValues& values,
                                     RandomState& rng) const {
  draw(at(below), ("layer " + layer_name).view(), true, values, rng);
  set_numbers(init_bias, layer_name + "_b", values);
  if (center) set_numbers(sigmoids(init_bias), layer_name + "_offset", values);
}

void GaussianVisLayer::check() const {
  std::vector<KeyFaults::Fault> faults;
  if (nvis > 0 && (rows || cols || channels_))
    faults.push_back({"nvis", "is for vectors; rows, cols and channels are for images"});
  if (nvis < 1 && !(rows && cols && channels_))
    faults.push_back({"nvis", "nvis is needed, or rows, cols and channels"});
  for (const auto& [key, tie] : {std::pair("tie_beta", &tie_beta), {"tie_mu", &tie_mu}}) {
    if (tie->empty()) continue;
    if (tie->view() != "locations")
      faults.push_back({key, fmt::format("found '{}'; allowed: locations, null", tie->view())});
    else if (nvis > 0)
      faults.push_back({key, "a vector has no locations to tie"});
  }
  if (!faults.empty()) throw KeyFaults(std::move(faults));
  const int means = tie_mu.empty() ? space().total_dimension() : channels_;
  if (init_mu && init_mu->list.size() != 1 && init_mu->list.size() != means)
    throw KeyFaults("init_mu",
                    fmt::format("has {} numbers; give one, or {}", init_mu->list.size(), means));
  if (bias_from_marginals && nvis < 1)
    throw KeyFaults("bias_from_marginals", "is for a vector of nvis units");
  if (beta_lr_scale.factor && !(*beta_lr_scale.factor >= 0))
    throw KeyFaults("beta_lr_scale",
                    fmt::format("found {}; allowed: numbers from 0", *beta_lr_scale.factor));
}

void GaussianVisLayer::initialize(InitialValues& values) const {
  values.fill("beta", init_beta);
  Numbers means = init_mu.value_or(Numbers(0.));
  if (bias_from_marginals) {
    means = mean_of_features(*bias_from_marginals);
    if (means.list.size() != nvis)
      throw ValueError(fmt::format(
          "GaussianVisLayer: bias_from_marginals has examples of {} numbers, but nvis is {}",
          means.list.size(), nvis));
  }
  set_numbers(means, "mu", values);
}

void BVMP_Gaussian::check_on(const SpaceInfo& below) const {
  BinaryVectorMaxPool::check_on(below);
  const auto* const normal = dynamic_cast<const GaussianVisLayer*>(input_layer.get());
  if (!normal) throw KeyFaults("input_layer", "must be a GaussianVisLayer");
  if (!(normal->space() == below))
    throw KeyFaults("input_layer",
                    fmt::format("is of {}, but the layer stands on {}",
                                to_text(normal->space()).view(), to_text(below).view()));
  if (below.axes != Axes::b01c) throw KeyFaults("input_layer", "its axes must be b, 0, 1, c");
  if (transform) throw KeyFaults("transform", "BVMP_Gaussian's weights are a matrix");
}

void ConvMaxPool::check_on(const SpaceInfo& below) const {
  if (below.kind != SpaceKind::conv2d)
    throw KeyFaults("layer_name", fmt::format("a ConvMaxPool needs an image below it; found {}",
                                              to_text(below).view()));
  if (border_mode.view() != "valid" && border_mode.view() != "full")
    throw KeyFaults("border_mode",
                    fmt::format("found '{}'; allowed: valid, full", border_mode.view()));
  const Conv2D map = kernels();
  const SpaceInfo from = image(below);
  if (const String why = map.geometry_fault(from); !why.empty())
    throw KeyFaults("kernel_rows", std::string(why.view()));
  const RowsColumns places = map.places(from);
  if (places.rows % pool_rows)
    throw KeyFaults("pool_rows", fmt::format("{} rows of detectors cannot be divided into pools "
                                             "of {}",
                                             places.rows, pool_rows));
  if (places.columns % pool_cols)
    throw KeyFaults("pool_cols", fmt::format("{} columns of detectors cannot be divided into "
                                             "pools of {}",
                                             places.columns, pool_cols));
  const long long count = 1LL * places.rows * places.columns * output_channels;
  if (count > 2147483647) throw KeyFaults("output_channels", "more than 2147483647 detectors");
  if (const String why = fault(Map(&map), from, static_cast<int>(count)); !why.empty())
    throw KeyFaults("irange", std::string(why.view()));
}

void ConvMaxPool::initialize(const SpaceInfo& below, InitialValues& values,
                             RandomState& rng) const {
  draw(at(below), ("layer " + layer_name).view(), false, values, rng);
  values.fill((layer_name + "_b").view(), init_bias);
  if (!center) return;
  // A detector is on with e^b / (1 + n e^b), a pool of n with n times that.
  const double n = pool_rows * pool_cols, h = 1 / (std::exp(-init_bias) + n);
  values.fill((layer_name + "_h_offset").view(), h);
  values.fill((layer_name + "_p_offset").view(), n * h);
}

void DBMCompositeLayer::check_on(const SpaceInfo& below) const {
  std::vector<KeyFaults::Fault> faults;
  const auto at = [](int i, const std::string& key) {
    return fmt::format("components[{}].{}", i, key);
  };
  if (components.empty()) faults.push_back({"components", "at least one layer is needed"});
  for (int i = 0; i < components.size(); ++i) {
    for (int k = 0; k < i; ++k)
      if (components[i]->layer_name == components[k]->layer_name.view())
        faults.push_back({at(i, "layer_name"), fmt::format("two layers are called '{}'",
                                                           components[i]->layer_name.view())});
    if (components[i]->has_classes())
      faults.push_back({at(i, "layer_name"), "a layer of classes cannot stand beside others"});
    try {
      components[i]->check_on(below);
    } catch (const KeyFaults& wrong) {
      for (const KeyFaults::Fault& each : wrong.all) faults.push_back({at(i, each.key), each.what});
    }
  }
  if (!faults.empty()) throw KeyFaults(std::move(faults));
}

void IsingVisible::initialize(InitialValues& values) const {
  Numbers b = 0.;
  if (bias_from_marginals) {
    b = mean_of_features(*bias_from_marginals);
    if (b.list.size() != nvis)
      throw ValueError(fmt::format(
          "IsingVisible: bias_from_marginals has examples of {} numbers, but nvis is {}",
          b.list.size(), nvis));
    for (double& m : b.list) {
      if (!(m >= -1 && m <= 1))
        throw ValueError(fmt::format(
            "IsingVisible: bias_from_marginals: the mean of a feature is {}, not in [-1, 1]", m));
      m = std::atanh(std::clamp(m, -1 + 1e-7, 1 - 1e-7)) * bias_of_field() / beta;
    }
  }
  set_numbers(b, "visible_bias", values);
  values.fill("visible_beta", beta);
}

void IsingHidden::check_on(const SpaceInfo& below) const {
  if (init_bias.list.size() != 1 && init_bias.list.size() != dim)
    throw KeyFaults("init_bias", fmt::format("has {} numbers; give one, or {}, one a unit",
                                             init_bias.list.size(), dim));
  if (const String why = fault(below, dim); !why.empty())
    throw KeyFaults("irange", std::string(why.view()));
}

void IsingHidden::initialize(const SpaceInfo& below, InitialValues& values,
                             RandomState& rng) const {
  draw(at(below), ("layer " + layer_name).view(), true, values, rng);
  set_numbers(init_bias, layer_name + "_b", values);
  values.fill((layer_name + "_beta").view(), beta);
}

void BoltzmannIsingHidden::check_on(const SpaceInfo& below) const {
  IsingHidden::check_on(below);
  if (transform) throw KeyFaults("transform", "BoltzmannIsingHidden's weights are a matrix");
  if (!layer_below) return;
  const auto* const visible = dynamic_cast<const BoltzmannIsingVisible*>(layer_below.get());
  if (!visible) throw KeyFaults("layer_below", "must be a BoltzmannIsingVisible");
  if (!(visible->space() == below))
    throw KeyFaults("layer_below",
                    fmt::format("is of {}, but the layer stands on {}",
                                to_text(visible->space()).view(), to_text(below).view()));
}

void DBMSoftmax::check_on(const SpaceInfo& below) const {
  if (const String why = fault(below, n_classes); !why.empty())
    throw KeyFaults("irange", std::string(why.view()));
}

void DBMSoftmax::initialize(const SpaceInfo& below, InitialValues& values, RandomState& rng) const {
  DBMSoftmax scaled = *this;
  if (sparse_istdev != 1) scaled.sparse_stdev = sparse_istdev;
  scaled.draw(at(below), ("layer " + layer_name).view(), false, values, rng);
  values.fill("softmax_b", 0);
}

void DBM::check() const {
  std::vector<KeyFaults::Fault> faults;
  const auto at = [](int i, const char* key) {
    return fmt::format("hidden_layers[{}].{}", i, key);
  };
  if (hidden_layers.empty())
    faults.push_back({"hidden_layers", "at least one hidden layer is needed"});
  if (depth() > 1 && niter < 2)
    faults.push_back({"niter", "several hidden layers need at least 2 rounds of mean field"});
  for (int i = 0; i < depth() && visible_layer; ++i) {
    for (int k = 0; k < i; ++k)
      if (hidden_layers[i]->layer_name == hidden_layers[k]->layer_name.view())
        faults.push_back({at(i, "layer_name"), fmt::format("two layers are called '{}'",
                                                           hidden_layers[i]->layer_name.view())});
    if (hidden_layers[i]->has_classes() && i + 1 < depth())
      faults.push_back({at(i, "layer_name"), "a layer of classes must be the last"});
    try {
      hidden_layers[i]->check_on(below(i));
    } catch (const KeyFaults& wrong) {
      for (const KeyFaults::Fault& each : wrong.all)
        faults.push_back({at(i, each.key.c_str()), each.what});
      break;  // those above stand on it
    }
  }
  const int trained = rbm_list.size(), labels = depth() && has_classes() ? 1 : 0;
  if (trained && trained + labels != depth())
    faults.push_back({"rbm_list", fmt::format("has {} entries; give one for each of the {} hidden "
                                              "layers",
                                              trained, depth() - labels)});
  for (int i = 0; i < trained && i < depth(); ++i) {
    const auto* const rbm = model_as<DBM>(*rbm_list[i]);
    const int layers = i + 1 == trained ? 1 + labels : 1;
    const std::string key = fmt::format("rbm_list[{}]", i);
    if (!rbm || rbm->depth() != layers)
      faults.push_back(
          {key, fmt::format("a DBM of {} is needed",
                            layers == 1 ? "one hidden layer" : "one hidden layer and a Softmax")});
    else if (!(rbm->hidden_layers[0]->layer_name == hidden_layers[i]->layer_name.view()))
      faults.push_back({key, fmt::format("its hidden layer is called '{}', not '{}'",
                                         rbm->hidden_layers[0]->layer_name.view(),
                                         hidden_layers[i]->layer_name.view())});
  }
  if (!faults.empty()) throw KeyFaults(std::move(faults));
}

namespace {

// The values of a model's parameters, by name.
struct Parameters final : InitialValues {
  std::map<std::string, std::vector<double>, std::less<>> of;
  const Model& model;

  Parameters(const Model& m, const InitialValues& values, const char* which) : model(m) {
    if (const ModelFile* const learned = values.learned(model))
      set_from_file(*learned, which, model, *this);
    else
      model.initialize(*this);
  }
  void set(std::string_view parameter, const double* values, std::int64_t count) override {
    of[std::string(parameter)].assign(values, values + count);
  }
  void fill(std::string_view parameter, double value) override {
    for (const ModelParameter& p : model.parameters())
      if (p.name.view() == parameter)
        of[std::string(parameter)].assign(static_cast<std::size_t>(ir::fixed_size(p.shape())),
                                          value);
  }
};

// What layers begin as that were trained one by one.
void set_stitched(const DBM& dbm, InitialValues& values) {
  std::vector<std::unique_ptr<Parameters>> trained;
  for (const Shared<Model>& each : dbm.rbm_list)
    trained.push_back(std::make_unique<Parameters>(*each, values, "a model of rbm_list"));
  std::map<std::string, std::vector<double>, std::less<>> now = trained[0]->of;
  for (std::size_t i = 1; i < trained.size(); ++i)
    for (const auto& [name, numbers] : trained[i]->of)
      if (!name.starts_with("visible_")) now[name] = numbers;
  const auto last = static_cast<int>(trained.size()) - 1;
  for (int i = 0; i <= last; ++i) {
    const std::string name = dbm.hidden_layers[i]->layer_name.c_str();
    if (i == 0 || i == last)
      for (double& w : now[name + "_W"]) w *= .5;
    if (i == last) break;
    std::vector<double>& b = now[name + "_b"];
    const std::vector<double>& below = trained[static_cast<std::size_t>(i) + 1]->of["visible_bias"];
    for (std::size_t k = 0; k < b.size() && k < below.size(); ++k) b[k] = (b[k] + below[k]) / 2;
  }
  for (const ModelParameter& p : dbm.parameters()) {
    const auto found = now.find(p.name.view());
    const std::int64_t size = ir::fixed_size(p.shape());
    if (found == now.end() || static_cast<std::int64_t>(found->second.size()) != size)
      throw ValueError(
          fmt::format("DBM: rbm_list has no parameter \"{}\" of {} numbers", p.name.view(), size));
    values.set(p.name.view(), found->second.data(), size);
  }
}

}  // namespace

void DBMSampler::check() const {
  const auto* const machine = model_as<DBM>(*dbm);
  if (!machine || machine->depth() != 1)
    throw KeyFaults("dbm", "a DBM of one hidden layer is needed");
}

void DBMSampler::initialize(InitialValues& values) const {
  if (const ModelFile* const learned = values.learned(*dbm))
    set_from_file(*learned, "the DBM of the DBMSampler", *dbm, values);
  else
    dbm->initialize(values);
}

void DBM::initialize(InitialValues& values) const {
  if (!rbm_list.empty()) return set_stitched(*this, values);
  RandomState rng(std::vector<std::int64_t>{2012, 10, 17});
  visible_layer->initialize(values);
  for (int i = 0; i < depth(); ++i) hidden_layers[i]->initialize(below(i), values, rng);
}

}  // namespace ansatz
