// From a function to a plan: the passes in their order.
#pragma once

#include <dsl/function.hpp>
#include <dsl/ops/control/all_reduce.hpp>
#include <dsl/passes/graph/bound_labels.hpp>
#include <dsl/passes/graph/contiguous.hpp>
#include <dsl/passes/graph/differentiate.hpp>
#include <dsl/passes/graph/expand.hpp>
#include <dsl/passes/graph/fold_products.hpp>
#include <dsl/passes/graph/handles.hpp>
#include <dsl/passes/graph/simplify.hpp>
#include <dsl/passes/graph/stabilize.hpp>
#include <dsl/passes/plan/barriers.hpp>
#include <dsl/passes/plan/emit.hpp>
#include <dsl/passes/plan/memory.hpp>

namespace ansatz::ir {

// At run time a graph's serial number tells it from the one that lay there before; a constant
// evaluation has none, and g++ uses an address again.
constexpr void forget(const Value& v, const Graph& g) {
  List<Term*> stack;
  if (v.term()) stack.push_back(v.term());
  while (!stack.empty()) {
    Term* t = stack.back();
    stack.pop_back();
    if (!g.holds(*t)) continue;
    t->home = nullptr;
    for (const Value& in : t->in)
      if (in.term()) stack.push_back(in.term());
  }
}

constexpr void require_distinct_names(const Graph& g) {
  List<char> taken;  // at a name's place in the text
  taken.assign(g.text.size(), 0);
  for (int id = 0; id < g.size(); ++id) {
    const int name = g[id].name;
    if (name < 0 || g.is(id, info_of<ops::ConstantArray>)) continue;
    if (taken[name]) {
      int first = 0;
      while (g[first].name != name) ++first;
      RefusalNote words;
      words.add("two inputs, parameters or scalars have one name: ");
      add_named(words, g.name(id), g[first].shape);
      words.add(" and ");
      add_shape(words, g[id].shape);
      graph_error(words.text);
      return;
    }
    taken[name] = 1;
  }
}

constexpr void require_distinct_outputs(const Graph& g) {
  List<char> taken;  // at a name's place in the text
  taken.assign(g.text.size(), 0);
  for (const GraphRoot& r : g.roots) {
    if (r.target >= 0) continue;
    if (taken[r.name]) {
      int first = 0;
      while (g.roots[first].target >= 0 || g.roots[first].name != r.name) ++first;
      RefusalNote words;
      words.add("two outputs have one name: ");
      add_named(words, g.text.data() + r.name, g[g.roots[first].value].shape);
      words.add(" and ");
      add_shape(words, g[r.value].shape);
      const char* digit = g.text.data() + r.name;
      while (*digit >= '0' && *digit <= '9') ++digit;
      if (*digit == 0) words.add(" (those of `outputs` are 0, 1, ...; `output` gives a name)");
      graph_error(words.text);
      return;
    }
    taken[r.name] = 1;
  }
}

constexpr void refuse_second_value(const List<char>& name) {
  List<char> text = text_of("update: the parameter ");
  text.pop_back();
  for (const char* c = name.data(); *c; ++c) text.push_back(*c);
  for (const char* c = " has two new values"; *c; ++c) text.push_back(*c);
  text.push_back(0);
  graph_error(text.data());
}

// On one rank an all_reduce is its operand, and no pass sees more than that.
constexpr void drop_all_reduces(Graph& g) {
  const auto behind = [&](int id) {
    while (g[id].op == info_of<ops::AllReduce>) id = g.in(id, 0);
    return id;
  };
  for (int& in : g.operands) in = behind(in);
  for (GraphRoot& r : g.roots) r.value = behind(r.value);
}

/// The function as a graph, before any pass.
constexpr Graph graph_of(const Function& f) {
  const TermsLock lock;
  Graph g;
  List<char> updated;  // of each node
  // Updates first: an output added for looking does not change which random numbers they see.
  for (const Update& u : f.updates) {
    GraphRoot r;
    r.target = g.import(u.target);
    r.value = g.import(u.value);
    const Shape shape = g[r.target].shape;
    if (!(g[r.value].shape == shape))
      r.value = g.add(info_of<ops::BroadcastTo>, shape_attr(shape), &r.value, 1);
    while (updated.size() <= r.target) updated.push_back(0);
    if (updated[r.target]) refuse_second_value(u.target.term()->name);
    updated[r.target] = 1;
    g.roots.push_back(r);
  }
  for (const NamedOutput& o : f.outputs) {
    GraphRoot r;
    r.value = g.import(o.value);
    r.name = g.intern(o.name.data());
    g.roots.push_back(r);
  }
  require_distinct_names(g);
  require_distinct_outputs(g);
  for (const Node& n : g.nodes)
    if (n.op == info_of<ops::Input> || n.op == info_of<ops::NamedScalar>) g.arguments.push_back(n);
  if (!f.across_ranks) drop_all_reduces(g);
  if (std::is_constant_evaluated()) {
    for (const Update& u : f.updates) forget(u.target, g), forget(u.value, g);
    for (const NamedOutput& o : f.outputs) forget(o.value, g);
  }
  return g;
}

/// All passes on the graph. `watch(name, graph)` sees the result of each.
template <class Watch>
constexpr Graph optimize(Graph g, Watch watch) {
  watch("as written", g);
  bound_labels(g);
  g = separate_handles(static_cast<Graph&&>(g));
  g = stabilize(g);
  watch("stabilize", g);
  g = differentiate(static_cast<Graph&&>(g));
  watch("differentiate", g);
  g = expand(static_cast<Graph&&>(g));
  watch("expand", g);
  g = simplify(g);
  watch("simplify", g);
  g = fold_products(static_cast<Graph&&>(g));
  watch("fold products", g);
  g = make_contiguous(static_cast<Graph&&>(g));
  watch("make contiguous", g);
  return g;
}
constexpr Graph optimize(Graph g) {
  return optimize(static_cast<Graph&&>(g), [](const char*, const Graph&) {});
}

/// The plan of an optimized graph.
constexpr Plan plan_of(const Graph& g) {
  const List<Access> access = all_accesses(g);
  const Clusters clusters(g, access);
  const Schedule schedule = Scheduler(clusters).run();
  Plan plan = Emitter(clusters, schedule).run();
  plan_memory(plan);
  place_barriers(plan);
  return plan;
}

constexpr Plan lower(const Function& f) {
  const Graph g = optimize(graph_of(f));
  if (!std::is_constant_evaluated())
    for (int id = 0; id < g.size(); ++id)
      if (const char* fault = fault_of(g, id))
        graph_error_shape(g[id].op ? g[id].op->name : "a node", fault, &g[id].shape, 1);
  if (!std::is_constant_evaluated() && !well_formed(g)) graph_error(fault_of(g));
  return plan_of(g);
}

}  // namespace ansatz::ir
