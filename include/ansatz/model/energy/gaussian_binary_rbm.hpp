// GaussianBinaryRBM: F(v) = (v v / 2 - v b) / s^2 - sum_j log(1 + e^((v W + c)_j / s^2))
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/model/energy/rbm.hpp>
#include <dsl/ops/arithmetic/clip.hpp>
#include <dsl/ops/random/normal.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What an energy of Gaussian visible and binary hidden units is made of: expressions of one batch.
struct GaussianUnits {
  AnyExpr bias_vis, bias_hid;
  AnyExpr variance;  ///< sigma^2, one number
};

/// The energy of an RBM with Gaussian visible units; there are many conventions. Everything a
/// GaussianBinaryRBM computes comes of these four; vW is v W, hWT is h W^T.
class GRBMEnergyFunction : public Object {
 public:
  static constexpr const char* kind_name = "energy function";
  static constexpr bool outlives_faults = true;

  /// E(v, h), one number a row.
  constexpr virtual AnyExpr energy(const GaussianUnits& at, const AnyExpr& v, const AnyExpr& vW,
                                   const AnyExpr& h) const = 0;
  /// The logarithm of the sum over all h of e^-E(v, h), with a minus.
  constexpr virtual AnyExpr free_energy(const GaussianUnits& at, const AnyExpr& v,
                                        const AnyExpr& vW) const = 0;
  /// P(h = 1 | v)
  constexpr virtual AnyExpr mean_H_given_V(const GaussianUnits& at, const AnyExpr& vW) const = 0;
  /// E(v | h); v is normal about it, with variance sigma^2.
  constexpr virtual AnyExpr mean_V_given_H(const GaussianUnits& at, const AnyExpr& hWT) const = 0;
  /// d score_i / dv_i, of h = P(h = 1 | v), where hhW2T is (h (1 - h)) (W^2)^T.
  constexpr virtual AnyExpr score_slope(const GaussianUnits& at, const AnyExpr& hhW2T) const = 0;
};

/// E(v, h) = (v v / 2 - v b - v W h - c h) / sigma^2: with the same sigma in the model and in the
/// noise, denoising score matching is sigma^-4 times the squared error of a denoising autoencoder
/// with tied weights (cf. Vincent 2011, section 4). Pylearn2's GRBM_Type_1.
class GRBM_Type_1 : public GRBMEnergyFunction {
 public:
  static constexpr const char* yaml = "pylearn2.energy_functions.rbm_energy.grbm_type_1";
  static constexpr const char* also[] = {"pylearn2.energy_functions.rbm_energy.GRBM_Type_1"};
  static constexpr const char* doc = "all of the energy over the variance: E = -(…) / sigma^2";

  constexpr GRBM_Type_1() {}
  constexpr ~GRBM_Type_1() override {}
  template <class K>
  static constexpr void keys(K&) {}

  constexpr AnyExpr energy(const GaussianUnits& at, const AnyExpr& v, const AnyExpr& vW,
                           const AnyExpr& h) const override {
    return (.5 * sum(square(v), units) - sum(v * at.bias_vis, units) -
            sum(h * (vW + at.bias_hid), units)) /
           at.variance;
  }
  constexpr AnyExpr free_energy(const GaussianUnits& at, const AnyExpr& v,
                                const AnyExpr& vW) const override {
    return sum(v * (.5 * v - at.bias_vis), units) / at.variance -
           sum(softplus((vW + at.bias_hid) / at.variance), units);
  }
  constexpr AnyExpr mean_H_given_V(const GaussianUnits& at, const AnyExpr& vW) const override {
    return sigmoid((vW + at.bias_hid) / at.variance);
  }
  constexpr AnyExpr mean_V_given_H(const GaussianUnits& at, const AnyExpr& hWT) const override {
    return hWT + at.bias_vis;
  }
  constexpr AnyExpr score_slope(const GaussianUnits& at, const AnyExpr& hhW2T) const override {
    return (hhW2T / at.variance - 1) / at.variance;
  }
};

/// An RBM with Gaussian visible and binary hidden units, all visible ones with the standard
/// deviation sigma = sigma_driver * sigma_lr_scale, which may be learned within [min_sigma,
/// max_sigma]; the scale makes its steps small. CDk, SML, SM, SMD and, in a NormalizedEBM, NCE
/// train it.
///
///     GaussianBinaryRBM(nvis(192), nhid(400), irange(.05), init_sigma(.4), learn_sigma(true),
///                       energy_function_class(GRBM_Type_1()))
///
/// Parameters, in Pylearn2's order: W, bias_vis, bias_hid, sigma_driver. Output, functions and
/// channels are those of RBM.
class GaussianBinaryRBM : public RBM {
 public:
  static constexpr const char* yaml = "pylearn2.models.rbm.GaussianBinaryRBM";
  static constexpr const char* doc = "restricted Boltzmann machine with Gaussian visible units";
  Shared<GRBMEnergyFunction> energy_function_class;
  bool mean_vis = false, learn_sigma = false;
  double init_sigma = 2, sigma_lr_scale = 1, min_sigma = .1, max_sigma = 10;

  constexpr GaussianBinaryRBM() {}
  constexpr ~GaussianBinaryRBM() override {}
  template <KeyOf<GaussianBinaryRBM>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit GaussianBinaryRBM(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = GaussianBinaryRBM;
    key.required("energy_function_class", &Self::energy_function_class,
                 "the convention of the energy: grbm_type_1");
    structure_keys(key);
    key("mean_vis", &Self::mean_vis, "sampling takes E(v | h) instead of a draw about it");
    key("init_sigma", &Self::init_sigma, "first standard deviation of the visible units").above(0);
    key("learn_sigma", &Self::learn_sigma, "whether it is learned");
    key("sigma_lr_scale", &Self::sigma_lr_scale,
        "sigma is this times the parameter sigma_driver, which makes its steps as small squared")
        .above(0);
    key("min_sigma", &Self::min_sigma, "least sigma").above(0);
    key("max_sigma", &Self::max_sigma, "largest sigma").above(0);
  }
  /// KeyFaults: as of RBM; min_sigma above max_sigma.
  void check() const;

  constexpr AnyExpr sigma_driver() const {
    return parameter_leaf("sigma_driver", ir::make_shape());
  }
  constexpr AnyExpr sigma() const { return sigma_driver() * sigma_lr_scale; }

  constexpr AnyExpr mean_h_given_v(const AnyExpr& v) const override {
    return energy_function_class->mean_H_given_V(gaussian_units(), lmul(v));
  }
  constexpr AnyExpr mean_v_given_h(const AnyExpr& h) const override {
    return energy_function_class->mean_V_given_H(gaussian_units(), lmul_T(h));
  }
  constexpr AnyExpr sample_visibles(const AnyExpr& v_mean) const override {
    if (mean_vis) return v_mean;
    return v_mean + sigma() * normal_like(v_mean);
  }
  constexpr AnyExpr energy(const AnyExpr& v, const AnyExpr& h) const override {
    return energy_function_class->energy(gaussian_units(), v, lmul(v), h);
  }
  constexpr AnyExpr free_energy(const AnyExpr& v) const override {
    return energy_function_class->free_energy(gaussian_units(), v, lmul(v));
  }
  constexpr AnyExpr score_slope(const AnyExpr& v, const AnyExpr&) const override {
    const AnyExpr h = mean_h_given_v(v);
    return energy_function_class->score_slope(gaussian_units(), squares_T(h * (1 - h)));
  }

  using RBM::parameters;
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    RBM::parameters(list);
    ModelParameter sigma{"sigma_driver", sigma_driver()};
    sigma.frozen = !learn_sigma;
    list.push_back(sigma);
  }
  void initialize(InitialValues& values) const override;
  constexpr void modify_updates(UpdateList& updates) const override {
    if (AnyExpr* const next = updates.find("sigma_driver"))
      *next = clip(*next, min_sigma / sigma_lr_scale, max_sigma / sigma_lr_scale);
  }

  constexpr bool has_binary_visibles() const override { return false; }

 private:
  constexpr GaussianUnits gaussian_units() const {
    return {bias_vis(), bias_hid(), square(sigma())};
  }
};

}  // namespace ansatz
