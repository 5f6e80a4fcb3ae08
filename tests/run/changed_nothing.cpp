// A call that throws has changed nothing, wherever it throws; what is known before is refused
// before.
#include <catch2/catch.hpp>

#include <cmath>
#include <string>
#include <vector>

#include <dsl/build.hpp>
#include <dsl/compile.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;
using Catch::Matchers::Message;

namespace {

/// An op of a user's own, whose kernel refuses negative numbers.
struct Positive : ops::KernelOp<Positive> {
  static constexpr const char* name = "test::positive";
  static constexpr int arity = 1;
  static constexpr ir::Takes takes = ir::Elements::numbers;
  template <class T>
  static void kernel(const ir::KernelArgs<T>& a) {
    const T* x = static_cast<const T*>(a.in[0]);
    long n = 1;
    for (int k = 0; k < a.in_rank[0]; ++k) n *= a.in_dims[0][k];
    for (long i = 0; i < n; ++i) {
      if (x[i] < 0) throw ValueError("a negative number at " + std::to_string(a.first_example + i));
      static_cast<T*>(a.out)[i] = x[i];
    }
  }
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr&) {
    return {in[0]};
  }
  static constexpr double flops(const ir::Shape*, int, const ir::Attr&) { return 1e3; }
  static constexpr void vjp(ir::VjpContext&) {}
};
AnyExpr positive(const AnyExpr& x) {
  return AnyExpr(ir::make(ir::info_of<Positive>, ir::Attr{}, x.value()));
}

/// All that a call may change.
template <class T>
struct State {
  std::vector<T> numbers;
  std::uint64_t steps;
  double rate;
  explicit State(const Program<T>& p) : steps(p.step_count()), rate(p.get("rate")) {
    const Store s = p.store();
    for (int i = 0; i < s.size(); ++i)
      numbers.insert(numbers.end(), s.data<T>(s.name(i)),
                     s.data<T>(s.name(i)) + s.shape(s.name(i)).count());
  }
  bool operator==(const State&) const = default;
};

/// Updates before, beside and after `value`, by products, loops and random numbers.
template <class S>
Function training(const Expr<S>& value) {
  auto rate = scalar("rate", 0.5);
  auto a = parameter<VectorSpace<4>>("a");
  auto b = parameter<Matrix<3, 3>>("b");
  auto c = state<VectorSpace<4>>("c");
  return function(update(a, a + rate), update(b, b - rate * matmul(b + 1, b)),
                  update(c, a + uniform<VectorSpace<4>>()), output("value", value),
                  output("a", a + 0));
}

template <class T>
void check_refused(Program<T>& p, std::vector<Argument> arguments, const char* message) {
  arguments.push_back({"rate", 7});
  const State<T> before(p);
  CHECK_THROWS_MATCHES(p.call(arguments.data(), static_cast<int>(arguments.size())), ValueError,
                       Message(message));
  CHECK(State<T>(p) == before);
}
template <class T>
void check_accepted(Program<T>& p, std::vector<Argument> arguments) {
  const State<T> before(p);
  p.call(arguments.data(), static_cast<int>(arguments.size()));
  CHECK(p.step_count() == before.steps + 1);
  CHECK_FALSE(State<T>(p).numbers == before.numbers);
}

}  // namespace

TEST_CASE("changed nothing: labels that are no rows are refused before the first step",
          "[run][changed]") {
  const auto W = parameter("W", Matrix(3, 2));
  auto p = build(training(take_rows(W, input<IndexSpace<any>>("y"))));
  const int good[] = {0, 2, 1}, bad[] = {0, 2, 3}, negative[] = {-1};
  check_accepted(p, {{"y", view(good, {3})}});
  check_refused(p, {{"y", view(bad, {3})}},
                "input 'y' has the label 3 at example 2; allowed: 0 .. 2");
  check_refused(p, {{"y", view(negative, {1})}},
                "input 'y' has the label -1 at example 0; allowed: 0 .. 2");
  check_accepted(p, {{"y", view(good, {3})}});
}

TEST_CASE("changed nothing: the example and the position in it of a label are told",
          "[run][changed]") {
  const auto rate = scalar("rate", 1);
  const int labels[] = {0, 1, 2, 0, 7, 2};
  auto rows = build(function(output("y", input<IndexSpace<3, 3>>("y") * rate)));
  CHECK_THROWS_MATCHES(
      rows({{"y", view(labels, {2, 3})}}), ValueError,
      Message("input 'y' has the label 7 at example 1, position 1; allowed: 0 .. 2"));
  auto shared = build(function(output("y", shared_input<IndexSpace<3, 6>>("y") * rate)));
  CHECK_THROWS_MATCHES(shared({{"y", view(labels, {6})}}), ValueError,
                       Message("input 'y' has the label 7 at position 4; allowed: 0 .. 2"));
  auto one = build(function(output("y", shared_input<IndexSpace<3>>("y") * rate)));
  CHECK_THROWS_MATCHES(one({{"y", 7}}), ValueError,
                       Message("input 'y' has the label 7; allowed: 0 .. 2"));
}

TEST_CASE("changed nothing: so are labels that are no classes", "[run][changed]") {
  const auto z = input<VectorSpace<3>>("z");
  const auto y = input<IndexSpace<any>>("y");
  const float numbers[] = {1, 2, 3, 4, 5, 6};
  const std::int64_t good[] = {0, 2}, bad[] = {2, 3};
  for (const bool soft : {true, false}) {
    auto p = build(training(mean(cross_entropy(
        soft ? AnyExpr(softmax(z).value()) : AnyExpr((z / 10).value()), AnyExpr(y.value())))));
    check_accepted(p, {{"z", view(numbers, {2, 3})}, {"y", view(good, {2})}});
    check_refused(p, {{"z", view(numbers, {2, 3})}, {"y", view(bad, {2})}},
                  "input 'y' has the label 3 at example 1; allowed: 0 .. 2");
  }
}

TEST_CASE("changed nothing: a slice of labels asks nothing of the others", "[run][changed]") {
  const auto W = parameter("W", Matrix(3, 2));
  const auto y = input("y", IndexSpace<any, 2>());
  auto p = build(training(take_rows(W, slice(AnyExpr(y.value()), axis<0>, 0, 1))));
  const int good[] = {0, 9, 2, -5}, bad[] = {0, 1, 4, 1};
  check_accepted(p, {{"y", view(good, {2, 2})}});
  check_refused(p, {{"y", view(bad, {2, 2})}}, "take_rows: index 4 at position 1; allowed: 0 to 2");
  check_accepted(p, {{"y", view(good, {2, 2})}});
}

TEST_CASE("changed nothing: a slice of labels or computed ones that are no classes",
          "[run][changed]") {
  const auto z = input<VectorSpace<3>>("z");
  const auto y = input("y", IndexSpace<any, 2>());
  const auto of_slice = reshape<IndexSpace<any>>(slice(AnyExpr(y.value()), axis<0>, 0, 1));
  const int n = 1500;
  std::vector<int> labels(2 * n, 2);
  const std::vector<float> numbers(3 * n, 1);
  for (const int threads : {1, 2}) {
    // Of the gradient alone as well, which asks nothing of the cost.
    for (const bool gradient : {false, true}) {
      const auto cost = sum(cross_entropy(softmax(z), of_slice));
      auto p = build(training(gradient ? sum(grad(cost, z)) : cost));
      p.threads(threads);
      labels[1] = 9, labels[2 * 1100] = 3;
      check_refused(p, {{"y", view(labels.data(), {n, 2})}, {"z", view(numbers.data(), {n, 3})}},
                    "cross_entropy: the label 3 at position 1100; allowed: 0 to 2");
      labels[2 * 1100] = 0;
      check_accepted(p, {{"y", view(labels.data(), {n, 2})}, {"z", view(numbers.data(), {n, 3})}});
    }
  }
}

TEST_CASE("changed nothing: computed labels that are no rows", "[run][changed]") {
  const auto x = input<VectorSpace<2>>("x");
  const auto W = parameter("W", Matrix(3, 2));
  const auto rows = take_rows(W, argmax(x, batch));
  auto p = build<double>(training(sum(rows) + 0 * sum(grad(sum(rows), W))));
  const double good[] = {1, 2, 5, 1, 2, 3}, bad[] = {1, 2, 3, 4, 5, 6, 7, 8};
  check_accepted(p, {{"x", view(good, {3, 2})}});
  check_refused(p, {{"x", view(bad, {4, 2})}}, "take_rows: index 3 at position 0; allowed: 0 to 2");
  check_accepted(p, {{"x", view(good, {3, 2})}});
}

TEST_CASE("changed nothing: a kernel of one's own that throws, on every thread, tells the first",
          "[run][changed]") {
  const int n = 2000;
  std::vector<float> x(n, 1);
  for (const int threads : {1, 2, 3}) {
    auto p = build(training(sum(positive(AnyExpr(input<Scalar>("x").value())))));
    p.threads(threads);
    for (const int at : {5, 700, 1400, 1999}) {
      x[static_cast<std::size_t>(at)] = x[1999] = -1;
      check_refused(p, {{"x", view(x.data(), {n})}},
                    ("a negative number at " + std::to_string(at)).c_str());
      x[static_cast<std::size_t>(at)] = x[1999] = 1;
    }
    check_accepted(p, {{"x", view(x.data(), {n})}});
  }
}

TEST_CASE("changed nothing: positions of labels are those in the whole batch", "[run][changed]") {
  const int n = 4000;
  const auto y = input("y", IndexSpace<any, 2>());
  const auto W = parameter("W", Matrix(3, 200));
  std::vector<int> labels(n * 2, 1);
  labels[2 * 2900] = 8, labels[2 * 3500] = 9;
  for (const int threads : {1, 2, 3}) {
    auto p = build(training(sum(take_rows(W, slice(AnyExpr(y.value()), axis<0>, 0, 1)))));
    p.threads(threads);
    check_refused(p, {{"y", view(labels.data(), {n, 2})}},
                  "take_rows: index 8 at position 2900; allowed: 0 to 2");
  }
}

TEST_CASE("changed nothing: check mode puts back what was updated", "[run][changed]") {
  const auto x = input<VectorSpace<2>>("x");
  auto p = build(training(sum(log(x))));
  p.check(true);
  const float good[] = {1, 2}, bad[] = {1, 0};
  check_accepted(p, {{"x", view(good, {1, 2})}});
  const State<float> before(p);
  CHECK_THROWS_AS(p({{"x", view(bad, {1, 2})}, {"rate", 3}}), ValueError);
  CHECK(State<float>(p) == before);
}

TEST_CASE("changed nothing: state of another size", "[run][changed]") {
  const auto h = state<Batch<VectorSpace<2>, chains>>("h");
  auto p = build(training(sum(h)));
  auto q = build(function(output("h", h), output("W", parameter<Matrix<2, 2>>("a2"))));
  const State<float> before(p);
  CHECK_THROWS_AS(p({{"chains", 3}, {"rate", 3}}), ShapeError);
  CHECK_THROWS_AS(p({{"rate", 3}, {"late", 3}}), NameError);
  CHECK(State<float>(p) == before);
}

TEST_CASE("changed nothing: more labels than rows or classes are refused when it is built",
          "[run][changed]") {
  const auto W = AnyExpr(parameter("W", Matrix(3, 2)).value());
  const auto z = AnyExpr(input("z", VectorSpace(3)).value());
  const auto y = input("y", IndexSpace(10));
  const auto two = input("two", IndexSpace(10, 2));
  const auto wide = input("wide", VectorSpace(4));
  CHECK_THROWS_MATCHES(
      take_rows(W, y), ShapeError,
      Message("take_rows of [3, 2] and [examples]: there must be a row for each label"));
  CHECK_THROWS_AS(take_rows(W, two), ShapeError);
  CHECK_THROWS_AS(take_rows(W, slice(AnyExpr(two.value()), axis<0>, 0, 1)), ShapeError);
  CHECK_THROWS_AS(take_rows(W, argmax(wide)), ShapeError);
  CHECK_THROWS_MATCHES(
      cross_entropy(softmax(z), AnyExpr(y.value())), ShapeError,
      Message("cross_entropy of [examples, 3] and [examples]: there must be as many classes as "
              "labels"));
  CHECK_THROWS_AS(cross_entropy(softmax(z), AnyExpr(argmax(wide).value())), ShapeError);
  CHECK_NOTHROW(take_rows(W, argmax(z)));
  CHECK_NOTHROW(cross_entropy(softmax(z), AnyExpr(argmax(z).value())));
}

TEST_CASE("changed nothing: numbers where labels belong, and labels where probabilities do",
          "[run][changed]") {
  const auto z = AnyExpr(input("z", VectorSpace(3)).value());
  const auto rows = AnyExpr(input("rows", Matrix(4, 3)).value());
  const auto message = Message(
      "cross_entropy of [examples, 3] and [examples]: targets must be labels, or a probability for "
      "each class");
  CHECK_THROWS_MATCHES(cross_entropy(softmax(z), AnyExpr(input("t", Scalar()).value())), ShapeError,
                       message);
  CHECK_THROWS_MATCHES(cross_entropy(softmax(z), mean(z, units)), ShapeError, message);
  CHECK_THROWS_AS(cross_entropy(softmax(z), AnyExpr(input("t", IndexSpace(3, 3)).value())),
                  ShapeError);
  CHECK_THROWS_AS(cross_entropy(rows, AnyExpr(input("t", VectorSpace(4)).value())), ShapeError);
  CHECK_NOTHROW(cross_entropy(rows, AnyExpr(input("t", IndexSpace(3, 4)).value())));
}
