// Check mode names the op that first made a number which is not finite, and where it stands: the
// same in compiled, built and threaded programs.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <dsl/build.hpp>
#include <dsl/compile.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;
using Catch::Matchers::Contains;

namespace {

/// An op that the library does not have.
struct Ratio : Elementwise<Ratio, 2> {
  static constexpr const char* name = "test::ratio";
  static constexpr auto vjp = no_derivative;
  template <class X>
  static X value(X a, X b) {
    return a / b;
  }
};

struct Foreign : Elementwise<Foreign, 1> {
  static constexpr const char* name = "test::foreign";
  static constexpr auto vjp = no_derivative;
  template <class X>
  static X value(X x) {
    return x / (x - x);
  }
};

constexpr Function hidden_by_where() {
  const auto x = input<VectorSpace<2>>("x");
  // log(x) is NaN at -1 and not chosen there.
  const auto y = where(x > 0, log(x), 1.0) + sqrt(x - 1.5) * exp(x);
  return function(output("y", y));
}
constexpr Function along_a_row() {
  const auto x = input<VectorSpace<2>>("x");
  return function(output("y", softmax(1 / x)), output("z", x + 1));
}
constexpr Function over_itself() {
  const auto x = input<VectorSpace<2>>("x");
  const auto w = parameter<VectorSpace<2>>("w");
  const auto cost = mean(sum(sqrt(square(x) * w)));
  return function(output("cost", cost), update(w, w - 0.1 * grad(cost, w)));
}
constexpr Function of_its_own() {
  const auto x = input<VectorSpace<2>>("x");
  const auto ratio = apply<Ratio>(abs(x), x - 2);
  return function(output("y", tanh(x) * ratio));
}
constexpr Function nan_of_infinities() {
  const auto x = input<VectorSpace<2>>("x");
  return function(output("y", exp(x * 400) - exp(x * 500)));
}
constexpr Function later_step() {
  const auto x = input<VectorSpace<2>>("x");
  const auto W = parameter<Matrix<2, 2>>("W");
  return function(output("y", log(matmul(x, W))));
}
constexpr Function in_a_sum() {
  const auto x = input<VectorSpace<2>>("x");
  return function(output("y", mean(sum(log(x * x)))));
}

constexpr Function as_the_page_has_it() {
  const auto x = input<VectorSpace<2>>("x");
  return function(output("y", exp(x) + log(x - 1) * tanh(x)));
}

template <Function (*F)()>
struct Written {
  constexpr Function operator()() const { return F(); }
};

template <class P>
std::string said_by(P program, const std::vector<float>& x, int threads) {
  program.check(true);
  program.threads(threads);
  try {
    program({{"x", view(x.data(), {static_cast<std::int64_t>(x.size() / 2), 2})}});
  } catch (const ValueError& e) {
    return e.what();
  }
  return "no message";
}

template <Function (*F)()>
std::string said(const std::vector<float>& x) {
  const std::string compiled = said_by(compile(Written<F>()), x, 1);
  CHECK(compiled == said_by(compile(Written<F>()), x, 2));
  for (const bool borrow : {true, false}) {
    CHECK(compiled == said_by(build(F(), {.compiled_loops = borrow}), x, 1));
    CHECK(compiled == said_by(build(F(), {.compiled_loops = borrow}), x, 2));
  }
  return compiled;
}

}  // namespace

TEST_CASE("check mode: the first op and its place, however the program was made", "[run][check]") {
  CHECK_THAT(said<hidden_by_where>({2, 3, -1, 2}),
             Contains("'sqrt' in a fused loop (") &&
                 Contains("output 'y' is nan at element 2; 'sqrt' made nan of -2.5: sqrt(x - 1.5)"
                          ", in where(x > 0, log(x), 1) + sqrt(x - 1.5) * exp(x); all inputs"));
  CHECK_THAT(said<along_a_row>({1, 2, 3, 0}), Contains("'divide' in a fused loop (") &&
                                                  Contains("output 'y' is nan at element 3") &&
                                                  Contains("'divide' made inf of 1, 0: 1 / x"));
  CHECK_THAT(said<over_itself>({1, 2}),
             Contains("'divide' in a fused loop (") &&
                 Contains("'divide' made inf of 1, 0: 1 / (2 * sqrt(x^2 * w))"));
  CHECK_THAT(said<of_its_own>({1, 2}),
             Contains("'test::ratio' in a fused loop (") &&
                 Contains("'test::ratio' made inf of 2, 0: test::ratio(abs(x), x - 2)"));
  CHECK_THAT(said<nan_of_infinities>({0, 1}),
             Contains("output 'y' is nan at element 1; 'subtract' made nan of inf, inf: "
                      "exp(x * 400) - exp(x * 500); 'exp' made inf of 400: exp(x * 400)"));
  CHECK_THAT(said<later_step>({1, 2}), Contains("step 2 of 2, 'log' in a fused loop (log)") &&
                                           Contains("'log' made -inf of 0: log(x @ W)"));
  CHECK_THAT(said<in_a_sum>({1, 2, 0, 1}),
             Contains("'log' in a fused loop (") && Contains("'log' made -inf of 0: log(x"));
}

TEST_CASE("check mode: as docs/errors.md says", "[run][check]") {
  CHECK_THAT(said<as_the_page_has_it>({2, 3, 1, 2}),
             Contains("'log' made -inf of 0: log(x - 1), in exp(x) + log(x - 1) * tanh(x)"));
}

TEST_CASE("check mode: it changes no number", "[run][check]") {
  // Batches of odd sizes, on threads that check mode does not use.
  const auto values_of = [](bool checked) {
    auto program = compile([] {
      const auto x = input<VectorSpace<7>>("x");
      const auto W = parameter<Matrix<7, 5>>("W");
      const auto cost = mean(square(matmul(x, W) - 1), all) + mean(softplus(x));
      return function(output("cost", cost), update(W, W - 0.1 * grad(cost, W)));
    });
    program.check(checked);
    program.threads(2);
    std::vector<float> x(7 * 1001), values;
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 23) / 7;
    for (int step = 0; step < 3; ++step)
      values.push_back(program({{"x", view(x.data(), {1001, 7})}})["cost"]);
    return values;
  };
  CHECK(values_of(true) == values_of(false));
}

TEST_CASE("check mode: sums, products and what was given", "[run][check]") {
  const float most = std::numeric_limits<float>::max();
  CHECK_THAT(said<in_a_sum>({1, 1, most, 1}), Contains("made inf of"));
  CHECK_THAT(said<later_step>({std::nanf(""), 1}),
             Contains("step 1 of 2, a product of matrices") &&
                 Contains("'matmul' made nan: x @ W; not finite before: input 'x'"));
  CHECK_THAT(said<nan_of_infinities>({std::nanf(""), 1}), Contains("not finite before: input 'x'"));
  auto total = compile([] { return function(output("y", sum(input<Scalar>("x")))); });
  total.check(true);
  const std::vector<float> x{most, most};
  CHECK_THROWS_WITH(total({{"x", x}}), Contains("'sum' in a fused loop"));
}

TEST_CASE("check mode: a Program that was compiled knows at least the names of foreign ops",
          "[run][check]") {
  Program<float> program =
      compile([] { return function(output("y", exp(apply<Foreign>(input<Scalar>("x"))))); });
  program.check(true);
  CHECK_THROWS_WITH(program({{"x", std::vector<float>{1}}}),
                    Contains("'test::foreign' in a fused loop (test::foreign, exp)"));
}

TEST_CASE("check mode: the largest of no elements is no fault", "[run][check]") {
  const auto x = input("x", VectorSpace(0));
  const auto w = parameter("w", Matrix(2, 0));
  auto f = build<double>(function(output("p", sum(softmax(x), batch)), output("l", softmax(w)),
                                  output("s", sum(log_sum_exp(w * w + 1) < 0))));
  f.check(true);
  const double none[] = {0};
  CHECK_NOTHROW(f({{"x", view(none, {3, 0})}}));
}
