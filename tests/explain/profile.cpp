#include <dsl/build.hpp>
#include <dsl/ops/activation/tanh.hpp>
#include <dsl/ops/linear/matmul.hpp>
#include <dsl/ops/reduce/mean.hpp>
#include <dsl/profile.hpp>

#include <catch2/catch.hpp>

#include <numeric>
#include <vector>

using namespace ansatz;

namespace {

Function two_products() {
  const auto x = input<VectorSpace<40>>("x");
  const auto V = parameter<Matrix<40, 30>>("V");
  const auto W = parameter<Matrix<30, 20>>("W");
  return function(output("y", matmul(tanh(matmul(x, V)), W)));
}

const StepProfile& step_with(const ProgramProfile& profile, const std::string& words) {
  for (const StepProfile& each : profile.steps)
    if (each.computes.find(words) != std::string::npos) return each;
  FAIL("no step computes " << words);
  return profile.steps.front();
}

}  // namespace

TEST_CASE("profile: all steps of all calls but the first", "[profile]") {
  auto program = build<double>(two_products());
  const std::vector<double> x(100 * 40, .5);
  const auto call = [&] { (void)program({{"x", view(x.data(), {100, 40})}}); };
  call();
  for (const int threads : {1, 2}) {
    program.threads(threads);
    Profile profile;
    CHECK(profile.of(program.plan()).calls == 0);
    for (int i = 0; i < 6; ++i) call();
    const ProgramProfile found = profile.of(program.plan());
    CHECK(found.calls == 5);
    double seconds = 0;
    int next = 0;
    for (const StepProfile& each : found.steps) {
      CHECK(each.first == next);
      next = each.last + 1;
      seconds += each.seconds;
    }
    CHECK(next == program.plan().steps.size);
    CHECK(seconds == Approx(found.seconds));
    CHECK(found.seconds > 0);
    const StepProfile first = step_with(found, "x @ V"), second = step_with(found, "@ W");
    CHECK(first.by.find("gemm") != std::string::npos);
    CHECK(first.flops + second.flops >= 5 * 2 * 100 * (40 * 30 + 30 * 20));
  }
  // Nobody times them now.
  call();
}

TEST_CASE("profile: what began when, by the names that were given", "[profile]") {
  auto program = build<float>(two_products()), other = build<float>(two_products());
  const std::vector<float> x(40, 1.f);
  Profile profile(true);
  profile.name(program.plan(), "mine");
  for (int i = 0; i < 3; ++i) {
    (void)program({{"x", view(x.data(), {1, 40})}});
    (void)other({{"x", view(x.data(), {1, 40})}});
  }
  double last = 0;
  std::int64_t mine = 0, others = 0;
  for (const StepEvent& each : profile.events()) {
    CHECK(each.begin >= last);
    last = each.begin;
    ++(each.program == "mine" ? mine : others);
  }
  CHECK(mine == others);
  CHECK(mine == 2 * static_cast<std::int64_t>(profile.of(program.plan()).steps.size()));
}
