#include <cmath>
#include <vector>

#include <catch2/catch.hpp>

#include <dsl/build.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

// Enough work that a second thread is used at all.
TEST_CASE("convolve: two threads give what one gives", "[kernel][convolve]") {
  using namespace ansatz;
  const auto x = input<Conv2DSpace<28, 28, 3>>("x");
  const auto w = parameter<Tensor<5, 5, 3, 20>>("w");
  const auto e = parameter<Matrix<9, 7>>("e");
  const auto t = input<IndexSpace<9, 3>>("t");
  const auto h = flatten(max_pool(relu(convolve(x, w)), pool<3>, stride<2>));
  const auto y = concatenate(slice(h, axis<0>, range<5, 905, 2>), flatten(take_rows(e, t)));
  const auto cost = mean(y * y);
  auto program =
      build<double>(function(outputs(cost, y, grad(cost, w), grad(cost, e), grad(cost, x))));
  Store store = program.store();
  store.uniform("w", -1, 1, 1);
  store.uniform("e", -1, 1, 2);
  const int examples = 37;
  std::vector<double> images(std::size_t{examples} * 28 * 28 * 3);
  for (std::size_t i = 0; i < images.size(); ++i) images[i] = std::sin(static_cast<double>(i));
  std::vector<std::int32_t> labels(std::size_t{examples} * 3);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(i * i % 9);
  std::vector<std::vector<double>> results[3];
  for (int threads : {1, 2, 3}) {
    program.threads(threads);
    const auto r = program({{"x", view(images.data(), {examples, 28, 28, 3})},
                            {"t", view(labels.data(), {examples, 3})}});
    for (int k = 0; k < r.size(); ++k)
      results[threads - 1].emplace_back(r[k].data(), r[k].data() + r[k].size());
  }
  for (std::size_t k = 0; k < results[0].size(); ++k) {
    INFO("result " << k);
    REQUIRE(results[0][k].size() == results[1][k].size());
    double largest = 0, apart = 0;
    for (std::size_t i = 0; i < results[0][k].size(); ++i) {
      largest = std::max(largest, std::abs(results[0][k][i]));
      apart = std::max(apart, std::abs(results[0][k][i] - results[1][k][i]));
    }
    CHECK(largest > 0);
    CHECK(apart <= 1e-12 * largest);
  }
}
