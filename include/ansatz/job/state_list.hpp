// StateList: the state of a job, as its parts declare it.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/name_index.hpp>
#include <ansatz/job/parameter_list.hpp>
#include <ansatz/spaces/space_info.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// State whose rows are known at run time only, such as the chains of a sampler: [chains, space].
constexpr AnyExpr chains_leaf(const String& name, const SpaceInfo& space) {
  ir::Shape shape;
  shape.rank = space.shape.rank + 1;
  shape[0] = ir::extent_code(chains::name);
  for (int i = 0; i < space.shape.rank; ++i) shape[i + 1] = space.shape[i];
  return AnyExpr(ir::make_leaf(ir::info_of<ops::State>, shape, ir::DType::real, name.c_str(), {},
                               chains::name));
}

/// What is kept from call to call without being learned: momenta, running statistics, chains.
struct StateVariable {
  String name;
  String owner;   ///< the part of the job that declares it, for messages: "the model"
  AnyExpr value;  ///< what expressions read and updates write
  /// What it holds at first: a number, or an expression of parameters and random numbers.
  AnyExpr first;
  int rows = 0;  ///< of state with a run-time number of rows, how many; else 0
  String doc;
};

/// What models, layers, costs, learning rules and algorithms declare their state to. All of it is
/// made when a job begins, given its first value, saved, and resumed.
///
///     constexpr void states(StateList& list) const override {
///       list.add("mean", vector_space(nvis));
///       list.add_chains("chains", vector_space(nvis), num_chains,
///                       AnyExpr(bernoulli_like(chains_leaf("chains", vector_space(nvis)), .5)));
///     }
class StateList {
  // First, as its type is known only then.
  constexpr auto name_of() const {
    return [this](int i) { return list_[i].name.view(); };
  }

 public:
  /// State of this shape. Error, naming both owners, when the name is taken.
  constexpr void add(const String& name, const ir::Shape& shape,
                     const AnyExpr& first = AnyExpr(ir::Value(0.)), const String& doc = "") {
    put(name, state_leaf(name, shape), first, 0, doc);
  }
  /// State that is a value of a Space.
  constexpr void add(const String& name, const SpaceInfo& space,
                     const AnyExpr& first = AnyExpr(ir::Value(0.)), const String& doc = "") {
    if (stored(name, space)) put(name, state_leaf(name, space.shape), first, 0, doc);
  }
  /// `rows` values of a Space, [chains, space]. The programs do not depend on how many. A run that
  /// is resumed with another number keeps what there is room for; further rows begin with `first`.
  constexpr void add_chains(const String& name, const SpaceInfo& space, int rows,
                            const AnyExpr& first = AnyExpr(ir::Value(0.)), const String& doc = "") {
    if (rows < 1) {
      const String text = "the state \"" + name + "\" must have at least one row, not " +
                          to_text(static_cast<long long>(rows));
      graph_error(text.c_str());
      return;
    }
    if (stored(name, space)) put(name, chains_leaf(name, space), first, rows, doc);
  }
  /// The same of a Space as a type: `list.add_chains("chains", Pixels(), 100)`.
  template <class S>
    requires requires(const S& s) { space_info(s); }
  constexpr void add(const String& name, const S& space,
                     const AnyExpr& first = AnyExpr(ir::Value(0.)), const String& doc = "") {
    add(name, space_info(space), first, doc);
  }
  template <class S>
    requires requires(const S& s) { space_info(s); }
  constexpr void add_chains(const String& name, const S& space, int rows,
                            const AnyExpr& first = AnyExpr(ir::Value(0.)), const String& doc = "") {
    add_chains(name, space_info(space), rows, first, doc);
  }
  /// State of the shape of a parameter, "h0_W.velocity" for "velocity"; zero at first.
  constexpr void add_like(const ModelParameter& p, const char* what) {
    add(p.name + "." + what, p.shape());
  }
  /// State for a second copy of each parameter, "best.h0_W" for "best": see KeptParameters.
  constexpr void add_copies(const String& prefix, const ir::List<ModelParameter>& parameters) {
    for (const ModelParameter& p : parameters)
      add(prefix + "." + p.name, p.shape(), AnyExpr(ir::Value(0.)), "a copy of " + p.name);
  }
  /// Of a part that stands in several places, what is not there yet: the places share it.
  constexpr void add_once(const StateList& more) {
    for (const StateVariable& each : more)
      if (!find(each.name)) put(each.name, each.value, each.first, each.rows, each.doc);
  }
  /// Whose state the next is.
  constexpr void owner(const String& part) { owner_ = part; }

  constexpr const StateVariable* find(std::string_view name) const {
    const int known = names_.find(name, name_of());
    return known < 0 ? nullptr : &list_[known];
  }
  constexpr bool empty() const { return list_.empty(); }
  constexpr int size() const { return list_.size(); }
  constexpr const StateVariable& operator[](int i) const { return list_[i]; }
  constexpr const StateVariable* begin() const { return list_.begin(); }
  constexpr const StateVariable* end() const { return list_.end(); }

 private:
  constexpr bool stored(const String& name, const SpaceInfo& space) const {
    if (space.kind == SpaceKind::vector || space.kind == SpaceKind::conv2d) return true;
    const String text = "the state \"" + name + "\" is a " + to_text(space) +
                        ", but only a VectorSpace or a Conv2DSpace can be stored";
    graph_error(text.c_str());
    return false;
  }
  constexpr void put(const String& name, const AnyExpr& value, const AnyExpr& first, int rows,
                     const String& doc) {
    if (const int known = names_.find_or_add(name.view(), name_of()); known >= 0) {
      const String text =
          "the state \"" + name + "\" is declared by " + list_[known].owner + " and by " + owner_;
      graph_error(text.c_str());
      return;
    }
    list_.push_back({name, owner_, value, first, rows, doc});
  }

  String owner_;
  ir::List<StateVariable> list_;
  NameIndex names_;
};

}  // namespace ansatz
