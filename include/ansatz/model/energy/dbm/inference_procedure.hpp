// Orders of mean field: WeightDoubling, MoreConsistent, MoreConsistent2, BiasInit, UpDown
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/model/energy/dbm/dbm.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What a DBM does by itself (Salakhutdinov and Hinton 2009): from below with twice the input where
/// nothing is known of the layer above, then rounds of the even layers and the odd ones.
class WeightDoubling : public InferenceProcedure {
 public:
  static constexpr const char* yaml = "pylearn2.models.dbm.WeightDoubling";
  static constexpr const char* also[] = {
      "pylearn2.models.dbm.SuperWeightDoubling",
      "pylearn2.models.dbm.inference_procedure.WeightDoubling",
      "pylearn2.models.dbm.inference_procedure.SuperWeightDoubling"};
  static constexpr const char* doc = "mean field from below, with doubled input at first";

  constexpr WeightDoubling() {}
  constexpr ~WeightDoubling() override {}
  template <class K>
  static constexpr void keys(K&) {}
  constexpr ir::List<DBMState> mean_field(const DBM& dbm, const AnyExpr& v,
                                          const AnyExpr* y) const override {
    return dbm.by_weight_doubling(v, y);
  }
  constexpr ir::List<InpaintedState> do_inpainting(const DBM& dbm,
                                                   const MaskedExample& given) const override {
    return dbm.inpainted_by_weight_doubling(given);
  }
};

/// Inference is inpainting of an example of which all is shown but the label, so that training by
/// MultiPrediction and use are the same.
class MoreConsistent : public WeightDoubling {
 public:
  static constexpr const char* yaml = "pylearn2.models.dbm.inference_procedure.MoreConsistent";
  static constexpr const char* doc = "mean field is inpainting with nothing but the label hidden";

  constexpr MoreConsistent() {}
  constexpr ~MoreConsistent() override {}
  template <class K>
  static constexpr void keys(K&) {}
  constexpr ir::List<DBMState> mean_field(const DBM& dbm, const AnyExpr& v,
                                          const AnyExpr* y) const override {
    MaskedExample given;
    given.v = v;
    given.drop_mask = 0 * v;
    const int top = dbm.depth() - 1;
    if (dbm.has_classes()) {
      const AnyExpr rows = dbm.rows_of(v, top);
      given.y = y ? *y : rows;
      given.drop_mask_y = sum(rows, units) + (y ? 0 : 1);
    }
    ir::List<DBMState> history;
    for (const InpaintedState& each : dbm.do_inpainting(given)) history.push_back(each.means);
    return history;
  }
};

/// Inpainting begins labels as mean field does: by what the layers below make of the example, not
/// by their biases.
class MoreConsistent2 : public WeightDoubling {
 public:
  static constexpr const char* yaml = "pylearn2.models.dbm.inference_procedure.MoreConsistent2";
  static constexpr const char* doc = "inpainting begins labels from below, as mean field does";

  constexpr MoreConsistent2() {}
  constexpr ~MoreConsistent2() override {}
  template <class K>
  static constexpr void keys(K&) {}
  constexpr ir::List<InpaintedState> do_inpainting(const DBM& dbm,
                                                   const MaskedExample& given) const override {
    return dbm.inpainted_by_weight_doubling(given, true);
  }
};

/// What BiasInit and UpDown share: layers above the first begin with the means of units that see
/// nothing, and no input is doubled.
class FromBiases : public InferenceProcedure {
 public:
  constexpr ir::List<DBMState> mean_field(const DBM& dbm, const AnyExpr& v,
                                          const AnyExpr* y) const override {
    DBMState s{v, {}};
    const int top = dbm.depth() - 1;
    for (int i = 0; i <= top; ++i) s.hidden.push_back(begun(dbm, v, i));
    if (y) s.hidden[top] = {*y, *y};
    ir::List<DBMState> history;
    for (int round = 0; round < dbm.niter; ++round) {
      for (const int i : order(dbm.depth(), round))
        if (i >= 0 && !(y && i == top)) s.hidden[i] = dbm.mf_update(s, i);
      history.push_back(s);
    }
    return history;
  }
  constexpr ir::List<InpaintedState> do_inpainting(const DBM& dbm,
                                                   const MaskedExample& given) const override {
    InpaintedState now = dbm.inpainting_begun(given);
    const int top = dbm.depth() - 1;
    for (int i = 0; i <= top; ++i) now.means.hidden.push_back(begun(dbm, given.v, i));
    if (given.y) {
      now.class_input = dbm.hidden_layers.back()->class_input_alone(dbm.rows_of(given.v, top));
      dbm.show_labels(now, given);
    }
    ir::List<InpaintedState> history;
    for (int round = 0; round < dbm.rounds_of(given); ++round) {
      for (const int i : order(dbm.depth(), round)) {
        if (i < 0)
          dbm.inpaint_visible(now, given);
        else
          dbm.inpaint_layer(now, given, i);
      }
      DBM::remember(now, given, history);
    }
    return history;
  }

 protected:
  /// The layers that a round updates, one after the other; -1: v.
  constexpr virtual ir::List<int> order(int depth, int round) const = 0;

 private:
  static constexpr UnitState begun(const DBM& dbm, const AnyExpr& v, int i) {
    return dbm.hidden_layers[i]->mf_alone(dbm.below(i), dbm.rows_of(v, i));
  }
};

/// Each round updates the even layers, v and the odd layers.
class BiasInit : public FromBiases {
 public:
  static constexpr const char* yaml = "pylearn2.models.dbm.inference_procedure.BiasInit";
  static constexpr const char* doc = "mean field from the biases; even layers, then odd ones";

  constexpr BiasInit() {}
  constexpr ~BiasInit() override {}
  template <class K>
  static constexpr void keys(K&) {}

 protected:
  constexpr ir::List<int> order(int depth, int) const override {
    ir::List<int> list;
    for (int i = 0; i < depth; i += 2) list.push_back(i);
    list.push_back(-1);
    for (int i = 1; i < depth; i += 2) list.push_back(i);
    return list;
  }
};

/// Rounds go up through all layers and down again, v behind each way down.
class UpDown : public FromBiases {
 public:
  static constexpr const char* yaml = "pylearn2.models.dbm.inference_procedure.UpDown";
  static constexpr const char* doc = "mean field from the biases; all layers up, then down";

  constexpr UpDown() {}
  constexpr ~UpDown() override {}
  template <class K>
  static constexpr void keys(K&) {}

 protected:
  constexpr ir::List<int> order(int depth, int round) const override {
    ir::List<int> list;
    for (int k = 0; k < depth; ++k) list.push_back(round % 2 == 0 ? k : depth - 1 - k);
    // On the first way up this would throw away what hidden pixels begin with.
    if (round % 2 == 1) list.push_back(-1);
    return list;
  }
};

}  // namespace ansatz
