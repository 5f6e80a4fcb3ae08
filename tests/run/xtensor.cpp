#include <ansatz/base/xtensor.hpp>

#include <catch2/catch.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xtensor.hpp>
#include <xtensor/xview.hpp>

#include <dsl/exceptions.hpp>

#include "hand_plan.hpp"

using namespace ansatz;

TEST_CASE("xtensor: containers and contiguous views are inputs, results and parameters views",
          "[run][xtensor]") {
  auto step = hand::Regression().program<float>();
  auto w = as_xtensor<float>(step.store(), "W");
  REQUIRE(w.shape() == std::vector<std::size_t>{3, 4});
  w(1, 2) = 5;
  xt::xtensor<float, 2> x = xt::zeros<float>({6, 3});
  x(4, 1) = 1;
  const xt::xarray<std::int64_t> label = {0, 1, 2, 3};
  auto r = step({{"x", xt::view(x, xt::range(2, 6))}, {"label", label}, {"rate", 0}});
  auto y = as_xtensor(r["y"]);
  REQUIRE(y.shape() == std::vector<std::size_t>{4, 4});
  CHECK(y(2, 2) == 11);
  CHECK(y(3, 3) == 1);
  CHECK(labels_as_xtensor(r["label"])(3) == 3);
  CHECK(as_xtensor(r["sums"]).size() == 4);
}

TEST_CASE("xtensor: arrays that are not contiguous are refused", "[run][xtensor]") {
  auto step = hand::Regression().program<float>();
  const xt::xtensor<float, 2> wide = xt::zeros<float>({4, 6});
  const xt::xarray<float, xt::layout_type::column_major> turned = xt::ones<float>({4, 3});
  const std::vector<int> label(4);
  CHECK_THROWS_AS(
      step({{"x", xt::view(wide, xt::all(), xt::range(0, 3))}, {"label", label}, {"rate", 0}}),
      ValueError);
  CHECK_THROWS_AS(step({{"x", turned}, {"label", label}, {"rate", 0}}), ValueError);
}
