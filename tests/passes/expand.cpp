#include "graph_text.hpp"

namespace pass_test::expand {
namespace {

const auto x = input<VectorSpace<3>>("x");
const auto t = input<IndexSpace<3>>("t");

int composites_of(const ir::Graph& g) {
  int n = 0;
  for (int id = 0; id < g.size(); ++id) n += g[id].op->kind == ir::OpKind::composite;
  return n;
}
template <class S>
ir::Graph expanded(const Expr<S>& e) {
  const ir::Graph before = graph_of(e), after = ir::expand(before);
  CHECK(composites_of(before) > 0);
  CHECK(composites_of(after) == 0);
  REQUIRE(ir::well_formed(after));
  CHECK(after[after.roots[0].value].shape == before[before.roots[0].value].shape);
  return after;
}

}  // namespace

TEST_CASE("expand: every composite goes, with those in its expression", "[pass][expand]") {
  expanded(softmax(x));
  expanded(log_softmax(softmax(x)));
  expanded(one_hot(t));
  expanded(mean(cross_entropy(softmax(x), t)));
  expanded(binary_cross_entropy(sigmoid(x), softmax(x)));
}

TEST_CASE("expand: a graph without composites stays as it is", "[pass][expand]") {
  const ir::Graph g = graph_of(tanh(x) + 1);
  CHECK(text_of(ir::expand(g)) == text_of(g));
}

TEST_CASE("expand: what two composites share is there once", "[pass][expand]") {
  const ir::Graph g = ir::expand(graph_of(softmax(x), log_sum_exp(x)));
  CHECK(count_of<ops::Max>(g) == 1);
  CHECK(count_of<ops::Exp>(g) == 1);
}

}  // namespace pass_test::expand
