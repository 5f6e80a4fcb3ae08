#include <ansatz/job/initialize.hpp>
#include <dsl/exceptions.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace ansatz;

namespace {

using Numbers = std::vector<double>;

const RandomState start({2013, 1, 4});

// What `draw` makes of a new generator.
template <class Draw>
Numbers drawn(Draw draw) {
  RandomState rng = start;
  return draw(rng);
}

// The first six weights that are not zero, as floats, and their places.
struct Found {
  std::vector<std::size_t> places;
  std::vector<float> values;
};
Found first_six(const Numbers& weights) {
  Found out;
  for (std::size_t i = 0; i < weights.size() && out.places.size() < 6; ++i) {
    if (weights[i] == 0) continue;
    out.places.push_back(i);
    out.values.push_back(static_cast<float>(weights[i]));
  }
  return out;
}

const Numbers uniform_half = {0.12525677016138936, -0.11599738982017782, 0.4597336288197106,
                              0.2474022004078602,  0.3351264008975834,   -0.10433367893645729};

}  // namespace

TEST_CASE("initialize: irange draws a second matrix, with which weights are left out",
          "[random][initialize]") {
  RandomState rng = start;
  CHECK(irange_weights(rng, 3, 2, .5) == uniform_half);
  CHECK(rng.random_sample() == 0.17657672901616883);
  CHECK(drawn([](auto& r) { return irange_weights(r, 3, 2, .5, .5); }) ==
        Numbers{0, 0, 0, 0, uniform_half[4], 0});
  // Zero is zero of either sign, and the sign is part of the bytes of a model file.
  const Numbers left_out = drawn([](auto& r) { return irange_weights(r, 3, 2, .5, 0); });
  CHECK(std::signbit(left_out[1]));
  CHECK_FALSE(std::signbit(left_out[0]));
}

TEST_CASE("initialize: Softmax's irange draws one matrix", "[random][initialize]") {
  RandomState rng = start;
  CHECK(softmax_irange_weights(rng, 3, 2, .5) == uniform_half);
  CHECK(rng.random_sample() == 0.6525109159514509);
}

TEST_CASE("initialize: istdev scales normal numbers", "[random][initialize]") {
  CHECK(drawn([](auto& r) { return istdev_weights(r, 3, 2, .25); }) ==
        Numbers{-0.35217711386037254, 0.38028931405520927, -0.08841059802227563,
                0.28398045404354166, 0.29049302064771876, 0.15491835784328706});
}

TEST_CASE("initialize: sparse_init fills column by column", "[random][initialize]") {
  RandomState rng = start;
  CHECK(sparse_weights(rng, 4, 2, 2, .5) == Numbers{-0.2908401550356998, 0, 0, 0.6030176836975902,
                                                    -0.21246211881724697, 0.715641018200997, 0, 0});
  CHECK(rng.randn() == 1.3940950193757164);
  CHECK(drawn([](auto& r) { return sparse_weights(r, 4, 2, 0); }) == Numbers(8));
}

TEST_CASE("initialize: sparse_init leaves masked places out", "[random][initialize]") {
  const Numbers mask = {0, 1, 1, 1, 1, 0, 0, 1};
  CHECK(drawn([&](auto& r) { return sparse_weights(r, 4, 2, 2, 1, mask); }) ==
        Numbers{0, 0, -0.5816803100713996, 1.161972082590875, -0.42492423763449394, 0, 0,
                0.6196734313731482});
}

TEST_CASE("initialize: the rules of Glorot and He", "[random][initialize]") {
  CHECK(drawn([](auto& r) { return glorot_uniform(r, 3, 2); }) ==
        Numbers{0.27442383399053183, -0.25413754806492606, 1.0072259157930503, 0.5420310637591954,
                0.7342251575485039, -0.22858363784399705});
  CHECK(drawn([](auto& r) { return glorot_normal(r, 3, 2); }) ==
        Numbers{-0.8909454556665855, 0.9620643217900361, -0.22366308723837516, 0.718420036597092,
                0.7348956717032903, 0.39191588972623803});
  CHECK(drawn([](auto& r) { return he_uniform(r, 3, 2); }) ==
        Numbers{0.354279646282573, -0.3280901637671485, 1.3003230659116662, 0.6997590943554848,
                0.947880602517291, -0.29510020752843613});
  CHECK(drawn([](auto& r) { return he_normal(r, 3, 2); }) ==
        Numbers{-1.1502056373919547, 1.2420196987577143, -0.2887478040118545, 0.92747627910742,
                0.9487462325689188, 0.5059612380079274});
}

TEST_CASE("initialize: the MLP of the tutorial starts with Pylearn2's weights",
          "[random][initialize]") {
  RandomState rng = start;
  const Numbers h0 = sparse_weights(rng, 784, 500, 15), h1 = sparse_weights(rng, 500, 1000, 15);
  const Found first = first_six(h0), second = first_six(h1);
  CHECK(first.places == std::vector<std::size_t>{65, 89, 112, 197, 308, 322});
  CHECK(first.values == std::vector<float>{-.787297428f, -.331459671f, .993184447f, -.872815132f,
                                           -2.00779843f, 1.00131452f});
  CHECK(second.places == std::vector<std::size_t>{23, 137, 176, 205, 219, 235});
  CHECK(second.values == std::vector<float>{-.365446508f, .414525926f, .560120761f, .193590254f,
                                            -1.0119282f, -1.34494841f});
  CHECK(std::count(h1.begin(), h1.end(), 0.0) == 500 * 1000 - 15 * 1000);
}

TEST_CASE("initialize: the maxout network of the paper starts with Pylearn2's weights",
          "[random][initialize]") {
  RandomState rng = start;
  irange_weights(rng, 784, 1200, .005);
  const Numbers h1 = irange_weights(rng, 240, 1200, .005);
  CHECK(first_six(h1).values == std::vector<float>{-.00145952695f, -.000455301837f, -.00289348257f,
                                                   -.00213118037f, -.00155198015f,
                                                   -.000755642133f});
  CHECK(first_six(softmax_irange_weights(rng, 240, 10, .005)).values ==
        std::vector<float>{.00466766208f, -.00356559013f, .00147452205f, .0009701323f, .0028916127f,
                           .00477953302f});
}

TEST_CASE("initialize: wrong arguments are refused before anything is drawn",
          "[random][initialize]") {
  RandomState rng = start;
  const Numbers mask = {0, 1, 1, 1};
  CHECK_THROWS_AS(irange_weights(rng, -1, 2, .5), ValueError);
  CHECK_THROWS_AS(irange_weights(rng, 3, 2, -.5), ValueError);
  CHECK_THROWS_AS(irange_weights(rng, 3, 2, .5, 1.5), ValueError);
  CHECK_THROWS_AS(istdev_weights(rng, 3, 2, std::numeric_limits<double>::quiet_NaN()), ValueError);
  CHECK_THROWS_AS(sparse_weights(rng, 3, 2, 4), ValueError);
  CHECK_THROWS_AS(sparse_weights(rng, 3, 2, -1), ValueError);
  CHECK_THROWS_AS(sparse_weights(rng, 2, 2, 1, -1), ValueError);
  CHECK_THROWS_AS(sparse_weights(rng, 3, 2, 1, 1, mask), ValueError);
  CHECK_THROWS_AS(sparse_weights(rng, 2, 2, 2, 1, mask), ValueError);
  CHECK_THROWS_AS(he_uniform(rng, std::int64_t{1} << 40, std::int64_t{1} << 40), ValueError);
  CHECK(rng.state() == start.state());
  CHECK(he_normal(rng, 0, 5).empty());
}
