// GaussianVisLayer: normal visible units, v | h ~ N(mu + message, 1 / beta)
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/initialization.hpp>
#include <ansatz/model/energy/dbm/dbm_layer.hpp>
#include <ansatz/spaces/axis_order.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/clip.hpp>
#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/arithmetic/log.hpp>
#include <dsl/ops/arithmetic/sqrt.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/constant/full.hpp>
#include <dsl/ops/control/stop_gradient.hpp>
#include <dsl/ops/random/normal.hpp>
#include <dsl/ops/reduce/max.hpp>
#include <dsl/ops/reduce/mean.hpp>
#include <dsl/ops/reduce/min.hpp>
#include <dsl/ops/reduce/sum.hpp>

#include <optional>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A factor of a learning rate: a number, none, or one over the places that share a parameter.
struct SharingScale {
  bool by_sharing = true;
  std::optional<double> factor;
  constexpr SharingScale() {}
  constexpr SharingScale(double f) : by_sharing(false), factor(f) {}
};
template <class Value>
bool read_value(const Value& from, SharingScale& to) {
  to = {};
  if (const std::optional<std::string> text = from.scalar(); text && *text == "by_sharing")
    return true;
  to.by_sharing = false;
  return read_value(from, to.factor);
}
inline void write_value(Describer& to, const SharingScale& scale) {
  if (scale.by_sharing) return to.text("by_sharing");
  if (!scale.factor) return to.null();
  to.number(*scale.factor);
}
inline const char* value_type(const SharingScale*) { return "number, null or by_sharing"; }

/// Normal visible units with means and precisions of their own: E(v) = beta (v - mu)^2 / 2, and the
/// first hidden layer sees beta (v - mu), so that v given h is normal about mu + W h with variance
/// 1 / beta. An image of `rows`, `cols` and `channels`, or a vector of `nvis`. Parameters beta and
/// mu, in v's Space, or of tied ones a number a channel.
///
///     GaussianVisLayer(nvis(192), init_beta(3.), bias_from_marginals(train))
class GaussianVisLayer : public DBMVisibleLayer {
 public:
  static constexpr const char* yaml = "pylearn2.models.dbm.GaussianVisLayer";
  static constexpr const char* also[] = {"pylearn2.models.dbm.layer.GaussianVisLayer"};
  static constexpr const char* doc = "normal visible units with learned precisions";
  int rows = 0, cols = 0, channels_ = 0, nvis = 0;
  double init_beta = 1, min_beta = 1;
  std::optional<Numbers> init_mu;
  String tie_beta, tie_mu;
  Shared<Dataset> bias_from_marginals;
  SharingScale beta_lr_scale;
  AxisOrder axes;
  bool learn_init_inpainting_state = true;

  constexpr GaussianVisLayer() {}
  constexpr ~GaussianVisLayer() override {}
  template <KeyOf<GaussianVisLayer>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit GaussianVisLayer(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = GaussianVisLayer;
    key("rows", &Self::rows, "rows of the image").at_least(1);
    key("cols", &Self::cols, "columns of the image").at_least(1);
    key("channels", &Self::channels_, "channels of the image").at_least(1);
    key("nvis", &Self::nvis, "number of units, in place of an image").at_least(1);
    key("init_beta", &Self::init_beta, "first precision, one over the variance").above(0);
    key("min_beta", &Self::min_beta, "least precision after an update").above(0).at_most(1e6);
    key("init_mu", &Self::init_mu, "first means: one, or each; default: 0")
        .not_with("bias_from_marginals");
    key("tie_beta", &Self::tie_beta, "locations: precisions are those of the channels");
    key("tie_mu", &Self::tie_mu, "locations: means are those of the channels");
    key("bias_from_marginals", &Self::bias_from_marginals,
        "data set whose means are the first means");
    key("beta_lr_scale", &Self::beta_lr_scale,
        "factor of the learning rate for beta; by_sharing: one over the places of a tied one");
    key("axes", &Self::axes, "order of the image's axes; default: b, 0, 1, c");
    key("learn_init_inpainting_state", &Self::learn_init_inpainting_state,
        "whether gradients see what MultiPrediction begins hidden pixels with");
  }
  /// KeyFaults: neither an image nor a vector, or both; ties of a vector, or of another name.
  void check() const;

  constexpr SpaceInfo space() const override {
    if (nvis > 0) return vector_space(nvis);
    return conv2d_space(rows, cols, channels_, axes.in_memory());
  }
  /// As a batch of v has them.
  constexpr AnyExpr beta() const { return spread("beta", tie_beta); }
  /// One for each number of v.
  constexpr AnyExpr each_beta() const {
    if (tie_beta.empty()) return beta();
    return beta() +
           AnyExpr(ir::reshape_features(
               AnyExpr(zeros(VectorSpace(space().total_dimension()))).value(), space().shape));
  }
  constexpr AnyExpr mu() const { return spread("mu", tie_mu); }

  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    ModelParameter precision{"beta", parameter_leaf("beta", shape_of(tie_beta))};
    if (!beta_lr_scale.by_sharing) {
      if (beta_lr_scale.factor) precision.lr_scale = *beta_lr_scale.factor, precision.scaled = true;
    } else if (!tie_beta.empty()) {
      precision.lr_scale = 1. / (rows * cols), precision.scaled = true;
    }
    list.push_back(precision);
    ModelParameter means{"mu", parameter_leaf("mu", shape_of(tie_mu))};
    if (!tie_mu.empty()) means.lr_scale = 1. / (rows * cols), means.scaled = true;
    list.push_back(means);
  }
  void initialize(InitialValues& values) const override;
  constexpr void modify_updates(UpdateList& updates) const override {
    if (AnyExpr* const next = updates.find("beta")) *next = clip(*next, min_beta, 1e6);
  }
  constexpr AnyExpr upward(const AnyExpr& v) const override { return (v - mu()) * beta(); }
  constexpr AnyExpr mean_of(const AnyExpr& message) const override { return message + mu(); }
  constexpr AnyExpr sample(const AnyExpr& message) const override {
    const AnyExpr mean = mean_of(message);
    return mean + normal_like(mean) / sqrt(beta());
  }
  constexpr AnyExpr sample_alone(const AnyExpr& like) const override { return sample(0 * like); }
  constexpr AnyExpr energy_term(const AnyExpr& v) const override {
    return .5 * sum(beta() * square(v - mu()), units);
  }
  constexpr bool has_linear_energy() const override { return false; }
  constexpr AnyExpr init_inpainting_state(const AnyExpr& like, bool noise) const override {
    if (noise) return normal_like(like);
    const AnyExpr means = 0 * like + mu();
    if (learn_init_inpainting_state) return means;
    return stop_gradient(means);
  }
  /// beta (v - E v)^2 / 2 - log(beta / 2 pi) / 2
  constexpr AnyExpr recons_cost(const AnyExpr& v, const AnyExpr& message) const override {
    constexpr double two_pi = 6.283185307179586;
    return .5 * beta() * square(v - mean_of(message)) - .5 * log(beta() / two_pi);
  }
  constexpr void channels(ChannelList& list) const override {
    const AnyExpr precisions = parameter_leaf("beta", shape_of(tie_beta));
    list.add("beta_min", min(precisions));
    list.add("beta_mean", mean(precisions));
    list.add("beta_max", max(precisions));
  }

 private:
  constexpr ir::Shape shape_of(const String& tie) const {
    if (tie.empty()) return space().shape;
    return ir::make_shape(channels_);
  }
  constexpr AnyExpr spread(const char* name, const String& tie) const {
    const AnyExpr leaf = parameter_leaf(name, shape_of(tie));
    if (tie.empty() || space().axes == Axes::b01c) return leaf;
    return AnyExpr(ir::reshape_features(leaf.value(), ir::make_shape(channels_, 1, 1)));
  }
};

}  // namespace ansatz
