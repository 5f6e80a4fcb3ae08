#include "models.hpp"

namespace {

using namespace explain_test;

TEST_CASE("explain: an elementwise loop is one statement", "[explain][loop]") {
  const std::string text = explain(line());
  CHECK_THAT(text,
             Prints("each y[j] = 2 * x[j] + 1\n") || Prints("each y[i, j] = 2 * x[i, j] + 1\n"));
}

TEST_CASE("explain: a log-sum-exp is two passes over a row", "[explain][loop]") {
  const auto x = input<VectorSpace<10>>("x");
  const std::string text = explain(function(output("y", log_sum_exp(x))));
  CHECK_THAT(text, Prints("for i < examples, j < 10, 2 passes\n"));
  CHECK_THAT(text, Prints("pass 1 t0 = max_j(x[i, j])\n"));
  CHECK_THAT(text, Prints("row t1 = where(abs(t0) < inf, t0, 0)\n"));
  CHECK_THAT(text, Prints("pass 2 t2 = sum_j(exp(x[i, j] - t1))\n"));
  CHECK_THAT(text, Prints("row y[i] = log(t2) + t1\n"));
}

TEST_CASE("explain: sums over rows and over everything name their indices", "[explain][loop]") {
  const auto x = input<VectorSpace<10>>("x");
  const std::string text =
      explain(function(output("columns", sum(square(x), batch)), output("all", sum(exp(x)))));
  CHECK_THAT(text, Catch::Contains("columns[j] = sum_i(x[i, j]^2)\n"));
  CHECK_THAT(text, Catch::Contains("all = sum_ij(exp(x[i, j]))\n") ||
                       Catch::Contains("all = sum_j(exp(x[j]))\n"));
}

TEST_CASE("explain: a loop that two steps share has letters, and what they stand for",
          "[explain][loop]") {
  const auto a = parameter<VectorSpace<3>>("a");
  const auto b = parameter<VectorSpace<5>>("b");
  const auto rate = scalar("rate");
  const std::string text = explain(function(update(a, a - rate * a), update(b, b - rate * b)));
  CHECK_THAT(text, Prints("fused loops: 1\n"));
  CHECK_THAT(text, Prints("loop 0 (steps 0, 1)\n"));
  CHECK_THAT(text, Catch::Contains("= rate") && Catch::Contains("= a") && Catch::Contains("= b"));
}

TEST_CASE("explain: parentheses stand only where they are needed", "[explain][loop]") {
  const auto x = parameter<VectorSpace<3>>("x");
  const auto y = parameter<VectorSpace<3>>("y");
  const auto said = [&](const auto& e) {
    const std::string text = explain(function(output("z", e)));
    const std::size_t at = text.find("z[j] = ");
    REQUIRE(at != std::string::npos);
    return text.substr(at + 7, text.find('\n', at) - at - 7);
  };
  CHECK(said((x + y) * 2) == "(x[j] + y[j]) * 2");
  CHECK(said(x + y * 2) == "x[j] + y[j] * 2");
  CHECK(said(x - (y - x)) == "x[j] - (y[j] - x[j])");
  CHECK(said(x - y - x) == "x[j] - y[j] - x[j]");
  CHECK(said(x / (y * x)) == "x[j] / (y[j] * x[j])");
  CHECK(said(-(x + y)) == "-(x[j] + y[j])");
  CHECK(said(square(x + y)) == "(x[j] + y[j])^2");
  CHECK(said(exp(x) * exp(y)) == "exp(x[j]) * exp(y[j])");
}

TEST_CASE("explain: operands that are not read in order show where they are read",
          "[explain][loop]") {
  const auto A = parameter<Matrix<4, 6>>("A");
  const auto B = parameter<Matrix<6, 4>>("B");
  const std::string text = explain(function(output("C", transpose(A) + B)));
  CHECK_THAT(text, Catch::Contains("C[i, j] = A[j, i] + B[i, j]\n"));
  const std::string sliced = explain(function(output("C", slice(A, axis<1>, 2, 5) + 1)));
  CHECK_THAT(sliced, Catch::Contains("C[i, j] = A[6 i + j + 2] + 1\n"));
}

}  // namespace
