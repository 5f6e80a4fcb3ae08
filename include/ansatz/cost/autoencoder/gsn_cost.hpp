// GSNCost: how far the layers of a GSN are, step by step, from what they should be
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/cost/autoencoder/reconstruction.hpp>
#include <ansatz/model/autoencoder/gsn.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The cost of one layer of a GSN.
struct LayerCost {
  int layer = 0;
  double coefficient = 1;
  Shared<GSNFriendlyCost> cost;
};
template <class Value>
bool read_value(const Value& from, LayerCost& to) {
  const auto parts = from.items();
  if (!from.is_list() || parts.size() != 3) {
    from.refuse("a list of a layer's number, a coefficient and a cost");
    return false;
  }
  const bool numbers = read_value(parts[0], to.layer) && read_value(parts[1], to.coefficient);
  Shared<Cost> found;
  if (!read_value(parts[2], found) || !numbers) return false;
  auto* const fits = dynamic_cast<GSNFriendlyCost*>(found.get());
  if (!fits) {
    parts[2].refuse("a cost of reconstructions, such as MeanBinaryCrossEntropy");
    return false;
  }
  to.cost = Shared<GSNFriendlyCost>(fits);
  return true;
}
void write_value(Describer& to, const LayerCost& value);
inline const char* value_type(const LayerCost*) {
  return "list of a layer's number, a coefficient and a cost";
}

/// The mean over steps, as many as the GSN has autoencoders and `walkback` more, of costs of its
/// layers against what they should be: the first of `costs` is of the layer that has the inputs,
/// the second, if any, of the one that has the targets. Each has a coefficient; they are divided by
/// their sum. `mode` says which of the two layers are given at first: joint, both; supervised, the
/// inputs; anti_supervised, the targets.
///
/// Channels, of two costs: reconstruction_cost and classification_cost.
class GSNCost : public Cost {
 public:
  static constexpr const char* yaml = "pylearn2.costs.gsn.GSNCost";
  static constexpr const char* doc = "distances of a GSN's layers from what they should be";
  ir::List<LayerCost> costs;
  int walkback = 0;
  String mode = "joint";

  constexpr GSNCost() {}
  constexpr ~GSNCost() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("costs", &GSNCost::costs,
                 "one or two lists of a layer's number, a coefficient and a cost");
    key("walkback", &GSNCost::walkback, "further steps").at_least(0);
    key("mode", &GSNCost::mode, "which layers are given: joint, supervised or anti_supervised");
  }
  /// KeyFaults: too few or too many costs, two of one layer, coefficients that sum to 0, an unknown
  /// mode, or one that needs two costs.
  void check() const;

  constexpr bool supervised() const override { return costs.size() > 1; }
  constexpr void data_specs(const Model& model, Data& data) const override {
    const GSN* const gsn = gsn_of(model);
    if (!gsn) return;
    data.add(model.input_source(), gsn->space_of(costs[0].layer));
    if (costs.size() > 1) data.add(model.target_source(), gsn->space_of(costs[1].layer));
  }
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    const GSN* const gsn = gsn_of(model);
    if (!gsn) return {};
    const ir::List<AnyExpr> each = of_layers(*gsn, model, data);
    AnyExpr total = constant(0), sum_of = constant(0);
    for (int i = 0; i < each.size(); ++i) {
      const AnyExpr c = setting("gsn.coefficient_" + to_text(i), costs[i].coefficient);
      total = total + c * each[i];
      sum_of = sum_of + c;
    }
    return total / sum_of;
  }
  constexpr void channels(const Model& model, const Data& data, ChannelList& list) const override {
    const GSN* const gsn = costs.size() > 1 ? gsn_of(model) : nullptr;
    if (!gsn) return;
    const ir::List<AnyExpr> each = of_layers(*gsn, model, data);
    list.add("reconstruction_cost", each[0], "of the first of the costs");
    list.add("classification_cost", each[1], "of the second of the costs");
  }

 private:
  constexpr ir::List<AnyExpr> of_layers(const GSN& gsn, const Model& model,
                                        const Data& data) const {
    ir::List<AnyExpr> wanted, means;
    wanted.push_back(format_as(data[model.input_source()], gsn.space_of(costs[0].layer)).value());
    if (costs.size() > 1)
      wanted.push_back(
          format_as(data[model.target_source()], gsn.space_of(costs[1].layer)).value());
    ir::List<LayerValue> given;
    for (int i = 0; i < costs.size(); ++i)
      if (mode == "joint" || (i == 0) == (mode == "supervised"))
        given.push_back({costs[i].layer, wanted[i]});
    const auto history = gsn.run(given, gsn.parts() + walkback);
    for (int i = 0; i < costs.size(); ++i) {
      AnyExpr total = constant(0);
      for (const ir::List<AnyExpr>& step : history)
        total = total + costs[i].cost->cost(wanted[i], step[costs[i].layer]);
      means.push_back(total / history.size());
    }
    return means;
  }
  constexpr const GSN* gsn_of(const Model& model) const {
    const GSN* const gsn = model_as<GSN>(model);
    if (!gsn) {
      graph_error("GSNCost needs a GSN for its model");
      return nullptr;
    }
    bool whole = !costs.empty();
    for (const LayerCost& each : costs) whole = whole && each.cost;
    if (!whole) {
      graph_error("GSNCost needs a cost of one or two layers");
      return nullptr;
    }
    for (const LayerCost& each : costs)
      if (each.layer < 0 || each.layer >= gsn->layers()) {
        const String text = "GSNCost: a cost of layer " + to_text(each.layer) +
                            ", but the GSN has layers 0 to " + to_text(gsn->parts());
        graph_error(text.c_str());
        return nullptr;
      }
    if (costs.size() > 1 && mode == "joint" && gsn->layers() == 2) {
      graph_error(
          "GSNCost: of a GSN of two layers, both of which are given, one would overwrite the "
          "other; "
          "a third layer or the mode supervised is needed");
      return nullptr;
    }
    return gsn;
  }
};

}  // namespace ansatz
