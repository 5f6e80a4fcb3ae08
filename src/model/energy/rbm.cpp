#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/random_state.hpp>
#include <ansatz/model/energy/gaussian_binary_rbm.hpp>
#include <ansatz/model/target_statistics.hpp>

#include "../weights_of_examples.hpp"

#include <fmt/format.h>

#include <cmath>
#include <vector>

namespace ansatz {

namespace {

void set_biases(const Numbers& given, const char* parameter, InitialValues& values) {
  if (given.list.size() == 1)
    values.fill(parameter, given.list[0]);
  else
    values.set(parameter, given.list.data(), given.list.size());
}

}  // namespace

void RBM::check() const {
  std::vector<KeyFaults::Fault> faults;
  const auto fault = [&](const char* key, std::string_view text) {
    faults.push_back({key, std::string(text)});
  };
  const bool spaces = vis_space.kind != SpaceKind::null || hid_space.kind != SpaceKind::null;
  if (spaces) {
    if (vis_space.kind == SpaceKind::null)
      fault("vis_space", "vis_space is needed beside hid_space");
    if (hid_space.kind == SpaceKind::null)
      fault("hid_space", "hid_space is needed beside vis_space");
    if (!transformer)
      fault("transformer", "a transformer is needed between vis_space and hid_space");
    if (nvis) fault("nvis", "vis_space says it already");
    if (nhid) fault("nhid", "hid_space says it already");
    for (const auto& [key, space] : {std::pair("vis_space", &vis_space), {"hid_space", &hid_space}})
      if (space->kind == SpaceKind::index || space->kind == SpaceKind::composite)
        fault(key, "must be a VectorSpace or a Conv2DSpace");
  } else {
    if (!nvis) fault("nvis", "nvis is needed, or vis_space, hid_space and transformer");
    if (!nhid) fault("nhid", "nhid is needed, or vis_space, hid_space and transformer");
  }
  if (random_patches_src && (transformer || spaces))
    fault("random_patches_src", "the transformer says how its weights begin");
  if (faults.empty()) {
    const int hidden = spaces ? hid_space.total_dimension() : nhid;
    const String why = weights_between().fault(input_space(), hidden);
    if (!why.empty())
      fault("transformer", why.view());
    else if (const SpaceInfo got = hidden_space(); spaces && !signals::can_format(got, hid_space))
      fault("hid_space", fmt::format("the transformer leads to {}, not to {}", to_text(got).view(),
                                     to_text(hid_space).view()));
  }
  if (faults.empty()) {
    const auto count = [&](const char* key, const Numbers& given, int wanted) {
      if (given.list.size() != 1 && given.list.size() != wanted)
        fault(key, fmt::format("has {} numbers; give one, or {}, one a unit", given.list.size(),
                               wanted));
    };
    count("init_bias_vis", init_bias_vis, input_space().total_dimension());
    count("init_bias_hid", init_bias_hid, hidden_space().total_dimension());
  }
  if (!faults.empty()) throw KeyFaults(std::move(faults));
}

void RBM::initialize(InitialValues& values) const {
  if (random_patches_src) {
    const std::vector<double> W =
        weights_of_examples("RBM", random_patches_src, nhid, nvis, irange);
    values.set("W", W.data(), static_cast<std::int64_t>(W.size()));
  } else {
    RandomState random = rng.empty() ? RandomState(1001) : random_state(rng, {});
    weights_between().draw(at(), "the RBM", false, values, random);
  }
  Numbers bias = init_bias_vis;
  if (init_bias_vis_marginals) {
    bias = mean_of_features(*init_bias_vis_marginals);
    for (double& p : bias.list) {
      if (!(p >= 0 && p <= 1))
        throw ValueError(fmt::format(
            "RBM: init_bias_vis_marginals: the mean of a feature is {}, not in [0, 1]", p));
      const double inside = .01 + .98 * p;
      p = std::log(inside / (1 - inside));
    }
    if (bias.list.size() != input_space().total_dimension())
      throw ValueError(fmt::format(
          "RBM: init_bias_vis_marginals has examples of {} numbers, but there are {} visible units",
          bias.list.size(), input_space().total_dimension()));
  }
  set_biases(bias, "bias_vis", values);
  set_biases(init_bias_hid, "bias_hid", values);
}

void GaussianBinaryRBM::check() const {
  RBM::check();
  if (min_sigma > max_sigma)
    throw KeyFaults("min_sigma", fmt::format("{} is above max_sigma {}", min_sigma, max_sigma));
}

void GaussianBinaryRBM::initialize(InitialValues& values) const {
  RBM::initialize(values);
  values.fill("sigma_driver", init_sigma / sigma_lr_scale);
}

}  // namespace ansatz
