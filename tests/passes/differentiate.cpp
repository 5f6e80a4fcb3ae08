#include "graph_text.hpp"

#include <cmath>

#include <dsl/build.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/parameters.hpp>

namespace pass_test::differentiate {
namespace {

const auto x = input<VectorSpace<3>>("x");
const auto W = parameter<Matrix<3, 2>>("W");
const auto b = parameter<VectorSpace<2>>("b");
const auto s = parameter<Scalar>("s");

template <class... S>
ir::Graph differentiated(const Expr<S>&... roots) {
  const ir::Graph g = ir::differentiate(graph_of(roots...));
  REQUIRE(ir::well_formed(g));
  REQUIRE(count_of<ops::Gradient>(g) == 0);
  return g;
}
template <class C, class S>
std::string derivative(const Expr<C>& cost, const Expr<S>& by) {
  return text_of(ir::simplify(differentiated(grad(cost, by))));
}

}  // namespace

TEST_CASE("differentiate: the derivative of a scalar expression", "[pass][differentiate]") {
  CHECK(derivative(s * s, s) == "add(s, s)");
  CHECK(derivative(tanh(s), s) == "subtract(1, multiply(tanh(s), tanh(s)))");
  CHECK(derivative(s, s) == "1");
}

TEST_CASE("differentiate: a product gives two products", "[pass][differentiate]") {
  const auto cost = sum(matmul(x, W) * matmul(x, W));
  const ir::Graph g = differentiated(grad(cost, W), grad(cost, x));
  CHECK(count_of<ops::MatMul>(g) == 3);
  CHECK(text_of(ir::simplify(g)).substr(0, 9) == "matmul(x'");
}

TEST_CASE("differentiate: what was repeated is summed", "[pass][differentiate]") {
  const ir::Graph g = differentiated(grad(sum(tanh(matmul(x, W) + b)), b));
  CHECK(g[g.roots[0].value].shape == ir::make_shape(2));
  CHECK(count_of<ops::Sum>(g) == 1);
}

TEST_CASE("differentiate: one sweep serves all gradients of a cost", "[pass][differentiate]") {
  const auto cost = sum(tanh(matmul(x, W) + b));
  const int both = differentiated(grad(cost, W), grad(cost, b)).size();
  const int first = differentiated(grad(cost, W)).size();
  CHECK(both <= first + 2);  // the sum over the examples, and perhaps a view
}

TEST_CASE("differentiate: zeros where the cost does not depend on it", "[pass][differentiate]") {
  const ir::Graph g = differentiated(grad(sum(b), W), grad(sum(b), s));
  CHECK(root_text(g, 0) == "broadcast_to(0)");
  CHECK(g[g.roots[0].value].shape == ir::make_shape(3, 2));
  CHECK(root_text(g, 1) == "0");
}

TEST_CASE("differentiate: an error where that was asked for", "[pass][differentiate]") {
  const auto g = grad(sum(b), W, Disconnected::error);
  CHECK_THROWS_AS(ir::differentiate(graph_of(g)), Error);
}

TEST_CASE("differentiate: nothing goes through stop_gradient and comparisons",
          "[pass][differentiate]") {
  CHECK(derivative(stop_gradient(s) * s, s) == "s");
  CHECK(derivative(sum(b * (b > 0.5)), b) == "greater(b, 0.5)");
}

TEST_CASE("differentiate: by an intermediate value", "[pass][differentiate]") {
  const auto h = tanh(b);
  CHECK(derivative(sum(h * h * h), h).find("tanh(b)") != std::string::npos);
  CHECK(derivative(sum(exp(h)), h) == "exp(tanh(b))");
}

TEST_CASE("differentiate: gradients of gradients", "[pass][differentiate]") {
  const auto first = grad(s * s * s, s);
  const ir::Graph g = ir::simplify(differentiated(grad(first, s)));
  // 6 s, however it is written.
  CHECK(text_of(g).find("s") != std::string::npos);
  CHECK(derivative(grad(s * s, s), s) == "2");
}

namespace {

ir::Graph separated(const ir::Graph& g) { return ir::differentiate(ir::separate_handles(g)); }

template <class C, class S>
std::string by_handle(const Expr<C>& cost, const Expr<S>& by) {
  const ir::Graph g = separated(graph_of(grad(cost, by)));
  REQUIRE(ir::well_formed(g));
  return text_of(ir::simplify(g));
}

}  // namespace

TEST_CASE("differentiate: a handle is an identity", "[pass][differentiate]") {
  const auto a = sin(s), c = sin(s);
  CHECK(by_handle(a * c, a) == "sin(s)");
  CHECK(by_handle(a * c, c) == "sin(s)");
  CHECK(by_handle(a * a, a) == "add(sin(s), sin(s))");
  CHECK(by_handle(exp(a) * exp(c), a) == "multiply(exp(sin(s)), exp(sin(s)))");
  CHECK(by_handle(a * c, sin(s)) == "0");
  const auto copy = a;
  CHECK(by_handle(copy * c, a) == "sin(s)");
  // Numbers, and gradients, are values like others; parameters are known by their name.
  const auto two = constant(2), other_two = constant(2);
  CHECK(by_handle(two * other_two * s, two) == "multiply(s, 2)");
  CHECK(by_handle(s * parameter<Scalar>("s"), s) == "add(s, s)");
  const auto g = grad(s * s * s, s);
  CHECK(by_handle(g * grad(s * s * s, s), g) == by_handle(grad(s * s * s, s) * g, g));
}

TEST_CASE("differentiate: gradients of one cost, in any order", "[pass][differentiate]") {
  const auto z = parameter<VectorSpace<2>>("z");
  const auto h = grad(sum(b * z), z);
  const auto cost = sum(square(s * b)) + sum(h * h * h);
  const auto text = [](const ir::Graph& g, int which) {
    return root_text(ir::simplify(separated(g)), which);
  };
  const std::string by_h = text(graph_of(grad(cost, h)), 0);
  CHECK(by_h.find("b") != std::string::npos);
  CHECK(text(graph_of(grad(cost, s), grad(cost, h)), 1) == by_h);
  CHECK(text(graph_of(grad(cost, b), grad(cost, h), grad(cost, s)), 1) == by_h);
  CHECK(text(graph_of(grad(cost, b), grad(cost, s)), 1) == text(graph_of(grad(cost, s)), 0));
  CHECK(text(graph_of(grad(cost, h), grad(cost, b), grad(cost, s)), 1) ==
        text(graph_of(grad(cost, b)), 0));
}

TEST_CASE("differentiate: by a value inside a gradient", "[pass][differentiate]") {
  // d/dh of d(h^3)/dh, h an identity in both.
  const auto h = tanh(s);
  const auto first = grad(h * h * h, h);
  const auto second = ir::simplify(separated(graph_of(grad(first, h))));
  CHECK(count_of<ops::Tanh>(second) == 1);
  CHECK(by_handle(grad(h * tanh(s), h), h) == "0");
}

TEST_CASE("differentiate: what keeps inf and NaN out costs networks nothing",
          "[pass][differentiate]") {
  const auto V = parameter<Matrix<2, 2>>("V");
  const auto where_of = [](const auto& cost) {
    const ir::Graph g = ir::simplify(separated(graph_of(grad(cost, W), grad(cost, b))));
    CHECK(count_of<ops::Max>(g) == 0);
    return count_of<ops::Where>(g);
  };
  const auto z = matmul(x, W) + b;
  CHECK(where_of(sum(square(matmul(relu(z), V)))) == 1);
  CHECK(where_of(sum(square(matmul(relu(matmul(relu(z), V)), V)))) == 2);
  CHECK(where_of(sum(square(matmul(maximum(z, 0), V)))) == 1);
  const auto mask = input<VectorSpace<2>>("mask");
  CHECK(where_of(sum(square(matmul(where(mask, z * (2 / scalar("p")), 0), V)))) == 2);
}

TEST_CASE("differentiate: a gradient by a handle within a cost that has another handle",
          "[passes][differentiate]") {
  const auto q = parameter<VectorSpace<2>>("q");
  const auto h = square(q);
  const auto z = h + 1;
  const auto inner = grad(sum(z * z * z), h);  // 3 z^2, of z itself
  const auto f = function(output("by_z", grad(sum(inner), z)), output("by_h", grad(sum(inner), h)),
                          output("by_q", grad(sum(inner), q)));
  auto p = build<double>(f);
  const double two[] = {1, 2};
  p.store().set("q", two, {2});
  auto r = p();
  for (int i = 0; i < 2; ++i) {
    const double of_z = 6 * (two[i] * two[i] + 1);
    CHECK(r["by_z"].data()[i] == of_z);
    CHECK(r["by_h"].data()[i] == of_z);
    CHECK(r["by_q"].data()[i] == of_z * 2 * two[i]);
  }
}

TEST_CASE("differentiate: a maximum in what another maximum left out", "[passes][differentiate]") {
  // The guards of a reduction's result and of its operand have different shapes.
  const auto w = parameter<Matrix<3, 2>>("w");
  const auto y = max(w * 2, axis<-1>);
  const auto g = grad(sum(square(maximum(y, 1))), w);
  auto p = build<double>(function(output("h", grad(sum(square(g)), w))));
  const double given[] = {1, 0.25, 0.125, 0.25, -1, 2};
  const double expected[] = {128, 0, 0, 0, 0, 256};  // d (8 w)^2 / dw where 2 w > 1
  p.store().set("w", given, {3, 2});
  auto r = p();
  for (int i = 0; i < 6; ++i) CHECK(r["h"].data()[i] == expected[i]);
}

TEST_CASE("differentiate: one value below and above a gradient by another handle",
          "[passes][differentiate]") {
  // In the gradient by p, log(p) is taken of p itself; where p is no handle, of its logit.
  const auto v = parameter<VectorSpace<2>>("v");
  const auto p = sigmoid(v), h = log(p), k = h * h;
  const auto by_p = grad(sum(k * k), p);   // 4 k h / p
  const auto then_h = grad(sum(by_p), h);  // 4 (k + 2 h^2) / p
  const auto b = binary_cross_entropy(p, constant(0.25));
  auto program = build<double>(
      function(output("by p", by_p), output("then h", then_h),
               output("p, h, k", grad(sum(then_h), k)), output("p, h, h", grad(sum(then_h), h)),
               output("p, h, p", grad(sum(then_h), p)), output("p, h, v", grad(sum(then_h), v)),
               output("other order", grad(sum(grad(sum(k * k), h)), p)),
               output("of entropy", grad(sum(grad(sum(square(b)), p)), b))));
  const double given[] = {-0.75, 1.5};
  program.store().set("v", given, {2});
  auto r = program();
  for (int i = 0; i < 2; ++i) {
    const double y = 1 / (1 + std::exp(-given[i])), log_y = std::log(y);
    const auto check = [&](const char* name, double expected) {
      INFO(name);
      CHECK(r[name].data()[i] == Approx(expected).epsilon(1e-12));
    };
    check("by p", 4 * log_y * log_y * log_y / y);
    check("then h", 12 * log_y * log_y / y);
    check("p, h, k", 4 / y);
    check("p, h, h", 24 * log_y / y);
    check("p, h, p", (24 * log_y - 12 * log_y * log_y) / (y * y));
    check("p, h, v", (24 * log_y - 12 * log_y * log_y) / y * (1 - y));
    check("other order", 12 * log_y * log_y / y);
    check("of entropy", 2 * (y - 0.25) / (y * (1 - y)));
  }
}

TEST_CASE("differentiate: examples that a where left out, of more axes than the operand has",
          "[passes][differentiate]") {
  const auto y = input<VectorSpace<3>>("y");
  const auto k = parameter<VectorSpace<3>>("k");
  const auto image = input<Tensor<2, 2, 1>>("image");
  const auto z = matmul(y, k);
  const auto h = where(image > 0, image, z);
  const auto e = grad(sum(grad(sum(square(h)), k)), h);  // 2 sum(y) where z was chosen
  auto p = build<double>(function(output("e", e), output("by y", grad(sum(e * h), y))));
  const double given[] = {1, -2, 0.5, 0.25, 3, -1}, weights[] = {2, 0.5, -1};
  const double images[] = {1, -1, 0, 2, -1, -1, 3, -2};
  p.store().set("k", weights, {3});
  auto r = p({{"y", view(given, {2, 3})}, {"image", view(images, {2, 2, 2, 1})}});
  for (int b = 0; b < 2; ++b) {
    const double* of = given + 3 * b;
    const double total = of[0] + of[1] + of[2];
    double product = 0, left_out = 0;
    for (int j = 0; j < 3; ++j) product += of[j] * weights[j];
    for (int i = 0; i < 4; ++i) {
      const bool of_z = !(images[4 * b + i] > 0);
      left_out += of_z;
      CHECK(r["e"].data()[4 * b + i] == (of_z ? 2 * total : 0));
    }
    for (int j = 0; j < 3; ++j)
      CHECK(r["by y"].data()[3 * b + j] == 2 * left_out * (product + total * weights[j]));
  }
}

TEST_CASE("differentiate: a view of all of a value is another variable",
          "[passes][differentiate]") {
  const auto h = tanh(b);
  const auto all_of = [&](const auto& x, const auto& view) {
    CHECK(by_handle(sum(x), view) == "broadcast_to(0)");
    CHECK(by_handle(sum(view * x), view) == text_of(ir::simplify(graph_of(x))));
  };
  all_of(h, flatten(h));
  all_of(b, flatten(b));
  all_of(h, reshape<VectorSpace<2>>(h));
  all_of(h, slice(h, axis<0>, range<0, 2>));
  all_of(b, broadcast_to<VectorSpace<2>>(b));
  // Where no gradient is taken by it nothing is left of it, and it is stored as before.
  CHECK(graph_of(flatten(flatten(h)) * 2).size() == graph_of(h * 2).size());
  CHECK(by_handle(sum(square(flatten(h))), h) == by_handle(sum(square(h)), h));
  CHECK(update(flatten(b), b * 2).target.term() == b.value().term());
  CHECK(state_like(flatten(b), "sum").value().term()->shape == ir::make_shape(2));
}

}  // namespace pass_test::differentiate
