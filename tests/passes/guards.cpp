// What a where leaves out reaches no gradient, nor a gradient of gradients, whatever ops stand
// between it and the inputs: every pair of them is tried. Examples that are left out hold what
// makes infinity and NaN, or ordinary numbers; the results must be the same.
#include <catch2/catch.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <dsl/build.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>
#include <dsl/ops/image/convolve.hpp>
#include <dsl/ops/image/max_pool.hpp>
#include <dsl/ops/image/mean_pool.hpp>

namespace guards_test {

using namespace ansatz;

constexpr int many = 4, each_has = 4;

template <class E>
AnyExpr any_of(const E& e) {
  return AnyExpr(e.value());
}
AnyExpr weights() { return any_of(parameter("W", Matrix(4, 4))); }
AnyExpr small() { return any_of(parameter("M", Matrix(2, 2))); }
AnyExpr targets() { return any_of(input("t", VectorSpace(4))); }
AnyExpr labels() { return any_of(input("l", IndexSpace(4))); }
AnyExpr data() { return any_of(input("x", VectorSpace(4))); }
AnyExpr as_matrix(const AnyExpr& x) { return any_of(reshape(x, Matrix(2, 2))); }
AnyExpr as_image(const AnyExpr& x) { return any_of(reshape(x, Tensor<any, any, any>(2, 2, 1))); }
// Back to a row, from a number an example as well.
AnyExpr as_row(const AnyExpr& x) { return x.shape().rank == 1 ? data() * x : flatten(x); }

struct Op {
  const char* name;
  AnyExpr (*of)(const AnyExpr&);  ///< of a row
};
const Op ops_between[] = {
    {"softmax", [](auto& x) { return softmax(x); }},
    {"log_softmax", [](auto& x) { return log_softmax(x); }},
    {"log_sum_exp", [](auto& x) { return log_sum_exp(x); }},
    {"norm", [](auto& x) { return norm(x, units); }},
    {"standard_deviation", [](auto& x) { return standard_deviation(x, units); }},
    {"variance", [](auto& x) { return variance(x, units); }},
    {"sum", [](auto& x) { return sum(x, units); }},
    {"max", [](auto& x) { return max(x, units); }},
    {"cross_entropy", [](auto& x) { return cross_entropy(softmax(x), labels()); }},
    {"cross_entropy of targets", [](auto& x) { return cross_entropy(softmax(x), targets()); }},
    {"binary_cross_entropy", [](auto& x) { return binary_cross_entropy(sigmoid(x), targets()); }},
    {"matmul", [](auto& x) { return matmul(x, weights()); }},
    {"matmul of the transpose", [](auto& x) { return matmul(x, transpose(weights())); }},
    {"the other way round",
     [](auto& x) { return transpose(matmul(transpose(weights()), transpose(x))); }},
    {"stack", [](auto& x) { return matmul(as_matrix(x), small()); }},
    {"stack by stack", [](auto& x) { return matmul(as_matrix(x), tanh(as_matrix(x))); }},
    {"axes", [](auto& x) { return any_of(transpose<1, 0>(as_matrix(x))); }},
    {"slice",
     [](auto& x) { return concatenate(slice(x, axis<0>, 0, 2), slice(x, axis<0>, 1, 3)); }},
    {"convolve",
     [](auto& x) {
       return convolve(as_image(x), any_of(parameter("K", Tensor<any, any, any, any>(2, 2, 1, 1))),
                       ConvolveOptions{.border = Border::same});
     }},
    {"max_pool",
     [](auto& x) {
       return x + flatten(max_pool(as_image(x), PoolOptions{.rows = 2, .columns = 2}));
     }},
    {"mean_pool",
     [](auto& x) {
       return x * flatten(mean_pool(as_image(x), PoolOptions{.rows = 2, .columns = 2}));
     }},
    {"take_rows", [](auto& x) { return x * take_rows(weights(), labels()); }},
    {"log", [](auto& x) { return log(x + 9); }},
    {"pow", [](auto& x) { return pow(x + 9, 1.5); }},
    {"quotient", [](auto& x) { return 1 / (x + 9); }},
    {"scalar", [](auto& x) { return exp(x) / scalar("s"); }},
    {"literal", [](auto& x) { return tanh(x) * log(any_of(constant(2))); }},
    {"centred", [](auto& x) { return x - mean(x, units, keep_axes); }},
};

// How an example is left out.
AnyExpr chosen(int how, const AnyExpr& y, const AnyExpr& mask) {
  if (how == 0) return where(mask, y, 0);
  if (how == 1) return where(mask == 0, 0.5, y);
  if (how == 2) return tanh(where(mask != 0, where(mask, y, 1), 0));
  return where(abs(y) < 1e6, y, 0);  // each element by itself
}

Function derivatives(int how, const AnyExpr& y) {
  const AnyExpr x = data(), mask = any_of(input("c", Scalar()));
  const AnyExpr cost = mean(square(chosen(how, y, mask)));
  Function f = function(output("cost", cost));
  AnyExpr total = any_of(constant(0));
  const AnyExpr by[] = {x, weights(), small(),
                        any_of(parameter("K", Tensor<any, any, any, any>(2, 2, 1, 1)))};
  const char* const names[] = {"x", "W", "M", "K"};
  for (int k = 0; k < 4; ++k) {
    const AnyExpr g = grad(cost, by[k]);
    f.add(output(names[k], g));
    total = total + (k ? sum(g * cos(by[k])) : sum(g));
  }
  for (int k = 0; k < 4; ++k)
    f.add(output((std::string("by ") + names[k]).c_str(), grad(total, by[k])));
  // So that every program has all inputs.
  f.add(output("all", sum(mask) + sum(targets()) + sum(labels() * 1.0) + scalar("s")));
  return f;
}

std::vector<std::vector<double>> results(Program<double>& program, const double* x) {
  const double mask[many] = {1, 0, 2, 0}, t[many * each_has] = {.1, .2, .3, .4, .5, .6, .7, .8,
                                                                .9, .1, .3, .5, .7, .2, .4, .6};
  const int l[many] = {0, 2, 3, 1};
  auto r = program({{"x", view(x, {many, each_has})},
                    {"c", view(mask, {many})},
                    {"t", view(t, {many, each_has})},
                    {"l", view(l, {many})},
                    {"s", 0.5}});
  std::vector<std::vector<double>> out;
  for (int k = 0; k < r.size(); ++k) out.emplace_back(r[k].data(), r[k].data() + r[k].size());
  return out;
}

void fill(Store store) {
  std::uint32_t state = 7;
  for (int i = 0; i < store.size(); ++i) {
    double* p = store.data<double>(store.name(i));
    for (std::int64_t k = store.shape(store.name(i)).count(); k > 0; --k) {
      state = state * 1664525u + 1013904223u;
      *p++ = static_cast<double>(state >> 8) / (1 << 24) - 0.4;
    }
  }
}

/// The first output in which a number differs.
std::string fault(int how, const AnyExpr& y) {
  auto program = build<double>(derivatives(how, y));
  fill(program.store());
  double x[many * each_has] = {.3,  -.7, 1.1, .2,   .5, .1,  -.3, .9,
                               -.4, .6,  .8,  -1.2, .7, -.1, .4,  .25};
  const auto right = results(program, x);
  constexpr double inf = std::numeric_limits<double>::infinity();
  const double bad[][4] = {{inf, 1, -inf, 0},
                           {NAN, NAN, NAN, NAN},
                           {-9, -9, -9, -9},
                           {1e308, -1e308, 1e308, -4},
                           {-9, inf, 800, NAN}};
  for (const auto& each : bad) {
    for (int k = 0; k < 4; ++k) x[4 + k] = each[k], x[12 + k] = each[3 - k];
    const auto found = results(program, x);
    for (std::size_t k = 0; k < right.size(); ++k)
      for (std::size_t i = 0; i < right[k].size(); ++i) {
        const bool by_x = k == 1 || k == 5;
        const bool left_out = by_x && (i / 4 == 1 || i / 4 == 3);
        const double want = left_out ? 0 : right[k][i];
        if (std::abs(found[k][i] - want) <= 1e-10 * std::max(1.0, std::abs(want))) continue;
        return "result " + std::to_string(k) + " [" + std::to_string(i) +
               "]: " + std::to_string(found[k][i]) + ", must be " + std::to_string(want);
      }
  }
  return "";
}

}  // namespace guards_test

TEST_CASE("guards: examples that a where leaves out, through every pair of ops",
          "[passes][guards]") {
  using namespace guards_test;
  int how = 0;
  for (const Op& first : ops_between)
    for (const Op& second : ops_between) {
      INFO(first.name << ", then " << second.name << ", left out by way " << how);
      CHECK(fault(how, second.of(as_row(first.of(data())))) == "");
      how = (how + 1) % 3;
    }
}

TEST_CASE("guards: elements that a where leaves out because of what they are", "[passes][guards]") {
  using namespace guards_test;
  double x[many * each_has] = {.3,  -.7, 1.1, .2,   .5, .1,  -.3, .9,
                               -.4, .6,  .8,  -1.2, .7, -.1, .4,  .25};
  for (const Op& op : ops_between) {
    auto by_mask = build<double>(derivatives(0, op.of(data())));
    auto by_itself = build<double>(derivatives(3, op.of(data())));
    fill(by_mask.store()), fill(by_itself.store());
    for (int k = 0; k < 4; ++k) x[4 + k] = x[12 + k] = 0.5;
    const auto want = results(by_mask, x);
    for (int k = 0; k < 4; ++k) x[4 + k] = x[12 + k] = NAN;
    const auto found = results(by_itself, x);
    for (std::size_t k = 0; k < want.size(); ++k)
      for (std::size_t i = 0; i < want[k].size(); ++i) {
        INFO(op.name << ", result " << k << " [" << i << "]");
        CHECK(found[k][i] == Approx(want[k][i]).margin(1e-10));
      }
  }
}
