// Chains of steps that are done a few examples at a time. Check mode does step after step, for all
// examples, and so says what must come out.
#include <dsl/build.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

#include <cmath>

#include <catch2/catch.hpp>

using namespace ansatz;

namespace {

using Image = Conv2DSpace<16, 18, 2>;

struct Net {
  Expr<Batch<Image>> x = input<Image>("x");
  Expr<Tensor<3, 3, 2, 6>> v = parameter<Tensor<3, 3, 2, 6>>("v");
  Expr<Tensor<3, 3, 6, 5>> w = parameter<Tensor<3, 3, 6, 5>>("w");
  Expr<VectorSpace<6>> b = parameter<VectorSpace<6>>("b");

  auto hidden() const { return max_pool(relu(convolve(x, v) + b), pool<2>); }
  auto top() const { return mean_pool(tanh(convolve(hidden(), w, border::same)), pool<3>); }
};

Function all_of_it() {
  const Net net;
  const auto cost = mean(square(net.top()));
  return function(outputs(cost, net.top(), grad(cost, net.v), grad(cost, net.w), grad(cost, net.b),
                          grad(cost, net.x)));
}

std::vector<double> images(int examples) {
  std::vector<double> x(std::size_t(examples) * 16 * 18 * 2);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::sin(double(i * i % 10007));
  return x;
}

template <class T>
std::vector<std::vector<double>> results(Program<T>& program, int examples) {
  Store store = program.store();
  store.uniform("v", -1, 1, 1);
  store.uniform("w", -1, 1, 2);
  store.uniform("b", -1, 1, 3);
  const std::vector<double> numbers = images(examples);
  const std::vector<T> x(numbers.begin(), numbers.end());
  const auto r = program({{"x", view(x.data(), {examples, 16, 18, 2})}});
  std::vector<std::vector<double>> all;
  for (int k = 0; k < r.size(); ++k) all.emplace_back(r[k].data(), r[k].data() + r[k].size());
  return all;
}

void compare(const std::vector<std::vector<double>>& a, const std::vector<std::vector<double>>& b,
             double tolerance) {
  REQUIRE(a.size() == b.size());
  for (std::size_t k = 0; k < a.size(); ++k) {
    INFO("result " << k);
    REQUIRE(a[k].size() == b[k].size());
    double largest = 0, apart = 0;
    for (std::size_t i = 0; i < a[k].size(); ++i) {
      largest = std::max(largest, std::abs(b[k][i]));
      apart = std::max(apart, std::abs(a[k][i] - b[k][i]));
    }
    CHECK(largest > 0);
    CHECK(apart <= tolerance * largest);
  }
}

}  // namespace

TEST_CASE("chains: a few examples at a time give what all at once give", "[run][chains]") {
  auto by_steps = build<double>(all_of_it()), program = build<double>(all_of_it());
  by_steps.check(true);
  for (int threads : {1, 2, 3}) {
    program.threads(threads);
    // Fewer examples than threads, and than a chain takes at a time; then more, then fewer again.
    for (int examples : {1, 2, 9, 100, 256, 33}) {
      CAPTURE(threads, examples);
      compare(results(program, examples), results(by_steps, examples), 1e-12);
    }
  }
}

TEST_CASE("chains: the same bits in every call, and without a gradient those of step after step",
          "[run][chains]") {
  auto program = build<float>(all_of_it());
  program.threads(2);
  const auto first = results(program, 77);
  CHECK(results(program, 77) == first);

  auto forwards = build<float>(function(output("top", Net().top())));
  auto by_steps = build<float>(function(output("top", Net().top())));
  by_steps.check(true);
  for (int threads : {1, 2}) {
    forwards.threads(threads);
    const std::vector<double> numbers = images(50);
    const std::vector<float> x(numbers.begin(), numbers.end());
    std::vector<float> tops[2];
    for (auto* p : {&forwards, &by_steps}) {
      Store store = p->store();
      store.uniform("v", -1, 1, 1);
      store.uniform("w", -1, 1, 2);
      store.uniform("b", -1, 1, 3);
      const auto r = (*p)({{"x", view(x.data(), {50, 16, 18, 2})}});
      tops[p == &by_steps].assign(r[0].data(), r[0].data() + r[0].size());
    }
    CHECK(tops[0] == tops[1]);
  }
}

TEST_CASE("chains: what follows a sum that one thread writes waits for it", "[run][chains]") {
  // Kernels of one row have their gradient in one part. Of one batch again and again, a gradient
  // that is late would be the right one.
  const auto described = [] {
    const auto x = input<Conv2DSpace<2, 11, 3>>("x");
    const auto w = parameter<Tensor<1, 3, 3, 4>>("w");
    const auto cost = mean(square(max_pool(convolve(x, w), pool<1, 4>)));
    return function(update(w, w - 0.1 * grad(cost, w)));
  };
  auto one = build<float>(described()), several = build<float>(described());
  std::vector<float> batches[2];
  for (std::vector<float>& batch : batches) {
    const float scale = &batch == batches ? 1.F : -3.F;
    for (int i = 0; i < 400 * 66; ++i)
      batch.push_back(scale * static_cast<float>(i * 7919 % 1000) / 1000);
  }
  const auto learned = [&](auto& program) {
    program.store().uniform("w", -.5, .5, 1);
    for (int k = 0; k < 60; ++k) program({{"x", view(batches[k % 2].data(), {400, 2, 11, 3})}});
    const float* const w = program.store().template data<float>("w");
    return std::vector<float>(w, w + 36);
  };
  const std::vector<float> expected = learned(one);
  for (int threads : {2, 3, 5}) {
    several.threads(threads);
    const std::vector<float> found = learned(several);
    INFO(threads << " threads");
    for (std::size_t i = 0; i < found.size(); ++i)
      CHECK(found[i] == Approx(expected[i]).margin(1e-4));
  }
}

TEST_CASE("chains: in a loop, with random numbers", "[run][chains]") {
  const auto described = [] {
    const auto x = input<Image>("x");
    const auto w = parameter<Tensor<3, 3, 2, 2>>("w");
    auto h = repeat(
        3,
        [&](auto y) {
          const auto z = max_pool(convolve(y, w, border::same), pool<3>, stride<1>, border::valid);
          const auto wide = convolve(z * bernoulli_like(z, 0.5), w, border::full);
          return tanh(convolve(wide, w, border::same));
        },
        x);
    return function(output("h", h));
  };
  auto program = build<double>(described()), by_steps = build<double>(described());
  by_steps.check(true);
  const std::vector<double> x = images(40);
  for (int threads : {1, 2}) {
    program.threads(threads);
    std::vector<double> found[2];
    for (auto* p : {&program, &by_steps}) {
      p->store().uniform("w", -1, 1, 1);
      const auto r = (*p)({{"x", view(x.data(), {40, 16, 18, 2})}});
      found[p == &by_steps].assign(r[0].data(), r[0].data() + r[0].size());
    }
    CHECK(found[0] == found[1]);
  }
}
