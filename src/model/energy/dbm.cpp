#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/random_state.hpp>
#include <ansatz/model/energy/dbm/binary_vector.hpp>
#include <ansatz/model/energy/dbm/binary_vector_max_pool.hpp>
#include <ansatz/model/energy/dbm/dbm.hpp>
#include <ansatz/model/energy/dbm/dbm_softmax.hpp>
#include <ansatz/model/target_statistics.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

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
  if (!faults.empty()) throw KeyFaults(std::move(faults));
}

void DBM::initialize(InitialValues& values) const {
  RandomState rng(std::vector<std::int64_t>{2012, 10, 17});
  visible_layer->initialize(values);
  for (int i = 0; i < depth(); ++i) hidden_layers[i]->initialize(below(i), values, rng);
}

}  // namespace ansatz
