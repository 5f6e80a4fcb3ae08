#include "globals.hpp"

#include <cmath>

#include <catch2/catch.hpp>

#include <dsl/build.hpp>

namespace globals {

// Called before main, and before what comes below is made.
float early = in_header({{"x", view(numbers, {1, 3})}})["y"];
auto built = build(function(output("y", sum(exp(input<VectorSpace<3>>("x"))))));

static auto mine = compile([] {
  auto x = input<VectorSpace<3>>("x");
  return function(output("y", sum(x + 1)));
});

namespace {
auto unnamed = compile([] {
  auto x = input<VectorSpace<3>>("x");
  return function(output("y", sum(x + 2)));
});
}  // namespace

auto in_namespace = compile([] {
  auto x = input<VectorSpace<3>>("x");
  auto w = parameter<VectorSpace<3>>("w");
  return function(update(w, w + mean(x, batch)), output("y", sum(x + 3)));
});

}  // namespace globals

using namespace globals;

TEST_CASE("globals: programs at namespace scope, wherever they are", "[run][globals]") {
  const double exps = std::exp(1.) + std::exp(2.) + std::exp(3.);
  CHECK(static_cast<double>(early) == Approx(exps));
  CHECK(value(in_header) == Approx(exps));
  CHECK(value(mine) == 9);
  CHECK(value(unnamed) == 12);
  CHECK(value(in_namespace) == 15);
  CHECK(in_namespace.store().data<float>("w")[2] == 3);
  CHECK(double(Holder::member({{"x", view(doubles, {1, 3})}})["y"]) == 36);
  CHECK(value(Of<float>::member) ==
        Approx(2 * (std::tanh(1.) + std::tanh(2.) + std::tanh(3.))).epsilon(1e-6));
  for (const int loops : {in_header.loops(), mine.loops(), Of<float>::member.loops()})
    CHECK(loops > 0);
  CHECK(in_header.compiled_loops() == in_header.loops());
  CHECK(Holder::member.compiled_loops() == Holder::member.loops());
  // Made after a program with the same loop, if before main.
  CHECK(value(built) == value(in_header));
  CHECK(built.compiled_loops() == built.loops());
}

TEST_CASE("globals: those of another file are its own, those of a header are one",
          "[run][globals]") {
  CHECK(other_static() == 600);
  CHECK(other_unnamed() == 1200);
  CHECK(other_in_header() == value(in_header));
  CHECK(address_in_header() == &in_header);
}
