#include "op_test.hpp"

#include <cmath>

#include <dsl/build.hpp>
#include <dsl/compile.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

namespace {

// Pairs that float does not tell from one another, and some that it does.
const int labels[] = {16777216, 16777217, 16777218, 2147483647, 0, 5, 65535, 65536, -1, -16777217};
constexpr int count = 10;

constexpr Function comparisons() {
  auto a = input("a", IndexSpace<any>());
  auto b = input("b", IndexSpace<any>());
  return function(output("==", a == b), output("!=", a != b), output("<", a < b),
                  output("<=", a <= b), output(">", a > b), output(">=", a >= b),
                  output("number", a == 16777217), output("below", a < 16777217.5),
                  output("mixed", 1 * b >= a));
}

template <class T>
void check_comparisons(Program<T> p) {
  std::vector<int> a, b;
  for (int x : labels)
    for (int y : labels) a.push_back(x), b.push_back(y);
  const int n = count * count;
  const auto r = p({{"a", view(a.data(), {n})}, {"b", view(b.data(), {n})}});
  for (std::size_t i = 0; i < a.size(); ++i) {
    CAPTURE(a[i], b[i]);
    CHECK(r["=="].data()[i] == (a[i] == b[i]));
    CHECK(r["!="].data()[i] == (a[i] != b[i]));
    CHECK(r["<"].data()[i] == (a[i] < b[i]));
    CHECK(r["<="].data()[i] == (a[i] <= b[i]));
    CHECK(r[">"].data()[i] == (a[i] > b[i]));
    CHECK(r[">="].data()[i] == (a[i] >= b[i]));
    CHECK(r["number"].data()[i] == (a[i] == 16777217));
    CHECK(r["below"].data()[i] == (a[i] <= 16777217));
  }
}

struct Comparisons {
  constexpr Function operator()() const { return comparisons(); }
};

}  // namespace

TEST_CASE("label_part: the upper and the lower bits", "[op][label_part]") {
  for (const bool upper : {true, false})
    op_test::check({
        .operands = {{.dims = {op_test::B, 3}, .labels = 200000}},
        .op = [=](auto& x) { return ir::part_of(x[0].value(), upper); },
        .reference =
            [=](auto& x) {
              op_test::Array y = x[0];
              for (double& v : y.values)
                v = upper ? std::floor(v / 65536) : v - 65536 * std::floor(v / 65536);
              return y;
            },
    });
}

TEST_CASE("label_part: comparisons of labels are exact", "[op][label_part]") {
  check_comparisons<float>(compile(Comparisons{}));
  check_comparisons<double>(compile<double>(Comparisons{}));
  check_comparisons<float>(build(comparisons()));
}

TEST_CASE("label_part: labels that float has are compared as they are", "[op][label_part]") {
  const auto a = input<IndexSpace<1 << 24>>("a"), b = input<IndexSpace<1 << 24>>("b");
  CHECK((a == b).value().term()->op == ir::info_of<ops::Equal>);
  CHECK(((a < b).value().term()->op == ir::info_of<ops::Less>));
  CHECK((argmax(input<VectorSpace<9>>("p")) != b).value().term()->op == ir::info_of<ops::NotEqual>);
}

TEST_CASE("label_part: one_hot and cross_entropy of more than 2^24 labels", "[op][label_part]") {
  constexpr int n = (1 << 24) + 70000;
  const auto y = input("y", IndexSpace(n));
  const auto w = parameter("w", VectorSpace(n));
  // which element is 1, and how many are
  auto p = build(function(output("sum", sum(one_hot(AnyExpr(y.value()), n), axis<0>)),
                          output("argmax", argmax(one_hot(AnyExpr(y.value()), n)))));
  for (const int label : {16777216, 16777217, 16777219, n - 1}) {
    const auto r = p({{"y", view(&label, {1})}});
    CHECK(r["sum"].data()[0] == 1);
    CHECK(r["argmax"].labels()[0] == label);
  }
  auto cost = build(function(output(
      "cost", cross_entropy(
                  broadcast_to(AnyExpr(w.value()), AnyExpr(one_hot(AnyExpr(y.value()), n).value())),
                  AnyExpr(y.value())))));
  float* q = cost.store().data<float>("w");
  q[16777216] = 0.5f, q[16777217] = 0.25f;
  const int label = 16777217;
  CHECK(cost({{"y", view(&label, {1})}})["cost"].data()[0] == Approx(-std::log(0.25)));
}

TEST_CASE("label_part: positions of more than 2^24 examples, on any number of threads",
          "[op][label_part]") {
  constexpr int n = (1 << 24) + 40, last = (1 << 24) + 33;
  std::vector<float> x(n);
  x[last] = 2;
  auto p = build(function(output("column", argmax(input<VectorSpace<1>>("x"), batch)),
                          output("all", argmax(input<VectorSpace<1>>("x"), all)),
                          output("is", argmax(input<VectorSpace<1>>("x"), all) == last)));
  for (const int threads : {1, 2}) {
    p.threads(threads);
    const auto r = p({{"x", view(x.data(), {n, 1})}});
    CHECK(r["column"].labels()[0] == last);
    CHECK(r["all"].labels()[0] == last);
    CHECK(r["is"].scalar() == 1);
  }
}
