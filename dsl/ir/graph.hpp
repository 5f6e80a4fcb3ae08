// The flat graph: nodes in topological order, equal nodes only once (hash-consing).
#pragma once

#include <dsl/ir/leaves.hpp>
#include <dsl/ir/value.hpp>

namespace ansatz::ir {

struct Node {
  const OpInfo* op = nullptr;
  int first = 0, count = 0;  ///< operands, in Graph::operands
  DType type = DType::real;
  int name = -1;  ///< of a leaf: offset into Graph::text
  Shape shape;
  Attr attr;
};

/// Tells a graph from all others that lie, or have lain, at its address: terms remember their nodes
/// beyond the graph's end. A copy is another graph; what a graph is moved to is the same.
/// In a constant evaluation no address is used twice.
class GraphSerial {
 public:
  constexpr GraphSerial() : n_(fresh()) {}
  constexpr GraphSerial(const GraphSerial&) : n_(fresh()) {}
  constexpr GraphSerial(GraphSerial&& other) noexcept : n_(other.n_) { other.n_ = fresh(); }
  constexpr GraphSerial& operator=(const GraphSerial&) {
    n_ = fresh();
    return *this;
  }
  constexpr GraphSerial& operator=(GraphSerial&& other) noexcept {
    n_ = other.n_;
    other.n_ = fresh();
    return *this;
  }
  constexpr std::uint64_t number() const { return n_; }

 private:
  static constexpr std::uint64_t fresh() {
    return __builtin_is_constant_evaluated() ? 0 : running::next_graph_serial();
  }
  std::uint64_t n_;
};

/// A value that leaves the graph: an output with its name, or the new value of a stored leaf.
struct GraphRoot {
  int value = -1;
  int name = 0;     ///< of an output
  int target = -1;  ///< of an update: the parameter's or state's node
};

class Graph {
 public:
  List<Node> nodes;
  List<int> operands;
  List<char> text;
  List<GraphRoot> roots;
  List<int> extent_codes, extent_names;
  List<Node> arguments;  ///< inputs and named scalars as written, which passes may find unnecessary
  int sites = 0;         ///< random sites so far
  int repeats = 0;       ///< loops so far
  int handles = 0;       ///< values so far that a gradient is taken by

  constexpr int size() const { return nodes.size_; }
  constexpr const Node& operator[](int id) const { return nodes.data_[id]; }
  constexpr int in(int id, int k) const { return operands.data_[nodes.data_[id].first + k]; }
  constexpr bool is(int id, const OpInfo* op) const { return nodes.data_[id].op == op; }
  constexpr const char* name(int id) const { return text.data() + nodes[id].name; }
  constexpr Value value(int id) { return Value(this, id); }
  constexpr double literal(int id) const { return nodes.data_[id].attr.x; }
  constexpr bool is_literal(int id) const { return nodes.data_[id].op == info_of<ops::Literal>; }
  constexpr bool is_literal(int id, double x) const { return is_literal(id) && literal(id) == x; }

  /// The node like `node` applied to `in`; an equal one that exists already, if any.
  constexpr int add(const Node& node, const int* in, int count) {
    const int id = nodes.size_;
    if (2 * (id + 1) > table_.size_) rehash();
    int* const table = table_.data_;
    unsigned h = hash(node, in, count) & mask_;
    for (; table[h] >= 0; h = (h + 1) & mask_) {
      const int same = table[h];
      if (nodes.data_[same].op == node.op && equal(same, node, in, count)) return same;
    }
    table[h] = id;
    return append(node, in, count);
  }

  /// The same, of a graph that only ever got nodes of another in this way: each of them is new.
  constexpr int append(const Node& node, const int* in, int count) {
    const int id = nodes.size_, first = operands.size_;
    if (first + count > operands.capacity_) operands.reserve(2 * (first + count));
    operands.size_ += count;
    int* to = operands.data_ + first;
    for (int k = count; k > 0; --k) *to++ = *in++;
    if (id == nodes.capacity_) {
      nodes.push_back(node);  // which may be one of them
    } else {
      nodes.data_[id] = node;
      ++nodes.size_;
    }
    Node& n = nodes.data_[id];
    n.first = first;
    n.count = count;
    return id;
  }

  constexpr int add_literal(double x) {
    Node n;
    n.op = info_of<ops::Literal>;
    n.attr.x = x;
    return add(n, nullptr, 0);
  }

  /// A new node; its shape by the op's rule.
  constexpr int add(const OpInfo* op, const Attr& attr, const int* in, int count) {
    Node n;
    n.op = op;
    n.attr = attr;
    if (op->kind == OpKind::elementwise && op->takes.everything() && of_one_shape(in, count)) {
      n.shape = nodes.data_[in[0]].shape;  // most are: their rule need not be asked
      n.type = op->result;
      return add(n, in, count);
    }
    Shape few[3];
    List<Shape> more;
    if (count > 3) more.resize(count);
    Shape* const s = count > 3 ? more.data() : few;
    for (int k = 0; k < count; ++k) s[k] = nodes.data_[in[k]].shape;
    const ShapeResult r = op->shape(s, count, attr);
    if (!r.ok()) graph_error_shape(op->name, r.error, s, count);
    if (!op->takes.everything())
      for (int k = 0; k < count; ++k)
        if (const char* fault = op->takes.fault(k, nodes.data_[in[k]].type))
          graph_error_shape(op->name, fault, s, count);
    n.shape = r.shape;
    n.type = op->result;
    if (op->kind == OpKind::view && count) n.type = nodes[in[0]].type;
    return add(n, in, count);
  }

  /// Where `name` lies in `text`, once for all who ask.
  constexpr int intern(const char* name) {
    const std::uint64_t h = hash_text(name);
    if (names_.size() > few_names) {
      if (name_table_.size() < 2 * names_.size()) index_names();
      for (unsigned at = static_cast<unsigned>(h);; ++at) {
        const int k = name_table_[static_cast<int>(at & name_mask_)];
        if (k < 0) break;
        if (names_[k].hash == h && same_text(text.data() + names_[k].at, name)) return names_[k].at;
      }
    } else {
      const Name* n = names_.data();
      for (int k = names_.size(); k > 0; --k, ++n)
        if (n->hash == h && same_text(text.data() + n->at, name)) return n->at;
    }
    const int start = text.size();
    for (; *name; ++name) text.push_back(*name);
    text.push_back(0);
    names_.push_back({h, start});
    if (!name_table_.empty()) enter_name(names_.size() - 1);
    return start;
  }

  /// The node of a value made elsewhere: a literal, a free term (with all it needs), or a node.
  constexpr int import(const Value& v) {
    if (v.graph()) return v.id();
    if (v.is_literal()) {
      if (v.was_moved()) graph_error("an expression is used that was moved to another (std::move)");
      return add_literal(v.literal());
    }
    return import_term(v.term());
  }

  /// Whether a term is imported: `t.id` is its node here.
  constexpr bool holds(const Term& t) const {
    return t.home == this && t.home_serial == serial_.number();
  }
  constexpr void hold(Term& t, int id) const {
    t.home = this;
    t.home_serial = serial_.number();
    t.id = id;
  }

  constexpr void note_extent(int code, const char* name) {
    for (int c : extent_codes)
      if (c == code) return;
    extent_codes.push_back(code);
    extent_names.push_back(intern(name));
  }

  /// An empty graph with the same names and extents.
  constexpr Graph like() const {
    Graph g;
    g.text = text;
    g.names_ = names_;
    g.extent_codes = extent_codes;
    g.extent_names = extent_names;
    g.arguments = arguments;
    g.sites = sites;
    g.repeats = repeats;
    g.handles = handles;
    g.nodes.reserve(size() + 8);
    g.operands.reserve(operands.size() + 8);
    return g;
  }

 private:
  // Depth first by a stack of its own: operands in their order, then the term. So random sites
  // are numbered in the order in which a reader meets them.
  constexpr int import_term(Term* root) {
    struct Visit {
      Term* term = nullptr;
      int next = 0;
    };
    List<Visit> stack;
    stack.push_back({root, 0});
    while (!stack.empty()) {
      Visit& top = stack.back();
      Term* t = top.term;
      if (holds(*t)) {
        stack.pop_back();
        continue;
      }
      if (top.next < t->in.size()) {
        Term* child = t->in[top.next++].term();
        if (child && !holds(*child)) stack.push_back({child, 0});
        continue;
      }
      int made = t->op == info_of<ops::Handle> ? t->in[0].term()->id : add_term(*t);
      if (is_wanted(t) && !t->name.data()) made = add_handle(made);
      hold(*t, made);
      stack.pop_back();
    }
    return root->id;
  }

  constexpr int add_term(Term& t) {
    Node n;
    n.op = t.op;
    n.type = t.type;
    n.shape = t.shape;
    n.attr = t.attr;
    if (!t.name.empty()) n.name = intern(t.name.data());
    if (n.op == info_of<ops::RandomSite>) n.attr.i[0] = sites++;
    if (n.op == info_of<ops::RepeatTag>) n.attr.i[0] = repeats++;
    if (t.extent) note_extent(n.shape.batched() ? n.shape[0] : extent_code(t.extent), t.extent);
    int few[4];
    List<int> more;
    if (t.in.size() > 4) more.resize(t.in.size());
    int* in = t.in.size() > 4 ? more.data() : few;
    for (int k = 0; k < t.in.size(); ++k) {
      const Value& v = t.in[k];
      in[k] = v.term() ? v.term()->id : import(v);
    }
    return add(n, in, t.in.size());
  }

  // Leaves with a name are the same wherever the name stands; what else a gradient is taken by is
  // itself alone, even where an equal expression stands elsewhere (see passes/handles.hpp).
  constexpr int add_handle(int id) {
    Node n;
    n.op = info_of<ops::Handle>;
    n.type = nodes[id].type;
    n.shape = nodes[id].shape;
    n.attr.i[0] = handles++;
    return add(n, &id, 1);
  }

  static constexpr unsigned hash(const Node& n, const int* in, int count) {
    unsigned h = static_cast<unsigned>(n.op->id);
    for (; count > 0; --count) h = (h ^ static_cast<unsigned>(*in++)) * 0x9e3779b1u;
    const int* const i = n.attr.i;
    if (n.op->kind == OpKind::elementwise) {  // of which only copies have attributes, and one
      h = (h ^ static_cast<unsigned>(i[0])) * 0x9e3779b1u;
    } else {
      // Of slices of one value only the later numbers differ.
      h = (h ^ static_cast<unsigned>(i[0]) ^ (static_cast<unsigned>(n.name) << 8)) * 0x9e3779b1u;
      h = (h ^ (3u * static_cast<unsigned>(i[1]) + 5u * static_cast<unsigned>(i[2]) +
                7u * static_cast<unsigned>(i[3]))) *
          0x9e3779b1u;
      if (n.attr.x != 0) {
        const auto bits = __builtin_bit_cast(std::uint64_t, n.attr.x);
        h = (h ^ static_cast<unsigned>(bits) ^ static_cast<unsigned>(bits >> 32)) * 0x9e3779b1u;
      }
    }
    return h ^ (h >> 15);
  }
  constexpr bool of_one_shape(const int* in, int count) const {
    if (count == 0) return false;
    const Shape& first = nodes.data_[in[0]].shape;
    for (int k = 1; k < count; ++k)
      if (!(nodes.data_[in[k]].shape == first)) return false;
    return true;
  }
  constexpr bool equal(int id, const Node& n, const int* in, int count) const {
    const Node& m = nodes.data_[id];
    if (m.count != count || m.name != n.name) return false;
    const int* mine = operands.data_ + m.first;
    for (; count > 0; --count)
      if (*mine++ != *in++) return false;
    return m.attr == n.attr && (m.count || m.shape == n.shape);
  }
  constexpr void rehash() {
    int slots = 64;
    while (slots < 3 * nodes.capacity()) slots *= 2;
    table_.assign(slots, -1);
    mask_ = static_cast<unsigned>(slots - 1);
    int* const table = table_.data();
    const int* const all = operands.data();
    const Node* n = nodes.data();
    const int count = nodes.size();
    for (int id = 0; id < count; ++id, ++n) {
      unsigned h = hash(*n, all + n->first, n->count) & mask_;
      while (table[h] >= 0) h = (h + 1) & mask_;
      table[h] = id;
    }
  }

  struct Name {
    std::uint64_t hash = 0;
    int at = 0;
  };
  static constexpr bool same_text(const char* a, const char* b) {
    for (; *a && *a == *b; ++a) ++b;
    return *a == *b;
  }

  GraphSerial serial_;
  // Few names are looked at one by one; of more there is a table, made when it is first needed.
  static constexpr int few_names = 16;
  constexpr void enter_name(int k) {
    unsigned at = static_cast<unsigned>(names_[k].hash) & name_mask_;
    while (name_table_[static_cast<int>(at)] >= 0) at = (at + 1) & name_mask_;
    name_table_[static_cast<int>(at)] = k;
  }
  constexpr void index_names() {
    int slots = 64;
    while (slots < 4 * names_.size()) slots *= 2;
    name_table_.assign(slots, -1);
    name_mask_ = static_cast<unsigned>(slots - 1);
    for (int k = 0; k < names_.size(); ++k) enter_name(k);
  }

  List<Name> names_;
  List<int> name_table_;
  unsigned name_mask_ = 0;
  List<int> table_;
  unsigned mask_ = 0;
};

constexpr Shape Value::shape() const {
  if (term_) return term_->shape;
  if (graph_) return (*graph_)[id_].shape;
  return {};
}
constexpr DType Value::type() const {
  if (term_) return term_->type;
  if (graph_) return (*graph_)[id_].type;
  return DType::real;
}

constexpr Value make_of(const OpInfo* op, const Attr& attr, const Value* const* in, int count,
                        CallSite at) {
  Graph* graph = nullptr;
  for (int k = 0; k < count; ++k)
    if (Graph* const of = in[k]->graph()) graph = of;
  if (graph) {
    int few[3];
    List<int> more;
    if (count > 3) more.resize(count);
    int* const ids = count > 3 ? more.data() : few;
    for (int k = 0; k < count; ++k) ids[k] = graph->import(*in[k]);
    return Value(graph, graph->add(op, attr, ids, count));
  }
  Shape few[3];
  List<Shape> more;
  if (count > 3) more.resize(count);
  Shape* const shapes = count > 3 ? more.data() : few;
  for (int k = 0; k < count; ++k) shapes[k] = in[k]->shape();
  const ShapeResult r = op->shape(shapes, count, attr);
  if (!r.ok()) {
    graph_error_shape(op->name, r.error, shapes, count, at);
    return {};
  }
  if (!op->takes.everything())
    for (int k = 0; k < count; ++k)
      if (const char* fault = op->takes.fault(k, in[k]->type()))
        graph_error_shape(op->name, fault, shapes, count, at);
  Term* t = new Term;
  Value v(t);
  t->op = op;
  t->type = op->kind == OpKind::view && count ? in[0]->type() : op->result;
  t->shape = r.shape;
  t->attr = attr;
  Value* operand = t->in.extend(count);
  for (int k = 0; k < count; ++k) *operand++ = *in[k];
  return v;
}
constexpr Value make(const OpInfo* op, const Attr& attr, const Value* in, int count, CallSite at) {
  List<const Value*> each;
  const Value** const of = each.extend(count);
  for (int k = 0; k < count; ++k) of[k] = in + k;
  return make_of(op, attr, of, count, at);
}

/// What a view of all of it, such as `flatten` of a vector, is a view of.
constexpr Value seen_through(const Value& v) {
  const Value* x = &v;
  while (x->term() && x->term()->op == info_of<ops::Handle>) x = &x->term()->in[0];
  return *x;
}

}  // namespace ansatz::ir
