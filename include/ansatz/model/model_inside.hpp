// ModelInside: a model as a part of another one
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/model.hpp>
#include <ansatz/job/model_weights.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A model that stands inside another one, its parameters and its state under names that begin with
/// a prefix: two of one kind may stand in one model, whatever they call their parameters. Models
/// need not know of it: in the expressions they make, leaves are given the other names.
///
///     const ModelInside first(*autoencoders[0], "ae0_");
///     h = first.here(autoencoders[0]->encode(x), x);
class ModelInside {
 public:
  constexpr ModelInside(const Model& model, const String& prefix) : model_(model), prefix_(prefix) {
    model.parameters(parameters_);
    model.states(states_);
  }

  /// What the model made of `below`, which is left as it is.
  constexpr AnyExpr here(const AnyExpr& made, const AnyExpr& below) const {
    Walk walk(*this);
    walk.stop_at(below);
    return AnyExpr(walk.renamed(made.value()));
  }
  constexpr Signal here(const Signal& made, const Signal& below) const {
    Walk walk(*this);
    for (const AnyExpr& each : below.values) walk.stop_at(each);
    Signal s = made;
    for (AnyExpr& each : s.values) each = AnyExpr(walk.renamed(each.value()));
    return s;
  }
  /// What is made of parameters alone.
  constexpr AnyExpr here(const AnyExpr& made) const {
    Walk walk(*this);
    return AnyExpr(walk.renamed(made.value()));
  }

  constexpr void parameters(ir::List<ModelParameter>& list) const {
    for (const ModelParameter& each : parameters_) {
      ModelParameter p = each;
      p.name = prefix_ + each.name;
      p.value = here(each.value);
      list.push_back(p);
    }
  }
  constexpr void states(StateList& list) const {
    for (const StateVariable& each : states_) {
      const ir::Shape shape = each.value.shape();
      if (each.rows == 0) {
        list.add(prefix_ + each.name, shape, here(each.first), each.doc);
        continue;
      }
      SpaceInfo row;
      row.kind = SpaceKind::vector;
      row.shape.rank = shape.rank - 1;
      for (int i = 0; i < row.shape.rank; ++i) row.shape[i] = shape[i + 1];
      list.add_chains(prefix_ + each.name, row, each.rows, here(each.first), each.doc);
    }
  }
  constexpr void weights(const String& path, ir::List<ModelWeights>& list) const {
    ir::List<ModelWeights> own;
    model_.weights(own);
    for (const ModelWeights& each : own)
      list.push_back({path + "." + each.path, prefix_ + each.parameter, here(each.value),
                      here(each.row_norms), here(each.column_norms)});
  }
  /// The model's limits on the new values that its parameters have among `updates`.
  constexpr void modify_updates(UpdateList& updates) const {
    UpdateList own;
    for (const ModelParameter& each : parameters_)
      if (const AnyExpr* const value = updates.find((prefix_ + each.name).view()))
        own.add(each.name, each.value, *value);
    const UpdateList before = own;
    model_.modify_updates(own);
    for (int i = 0; i < before.entries().size(); ++i) {
      const UpdateList::Entry& entry = before.entries()[i];
      *updates.find((prefix_ + entry.name).view()) = here(*own.find(entry.name), entry.value);
    }
  }
  /// First values: what an earlier job of a list trained the model to, or its own.
  void initialize(InitialValues& values) const;

 private:
  // Makes an expression anew where a leaf in it has another name here.
  class Walk {
   public:
    constexpr explicit Walk(const ModelInside& in) : in_(in) {}
    constexpr void stop_at(const AnyExpr& e) {
      if (const ir::Term* const t = e.value().term()) keep(t, e.value());
    }
    constexpr ir::Value renamed(const ir::Value& value) {
      ir::Term* const t = value.term();
      if (!t) return value;
      for (int i = 0; i < terms_.size(); ++i)
        if (terms_[i] == t) return values_[i];
      if (const ir::Value leaf = in_.leaf_here(*t); leaf.term()) return keep(t, leaf);
      ir::List<ir::Value> operands;
      bool changed = false;
      for (const ir::Value& each : t->in) {
        operands.push_back(renamed(each));
        changed = changed || operands.back().term() != each.term();
      }
      if (!changed) return keep(t, value);
      ir::Term* const made = new ir::Term;
      const ir::Value result(made);
      made->op = t->op;
      made->type = t->type;
      made->shape = t->shape;
      made->attr = t->attr;
      made->in = operands;
      made->name = t->name;
      made->wanted = ir::is_wanted(t);
      made->extent = t->extent;
      return keep(t, result);
    }

   private:
    constexpr const ir::Value& keep(const ir::Term* from, const ir::Value& to) {
      terms_.push_back(from);
      values_.push_back(to);
      return values_.back();
    }
    const ModelInside& in_;
    ir::List<const ir::Term*> terms_;
    ir::List<ir::Value> values_;
  };

  // The leaf that a parameter or state of the model is here; else nothing.
  constexpr ir::Value leaf_here(const ir::Term& t) const {
    const bool stored = t.op == ir::info_of<ops::Parameter> || t.op == ir::info_of<ops::State>;
    if (!stored) return {};
    const std::string_view name(t.name.begin());
    bool own = false;
    for (const ModelParameter& each : parameters_) own = own || each.name == name;
    if (!own && !states_.find(name)) return {};
    const String here = prefix_ + name;
    const ir::Value leaf = ir::make_leaf(t.op, t.shape, t.type, here.c_str(), t.attr, t.extent);
    if (ir::is_wanted(&t)) ir::want(leaf.term());
    return leaf;
  }

  const Model& model_;
  String prefix_;
  ir::List<ModelParameter> parameters_;
  StateList states_;
};

}  // namespace ansatz
