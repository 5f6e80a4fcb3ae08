#include "op_test.hpp"

#include <array>
#include <cmath>
#include <vector>

#include <dsl/build.hpp>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

namespace {

using namespace ansatz;

template <class T>
std::vector<double> numbers_of(const Result<T>& r) {
  return {r.data(), r.data() + r.size()};
}

}  // namespace

TEST_CASE("constant: arrays keep their numbers and shapes", "[op][constant]") {
  const double tiny = 5e-324, third = 1.0 / 3;
  auto program = build<double>(
      function(output("vector", constant({0.1, -0.0, tiny, op_test::inf})),
               output("matrix", constant({{1., 2., 3.}, {4., 5., third}})),
               output("array", constant(std::array<float, 2>{0.5f, 7})),
               output("image", constant<Conv2DSpace<2, 1, 2>>({1, 2, 3, 4})),
               output("number", constant<Scalar>({3})),
               output("late", constant(Matrix(2, 2), std::vector<double>{4, 3, 2, 1}))));
  const auto r = program();
  const auto vector = numbers_of(r["vector"]);
  CHECK(vector == std::vector<double>{0.1, -0.0, tiny, op_test::inf});
  CHECK(std::signbit(vector[1]));
  CHECK(numbers_of(r["matrix"]) == std::vector<double>{1, 2, 3, 4, 5, third});
  CHECK(r["matrix"].rank() == 2);
  CHECK(numbers_of(r["array"]) == std::vector<double>{0.5, 7});
  CHECK(numbers_of(r["image"]) == std::vector<double>{1, 2, 3, 4});
  CHECK(r["image"].rank() == 3);
  CHECK(numbers_of(r["number"]) == std::vector<double>{3});
  CHECK(numbers_of(r["late"]) == std::vector<double>{4, 3, 2, 1});
}

TEST_CASE("constant: in loops, products and kernels, compiled as built", "[op][constant]") {
  auto make = [] {
    auto x = input<VectorSpace<2>>("x");
    auto W = constant({{1., 2., 0.1}, {3., 4., -1.}});
    auto y = tanh(matmul(x, W)) * constant({1, 0.5, 2}) + constant({1, 0.5, 2});
    auto image = input<Conv2DSpace<3, 3, 1>>("image");
    auto z = convolve(image, constant<Tensor<2, 2, 1, 1>>({1, 2, 3, 4}));
    return function(output("y", y), output("gradient", grad(sum(square(y)), x)), output("z", z));
  };
  static auto compiled = compile<double>([] {
    auto x = input<VectorSpace<2>>("x");
    auto W = constant({{1., 2., 0.1}, {3., 4., -1.}});
    auto y = tanh(matmul(x, W)) * constant({1, 0.5, 2}) + constant({1, 0.5, 2});
    auto image = input<Conv2DSpace<3, 3, 1>>("image");
    auto z = convolve(image, constant<Tensor<2, 2, 1, 1>>({1, 2, 3, 4}));
    return function(output("y", y), output("gradient", grad(sum(square(y)), x)), output("z", z));
  });
  auto built = build<double>(make());
  const double x[] = {0.3, -0.2}, image[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  const double W[2][3] = {{1, 2, 0.1}, {3, 4, -1}}, b[] = {1, 0.5, 2};
  const auto arguments = {Argument("x", view(x, {1, 2})),
                          Argument("image", view(image, {1, 3, 3, 1}))};
  const auto r = built(arguments);
  const auto q = compiled(arguments);
  double slope[2] = {};
  for (int j = 0; j < 3; ++j) {
    const double t = std::tanh(x[0] * W[0][j] + x[1] * W[1][j]), y = t * b[j] + b[j];
    CHECK(r["y"].data()[j] == Approx(y).epsilon(1e-14));
    for (int k = 0; k < 2; ++k) slope[k] += 2 * y * b[j] * (1 - t * t) * W[k][j];
  }
  for (int k = 0; k < 2; ++k) CHECK(r["gradient"].data()[k] == Approx(slope[k]).epsilon(1e-13));
  for (int i = 0; i < 4; ++i) {
    const int at = i / 2 * 3 + i % 2;  // flipped kernel
    CHECK(r["z"].data()[i] ==
          4 * image[at] + 3 * image[at + 1] + 2 * image[at + 3] + image[at + 4]);
  }
  for (const char* name : {"y", "gradient", "z"}) CHECK(numbers_of(r[name]) == numbers_of(q[name]));
}

TEST_CASE("constant: as many numbers as the Space has", "[op][constant]") {
  using Catch::Matchers::Contains;
  CHECK_THROWS_WITH((constant<Matrix<2, 2>>({1, 2, 3})),
                    Contains("constant of [2, 2]: there must be as many numbers"));
  CHECK_THROWS_WITH(constant(VectorSpace(3), std::vector<double>{1}), Contains("as many numbers"));
  CHECK_THROWS_WITH((constant<Batch<VectorSpace<1>>>({1})), Contains("as many numbers"));
}
