// Hinge: a support vector machine as the last layer, z = x W + b
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/model/layers/dense.hpp>
#include <ansatz/spaces/format_as.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// All of Hinge but its size.
class HingeBase : public Dense {
 public:
  String hinge = "crammer_singer";
  bool squared = false;

  template <class K>
  static constexpr void keys(K& key) {
    affine_keys(key);
    key("hinge", &HingeBase::hinge, "the cost: crammer_singer or one_vs_all");
    key("squared", &HingeBase::squared, "each hinge is squared (L2-SVM)");
    key("use_bias", &Dense::use_bias, "whether there are biases");
  }

  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    if (hinge != "crammer_singer" && hinge != "one_vs_all")
      refuse("hinge must be crammer_singer or one_vs_all");
    if (units() < 2) refuse("n_classes must be at least 2");
    return Dense::output_space(input);
  }
  constexpr SpaceInfo target_space(const SpaceInfo&) const override { return index_space(units()); }
  constexpr AnyExpr activation(const Place&, const AnyExpr& z) const override { return z; }

  constexpr AnyExpr cost_per_example(const Place&, const Signal& targets,
                                     const Signal& output) const override {
    const AnyExpr z = output.value(), hot = format_as(targets, output.space).value();
    if (hinge == "one_vs_all") return sum(maybe_squared(relu(1 - (2 * hot - 1) * z)), axis<0>);
    const AnyExpr of_label = sum(where(hot, z, 0), axis<0>, keep_axes);
    const AnyExpr margin = where(hot, 0, 1 + z - of_label);
    // One of the largest, not all of them: with equal scores, as at first, the gradient of their
    // maximum would be that of several examples.
    const AnyExpr worst = one_hot(argmax(stop_gradient(margin), axis<0>), units());
    return maybe_squared(sum(where(worst, margin, 0), axis<0>));
  }
  constexpr AnyExpr cost_matrix(const Place& at, const Signal& targets,
                                const Signal& output) const override {
    return Layer::cost_matrix(at, targets, output);
  }

  constexpr void channels(const Place& at, const Signal& below, const Signal& output,
                          const Signal* targets, ChannelList& list) const override {
    Dense::channels(at, below, output, targets, list);
    if (!targets) return;
    const AnyExpr hot = format_as(*targets, output.space).value();
    list.add("misclass", mean(argmax(output.value(), axis<0>) != argmax(hot, axis<0>)),
             "share of examples whose class is wrong");
    list.add("hinge", cost(at, *targets, output), "the cost of this layer");
  }

 private:
  constexpr AnyExpr maybe_squared(const AnyExpr& h) const {
    if (squared) return square(h);
    return h;
  }
};

/// A layer of scores z, trained as linear support vector machines; the class of an example is that
/// of its largest score. Parameters "<layer>_W" and "<layer>_b"; targets: labels, or one-hot
/// vectors. The cost is the mean over the batch, t being the label, of
///   crammer_singer  max_(j != t) max(0, 1 + z_j - z_t)      (Crammer and Singer 2001)
///   one_vs_all      sum_j max(0, 1 - s_j z_j), s_t = 1, else -1
/// `squared` squares each max(0, …): with one_vs_all the L2-SVM of Tang 2013 ("Deep learning using
/// linear support vector machines"). The weights' norm is a cost of its own: WeightDecay.
template <int N = any>
class Hinge : public HingeBase {
 public:
  static constexpr const char* yaml = "ansatz.models.mlp.Hinge";
  static constexpr const char* doc = "scores trained as support vector machines";
  template <class>
  using output_type = VectorSpace<N>;
  Size<N> n_classes;

  constexpr Hinge() {}
  template <class D, KeyOf<Hinge>... O>
  constexpr Hinge(const char* name, D count, const O&... options) : n_classes(count) {
    layer_name = name;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("n_classes", &Hinge::n_classes, "number of classes").at_least(1);
    HingeBase::keys(key);
  }
  constexpr int units() const override { return n_classes; }
};
template <class D, class... O>
Hinge(const char*, D, O...) -> Hinge<ir::dim_of<D>()>;

}  // namespace ansatz
