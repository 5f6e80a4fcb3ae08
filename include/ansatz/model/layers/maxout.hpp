// Maxout: y_i = max over pieces k of z_(i,k), z = x W + b
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/model/layers/dense.hpp>
#include <ansatz/model/without_cost.hpp>
#include <ansatz/spaces/format_as.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// All of Maxout but its sizes.
class MaxoutBase : public WithoutCost<Dense> {
 public:
  int pool_stride = 0;
  bool randomize_pools = false;
  bool min_zero = false;

  template <class K>
  static constexpr void keys(K& key) {
    affine_keys(key);
    key("pool_stride", &MaxoutBase::pool_stride,
        "distance of the first pieces of two units; 0: num_pieces, so that units share none")
        .at_least(0);
    key("randomize_pools", &MaxoutBase::randomize_pools,
        "the pieces of a unit are drawn at random, with repetitions");
    key("min_zero", &MaxoutBase::min_zero, "0 is one more piece of each unit");
  }

  /// Pieces of a unit; `units()` counts the pieces of all.
  constexpr virtual int pieces() const = 0;
  constexpr int stride() const { return pool_stride > 0 ? pool_stride : pieces(); }
  constexpr int pools() const { return (units() - pieces()) / stride() + 1; }

  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    if (pieces() < 1) refuse("num_units and num_pieces must be at least 1");
    if (pool_stride < 0) refuse("pool_stride must be at least 1");
    check(input);
    if ((units() - pieces()) % stride() != 0)
      refuse("num_units * num_pieces - num_pieces must be a multiple of pool_stride");
    return vector_space(pools());
  }

  constexpr Signal fprop(const Place& at, const Signal& below) const override {
    AnyExpr z = pre_activation(at, below);
    if (randomize_pools) z = matmul(z, parameter_leaf(own(at, "permute"), square_shape()));
    return Signal(output_space(at.input), largest(z));
  }
  constexpr AnyExpr activation(const Place&, const AnyExpr& z) const override { return largest(z); }

  constexpr void parameters(const Place& at, ir::List<ModelParameter>& list) const override {
    Dense::parameters(at, list);
    if (randomize_pools) add_frozen(list, own(at, "permute"), square_shape());
  }
  void initialize(const Place&, InitialValues&, RandomState&) const override;

  constexpr void channels(const Place& at, const Signal&, const Signal& output, const Signal*,
                          ChannelList& list) const override {
    norm_channels(weights_at(at), list);
    ChannelList activity;
    activity_channels(output.value(), "_x.", activity);
    const char* prefix = "p_";
    if (pieces() == 1) prefix = "";
    list.add(prefix, activity);
  }

 private:
  constexpr ir::Shape square_shape() const { return ir::make_shape(units(), units()); }

  // As a fold of `maximum`, whose first operand gets the gradient of equal ones: the last piece.
  constexpr AnyExpr largest(const AnyExpr& z) const {
    const int last_start = units() - pieces();
    const auto piece = [&](int k) {
      return AnyExpr(slice(z, axis<0>, k, last_start + k + 1, stride()));
    };
    AnyExpr y = piece(0);
    if (min_zero) y = maximum(y, 0);
    for (int k = 1; k < pieces(); ++k) y = maximum(piece(k), y);
    return y;
  }
};

/// A layer of maxout units (Goodfellow et al. 2013, "Maxout networks"): num_units units, each the
/// largest of num_pieces linear ones. Parameters "<layer>_W" [input, num_units * num_pieces] and
/// "<layer>_b"; of equal pieces the last gets the gradient. It has no cost of its own.
///
///     Maxout("h0", 240_c, 5_c, irange(.005), max_col_norm(1.9365))
template <int N = any, int Pieces = any>
class Maxout : public MaxoutBase {
 public:
  static constexpr const char* yaml = "pylearn2.models.maxout.Maxout";
  static constexpr const char* doc = "layer of units that are the largest of several pieces";
  template <class>
  using output_type = VectorSpace<N>;
  Size<N> num_units;
  Size<Pieces> num_pieces;

  constexpr Maxout() {}
  template <class D, class P, KeyOf<Maxout>... O>
  constexpr Maxout(const char* name, D unit_count, P piece_count, const O&... options)
      : num_units(unit_count), num_pieces(piece_count) {
    layer_name = name;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("num_units", &Maxout::num_units, "number of outputs").at_least(1);
    key.required("num_pieces", &Maxout::num_pieces, "linear pieces of each").from_to(1, 4096);
    MaxoutBase::keys(key);
  }
  constexpr int units() const override {
    const long long count = static_cast<long long>(num_units) * num_pieces;
    if (count > 2147483647) this->refuse("num_units * num_pieces is more than 2147483647");
    return static_cast<int>(count);
  }
  constexpr int pieces() const override { return num_pieces; }
};
template <class D, class P, class... O>
Maxout(const char*, D, P, O...) -> Maxout<ir::dim_of<D>(), ir::dim_of<P>()>;

}  // namespace ansatz
