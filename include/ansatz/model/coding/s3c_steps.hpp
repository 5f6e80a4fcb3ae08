// E_Step, Grad_M_Step: how spike-and-slab sparse coding infers and learns
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/keys.hpp>
#include <ansatz/base/options.hpp>

#include <optional>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// How S3C infers: one step for each number of the schedules, which are the parts that new values
/// of h and of s have in a damped fixed point iteration. Pylearn2's E_Step and E_Step_Scan, which
/// compute the same.
class E_Step : public Object {
 public:
  static constexpr const char* kind_name = "E step of S3C";
  static constexpr bool outlives_faults = true;
  static constexpr const char* yaml = "pylearn2.models.s3c.E_Step";
  static constexpr const char* also[] = {"pylearn2.models.s3c.E_Step_Scan"};
  static constexpr const char* doc = "damped mean field of spikes and slabs";
  ir::List<double> h_new_coeff_schedule, s_new_coeff_schedule;
  bool clip_reflections = false, monitor_kl = false, monitor_energy_functional = false;
  bool monitor_s_mag = false, monitor_ranges = false;
  double rho = .5;

  constexpr E_Step() {}
  constexpr ~E_Step() override {}
  constexpr explicit E_Step(std::initializer_list<double> schedule) {
    for (const double each : schedule) h_new_coeff_schedule.push_back(each);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("h_new_coeff_schedule", &E_Step::h_new_coeff_schedule,
                 "for each step the part of the new h in the next one")
        .from_to(0, 1);
    key("s_new_coeff_schedule", &E_Step::s_new_coeff_schedule,
        "for each step the part of the new s; default: 1 in each")
        .from_to(0, 1);
    key("clip_reflections", &E_Step::clip_reflections,
        "whether a slab that changes its sign goes no further than rho times where it was");
    key("rho", &E_Step::rho, "see clip_reflections").at_least(0);
    key("monitor_kl", &E_Step::monitor_kl,
        "channels trunc_KL_1, …: before and after each step the divergence of the posterior, but "
        "for log p(v); trunc_KL_2.1 is between the step's two halves, s being new and h not");
    key("monitor_energy_functional", &E_Step::monitor_energy_functional,
        "channels energy_functional_1, …: the bound of log p(v) before and after each step");
    key("monitor_s_mag", &E_Step::monitor_s_mag,
        "channels s_mag_1, …: the length of an example's slabs, a mean over examples");
    key("monitor_ranges", &E_Step::monitor_ranges,
        "channels h_range_1, hs_range_1, …: between the least and the largest h, and h s, of a "
        "unit in a batch, a mean over units");
  }
  /// KeyFaults: schedules of different lengths.
  void check() const;

  constexpr int steps() const { return h_new_coeff_schedule.size(); }
  /// The part of new slabs in step i.
  constexpr double s_new_coeff(int i) const {
    return i < s_new_coeff_schedule.size() ? s_new_coeff_schedule[i] : 1.;
  }
};

/// How S3C learns: a step along the gradient of E_Q log p(v, s, h), Q being what inference found,
/// less penalties. Its channel: expected_log_prob_vhs.
class Grad_M_Step : public Object {
 public:
  static constexpr const char* kind_name = "M step of S3C";
  static constexpr bool outlives_faults = true;
  static constexpr const char* yaml = "pylearn2.models.s3c.Grad_M_Step";
  static constexpr const char* doc = "a gradient step of the expected log-likelihood";
  std::optional<double> learning_rate;
  double B_learning_rate_scale = 1, alpha_learning_rate_scale = 1, W_learning_rate_scale = 1;
  double p_penalty = 0, B_penalty = 0, alpha_penalty = 0;

  constexpr Grad_M_Step() {}
  constexpr ~Grad_M_Step() override {}
  constexpr explicit Grad_M_Step(double rate) : learning_rate(rate) {}
  template <class K>
  static constexpr void keys(K& key) {
    using Self = Grad_M_Step;
    key("learning_rate", &Self::learning_rate,
        "with DefaultTrainingAlgorithm, which needs it; SGD has its own")
        .above(0);
    key("B_learning_rate_scale", &Self::B_learning_rate_scale, "multiplies it for B").at_least(0);
    key("alpha_learning_rate_scale", &Self::alpha_learning_rate_scale, "multiplies it for alpha")
        .at_least(0);
    key("W_learning_rate_scale", &Self::W_learning_rate_scale, "multiplies it for W").at_least(0);
    key("p_penalty", &Self::p_penalty, "factor of the mean of p(h = 1)");
    key("B_penalty", &Self::B_penalty, "factor of the mean of B");
    key("alpha_penalty", &Self::alpha_penalty, "factor of the mean of alpha");
  }
};

}  // namespace ansatz
