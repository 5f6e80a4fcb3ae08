#include <ansatz/algorithm/bgd.hpp>
#include <dsl/exceptions.hpp>

#include "../../src/algorithm/lbfgs.hpp"
#include "../../src/session/state_archive.hpp"
#include "small_job.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

constexpr int elements = 3, pairs = 2;
// A history of two pairs over one parameter, without a search along its directions.
class History {
 public:
  using Vector = std::array<double, elements>;

  History()
      : run_(Train(Rows(), Ones{{ir::make_shape(elements)}},
                   BGD(batch_size(10), SquareCost(), method("lbfgs")))),
        lbfgs_(run_.session, pairs) {}

  // One step, and what the gradient changed by along it.
  void add(const Vector& step, const Vector& change) {
    set("p0.saved", {});
    set("p0", step);
    set("p0.gradient", {});
    lbfgs_.remember_gradient();
    set("p0.gradient", change);
    lbfgs_.add_step();
  }
  Vector direction(const Vector& gradient) {
    set("p0.gradient", gradient);
    lbfgs_.compute_direction();
    Vector d;
    const double* from = run_.session.store().data<double>("p0.direction");
    std::copy(from, from + elements, d.begin());
    return d;
  }
  void restore(std::int64_t count, std::int64_t next) {
    StateValues values{{"lbfgs_pairs", count}, {"lbfgs_next", next}};
    RandomStates none;
    StateArchive archive(values, none, false);
    lbfgs_.state(archive);
  }

 private:
  void set(const char* tensor, const Vector& values) {
    double* to = run_.session.store().data<double>(tensor);
    std::copy(values.begin(), values.end(), to);
  }

  SmallRun run_;
  Lbfgs lbfgs_;
};

const History::Vector first{1, 0, .5}, first_change{2, .5, 1}, second{0, 1, -.5},
    second_change{.5, 3, -1}, latest{.3, -.2, .7};

}  // namespace

TEST_CASE("L-BFGS: a pair without positive curvature leaves the history as it is",
          "[training][bgd]") {
  History plain, refusing;
  for (History* each : {&plain, &refusing}) {
    each->add(first, first_change);
    each->add(second, second_change);
  }
  // The row it would be written into is that of the first pair.
  refusing.add({1, 1, 1}, {-1, -1, -1});
  CHECK(refusing.direction(latest) == plain.direction(latest));
  CHECK(plain.direction(latest) != latest);
}

TEST_CASE("L-BFGS: a third pair takes the place of the first of two", "[training][bgd]") {
  const History::Vector third{-.5, .5, 1}, third_change{-1, .5, 2};
  History three, last_two;
  three.add(first, first_change);
  for (History* each : {&three, &last_two}) {
    each->add(second, second_change);
    each->add(third, third_change);
  }
  CHECK(three.direction(latest) == last_two.direction(latest));
}

TEST_CASE("L-BFGS: a restored place outside the history is refused, by name", "[training][bgd]") {
  CHECK_NOTHROW(History().restore(2, 1));
  CHECK_THROWS_WITH(History().restore(3, 0), Contains("lbfgs_pairs is 3"));
  CHECK_THROWS_WITH(History().restore(-1, 0), Contains("lbfgs_pairs is -1"));
  CHECK_THROWS_WITH(History().restore(0, 2), Contains("lbfgs_next is 2"));
  CHECK_THROWS_AS(History().restore(0, -1), FileError);
}
