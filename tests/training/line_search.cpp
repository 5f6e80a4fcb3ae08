#include "../../src/algorithm/line_search.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace ansatz;

namespace {

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

// (x - 1.3)^2, keeping what was tried.
struct Parabola {
  std::vector<double> tried;
  Objective at() {
    return [this](double x) {
      tried.push_back(x);
      return (x - 1.3) * (x - 1.3);
    };
  }
};

}  // namespace

TEST_CASE("line search: exhaustive tries the points of Pylearn2", "[training][line_search]") {
  Parabola f;
  std::vector<double> steps{.5, 1};
  const LineStep best = search_exhaustive(f.at(), 1.69, steps, .001);
  // Worked out by hand: beyond the last, then halves towards the better neighbour of the best.
  CHECK(f.tried == std::vector<double>{.5, 1, 2, 1.5, 1.25, 1.375, 1.3125, 1.28125, 1.296875,
                                       1.3046875, 1.30078125});
  CHECK(best.size == 1.30078125);
  CHECK(best.objective == Approx(.00078125 * .00078125));
  CHECK(steps == std::vector<double>{1.30078125 / 2, 1.30078125});
}

TEST_CASE("line search: exhaustive ends when a gain is below a hundredth of the one before",
          "[training][line_search]") {
  const auto gains = [](double x) { return x < 3 ? -x : x < 6 ? -3.5 : -3.501; };
  std::vector<double> steps{1, 2}, tried;
  search_exhaustive(
      [&](double x) {
        tried.push_back(x);
        return gains(x);
      },
      0, steps, .001);
  CHECK(tried == std::vector<double>{1, 2, 4, 8});  // gains: 1.5, then .001
}

TEST_CASE("line search: where no step helps, exhaustive stays and the next one begins nearby",
          "[training][line_search]") {
  std::vector<double> steps{.5, 1};
  const LineStep best = search_exhaustive([](double x) { return x; }, 0, steps, .001);
  CHECK(best.size == 0);
  CHECK(best.objective == 0);
  CHECK(steps == std::vector<double>{.001, .002});  // twice min_init, above the smallest point
  std::vector<double> smallest{.5, 1};
  search_exhaustive([](double x) { return x; }, 0, smallest, 0);
  CHECK(smallest[1] == std::ldexp(1, -10));
  std::vector<double> again{.5, 1};
  search_exhaustive([](double x) { return x; }, 0, again, .1);
  CHECK(again == std::vector<double>{.1, .2});
  std::vector<double> third{.5, 1};
  CHECK(search_exhaustive([](double) { return no_number; }, 3, third, .001).size == 0);
}

TEST_CASE("line search: the listed steps shrink, grow and draw together",
          "[training][line_search]") {
  const std::vector<double> first{.001, .005, .01, .05, .1};
  const auto after = [&](double lowest) {
    std::vector<double> steps = first;
    const LineStep best = search_listed([&](double x) { return std::abs(x - lowest); },
                                        std::abs(lowest), steps, 1e-6);
    return std::pair(best.size, steps);
  };
  CHECK(after(.05) == std::pair(.05, first));  // no ratio is above 5
  const auto [small, shrunk] = after(.001);
  CHECK(small == .001);
  CHECK(shrunk[4] == .1 / 3);
  CHECK(after(-1).first == 0);
  CHECK(after(-1).second[0] == .001 / 3);
  const auto [large, grown] = after(7);
  CHECK(large == .1);
  CHECK(grown[0] == .002);

  std::vector<double> wide{.001, .01, .1};
  search_listed([](double x) { return std::abs(x - .01); }, .01, wide, 1e-6);
  CHECK(wide[0] == Approx(std::pow(.001, .99) * std::pow(.01, .01)));
  CHECK(wide[1] == Approx(.01));
}

TEST_CASE("line search: of equal steps the listed search takes the larger",
          "[training][line_search]") {
  std::vector<double> steps{.001, .005, .01};
  CHECK(search_listed([](double) { return 0.; }, 0, steps, 1e-6).size == .01);
}

TEST_CASE("line search: the listed search has converged when neither small nor large steps help",
          "[training][line_search]") {
  const auto rising = [](double x) { return x; };
  std::vector<double> tiny{1e-7, 1e-6};
  CHECK_FALSE(search_listed(rising, 0, tiny, 1e-6).converged);
  CHECK(tiny[0] == 1.5e-7);
  CHECK(tiny[1] == Approx(1e-6 * 1.5 * 1.5));
  std::vector<double> wide{1e-7, 2};
  CHECK(search_listed(rising, 0, wide, 1e-6).converged);
}

TEST_CASE("line search: Wolfe's conditions hold where it ends", "[training][line_search]") {
  // Functions 5.1 to 5.3 of More and Thuente (1994), and a parabola.
  const auto holds = [](auto f, double first) {
    const auto at = [&](double x) {
      const double h = 1e-6;
      return LinePoint{f(x), (f(x + h) - f(x - h)) / (2 * h)};
    };
    int count = 0;
    const LinePoint zero = at(0);
    const LineStep step = search_wolfe(
        [&](double x) {
          ++count;
          return at(x);
        },
        zero, first);
    INFO("first " << first << ", found " << step.size << " after " << count);
    CHECK(step.size > 0);
    CHECK(f(step.size) <= zero.value + 1e-4 * step.size * zero.slope);
    CHECK(std::abs(at(step.size).slope) <= .9 * std::abs(zero.slope) + 1e-9);
    CHECK(step.objective == f(step.size));
    CHECK(count <= 20);
  };
  for (double first : {1e-3, .1, 1., 10., 1000.}) {
    holds([](double x) { return (x - 1.3) * (x - 1.3); }, first);
    holds([](double x) { return -x / (x * x + 2); }, first);
    holds([](double x) { return std::pow(x + .004, 5) - 2 * std::pow(x + .004, 4); }, first);
  }
}

TEST_CASE("line search: what is no number counts as infinite", "[training][line_search]") {
  const Objective f = [](double x) { return x > .6 ? no_number : (x - .5) * (x - .5); };
  std::vector<double> listed{.1, .5, 1}, exhaustive{.5, 1};
  CHECK(search_listed(f, f(0), listed, 1e-3).size == .5);
  const LineStep step = search_exhaustive(f, f(0), exhaustive, .001);
  CHECK(step.size > .4);
  CHECK(step.size <= .6);
}

TEST_CASE("line search: Wolfe's search keeps away from what is no number",
          "[training][line_search]") {
  const auto f = [](double x) {
    if (x > 1) return LinePoint{no_number, no_number};
    return LinePoint{(x - .7) * (x - .7), 2 * (x - .7)};
  };
  const LineStep step = search_wolfe(f, f(0), 8);
  CHECK(step.size > 0);
  CHECK(step.size <= 1);
  CHECK(step.objective < .49);
  const auto rising = [](double x) { return LinePoint{x, -1}; };  // the slope lies
  CHECK(search_wolfe(rising, {0, -1}, 1).size == 0);
}
