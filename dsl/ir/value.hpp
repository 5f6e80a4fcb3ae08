// A handle on a value while a graph is being written: a literal, a free term, or a node of a graph.
//
// What a user writes are free terms, reference-counted and shared, because inside a constant
// expression a call such as input<Pixels>("x") has no graph at hand. What derivative and expansion
// rules write goes straight into the graph of their operands. The functions are the same.
#pragma once

#include <dsl/errors.hpp>
#include <dsl/ir/list.hpp>
#include <dsl/ir/op_info.hpp>

namespace ansatz::ir {

struct Term;

// A surprise of g++ 12: in a constant expression `c ? value_a : value_b` destroys a temporary twice
// or never, so code that handles Values says if and else.
class Value {
 public:
  constexpr Value() = default;
  constexpr Value(double literal) : literal_(literal) {}
  constexpr Value(Graph* graph, int id) : graph_(graph), id_(id) {}
  constexpr explicit Value(Term* term);  // takes a share
  constexpr Value(const Value& other);
  constexpr Value(Value&& other) noexcept
      : term_(other.term_), graph_(other.graph_), id_(other.id_), literal_(other.literal_) {
    other.term_ = nullptr;
  }
  constexpr Value& operator=(const Value& other);
  constexpr Value& operator=(Value&& other) noexcept {
    Term* const term = term_;
    term_ = other.term_, graph_ = other.graph_, id_ = other.id_, literal_ = other.literal_;
    other.term_ = term;
    return *this;
  }
  constexpr ~Value() {
    if (term_) release(term_);
  }

  constexpr Term* term() const { return term_; }
  constexpr Graph* graph() const { return graph_; }
  constexpr int id() const { return id_; }
  constexpr bool is_literal() const { return !term_ && !graph_; }
  constexpr double literal() const { return literal_; }
  constexpr Shape shape() const;
  constexpr DType type() const;

 private:
  static constexpr void release(Term* term);

  Term* term_ = nullptr;
  Graph* graph_ = nullptr;
  int id_ = -1;
  double literal_ = 0;
};

/// A node that belongs to no graph.
struct Term {
  int shares = 0;
  const OpInfo* op = nullptr;
  DType type = DType::real;
  Shape shape;
  Attr attr;
  List<Value> in;
  List<char> name;               ///< of a leaf; ends in 0
  bool wanted = false;           ///< some gradient is taken with respect to it
  const char* extent = nullptr;  ///< of a leaf: the name of its batch's extent
  const Term* seen = nullptr;    ///< a mark for walks through terms; null between them
  Graph* home = nullptr;         ///< the graph it was last imported into, and its node there
  int id = -1;
};

constexpr Value::Value(Term* term) : term_(term) { ++term->shares; }
constexpr Value::Value(const Value& other)
    : term_(other.term_), graph_(other.graph_), id_(other.id_), literal_(other.literal_) {
  if (term_) ++term_->shares;
}

constexpr Value& Value::operator=(const Value& other) {
  if (other.term_) ++other.term_->shares;
  if (term_) release(term_);
  term_ = other.term_, graph_ = other.graph_, id_ = other.id_, literal_ = other.literal_;
  return *this;
}

// A loop, not a recursion: a chain of 512 ops is deeper than a constant evaluation may nest.
constexpr void Value::release(Term* term) {
  if (--term->shares) return;
  List<Term*> dead;
  dead.push_back(term);
  while (!dead.empty()) {
    Term* t = dead.back();
    dead.pop_back();
    for (Value& v : t->in) {
      if (v.term_ && --v.term_->shares == 0) dead.push_back(v.term_);
      v.term_ = nullptr;
    }
    delete t;
  }
}

/// The value of `op` applied to `in`: a node of their graph, or a free term. Checks the shapes.
constexpr Value make(const OpInfo* op, const Attr& attr, const Value* in, int count);

template <class... V>
constexpr Value make(const OpInfo* op, const Attr& attr, const V&... in) {
  const Value values[] = {in...};
  return make(op, attr, values, static_cast<int>(sizeof...(in)));
}

}  // namespace ansatz::ir
