#include <dsl/explain.hpp>

#include <dsl/passes/lower.hpp>
#include <dsl/plan/loops.hpp>
#include <dsl/program.hpp>

#include "dot.hpp"
#include "graph.hpp"
#include "plan.hpp"

namespace ansatz {

namespace {

std::string section(const std::string& title, const ir::Graph& g) {
  return explaining::heading(title + ": " +
                             explaining::plural(explaining::graph_size(g), "operation")) +
         explaining::graph_text(g) + "\n";
}

}  // namespace

template <class T>
std::string explain(const Function& f, const ExplainOptions& options) {
  const ir::Graph written = ir::graph_of(f);
  std::string out, before, passes;
  // A pass that changes nothing gets a line, not another copy of the graph.
  const auto watch = [&](const char* pass, const ir::Graph& g) {
    const std::string text = explaining::graph_text(g);
    if (text == before)
      passes += explaining::heading("after " + std::string(pass) + ": the same") + "\n";
    else if (!before.empty())
      passes += section("after " + std::string(pass), g);
    before = text;
  };
  const ir::Graph optimized = ir::optimize(written, watch);
  out += explaining::heading("inputs, parameters, scalars");
  out += explaining::leaves_text(written) + "\n";
  if (options.graph || options.passes) out += section("graph as written", written);
  if (options.passes)
    out += passes;
  else if (options.graph)
    out += section("graph after optimization", optimized);
  if (options.plan) {
    const ir::Plan plan = ir::plan_of(optimized);
    out += explaining::plan_text(ir::view_of(plan), sizeof(T), options.batch);
  }
  return out;
}

template <class T>
std::string explain(const Function& f, Format format) {
  if (format == Format::text) return explain<T>(f, ExplainOptions{});
  return explaining::dot_text(ir::optimize(ir::graph_of(f)));
}

template <class T>
std::string explain(const Program<T>& program, const ExplainOptions& options) {
  std::string out = explaining::heading("inputs, parameters, scalars");
  out += explaining::leaves_text(program.plan()) + "\n";
  return out + explaining::plan_text(program.plan(), sizeof(T), options.batch);
}

template std::string explain<float>(const Function&, const ExplainOptions&);
template std::string explain<double>(const Function&, const ExplainOptions&);
template std::string explain<float>(const Function&, Format);
template std::string explain<double>(const Function&, Format);
template std::string explain<float>(const Program<float>&, const ExplainOptions&);
template std::string explain<double>(const Program<double>&, const ExplainOptions&);

}  // namespace ansatz
