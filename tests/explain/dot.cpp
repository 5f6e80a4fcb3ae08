#include "models.hpp"

#include <set>

namespace {

using namespace explain_test;

int count(const std::string& text, const std::string& word) {
  int n = 0;
  for (std::size_t at = 0; (at = text.find(word, at)) != std::string::npos; ++at) ++n;
  return n;
}

TEST_CASE("explain: as a graph, loops are boxes and edges carry shapes", "[explain][graphviz]") {
  const std::string dot = explain(softmax_regression(), Format::graphviz);
  CHECK(dot.rfind("digraph ansatz {\n", 0) == 0);
  CHECK(count(dot, "{") == count(dot, "}"));
  CHECK_THAT(dot, Catch::Contains("subgraph cluster_"));
  CHECK_THAT(dot, Catch::Contains(": fused loop\""));
  CHECK_THAT(dot, Catch::Contains("[label=\"x\\n[examples, 784]\", shape=ellipse"));
  CHECK_THAT(dot, Catch::Contains("[label=\"[examples, 784]\"]"));
  CHECK_THAT(dot, Catch::Contains("[label=\"cost\""));
  CHECK_THAT(dot, Catch::Contains("[label=\"W <-\""));
}

TEST_CASE("explain: in a graph, every arrow joins nodes that are drawn once",
          "[explain][graphviz]") {
  std::set<std::string> drawn;
  std::vector<std::string> ends;
  for (const std::string& line : lines_of(explain(softmax_regression(), Format::graphviz))) {
    const std::size_t first = line.find_first_not_of(' ');
    if (first == std::string::npos) continue;
    const std::string name = line.substr(first, line.find(' ', first) - first);
    const std::size_t arrow = line.find(" -> ");
    if (arrow != std::string::npos) {
      ends.push_back(name);
      ends.push_back(line.substr(arrow + 4, line.find(' ', arrow + 4) - arrow - 4));
    } else if (line.find(" [label=") != std::string::npos) {
      CHECK(drawn.insert(name).second);
    }
  }
  CHECK(ends.size() > 20);
  for (const std::string& end : ends) CHECK(drawn.count(end) == 1);
}

TEST_CASE("explain: in a graph, names with quotation marks are escaped", "[explain][graphviz]") {
  const auto x = parameter<VectorSpace<3>>("x");
  CHECK_THAT(explain(function(output("the \"best\" \\ y", x + 1)), Format::graphviz),
             Catch::Contains("[label=\"the \\\"best\\\" \\\\ y\""));
}

TEST_CASE("explain: the other format is text", "[explain][graphviz]") {
  CHECK(explain(line(), Format::text) == explain(line()));
}

}  // namespace
