#include "made.hpp"

#include <dsl/lower.hpp>

#include "random_function.hpp"

namespace fuzz {

using namespace ansatz;

Function made(int seed, const Mix& mix) { return random_function(seed, mix); }

ir::Graph written_graph(const Function& f) { return ir::graph_of(f); }

ir::Graph plain_graph(const Function& f) {
  return ir::expand(ir::differentiate(ir::graph_of(f)));
}

}  // namespace fuzz
