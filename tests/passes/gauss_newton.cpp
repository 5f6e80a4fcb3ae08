// rop, lop and Gauss-Newton products against dense matrices, made from differences of the outputs
// in double and from what is known of each loss.
#include <dsl/build.hpp>
#include <dsl/gauss_newton.hpp>
#include <dsl/ops/activation/tanh.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/linear/matmul.hpp>
#include <dsl/ops/reduce/mean.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <functional>
#include <vector>

namespace pass_test::gauss_newton {

using namespace ansatz;

namespace {

constexpr int d_in = 3, d_hidden = 4, d_out = 3;
constexpr std::size_t n_rows = 5, n_in = d_in, n_hidden = d_hidden, n_out = d_out;
using Numbers = std::vector<double>;
struct In : VectorSpace<d_in> {};

Numbers drawn(std::size_t n, unsigned seed) {
  Numbers values(n);
  for (double& v : values) {
    seed = seed * 1664525u + 1013904223u;
    v = static_cast<double>(seed >> 8) / (1 << 24) * 2 - 1;
  }
  return values;
}

const Numbers x = drawn(n_rows * n_in, 1);
const Numbers theta = drawn(n_in * n_hidden + n_hidden * n_out, 2);
const Numbers direction = drawn(theta.size(), 3);

// The network z = tanh(x V) W, by hand.
Numbers outputs_at(const Numbers& p) {
  Numbers z;
  for (std::size_t e = 0; e < n_rows; ++e) {
    Numbers h(n_hidden);
    for (std::size_t j = 0; j < n_hidden; ++j) {
      for (std::size_t i = 0; i < n_in; ++i) h[j] += x[e * n_in + i] * p[i * n_hidden + j];
      h[j] = std::tanh(h[j]);
    }
    for (std::size_t k = 0; k < n_out; ++k) {
      double sum = 0;
      for (std::size_t j = 0; j < n_hidden; ++j) sum += h[j] * p[n_in * n_hidden + j * n_out + k];
      z.push_back(sum);
    }
  }
  return z;
}

// J v by central differences.
Numbers moved(const Numbers& v) {
  const double h = 1e-5;
  Numbers up = theta, down = theta;
  for (std::size_t i = 0; i < theta.size(); ++i) up[i] += h * v[i], down[i] -= h * v[i];
  Numbers a = outputs_at(up), b = outputs_at(down);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = (a[i] - b[i]) / (2 * h);
  return a;
}
// J' u
Numbers back(const Numbers& u) {
  Numbers g(theta.size());
  for (std::size_t i = 0; i < theta.size(); ++i) {
    Numbers unit(theta.size());
    unit[i] = 1;
    const Numbers column = moved(unit);
    for (std::size_t k = 0; k < u.size(); ++k) g[i] += column[k] * u[k];
  }
  return g;
}

struct Network {
  AnyExpr in = input<In>("x");
  AnyExpr V = parameter<Matrix<d_in, d_hidden>>("V"), W = parameter<Matrix<d_hidden, d_out>>("W");
  AnyExpr z = matmul(tanh(matmul(in, V)), W);
  ir::List<AnyExpr> wrt, along;
  Network() {
    wrt.push_back(V), wrt.push_back(W);
    along.push_back(parameter<Matrix<d_in, d_hidden>>("dV"));
    along.push_back(parameter<Matrix<d_hidden, d_out>>("dW"));
  }
};

// The outputs "a" and "b" of a function of the network, one after the other.
Numbers values_of(const Function& f) {
  auto program = build<double>(f);
  Store store = program.store();
  const auto put = [&](const char* name, const Numbers& from, std::size_t at) {
    if (!store.contains(name)) return;
    std::copy_n(from.data() + at, store.shape(name).count(), store.data<double>(name));
  };
  put("V", theta, 0);
  put("W", theta, n_in * n_hidden);
  put("dV", direction, 0);
  put("dW", direction, n_in * n_hidden);
  const Argument arguments[] = {{"x", view(x.data(), {n_rows, n_in})}};
  auto r = program.call(arguments, 1);
  Numbers all;
  for (const char* name : {"a", "b"}) {
    const auto v = r[name];
    std::copy_n(v.data(), v.shape().count(), std::back_inserter(all));
  }
  return all;
}
template <class... E>
ir::List<AnyExpr> list(const E&... several) {
  ir::List<AnyExpr> all;
  (all.push_back(AnyExpr(several.value())), ...);
  return all;
}

void compare(const Numbers& found, const Numbers& wanted) {
  REQUIRE(found.size() == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    INFO(i);
    CHECK(found[i] == Approx(wanted[i]).epsilon(1e-7).margin(1e-9));
  }
}

}  // namespace

TEST_CASE("rop and lop: J v and J' u", "[passes][gauss_newton]") {
  const Network net;
  const ir::List<AnyExpr> dz = rop(list(net.z), net.wrt, net.along);
  // u = z itself, which is no function here.
  const ir::List<AnyExpr> g = lop(list(net.z), net.wrt, list(net.z));
  compare(values_of(function(output("a", dz[0]), output("b", net.z))), [] {
    Numbers both = moved(direction);
    const Numbers z = outputs_at(theta);
    both.insert(both.end(), z.begin(), z.end());
    return both;
  }());
  compare(values_of(function(output("a", g[0]), output("b", g[1]))), back(outputs_at(theta)));
  // One variable and typed.
  const auto W = parameter<Matrix<d_hidden, d_out>>("W");
  const Expr<Batch<VectorSpace<d_out>>> z(matmul(tanh(matmul(net.in, net.V)), AnyExpr(W)).value());
  const auto by_W = rop(z, W, parameter<Matrix<d_hidden, d_out>>("dW"));
  Numbers of_W = direction;
  std::fill_n(of_W.begin(), n_in * n_hidden, 0.);
  Numbers twice = moved(of_W);
  for (std::size_t i = 0; i < n_rows * n_out; ++i) twice.push_back(twice[i]);
  compare(values_of(function(output("a", by_W), output("b", by_W))), twice);
}

namespace {

using Curvature = std::function<Numbers(const Numbers& z, const Numbers& dz)>;

// G v of mean losses: J' (curvature of an example's loss, J v) / n_rows.
void check(const char* what, const AnyExpr& cost, const Network& net, const Curvature& curvature,
           double penalty = 0) {
  INFO(what);
  const GaussNewton matrix(cost, net.wrt);
  const ir::List<AnyExpr> Gv = matrix.product(net.along);
  Numbers wanted = back(curvature(outputs_at(theta), moved(direction)));
  for (std::size_t i = 0; i < wanted.size(); ++i)
    wanted[i] = wanted[i] / n_rows + penalty * direction[i];
  compare(values_of(function(output("a", Gv[0]), output("b", Gv[1]))), wanted);
}

double logistic(double v) { return 1 / (1 + std::exp(-v)); }
Numbers bits(const Numbers& z, const Numbers& dz) {
  Numbers out;
  for (std::size_t i = 0; i < z.size(); ++i)
    out.push_back(logistic(z[i]) * logistic(-z[i]) * dz[i]);
  return out;
}
Numbers classes(const Numbers& z, const Numbers& dz) {
  Numbers out;
  for (std::size_t e = 0; e < z.size(); e += n_out) {
    double sum = 0, mean = 0;
    for (std::size_t k = e; k < e + n_out; ++k) sum += std::exp(z[k]);
    for (std::size_t k = e; k < e + n_out; ++k) mean += std::exp(z[k]) / sum * dz[k];
    for (std::size_t k = e; k < e + n_out; ++k)
      out.push_back(std::exp(z[k]) / sum * (dz[k] - mean));
  }
  return out;
}
Numbers twice(const Numbers&, const Numbers& dz) {
  Numbers out;
  for (double each : dz) out.push_back(2 * each);
  return out;
}

}  // namespace

TEST_CASE("GaussNewton: squares, bits and classes match their outputs", "[passes][gauss_newton]") {
  const Network net;
  const AnyExpr t = 0.3 + 0 * stop_gradient(net.z);
  const AnyExpr y = input<IndexSpace<d_out>>("y");
  const AnyExpr penalty = .1 * (sum(square(net.V)) + sum(square(net.W)));
  const auto total = [](const AnyExpr& each) { return mean(sum(each, units)); };
  check("squares", total(square(t - net.z)), net, twice);
  check("squares and a penalty", total(square(t - net.z)) + penalty, net, twice, .2);
  check("bits of z", total(sigmoid_binary_cross_entropy(net.z, t)), net, bits);
  check("bits of a sigmoid", total(binary_cross_entropy(sigmoid(net.z), t)), net, bits);
  check("bits of softplus", total(softplus(net.z) - t * net.z), net, bits);
  check("squares as products", total(net.z * net.z), net, twice);
  check("bits, written", -total(t * log(sigmoid(net.z)) + (1 - t) * log(sigmoid(-net.z))), net,
        bits);
  check("classes", mean(cross_entropy(softmax(net.z), y)), net, classes);
  check("classes and a penalty", mean(cross_entropy(softmax(net.z), y)) + penalty, net, classes,
        .2);
  check("linear", total(net.z * t), net,
        [](const Numbers& z, const Numbers&) { return Numbers(z.size()); });
}

// sum W^2 as a penalty, and W in the output: the variable of the one is not that of the other.
TEST_CASE("GaussNewton: outputs within one another are variables of their own",
          "[passes][gauss_newton]") {
  const Network net;
  const AnyExpr s = sum(square(net.z));  // z as an output, and within the output of the second term
  const GaussNewton both(s + square(s), net.wrt), inner(s, net.wrt);
  const ir::List<AnyExpr> Gv = both.product(net.along);
  // G of square(s) is 2 (ds)' ds; that of s alone 2 J' J.
  const Numbers dz = moved(direction), z = outputs_at(theta);
  double ds = 0;
  for (std::size_t i = 0; i < z.size(); ++i) ds += 2 * z[i] * dz[i];
  Numbers u;
  for (std::size_t i = 0; i < z.size(); ++i) u.push_back(2 * dz[i] + 2 * ds * 2 * z[i]);
  compare(values_of(function(output("a", Gv[0]), output("b", Gv[1]))), back(u));
}

}  // namespace pass_test::gauss_newton
