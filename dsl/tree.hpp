// The tree of an expression as a type: tree_t<program, "cost"> is Node<ops::Divide, Node<ops::Sum,
// …>>.
//
// For tests, for teaching, and for code that matches on structure. Nobody pays for it who does not
// name it: the types are made on demand from the constant graph.
#pragma once

#include <utility>

#include <dsl/passes/lower.hpp>

namespace ansatz {

template <class F, class T>
class Compiled;

namespace tree {

/// An op together with what selects its variant: axes, transposes, shapes.
template <class Op, ir::Attr A>
struct With {
  using op = Op;
  static constexpr ir::Attr attr = A;
};

template <class Op>
struct Variant {
  using op = Op;
  static constexpr ir::Attr attr{};
};
template <class Op, ir::Attr A>
struct Variant<With<Op, A>> : With<Op, A> {};

/// Op applied to operands In...; Op is With<Op, attributes> where it has any.
template <class Op, class... In>
struct Node {
  using op = typename Variant<Op>::op;
  static constexpr ir::Attr attr = Variant<Op>::attr;
  static constexpr int arity = sizeof...(In);
  static constexpr ir::Shape shape_of_result() {
    const ir::Shape in[] = {In::shape...};
    return ir::info_of<op>->shape(in, arity, attr).shape;
  }
  static constexpr ir::Shape shape = shape_of_result();
  /// Nodes in this tree, itself and leaves among them.
  static constexpr int size = 1 + (In::size + ... + 0);
};

/// What a tree ends in: an input, a parameter, state or a named scalar, by its name.
template <class Op, Text Name, ir::Shape S>
struct Leaf {
  using op = Op;
  static constexpr const char* name = Name.text;
  static constexpr ir::Shape shape = S;
  static constexpr int arity = 0, size = 1;
};

/// A double as a template argument; clang has no bare ones before version 18.
struct Real {
  double value = 0;
  constexpr Real(double x) : value(x) {}
  constexpr bool operator==(const Real&) const = default;
};

/// A number in the expression.
template <Real X>
struct Literal {
  using op = ops::Literal;
  static constexpr double value = X.value;
  static constexpr ir::Shape shape{};
  static constexpr int arity = 0, size = 1;
};

/// The run-time number of examples, of chains, … as a number.
template <class E = examples>
struct Extent {
  using op = ops::Extent;
  static constexpr int code = ir::extent_code(E::name);
  static constexpr ir::Shape shape{};
  static constexpr int arity = 0, size = 1;
};

/// A leaf without a name: positions along an axis, a random site.
template <class Op, ir::Attr A, ir::Shape S>
struct Unnamed {
  using op = Op;
  static constexpr ir::Attr attr = A;
  static constexpr ir::Shape shape = S;
  static constexpr int arity = 0, size = 1;
};

/// Leaves as a user writes them.
template <Text Name, class S, class E = examples>
using Input = Leaf<ops::Input, Name, Batch<S, E>::known>;
template <Text Name, class S>
using Parameter = Leaf<ops::Parameter, Name, S::known>;
template <Text Name, class S>
using State = Leaf<ops::State, Name, S::known>;
template <Text Name>
using NamedScalar = Leaf<ops::NamedScalar, Name, ir::Shape{}>;

/// Reductions and ops along axes; bit k of Mask is axis k, the batch among them.
template <class Op, int Mask, bool KeepAxes = false>
using Over = With<Op, ir::reduce_attr(Mask, KeepAxes)>;
/// Matrix products with the transpose of a, of b, or of both.
template <bool TransposeA, bool TransposeB, class Op = ops::MatMul>
using Product = With<Op, ir::Attr{{TransposeA, TransposeB}}>;
/// Reshape and BroadcastTo, to the shape of a Space.
template <class Op, class S>
using To = With<Op, ir::shape_attr(S::known)>;

/// How far the passes have come.
enum class Stage {
  written,         ///< as the user wrote it; a gradient is one node
  differentiated,  ///< gradients carried out and simplified; softmax and the like still whole
  optimized        ///< as loops and products are made from it
};

/// Operand K of a Node.
template <class T, int K>
struct OperandOf;
template <class Op, class First, class... In>
struct OperandOf<Node<Op, First, In...>, 0> {
  using type = First;
};
template <class Op, class First, class... In, int K>
  requires(K > 0 && K <= sizeof...(In))
struct OperandOf<Node<Op, First, In...>, K> : OperandOf<Node<Op, In...>, K - 1> {};
template <class T, int K>
using operand_t = typename OperandOf<T, K>::type;

// ---------------------------------------------------------------------------- from graph to type

namespace detail {

/// A graph as arrays: what is left of it as a constant.
struct FlatNode {
  const ir::OpInfo* op = nullptr;
  int first = 0, count = 0, name = -1;
  ir::Shape shape;
  ir::Attr attr;
};
struct Sizes {
  int nodes = 0, operands = 0, roots = 0, text = 0;
};
template <Sizes N>
struct Flat {
  FlatNode nodes[N.nodes + 1]{};
  int operands[N.operands + 1]{};
  ir::GraphRoot roots[N.roots + 1]{};
  char text[N.text + 1]{};
  static constexpr Sizes sizes = N;
};

constexpr ir::Graph at_stage(ir::Graph g, Stage stage) {
  if (stage == Stage::written) return g;
  if (stage == Stage::optimized) return ir::optimize(static_cast<ir::Graph&&>(g));
  return ir::simplify(ir::simplify(ir::differentiate(ir::stabilize(g))));
}

template <class F, Stage S>
constexpr ir::Graph graph() {
  const auto made = F{}();
  if constexpr (std::is_same_v<std::remove_const_t<decltype(made)>, Function>)
    return at_stage(ir::graph_of(made), S);
  else
    return at_stage(ir::graph_of(function(output("", made))), S);
}

template <class F, Stage S>
constexpr Sizes sizes_of() {
  const ir::Graph g = graph<F, S>();
  return {g.size(), g.operands.size(), g.roots.size(), g.text.size()};
}

template <class F, Stage S>
constexpr auto flat() {
  constexpr Sizes n = sizes_of<F, S>();
  const ir::Graph g = graph<F, S>();
  Flat<n> f;
  for (int i = 0; i < n.nodes; ++i)
    f.nodes[i] = {g[i].op, g[i].first, g[i].count, g[i].name, g[i].shape, g[i].attr};
  for (int i = 0; i < n.operands; ++i) f.operands[i] = g.operands[i];
  for (int i = 0; i < n.roots; ++i) f.roots[i] = g.roots[i];
  for (int i = 0; i < n.text; ++i) f.text[i] = g.text[i];
  return f;
}

template <class F, Stage S>
struct Constant {
  static constexpr auto graph = flat<F, S>();
};

constexpr int length(const char* text) {
  int n = 0;
  while (text[n]) ++n;
  return n;
}
constexpr bool same_text(const char* a, const char* b) {
  while (*a && *a == *b) ++a, ++b;
  return *a == *b;
}

template <class G, int At>
constexpr auto name_at() {
  constexpr const char* from = G::graph.text + At;
  char copy[length(from) + 1]{};
  for (int i = 0; i < length(from); ++i) copy[i] = from[i];
  return Text(copy);
}

/// The extent with this code, as a struct with a name; one of the library's own where it is one.
template <class G, int Code>
constexpr auto extent_of() {
  if constexpr (Code == ir::extent_code(examples::name))
    return examples{};
  else if constexpr (Code == ir::extent_code(chains::name))
    return chains{};
  else
    return ir::Attr{{Code}};
}

template <class G, int Id>
constexpr auto make();

template <class G, int Id, class Ints>
struct Operands;
template <class G, int Id, int... K>
struct Operands<G, Id, std::integer_sequence<int, K...>> {
  static constexpr FlatNode node = G::graph.nodes[Id];
  using op = ir::OpOf<G::graph.nodes[Id].op>;
  template <class Op>
  using node_of =
      Node<Op, typename decltype(make<G, G::graph.operands[node.first + K]>())::type...>;
  static constexpr auto make_type() {
    if constexpr (node.attr == ir::Attr{})
      return ir::TypeOf<node_of<op>>{};
    else
      return ir::TypeOf<node_of<With<op, node.attr>>>{};
  }
};

template <class G, int Id>
constexpr auto make() {
  constexpr FlatNode n = G::graph.nodes[Id];
  using op = ir::OpOf<G::graph.nodes[Id].op>;
  if constexpr (std::is_same_v<op, ops::Literal>)
    return ir::TypeOf<Literal<Real(n.attr.x)>>{};
  else if constexpr (n.name >= 0)
    return ir::TypeOf<Leaf<op, name_at<G, n.name>(), n.shape>>{};
  else if constexpr (std::is_same_v<op, ops::Extent> &&
                     requires { decltype(extent_of<G, n.attr.i[0]>())::name; })
    return ir::TypeOf<Extent<decltype(extent_of<G, n.attr.i[0]>())>>{};
  else if constexpr (n.op->kind == ir::OpKind::leaf)
    return ir::TypeOf<Unnamed<op, n.attr, n.shape>>{};
  else
    return Operands<G, Id, std::make_integer_sequence<int, n.count>>::make_type();
}

/// The node of an output, or of the new value of what an update changes; -1 if there is none.
template <class G>
constexpr int find(const char* name) {
  const auto& g = G::graph;
  for (int r = 0; r < g.sizes.roots; ++r)
    if (g.roots[r].target < 0 && same_text(g.text + g.roots[r].name, name)) return g.roots[r].value;
  for (int r = 0; r < g.sizes.roots; ++r)
    if (g.roots[r].target >= 0 && same_text(g.text + g.nodes[g.roots[r].target].name, name))
      return g.roots[r].value;
  return -1;
}

template <class F>
struct FunctionOf {
  using type = F;
};
template <class F, class T>
struct FunctionOf<Compiled<F, T>> {
  using type = F;
};

template <class G, Text Name>
constexpr auto named() {
  constexpr int root = find<G>(Name.text);
  static_assert(root >= 0, "the function must have an output or an update of this name");
  return make<G, root>();
}

template <class F, Text Name, Stage S>
using at = typename decltype(named<Constant<typename FunctionOf<F>::type, S>, Name>())::type;

}  // namespace detail
}  // namespace tree

/// The tree of an output of a program, or of the new value of a parameter or state, as written.
/// F is the type of the lambda given to `compile`, or of what `compile` returned.
/// Values that are used twice appear twice.
template <class F, Text Name>
using tree_t = tree::detail::at<std::remove_cv_t<F>, Name, tree::Stage::written>;

/// The same after gradients were carried out and simplified; composites such as softmax are whole.
template <class F, Text Name>
using gradient_tree_t = tree::detail::at<std::remove_cv_t<F>, Name, tree::Stage::differentiated>;

/// The same after all passes.
template <class F, Text Name>
using optimized_tree_t = tree::detail::at<std::remove_cv_t<F>, Name, tree::Stage::optimized>;

/// The tree of the expression that a captureless lambda returns: tree_of<[] { return x() + 1; }>.
template <auto F, tree::Stage S = tree::Stage::written>
using tree_of = tree::detail::at<std::remove_const_t<decltype(F)>, "", S>;

}  // namespace ansatz
