// explain(step): the graph and the plan of a program in words.
#pragma once

#include <cstdint>
#include <string>

#include <dsl/function.hpp>

namespace ansatz {

template <class F, class T>
class Compiled;
template <class T>
class Program;

enum class Format { text, graphviz };

/// What an explanation in words shows.
struct ExplainOptions {
  bool graph = true;         ///< the graph as written, and as the passes left it
  bool passes = false;       ///< the graph after every pass that changed it
  bool plan = true;          ///< memory, steps and fused loops
  std::int64_t batch = 100;  ///< size of every run-time extent, for the totals of a call
};

/// The graph of `f` (numbered nodes with operands and shapes), the plan that `build<T>` makes of it
/// (buffers and arenas in bytes, steps with sizes and floating-point operations, every distinct
/// fused loop as readable code) and what a call costs. T: float or double.
/// Errors: as of `build`.
template <class T = float>
std::string explain(const Function& f, const ExplainOptions& options = {});

/// The same, or with Format::graphviz the optimized graph in the language of Graphviz's `dot`:
/// a node an op, coloured by kind, a box around what became one step, shapes beside the edges.
template <class T = float>
std::string explain(const Function& f, Format format);

/// The same of a compiled program. Its function is lowered again, at run time, to see the graph;
/// only programs that call this hold the code that does so.
template <class F, class T>
std::string explain(const Compiled<F, T>&, const ExplainOptions& options = {}) {
  return explain<T>(F{}(), options);
}
template <class F, class T>
std::string explain(const Compiled<F, T>&, Format format) {
  return explain<T>(F{}(), format);
}

/// The plan alone, of a program whose function is not at hand.
template <class T>
std::string explain(const Program<T>& program, const ExplainOptions& options = {});

extern template std::string explain<float>(const Function&, const ExplainOptions&);
extern template std::string explain<double>(const Function&, const ExplainOptions&);
extern template std::string explain<float>(const Function&, Format);
extern template std::string explain<double>(const Function&, Format);
extern template std::string explain<float>(const Program<float>&, const ExplainOptions&);
extern template std::string explain<double>(const Program<double>&, const ExplainOptions&);

}  // namespace ansatz
