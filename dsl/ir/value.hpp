// A handle on a value while a graph is being written: a literal, a free term, or a node of a graph.
//
// What a user writes are free terms, reference-counted and shared, because inside a constant
// expression a call such as input<Pixels>("x") has no graph at hand. What derivative and expansion
// rules write goes straight into the graph of their operands. The functions are the same.
#pragma once

#include <dsl/ir/errors.hpp>
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
    if (term_) other.term_ = nullptr, other.id_ = moved;
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
  /// Whether another object has what it was, by std::move: no literal, though nothing else.
  constexpr bool was_moved() const { return id_ == moved; }
  constexpr Shape shape() const;
  constexpr DType type() const;

 private:
  static constexpr void release(Term* term);
  static constexpr int moved = -2;

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
  List<char> name;                ///< of a leaf; ends in 0
  bool wanted = false;            ///< some gradient was written with respect to it
  const char* extent = nullptr;   ///< of a leaf: the name of its batch's extent
  const Term* seen = nullptr;     ///< a mark for walks through terms; null between them
  Term* next = nullptr;           ///< of those that are to be deleted
  const Graph* home = nullptr;    ///< the graph it was last imported into: where it lay,
  std::uint64_t home_serial = 0;  ///< and which of those that have lain there
  int id = -1;                    ///< its node there
};

// Expressions may be shared by threads: shares are counted by whole operations.
constexpr void add_share(Term* t) {
  if (__builtin_is_constant_evaluated())
    ++t->shares;
  else
    __atomic_fetch_add(&t->shares, 1, __ATOMIC_RELAXED);
}
constexpr bool drop_share(Term* t) {
  if (__builtin_is_constant_evaluated()) return --t->shares == 0;
  return __atomic_sub_fetch(&t->shares, 1, __ATOMIC_ACQ_REL) == 0;
}

// One thread may write a gradient by what another builds from.
constexpr void want(Term* t) {
  if (__builtin_is_constant_evaluated())
    t->wanted = true;
  else
    __atomic_store_n(&t->wanted, true, __ATOMIC_RELAXED);
}
constexpr bool is_wanted(const Term* t) {
  if (__builtin_is_constant_evaluated()) return t->wanted;
  return __atomic_load_n(&t->wanted, __ATOMIC_RELAXED);
}

/// Held while the marks of terms are used: two threads may build from the same expressions.
class TermsLock {
 public:
  constexpr TermsLock() {
    if (!__builtin_is_constant_evaluated()) running::lock_terms();
  }
  constexpr ~TermsLock() {
    if (!__builtin_is_constant_evaluated()) running::unlock_terms();
  }
  TermsLock(const TermsLock&) = delete;
  TermsLock& operator=(const TermsLock&) = delete;
};

constexpr Value::Value(Term* term) : term_(term) { add_share(term); }
constexpr Value::Value(const Value& other)
    : term_(other.term_), graph_(other.graph_), id_(other.id_), literal_(other.literal_) {
  if (term_) add_share(term_);
}

constexpr Value& Value::operator=(const Value& other) {
  if (other.term_) add_share(other.term_);
  if (term_) release(term_);
  term_ = other.term_, graph_ = other.graph_, id_ = other.id_, literal_ = other.literal_;
  return *this;
}

// A loop, not a recursion: a chain of 512 ops is deeper than a constant evaluation may nest. The
// terms are their own list: a destructor must not allocate.
constexpr void Value::release(Term* term) {
  if (!drop_share(term)) return;
  Term* dead = term;
  while (dead) {
    Term* const t = dead;
    dead = t->next;
    for (Value& v : t->in) {
      if (v.term_ && drop_share(v.term_)) {
        v.term_->next = dead;
        dead = v.term_;
      }
      v.term_ = nullptr;
    }
    delete t;
  }
}

/// The value of `op` applied to `in`: a node of their graph, or a free term. Checks the shapes.
constexpr Value make(const OpInfo* op, const Attr& attr, const Value* in, int count,
                     CallSite at = {});
/// The same of values that lie apart.
constexpr Value make_of(const OpInfo* op, const Attr& attr, const Value* const* in, int count,
                        CallSite at = {});

/// The same of what was called there.
template <class... V>
constexpr Value make_at(CallSite at, const OpInfo* op, const Attr& attr, const V&... in) {
  if constexpr ((std::is_same_v<V, Value> && ...)) {
    const Value* const values[] = {&in...};
    return make_of(op, attr, values, static_cast<int>(sizeof...(in)), at);
  } else {
    const Value values[] = {in...};
    return make(op, attr, values, static_cast<int>(sizeof...(in)), at);
  }
}
template <class... V>
constexpr Value make(const OpInfo* op, const Attr& attr, const V&... in) {
  return make_at({}, op, attr, in...);
}

}  // namespace ansatz::ir
