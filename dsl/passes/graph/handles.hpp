// Gives every `grad(cost, h)` by an intermediate value a copy of its cost in which h is a leaf of
// its own:
//   grad(cost, handle(x)) -> grad(cost with handle(x), handle(x))      else handle(x) -> x
// So a gradient by a value changes nothing that is computed beside it: the stable forms of all
// other outputs and gradients are found as if it were not there. What the copies have in common is
// one node again after `simplify`, which takes the handles away. A gradient loses its own
// handle when it has been carried out (attr.i[1] of the gradient): other copies know its values
// without.
#pragma once

#include <dsl/grad.hpp>
#include <dsl/passes/graph/rewrite.hpp>

namespace ansatz::ir {

class HandleSeparator {
 public:
  constexpr explicit HandleSeparator(const Graph& g) : g_(g), out_(g.like()) {
    views_.push_back({});
    views_[0].of.assign(g.size(), -1);
  }

  constexpr Graph run() {
    const List<char> needed = reachable(g_);
    for (int id = 0; id < g_.size(); ++id)
      if (needed[id]) copy(id, 0);
    for (GraphRoot r : g_.roots) {
      r.value = copy(r.value, 0);
      if (r.target >= 0) r.target = copy(r.target, 0);
      out_.roots.push_back(r);
    }
    return static_cast<Graph&&>(out_);
  }

 private:
  // The graph with some of its handles kept: for each old node the new one, or -1.
  struct View {
    int outer = -1, kept = -1;  ///< the handles kept are those of another view, and this one
    List<int> of;
    List<char> depends;  ///< whether a node needs `kept`
  };

  constexpr bool keeps(int view, int handle) const {
    for (; view > 0; view = views_[view].outer)
      if (views_[view].kept == handle) return true;
    return false;
  }

  constexpr int view_with(int outer, int handle) {
    if (keeps(outer, handle)) return outer;
    for (int v = 1; v < views_.size(); ++v)
      if (views_[v].outer == outer && views_[v].kept == handle) return v;
    View v;
    v.outer = outer;
    v.kept = handle;
    v.of.assign(g_.size(), -1);
    v.depends.assign(g_.size(), 0);
    v.depends[handle] = 1;
    for (int id = handle + 1; id < g_.size(); ++id)
      for (int k = 0; k < g_[id].count && !v.depends[id]; ++k)
        v.depends[id] = v.depends[g_.in(id, k)];
    views_.push_back(static_cast<View&&>(v));
    return views_.size() - 1;
  }

  // Depth first by a stack of its own.
  constexpr int copy(int root, int root_view) {
    struct Visit {
      int id = 0, view = 0;
    };
    List<Visit> stack;
    stack.push_back({root, root_view});
    int made = -1;
    while (!stack.empty()) {
      const Visit top = stack.back();
      const int id = top.id;
      int view = top.view;
      while (view > 0 && !views_[view].depends[id]) view = views_[view].outer;
      made = views_[view].of[id];
      if (made < 0) {
        const Node& n = g_[id];
        int inner = view;
        if (n.op == info_of<ops::Gradient> && g_.is(g_.in(id, 1), info_of<ops::Handle>))
          inner = view_with(view, g_.in(id, 1));
        List<int> in;
        bool ready = true;
        for (int k = n.count - 1; k >= 0; --k) {
          const int operand = find(g_.in(id, k), inner);
          if (operand < 0) stack.push_back({g_.in(id, k), inner});
          ready = ready && operand >= 0;
        }
        if (!ready) continue;
        for (int k = 0; k < n.count; ++k) in.push_back(find(g_.in(id, k), inner));
        Node to = n;
        if (inner != view) to.attr.i[1] = 1;
        if (n.op == info_of<ops::Handle> && !keeps(view, id))
          made = in[0];
        else
          made = out_.add(to, in.data(), in.size());
        views_[view].of[id] = made;
      }
      stack.pop_back();
    }
    return made;
  }
  constexpr int find(int id, int view) const {
    while (view > 0 && !views_[view].depends[id]) view = views_[view].outer;
    return views_[view].of[id];
  }

  const Graph& g_;
  Graph out_;
  List<View> views_;
};

constexpr Graph separate_handles(Graph g) {
  bool any_handle = false;
  for (const Node& n : g.nodes) any_handle = any_handle || n.op == info_of<ops::Handle>;
  if (!any_handle) return g;
  return HandleSeparator(g).run();
}

}  // namespace ansatz::ir
