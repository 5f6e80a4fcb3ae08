// ConvMaxPool: binary detectors at every place of an image, of each pool at most one on
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/linear/conv2d.hpp>
#include <ansatz/linear/weights.hpp>
#include <ansatz/model/energy/dbm/dbm_layer.hpp>
#include <ansatz/spaces/axis_order.hpp>
#include <dsl/ops/image/max_pool.hpp>
#include <dsl/ops/image/probabilistic_max_pool.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Binary hidden units on an image, one for each place of each kernel, in pools of pool_rows *
/// pool_cols neighbours, of which at most one is on (Lee, Grosse, Ranganath and Ng 2009): the layer
/// below sees detectors, the layer above the image of pools. Parameters "<layer>_W", of Conv2D, and
/// "<layer>_b", a number a channel; with scale_by_sharing their learning rates are divided by the
/// number of places.
///
///     ConvMaxPool("h0", 24, RowsColumns(7), RowsColumns(2), irange(.05))
class ConvMaxPool : public DBMHiddenLayer, public Weights {
 public:
  static constexpr const char* yaml = "pylearn2.models.dbm.ConvMaxPool";
  static constexpr const char* also[] = {"pylearn2.models.dbm.layer.ConvMaxPool"};
  static constexpr const char* doc = "binary hidden units at the places of an image, pooled";
  int output_channels = 0, kernel_rows = 0, kernel_cols = 0, pool_rows = 1, pool_cols = 1;
  double init_bias = 0;
  bool center = false, scale_by_sharing = true;
  String border_mode = "valid";
  AxisOrder output_axes;

  constexpr ConvMaxPool() {}
  constexpr ~ConvMaxPool() override {}
  template <KeyOf<ConvMaxPool>... O>
  constexpr ConvMaxPool(const char* name, int kernels, const RowsColumns& kernel,
                        const RowsColumns& pool, const O&... options)
      : output_channels(kernels),
        kernel_rows(kernel.rows),
        kernel_cols(kernel.columns),
        pool_rows(pool.rows),
        pool_cols(pool.columns) {
    layer_name = name;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = ConvMaxPool;
    DBMHiddenLayer::keys(key);
    key.required("output_channels", &Self::output_channels, "number of kernels").at_least(1);
    key.required("kernel_rows", &Self::kernel_rows, "rows of a kernel").at_least(1);
    key.required("kernel_cols", &Self::kernel_cols, "columns of a kernel").at_least(1);
    key.required("pool_rows", &Self::pool_rows, "rows of a pool").at_least(1);
    key.required("pool_cols", &Self::pool_cols, "columns of a pool").at_least(1);
    initialization_keys<Initialization>(key);
    key("center", &Self::center, "whether others see units minus their first means");
    key("scale_by_sharing", &Self::scale_by_sharing,
        "whether learning rates are divided by the number of places that share a parameter");
    key("init_bias", &Self::init_bias, "first value of the biases");
    key("border_mode", &Self::border_mode,
        "valid: kernels lie inside the image; full: wherever they touch it");
    key("output_axes", &Self::output_axes,
        "accepted and ignored: the order of axes is that of the layer below");
  }
  void check_on(const SpaceInfo& below) const override;

  /// Of the layer below, with channels behind the pixels, whatever its own order of axes.
  static constexpr SpaceInfo image(const SpaceInfo& below) {
    return conv2d_space(below.rows(), below.columns(), below.channels());
  }
  constexpr Conv2D kernels() const {
    Conv2D k(RowsColumns(kernel_rows, kernel_cols));
    k.border_mode = border_mode;
    return k;
  }
  constexpr WeightsAt at(const SpaceInfo& below) const {
    const Conv2D map = kernels();
    const SpaceInfo from = image(below);
    const RowsColumns places = map.places(from);
    return {{from, conv2d_space(places.rows, places.columns, output_channels)},
            layer_name + "_W",
            layer_name,
            "max_col_norm",
            Shared<LinearTransform>(map)};
  }
  constexpr SpaceInfo state_space(const SpaceInfo& below) const override {
    return at(below).between.output;
  }
  constexpr SpaceInfo output_space(const SpaceInfo& below) const override {
    const SpaceInfo detectors = state_space(below);
    return conv2d_space(detectors.rows() / pool_rows, detectors.columns() / pool_cols,
                        output_channels);
  }
  constexpr UnitState state_of(const SpaceInfo&, const AnyExpr& drawn) const override {
    return {max_pool(drawn, windows()), drawn};
  }

  constexpr AnyExpr b() const { return leaf("b"); }
  constexpr void parameters(const SpaceInfo& below, ir::List<ModelParameter>& list) const override {
    const WeightsAt here = at(below);
    const SpaceInfo detectors = here.between.output;
    const double scale = 1. / (detectors.rows() * detectors.columns());
    const int first = list.size();
    add_parameters(here, list);
    list.push_back({layer_name + "_b", b()});
    for (int i = first; scale_by_sharing && i < list.size(); ++i)
      list[i].lr_scale = scale, list[i].scaled = true;
    for (const char* each : {"p_offset", "h_offset"}) {
      if (!center) continue;
      ModelParameter own{layer_name + "_" + each, leaf(each)};
      own.frozen = true;
      list.push_back(own);
    }
  }
  void initialize(const SpaceInfo& below, InitialValues& values, RandomState& rng) const override;

  constexpr AnyExpr pre(const SpaceInfo& below, const AnyExpr& u, bool double_weights) const {
    AnyExpr seen = u;
    if (double_weights) seen = 2 * u;
    return lmul(at(below), Signal(below, seen)).value() + b();
  }
  constexpr UnitState mf_update(const SpaceInfo& below, const AnyExpr& u, const AnyExpr* message,
                                bool double_weights = false) const override {
    return both(units_for(pre(below, u, double_weights), message));
  }
  constexpr UnitState sample(const SpaceInfo& below, const AnyExpr& u,
                             const AnyExpr* message) const override {
    return drawn(units_for(pre(below, u, false), message));
  }
  constexpr UnitState sample_alone(const SpaceInfo&, const AnyExpr& like) const override {
    return drawn(units_for(0 * like + b(), nullptr));
  }
  constexpr UnitState mf_alone(const SpaceInfo&, const AnyExpr& like) const override {
    return both(units_for(0 * like + b(), nullptr));
  }
  constexpr AnyExpr upward(const SpaceInfo&, const UnitState& s) const override {
    if (center) return s.up - leaf("p_offset");
    return s.up;
  }
  constexpr AnyExpr downward(const SpaceInfo&, const UnitState& s) const override {
    if (center) return s.down - leaf("h_offset");
    return s.down;
  }
  constexpr AnyExpr message(const SpaceInfo& below, const AnyExpr& seen) const override {
    const WeightsAt here = at(below);
    return format_as(lmul_T(here, Signal(here.between.output, seen)), below).value();
  }
  constexpr AnyExpr energy_term(const SpaceInfo& below, const AnyExpr& u,
                                const UnitState& s) const override {
    return -sum(downward(below, s) * pre(below, u, false), units);
  }

  constexpr void weights(const SpaceInfo& below, ir::List<ModelWeights>& list) const override {
    list.push_back(named(at(below), layer_name));
  }
  constexpr void modify_updates(const SpaceInfo&, UpdateList&) const override {}
  /// Of pools, over examples and places: of each channel the extremes, the mean and the range.
  constexpr void state_channels(const SpaceInfo&, const UnitState& s,
                                ChannelList& list) const override {
    const AnyExpr high = max(s.up, batch, axis<0>, axis<1>),
                  low = min(s.up, batch, axis<0>, axis<1>);
    const auto add = [&](const String& of, const AnyExpr& x) {
      list.add("p_" + of + "_max", max(x));
      list.add("p_" + of + "_mean", mean(x));
      list.add("p_" + of + "_min", min(x));
    };
    add("max", high);
    add("min", low);
    add("range", high - low);
    add("mean", mean(s.up, batch, axis<0>, axis<1>));
  }
  /// Of pools and detectors; without pools detectors are all there is.
  constexpr ir::List<AnyExpr> activities(const SpaceInfo&, const UnitState& s) const override {
    ir::List<AnyExpr> list;
    if (pool_rows * pool_cols != 1) list.push_back(s.up);
    list.push_back(s.down);
    return list;
  }
  constexpr ir::List<AnyExpr> rewarded(const SpaceInfo& below, const UnitState& s) const override {
    return activities(below, s);
  }

 private:
  using Pooled = PooledUnits<AnySpace, AnySpace>;
  constexpr AnyExpr leaf(const char* what) const {
    return parameter_leaf(layer_name + "_" + what, ir::make_shape(output_channels));
  }
  constexpr PoolOptions windows() const {
    PoolOptions o;
    o.rows = o.stride_rows = pool_rows;
    o.columns = o.stride_columns = pool_cols;
    return o;
  }
  constexpr Pooled units_for(const AnyExpr& z, const AnyExpr* message) const {
    if (message) return probabilistic_max_pool(z, *message, windows());
    return probabilistic_max_pool(z, windows());
  }
  static constexpr UnitState both(const Pooled& units_there) {
    return {units_there.p, units_there.h};
  }
  constexpr UnitState drawn(const Pooled& units_there) const {
    return both(sample_pooled_units(units_there, windows()));
  }
};

}  // namespace ansatz
