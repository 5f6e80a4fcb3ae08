#include "models.hpp"

#include <dsl/build.hpp>
#include <dsl/ops/control/repeat.hpp>

namespace {

using namespace explain_test;

TEST_CASE("explain: products show sizes, work, and updates in place", "[explain][plan]") {
  const std::string text = explain(softmax_regression());
  CHECK_THAT(text, Prints("gemm v0 = x @ W [examples, 784] @ [784, 10] 2 x 784 x 10 x examples "
                          "by rows\n"));
  CHECK_THAT(text, Prints(" * x.T @ v"));
  CHECK_THAT(text, Prints("gemm W += "));
}

TEST_CASE("explain: bytes are those of the precision and the batch", "[explain][plan]") {
  const std::string text = explain(line(), {.batch = 10});
  CHECK_THAT(text, Prints("memory: 4 bytes a number\n"));
  CHECK_THAT(text, Prints("inputs 12 bytes x examples = 120 bytes with examples = 10\n"));
  CHECK_THAT(text, Prints("arena 12 bytes x examples = 120 bytes with examples = 10\n"));
  CHECK_THAT(text, Prints("y arena at 0 12 x examples step 0 to the end\n") ||
                       Prints("y arena at 0 12 x examples steps 0 to the end\n"));
  CHECK_THAT(text, Prints("operations 6 FLOPs x examples = 60 FLOPs with examples = 10\n"));
  CHECK_THAT(text, Prints("memory traffic 24 bytes x examples = 240 bytes with examples = 10\n"));
  CHECK_THAT(explain<double>(line(), {.batch = 10}),
             Prints("memory traffic 48 bytes x examples = 480 bytes with examples = 10\n"));
}

TEST_CASE("explain: large numbers are grouped by threes", "[explain][plan]") {
  const auto W = parameter<Matrix<1000, 2000>>("W");
  const std::string text = explain(function(update(W, W * 0.5)));
  CHECK_THAT(text, Prints("parameters 8,000,000 bytes\n"));
  CHECK_THAT(text, Prints("operations 2,000,000 FLOPs = 2.00 MFLOPs\n"));
}

TEST_CASE("explain: a result that takes over an operand's memory is marked", "[explain][plan]") {
  const auto x = input<VectorSpace<20>>("x");
  const auto W = parameter<Matrix<20, 20>>("W");
  const std::string text = explain(function(output("y", matmul(relu(matmul(x, W)), W))));
  CHECK_THAT(text, Prints("v1 (over v0) <- v0 [examples, 20] 20 x examples by rows\n") ||
                       Prints("v1 (over v0) <- v0 [20 x examples] 20 x examples by columns\n"));
  CHECK_THAT(text, Catch::Contains(", over v0\n"));
}

TEST_CASE("explain: several extents are named", "[explain][plan]") {
  const auto v = input<VectorSpace<5>>("v");
  const auto h = state<Batch<VectorSpace<5>, chains>>("h");
  const auto b = parameter<VectorSpace<5>>("b");
  const std::string text =
      explain(function(output("y", mean(v + b)), update(h, h * b)), {.batch = 7});
  CHECK_THAT(text, Prints("state h [chains, 5]\n"));
  CHECK_THAT(text, Prints("= 140 bytes with chains = examples = 7\n") ||
                       Prints("= 140 bytes with examples = chains = 7\n"));
}

TEST_CASE("explain: steps that are repeated are indented", "[explain][plan]") {
  const auto x = input<VectorSpace<4>>("x");
  const auto W = parameter<Matrix<4, 4>>("W");
  const auto body = [&](const auto& y) { return tanh(matmul(y, W)); };
  const std::string text = explain(function(output("y", repeat(scalar("n"), body, x))));
  CHECK_THAT(text, Prints(" repeat n times to step "));
  CHECK_THAT(text, Catch::Contains("    gemm    ") && Catch::Contains("  end\n"));
  CHECK_THAT(text, Catch::Contains("a call, every repeat counted once\n"));
  CHECK_THAT(explain(line()), Catch::Contains("\na call\n"));
}

TEST_CASE("explain: a program whose function is not at hand shows its plan", "[explain][plan]") {
  const Program<float> program = build(softmax_regression());
  const std::string text = explain(program), whole = explain(softmax_regression());
  CHECK_THAT(text, !Catch::Contains("graph"));
  CHECK_THAT(text, Prints("input y [examples] labels below 10\n"));
  CHECK(text.substr(text.find("memory:")) == whole.substr(whole.find("memory:")));
}

}  // namespace
