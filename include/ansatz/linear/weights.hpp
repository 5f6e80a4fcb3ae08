// Weights: a transform with its parameter, and what is asked of it: first values, a learning rate
// of its own, limits, a penalty, channels.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/channel.hpp>
#include <ansatz/job/initialization.hpp>
#include <ansatz/job/model_weights.hpp>
#include <ansatz/job/parameter_list.hpp>
#include <ansatz/linear/matrix_transform.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/ops/arithmetic/abs.hpp>
#include <dsl/ops/reduce/max.hpp>
#include <dsl/ops/reduce/mean.hpp>
#include <dsl/ops/reduce/min.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

class InitialValues;
class RandomState;

/// Where weights stand: between which Spaces, and what they are called.
struct WeightsAt {
  Between between;
  String parameter;                           ///< "h0_W"
  String place;                               ///< what the names of their settings begin with: "h0"
  const char* longest_unit = "max_col_norm";  ///< what the limit of the units' lengths is called
  Shared<LinearTransform> map = {};           ///< the layer's own; null: the weights' transform
};

/// The weights of a layer, or of a model: `transform` says which map they make, a matrix where
/// nothing is said.
class Weights : public Initialization {
 public:
  /// A transform, or a matrix that is there as long as this is.
  class Map {
   public:
    constexpr explicit Map(const LinearTransform* given) : given_(given) {}
    constexpr const LinearTransform* operator->() const { return given_ ? given_ : &matrix_; }

   private:
    const LinearTransform* given_;
    MatrixTransform matrix_;
  };

  Shared<LinearTransform> transform;
  std::optional<double> W_lr_scale, max_row_norm, max_col_norm, min_col_norm;
  String mask_weights;

  /// The keys of everything with weights.
  template <class K>
  static constexpr void weight_keys(K& key) {
    initialization_keys<Initialization>(key);
    key("W_lr_scale", &Weights::W_lr_scale, "factor of the learning rate for the weights")
        .at_least(0);
    key("max_row_norm", &Weights::max_row_norm, "rows of W are shortened to this length")
        .length()
        .above(0)
        .or_infinity();
    key("max_col_norm", &Weights::max_col_norm, "columns of W are shortened to this length")
        .length()
        .above(0)
        .or_infinity();
    key("min_col_norm", &Weights::min_col_norm, "columns of W are never shorter than this")
        .length()
        .not_above("max_col_norm");
    key("mask_weights", &Weights::mask_weights,
        "file (.npy) of a mask, of W's shape, that multiplies the weights after each update")
        .is_path();
    key("transform", &Weights::transform, "how the weights are connected; default: a matrix");
  }

  /// The map the weights make, where the layer has none of its own: `map()->lmul(…)`.
  constexpr Map map() const { return Map(transform.get()); }
  constexpr Map map(const WeightsAt& at) const {
    return Map(at.map ? at.map.get() : transform.get());
  }
  constexpr Between between(const SpaceInfo& input, int outputs) const {
    const SpaceInfo in = map()->input_space(input);
    return {in, map()->output_space(in, outputs)};
  }
  /// Why these weights cannot be made for this input and so many outputs; empty: they can.
  constexpr String fault(const SpaceInfo& input, int outputs) const {
    return fault(map(), input, outputs);
  }
  constexpr String fault(const Map& by, const SpaceInfo& input, int outputs) const {
    if (given() > 1 || (given() == 0 && !by->begins_itself()))
      return "exactly one of irange, istdev, sparse_init, glorot_uniform, glorot_normal, "
             "he_uniform "
             "and he_normal is needed, to say how the weights begin";
    if (const String why = by->fault(input, outputs); !why.empty()) return why;
    if (sparse_init) {
      const int inputs =
          by->filters({by->input_space(input), by->output_space(by->input_space(input), outputs)})
              .inputs;
      if (*sparse_init > inputs)
        return "sparse_init " + to_text(*sparse_init) + ": 0 to " + to_text(inputs) +
               ", the number of inputs";
    }
    if (max_row_norm && (max_col_norm || min_col_norm))
      return "max_row_norm and max_col_norm exclude each other";
    if (max_row_norm && !by->limits_rows())
      return "max_row_norm: the rows of this transform cannot be limited";
    return "";
  }

  constexpr AnyExpr W(const WeightsAt& at) const {
    return parameter_leaf(at.parameter, map(at)->shape(at.between));
  }
  /// Between what they lie, under their name.
  static constexpr Between named_between(const WeightsAt& at) {
    return {at.between.input, at.between.output, at.parameter};
  }
  /// x W in the Space the transform gives; `below` in any Space of as many numbers.
  constexpr Signal lmul(const WeightsAt& at, const Signal& below) const {
    const AnyExpr x = format_as(below, at.between.input).value();
    return Signal(at.between.output, map(at)->lmul(named_between(at), W(at), x));
  }
  /// y W^T in the Space the transform reads; `above` in any Space of as many numbers.
  constexpr Signal lmul_T(const WeightsAt& at, const Signal& above) const {
    const AnyExpr y = format_as(above, at.between.output).value();
    return Signal(at.between.input, map(at)->lmul_T(named_between(at), W(at), y));
  }

  constexpr void add_parameters(const WeightsAt& at, ir::List<ModelParameter>& list) const {
    ModelParameter p{at.parameter, W(at)};
    if (W_lr_scale) p.lr_scale = *W_lr_scale, p.scaled = true;
    list.push_back(p);
    const Between between = named_between(at);
    const int tables = map(at)->tables(between).size();
    for (int k = 0; k < tables; ++k) {
      const LinearTransform::Table each = map(at)->tables(between)[k];
      ModelParameter table{at.parameter + "_" + each.what, map(at)->table(between, k)};
      table.frozen = true;
      list.push_back(table);
    }
  }
  /// What they need beside what they learn: the mask.
  constexpr void add_frozen_parameters(const WeightsAt& at, ir::List<ModelParameter>& list) const {
    if (mask_weights.empty()) return;
    ModelParameter p{mask_name(at), mask(at)};
    p.frozen = true;
    list.push_back(p);
  }
  /// Draws the first values.
  /// @param owner        for messages: "layer h0"
  /// @param second_draw  see draw_weights
  void draw(const WeightsAt& at, std::string_view owner, bool second_draw, InitialValues& values,
            RandomState& rng) const;

  /// The mask, then the limits. Those are the named scalars "h0.max_col_norm", ….
  constexpr void constrain(const WeightsAt& at, UpdateList& updates) const {
    AnyExpr* const w = updates.find(at.parameter);
    if (!w) return;
    if (!mask_weights.empty()) *w = *w * mask(at);
    const auto limit = [&](const char* key, double value) {
      return setting(at.place + "." + key, value);
    };
    if (max_row_norm)
      *w = map(at)->limited_rows(named_between(at), *w, constant(0),
                                 limit("max_row_norm", *max_row_norm));
    if (max_col_norm || min_col_norm) {
      Expr<Scalar> low = constant(0), high = constant(__builtin_inf());
      if (min_col_norm) low = limit("min_col_norm", *min_col_norm);
      if (max_col_norm) high = limit("max_col_norm", *max_col_norm);
      *w = map(at)->limited_columns(named_between(at), *w, low, high);
    }
  }

  /// What a model answers with when it is asked for its weights.
  constexpr ModelWeights named(const WeightsAt& at, const String& path) const {
    return {path, at.parameter, W(at), row_norms(at), column_norms(at)};
  }
  /// Their lengths: of what each input meets, and of each unit's.
  constexpr AnyExpr row_norms(const WeightsAt& at) const {
    return map(at)->row_norms(named_between(at), W(at));
  }
  constexpr AnyExpr column_norms(const WeightsAt& at) const {
    return map(at)->column_norms(named_between(at), W(at));
  }

  /// row_norms_* and col_norms_*: lengths of an input's outgoing and of a unit's incoming weights.
  constexpr void norm_channels(const WeightsAt& at, ChannelList& list) const {
    const auto add = [&](const char* min_name, const char* mean_name, const char* max_name,
                         const AnyExpr& norms) {
      list.add(min_name, min(norms));
      list.add(mean_name, mean(norms));
      list.add(max_name, max(norms));
    };
    add("row_norms_min", "row_norms_mean", "row_norms_max", row_norms(at));
    add("col_norms_min", "col_norms_mean", "col_norms_max", column_norms(at));
  }

 private:
  static constexpr String mask_name(const WeightsAt& at) { return at.parameter + "_mask"; }
  constexpr AnyExpr mask(const WeightsAt& at) const {
    return parameter_leaf(mask_name(at), map(at)->shape(at.between));
  }
};

}  // namespace ansatz
