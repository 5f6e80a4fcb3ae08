#include "models.hpp"

#include <dsl/compile.hpp>

namespace {

using namespace explain_test;

TEST_CASE("explain: inputs, parameters and scalars come first, with shapes and notes",
          "[explain]") {
  const std::string text = explain(softmax_regression());
  CHECK_THAT(text, Prints("input x [examples, 784]\n"));
  CHECK_THAT(text, Prints("input y [examples] labels below 10\n"));
  CHECK_THAT(text, Prints("parameter W [784, 10]\n"));
  CHECK_THAT(text, Prints("scalar learning_rate [] by default 0.1\n"));
  CHECK_THAT(explain(function(output("a", scalar("a") + 1))),
             Prints("scalar a [] given at the first call\n"));
}

TEST_CASE("explain: a line is a formula of named leaves, literals and numbered nodes",
          "[explain]") {
  const std::string text = explain(line(), {.plan = false});
  CHECK_THAT(text, Prints("graph as written: 2 operations\n"));
  CHECK_THAT(text, Prints("= 2 * x [examples, 3]\n"));
  CHECK_THAT(text, Prints("%4 = %2 + 1 [examples, 3]\n"));
  CHECK_THAT(text, Prints("output y = %4\n"));
}

TEST_CASE("explain: gradients stand as written, and carried out after the passes", "[explain]") {
  const std::string text = explain(softmax_regression(), {.plan = false});
  const std::size_t optimized = text.find("graph after optimization");
  REQUIRE(optimized != std::string::npos);
  const std::string written = text.substr(0, optimized), after = text.substr(optimized);
  CHECK_THAT(written, Prints("= grad(%11, W) [784, 10]\n"));
  CHECK_THAT(written, Prints("= softmax(%5, axis=1) [examples, 10]\n"));
  CHECK_THAT(written, Prints("update W <- "));
  CHECK_THAT(after, !Catch::Contains("grad("));
  CHECK_THAT(after, !Catch::Contains("softmax"));
  CHECK_THAT(after, Catch::Contains(" * x.T @ %"));
}

TEST_CASE("explain: axes, slices, transposes and draws are written out", "[explain]") {
  const auto x = input<Matrix<4, 6>>("x");
  const auto W = parameter<Matrix<4, 6>>("W");
  const std::string text =
      explain(function(output("a", sum(x, axis<0>)), output("b", max(x)), output("c", argmax(W)),
                       output("d", transpose(W)), output("e", transpose<1, 0>(x)),
                       output("f", slice(W, axis<1>, 1, 4)), output("g", normal_like(x)),
                       output("h", sum(W, axis<1>, keep_axes)), output("i", square(W + 1) / -W)),
              {.plan = false});
  CHECK_THAT(text, Prints("= sum(x, axis=1) [examples, 6]\n"));
  CHECK_THAT(text, Prints("= max(x) []\n"));
  CHECK_THAT(text, Prints("= W.T [6, 4]\n"));
  CHECK_THAT(text, Prints("= transpose(x, 0, 2, 1) [examples, 6, 4]\n"));
  CHECK_THAT(text, Prints("= W[:, 1:4] [4, 3]\n"));
  CHECK_THAT(text, Prints("= normal(site 0) [examples, 4, 6]\n"));
  CHECK_THAT(text, Prints("= sum(W, axis=1, keep_axes) [4, 1]\n"));
  CHECK_THAT(text, Prints("^2 [4, 6]\n"));
  CHECK_THAT(text, Prints("= argmax(W) [] labels\n"));
}

TEST_CASE("explain: every pass that changes the graph is shown when asked for", "[explain]") {
  const std::string text = explain(softmax_regression(), {.passes = true, .plan = false});
  for (const char* pass : {"stabilize", "differentiate", "expand", "simplify", "fold products"})
    CHECK_THAT(text, Catch::Contains(std::string("after ") + pass));
  CHECK_THAT(text, Catch::Contains("softmax_cross_entropy(%5, y)"));
  CHECK_THAT(explain(line(), {.passes = true, .plan = false}),
             Catch::Contains("after differentiate: the same"));
}

TEST_CASE("explain: parts are left out when not asked for", "[explain]") {
  const std::string graph = explain(line(), {.plan = false});
  const std::string plan = explain(line(), {.graph = false});
  CHECK_THAT(graph, !Catch::Contains("steps:"));
  CHECK_THAT(plan, !Catch::Contains("graph as written"));
  CHECK_THAT(plan, Catch::Contains("steps: 1\n"));
}

TEST_CASE("explain: a compiled program says what its function says", "[explain]") {
  const auto step = compile(softmax_regression);
  CHECK(explain(step) == explain(softmax_regression()));
  const auto precise = compile<double>(softmax_regression);
  CHECK(explain(precise) == explain<double>(softmax_regression()));
  CHECK(explain(step) != explain(precise));
  CHECK(explain(step, Format::graphviz) == explain(softmax_regression(), Format::graphviz));
}

TEST_CASE("explain: no line ends in a space", "[explain]") {
  for (const std::string& line : lines_of(explain(softmax_regression(), {.passes = true})))
    if (!line.empty() && line.back() == ' ') FAIL_CHECK("'" << line << "'");
}

TEST_CASE("explain: a function of nothing has a short explanation", "[explain]") {
  const std::string text = explain(function());
  CHECK_THAT(text, Catch::Contains("graph as written: 0 operations"));
  CHECK_THAT(text, Catch::Contains("steps: 0"));
}

}  // namespace
