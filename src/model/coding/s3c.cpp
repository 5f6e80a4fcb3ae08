#include <ansatz/base/key_faults.hpp>
#include <ansatz/base/random_state.hpp>
#include <ansatz/model/coding/s3c.hpp>
#include <ansatz/model/target_statistics.hpp>

#include "../weights_of_examples.hpp"

#include <fmt/format.h>

#include <cmath>
#include <vector>

namespace ansatz {

namespace {

constexpr const char* statistics[] = {"mean_h",          "mean_v",    "mean_sq_v", "mean_s",
                                      "mean_s1",         "mean_sq_s", "mean_hs",   "mean_sq_hs",
                                      "mean_sq_mean_hs", "mean_hsv"};
constexpr const char* parameter_names[] = {"W", "bias_hid", "alpha", "mu", "B", "p"};

// Each name must be one of `known`, and be there once.
template <std::size_t Count>
void check_names(const char* key, const ir::List<String>& found, const char* const (&known)[Count],
                 std::vector<KeyFaults::Fault>& faults) {
  for (int i = 0; i < found.size(); ++i) {
    bool is_known = false, twice = false;
    std::string all;
    for (const char* each : known) {
      is_known = is_known || found[i] == each;
      all += (all.empty() ? "" : ", ") + std::string(each);
    }
    for (int k = 0; k < i; ++k) twice = twice || found[i] == found[k].view();
    const std::string at = fmt::format("{}[{}]", key, i);
    if (!is_known)
      faults.push_back({at, fmt::format("found '{}'; allowed: {}", found[i].view(), all)});
    else if (twice)
      faults.push_back({at, fmt::format("'{}' is there twice", found[i].view())});
  }
}

void set(InitialValues& values, const char* parameter, const Numbers& given) {
  if (given.list.size() == 1)
    values.fill(parameter, given.list[0]);
  else
    values.set(parameter, given.list.data(), given.list.size());
}

}  // namespace

void E_Step::check() const {
  const int own = s_new_coeff_schedule.size();
  if (own && own != steps())
    throw KeyFaults("s_new_coeff_schedule",
                    fmt::format("has {} numbers, but h_new_coeff_schedule has {}", own, steps()));
}

void S3C::check() const {
  std::vector<KeyFaults::Fault> faults;
  const auto within = [&](const char* key, const Numbers& given, int count, double least,
                          double most) {
    if (given.list.size() != 1 && given.list.size() != count)
      faults.push_back({key, fmt::format("has {} numbers; give one, or {}, one a unit",
                                         given.list.size(), count)});
    for (const double each : given.list)
      if (!(each >= least && each <= most)) {
        faults.push_back(
            {key, fmt::format("found {}; allowed: from {} to {}, its limits", each, least, most)});
        break;
      }
  };
  within("init_bias_hid", init_bias_hid, nhid, min_bias_hid, max_bias_hid);
  within("init_B", first_B, tied_B ? 1 : nvis, min_B, max_B);
  within("init_alpha", init_alpha, nhid, min_alpha, max_alpha);
  within("init_mu", first_mu, nhid, min_mu, max_mu);
  if (!e_step) faults.push_back({"e_step", "an E_Step is needed"});
  if (!m_step) faults.push_back({"m_step", "a Grad_M_Step is needed"});
  if (constrain_W_norm && init_unit_W && !*init_unit_W)
    faults.push_back({"init_unit_W", "constrain_W_norm needs columns of length 1 from the first"});
  if (set_B_to_marginal_precision && tied_B)
    faults.push_back({"set_B_to_marginal_precision", "one B of all has no variances of each"});
  if (final_momentum && !momentum_saturation_example)
    faults.push_back({"final_momentum", "momentum_saturation_example says when it is reached"});
  check_names("monitor_stats", monitor_stats, statistics, faults);
  check_names("monitor_params", monitor_params, parameter_names, faults);
  if (1LL * nvis * nhid > 2147483647) faults.push_back({"nhid", "more than 2147483647 weights"});
  if (!faults.empty()) throw KeyFaults(std::move(faults));
}

void S3C::initialize(InitialValues& values) const {
  const auto rows = static_cast<std::size_t>(nvis), columns = static_cast<std::size_t>(nhid);
  std::vector<double> W(rows * columns);
  if (random_patches_src) {
    W = weights_of_examples("S3C", random_patches_src, nhid, nvis, 1);
  } else {
    RandomState random = random_state(seed, {1, 2, 3});
    random.uniform(-irange, irange, W);
  }
  if (init_unit_W.value_or(constrain_W_norm))
    for (std::size_t j = 0; j < columns; ++j) {
      double squares = 1e-8;
      for (std::size_t i = 0; i < rows; ++i) squares += W[i * columns + j] * W[i * columns + j];
      for (std::size_t i = 0; i < rows; ++i) W[i * columns + j] /= std::sqrt(squares);
    }
  values.set("W", W.data(), static_cast<std::int64_t>(W.size()));
  set(values, "bias_hid", init_bias_hid);
  set(values, "alpha", init_alpha);
  set(values, "mu", first_mu);
  Numbers precisions = first_B;
  if (set_B_to_marginal_precision) {
    const Dataset* const data = values.training_data();
    if (!data) throw ValueError("S3C: set_B_to_marginal_precision needs the data of a job");
    precisions = beta_from_features(*data, 1 / max_B, 1 / min_B);
    if (precisions.list.size() != nvis)
      throw ValueError(fmt::format(
          "S3C: set_B_to_marginal_precision: the examples have {} numbers, but nvis is {}",
          precisions.list.size(), nvis));
  }
  set(values, "B", precisions);
}

}  // namespace ansatz
