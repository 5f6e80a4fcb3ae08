// BatchNormalization: y = gamma (x - m) / sqrt(v + epsilon) + beta
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/layer.hpp>
#include <ansatz/model/layers/conv_nonlinearity.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/ops.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Batch normalisation (Ioffe and Szegedy 2015): each number of a vector, or each channel of an
/// image, less its mean over the batch, by its standard deviation there; then scaled and moved by
/// what is learned. What is monitored and predicted is normalised by running means instead: after
/// each batch that is trained on they are `momentum` times what they were and 1 - momentum times
/// the batch's.
///
/// Parameters "<layer>_gamma", 1 at first, and "<layer>_beta", 0 at first; state "<layer>_mean" and
/// "<layer>_variance", 0 and 1 at first. Mean and variance divide by the number of examples, times
/// that of pixels; on several ranks each normalises by its own examples.
///
///     ConvElemwise("h0", 32, 5, IdentityConvNonlinearity(), irange(.05), tied_b(true)),
///     BatchNormalization("n0", nonlinearity(RectifierConvNonlinearity())),
class BatchNormalization : public Layer {
 public:
  static constexpr const char* yaml = "ansatz.models.mlp.BatchNormalization";
  static constexpr const char* doc = "each unit or channel less its mean, by its deviation";
  double momentum = .9, epsilon = 1e-5;
  bool scale = true, center = true;
  std::optional<double> gamma_lr_scale, beta_lr_scale;
  Shared<ConvNonlinearity> nonlinearity;

  constexpr BatchNormalization() {}
  template <KeyOf<BatchNormalization>... O>
  constexpr explicit BatchNormalization(const char* name, const O&... options) {
    layer_name = name;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    Layer::keys(key);
    key("momentum", &BatchNormalization::momentum, "share of the running means that stays")
        .at_least(0)
        .below(1);
    key("epsilon", &BatchNormalization::epsilon, "what is added to the variance").above(0);
    key("scale", &BatchNormalization::scale, "whether gamma is learned");
    key("center", &BatchNormalization::center, "whether beta is learned");
    key("gamma_lr_scale", &BatchNormalization::gamma_lr_scale,
        "factor of the learning rate for gamma")
        .at_least(0)
        .only_with("scale");
    key("beta_lr_scale", &BatchNormalization::beta_lr_scale, "factor of the learning rate for beta")
        .at_least(0)
        .only_with("center");
    key("nonlinearity", &BatchNormalization::nonlinearity,
        "what is made of each number then: RectifierConvNonlinearity, …; default: nothing");
  }

  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    const bool vector = input.kind == SpaceKind::vector && input.shape.rank == 1;
    if (!vector && input.kind != SpaceKind::conv2d)
      refuse("a VectorSpace or a Conv2DSpace is needed below it; found " + to_text(input));
    if (nonlinearity)
      if (const String why = nonlinearity->fault(); !why.empty()) refuse(why);
    return input;
  }
  constexpr Signal fprop(const Place& at, const Signal& below) const override {
    const AnyExpr x = format_as(below, at.input).value();
    Moments of{running(at, "mean"), running(at, "variance")};
    if (at.training) of = moments(at, x);
    AnyExpr y = (x - along(at, of.mean)) / sqrt(along(at, of.variance) + epsilon_of(at));
    if (scale) y = y * along(at, parameter_of(at, "gamma"));
    if (center) y = y + along(at, parameter_of(at, "beta"));
    if (nonlinearity) y = nonlinearity->apply(y, at.place_of(part(), layer_name));
    return Signal(at.input, y);
  }

  constexpr void parameters(const Place& at, ir::List<ModelParameter>& list) const override {
    if (scale) list.push_back(learned(at, "gamma", gamma_lr_scale));
    if (center) list.push_back(learned(at, "beta", beta_lr_scale));
  }
  void initialize(const Place&, InitialValues&, RandomState&) const override;
  constexpr void states(const Place& at, StateList& list) const override {
    list.add(own(at, "mean"), shape(at), AnyExpr(ir::Value(0.)), "running means");
    list.add(own(at, "variance"), shape(at), AnyExpr(ir::Value(1.)), "running variances");
  }
  constexpr void state_updates(const Place& at, const Signal& below,
                               UpdateList& updates) const override {
    const Moments of = moments(at, format_as(below, at.input).value());
    const Expr<Scalar> stays = setting(at, "momentum", momentum);
    const auto run = [&](const char* what, const AnyExpr& now) {
      const AnyExpr before = running(at, what);
      updates.add(own(at, what), before, stays * before + (1 - stays) * now);
    };
    run("mean", of.mean);
    run("variance", of.variance);
  }

  constexpr void channels(const Place& at, const Signal&, const Signal&, const Signal*,
                          ChannelList& list) const override {
    const auto add = [&](const char* low, const char* middle, const char* high, const AnyExpr& v) {
      list.add(low, min(v));
      list.add(middle, mean(v));
      list.add(high, max(v));
    };
    if (scale) add("gamma_min", "gamma_mean", "gamma_max", parameter_of(at, "gamma"));
    if (center) add("beta_min", "beta_mean", "beta_max", parameter_of(at, "beta"));
    add("mean_min", "mean_mean", "mean_max", running(at, "mean"));
    add("variance_min", "variance_mean", "variance_max", running(at, "variance"));
  }

 private:
  struct Moments {
    AnyExpr mean, variance;
  };
  static constexpr ir::Shape shape(const Place& at) {
    if (at.input.kind == SpaceKind::conv2d) return ir::make_shape(at.input.channels());
    return at.input.shape;
  }
  constexpr AnyExpr running(const Place& at, const char* what) const {
    return state_leaf(own(at, what), shape(at));
  }
  constexpr AnyExpr parameter_of(const Place& at, const char* what) const {
    return parameter_leaf(own(at, what), shape(at));
  }
  constexpr ModelParameter learned(const Place& at, const char* what,
                                   const std::optional<double>& lr_scale) const {
    ModelParameter p{own(at, what), parameter_of(at, what)};
    if (lr_scale) p.lr_scale = *lr_scale, p.scaled = true;
    return p;
  }
  constexpr Expr<Scalar> epsilon_of(const Place& at) const {
    return setting(at, "epsilon", epsilon);
  }
  // One number a channel, beside images of any order of axes.
  static constexpr AnyExpr along(const Place& at, const AnyExpr& v) {
    if (at.input.kind != SpaceKind::conv2d || at.input.axes == Axes::b01c) return v;
    return AnyExpr(ir::reshape_features(v.value(), ir::make_shape(at.input.channels(), 1, 1)));
  }
  static constexpr AnyExpr average(const Place& at, const AnyExpr& x) {
    if (at.input.kind != SpaceKind::conv2d) return mean(x, batch);
    if (at.input.axes == Axes::bc01) return mean(x, batch, axis<1>, axis<2>);
    return mean(x, batch, axis<0>, axis<1>);
  }
  static constexpr Moments moments(const Place& at, const AnyExpr& x) {
    const AnyExpr m = average(at, x);
    // Of the distances to the mean, not of squares less a square, which cancels.
    return {m, average(at, square(x - along(at, m)))};
  }
};

}  // namespace ansatz
