#include "made.hpp"

#include <algorithm>
#include <cstdlib>

#include <dsl/passes/lower.hpp>

#include "random_function.hpp"

namespace fuzz {

using namespace ansatz;

int share_of(int count) {
  const char* share = std::getenv("ANSATZ_TEST_SHARE");
  return share ? count / std::max(1, std::atoi(share)) : count;
}

Function made(int seed, const Mix& mix) { return random_function(seed, mix); }

ir::Graph written_graph(const Function& f) { return ir::graph_of(f); }

ir::Graph plain_graph(const Function& f) { return ir::expand(ir::differentiate(ir::graph_of(f))); }

}  // namespace fuzz
