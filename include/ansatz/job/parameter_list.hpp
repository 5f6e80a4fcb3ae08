// The parameters of a model: names, shapes, learning rate scales; and their updates.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/name_index.hpp>
#include <ansatz/base/string.hpp>
#include <dsl/function.hpp>

#include <optional>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A parameter of a model.
struct ModelParameter {
  String name;
  AnyExpr value;
  double lr_scale = 1;  ///< factor of the learning rate; named scalar "<name>.lr_scale" if scaled
  bool scaled = false;
  bool frozen = false;  ///< not trained, but saved: what a layer needs beside what it learns

  constexpr ir::Shape shape() const { return value.shape(); }
};

/// A parameter's leaf in the graph.
constexpr AnyExpr parameter_leaf(const String& name, const ir::Shape& shape) {
  return AnyExpr(ir::make_leaf(ir::info_of<ops::Parameter>, shape, ir::DType::real, name.c_str()));
}

/// State named `name`, of this shape: a leaf. Who reads or updates it declares it (StateList).
constexpr AnyExpr state_leaf(const String& name, const ir::Shape& shape) {
  return AnyExpr(ir::make_leaf(ir::info_of<ops::State>, shape, ir::DType::real, name.c_str()));
}

/// A number of a job, such as a rate or a coefficient: a named scalar, so that it can be changed
/// while the job runs, and so that programs do not depend on it.
constexpr Expr<Scalar> setting(const String& name, double value) {
  return scalar(name.c_str(), value);
}

/// Those that are not frozen.
constexpr ir::List<ModelParameter> trained_among(const ir::List<ModelParameter>& parameters) {
  ir::List<ModelParameter> list;
  for (const ModelParameter& p : parameters)
    if (!p.frozen) list.push_back(p);
  return list;
}

/// New values of parameters and state, in order, as `modify_updates` sees them.
class UpdateList {
  // First, as its type is known only then.
  constexpr auto name_of() const {
    return [this](int i) { return entries_[firsts_[i]].name.view(); };
  }

 public:
  struct Entry {
    String name;
    AnyExpr target, value;
  };

  constexpr void add(const String& name, const AnyExpr& target, const AnyExpr& value) {
    // Of a name that is there twice, which `function` refuses, the first is found.
    if (names_.find_or_add(name.view(), name_of()) < 0) firsts_.push_back(entries_.size());
    entries_.push_back({name, target, value});
  }
  /// The new value of a parameter; null when it has none.
  constexpr AnyExpr* find(std::string_view name) {
    const int known = names_.find(name, name_of());
    return known < 0 ? nullptr : &entries_[firsts_[known]].value;
  }
  constexpr void give_to(Function& f) const {
    for (const Entry& e : entries_) {
      // Told with the name, which `update` does not know.
      const ir::Shape both[] = {e.target.shape(), e.value.shape()};
      if (!std::is_constant_evaluated() && !ir::fits_target(both[0], both[1]))
        graph_error_shape(("update " + e.name).c_str(),
                          "the new value must have the target's shape", both, 2);
      f.add(update(e.target, e.value));
    }
  }
  constexpr const ir::List<Entry>& entries() const { return entries_; }

 private:
  ir::List<Entry> entries_;
  ir::List<int> firsts_;  // the entry of each name
  NameIndex names_;
};

/// A derivative for each parameter of a model, in the model's order, and further updates that
/// computing them needs (the chains of contrastive divergence).
struct GradientList {
  ir::List<AnyExpr> of;
  UpdateList updates;
  /// The value whose derivatives these are, where there is one: with the same random numbers, and
  /// computed once.
  std::optional<AnyExpr> value;
};

}  // namespace ansatz
