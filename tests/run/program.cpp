#include <dsl/program.hpp>

#include <array>
#include <limits>

#include <catch2/catch.hpp>

#include <dsl/exceptions.hpp>

#include "hand_plan.hpp"

using namespace ansatz;
using Catch::Matchers::Contains;
using Catch::Matchers::Message;

namespace {

template <class T>
void check_against_reference(std::size_t batch, Program<T>& step, double tolerance) {
  const auto x = hand::numbers<T>(batch * 3, static_cast<int>(batch) + 1);
  const auto label = hand::labels(batch);
  const T* w = step.store().template data<T>("W");
  const hand::Reference<T> wanted(x, label, 2, 0.01, std::vector<double>(w, w + 12));
  auto r = step({{"x", view(x.data(), {batch, 3})}, {"label", label}, {"rate", 0.01}});
  CAPTURE(batch);
  REQUIRE(r["y"].shape() == Dims(batch, 4));
  for (std::size_t i = 0; i < batch * 4; ++i)
    REQUIRE(static_cast<double>(r["y"].data()[i]) == Approx(wanted.y[i]).margin(tolerance));
  CHECK(static_cast<double>(r["total"].scalar()) == Approx(wanted.total).margin(tolerance));
  for (std::size_t i = 0; i < 4; ++i)
    CHECK(static_cast<double>(r["sums"].data()[i]) == Approx(wanted.sums[i]).margin(tolerance));
  for (std::size_t i = 0; i < 12; ++i)
    CHECK(static_cast<double>(r["W"].data()[i]) == Approx(wanted.w[i]).margin(tolerance));
}

std::vector<float> four_rows() { return hand::numbers<float>(12); }

}  // namespace

TEMPLATE_TEST_CASE("program: products and loops give what plain loops give, at every batch size",
                   "[run][program]", float, double) {
  auto step = hand::Regression().program<TestType>();
  step.store().uniform("W", -1, 1, 3);
  for (std::size_t batch : {17u, 1u, 0u, 100u, 300u, 99u, 0u, 17u})
    check_against_reference(batch, step, sizeof(TestType) == 4 ? 1e-4 : 1e-12);
}

TEST_CASE("program: labels of any integer type are taken", "[run][program]") {
  auto step = hand::Regression().program<float>();
  const auto x = four_rows();
  const auto total = [&](const auto& label) {
    auto r = step({{"x", view(x.data(), {4, 3})}, {"label", label}, {"rate", 0}});
    CHECK(r["label"].labels()[2] == 3);
    return r["total"].scalar();
  };
  CHECK(total(std::array<std::int32_t, 4>{0, 1, 3, 2}) == 4);
  CHECK(total(std::array<std::uint8_t, 4>{0, 1, 3, 2}) == 4);
  CHECK(total(std::array<std::int64_t, 4>{0, 1, 3, 2}) == 4);
  CHECK(total(std::array<std::uint16_t, 4>{0, 1, 3, 2}) == 4);
}

TEST_CASE("program: a label out of range is refused, with its value and example",
          "[run][program]") {
  auto step = hand::Regression().program<float>();
  const auto x = four_rows();
  const auto call = [&](const auto& label) {
    step({{"x", view(x.data(), {4, 3})}, {"label", label}, {"rate", 0}});
  };
  CHECK_THROWS_MATCHES(call(std::vector<int>{0, 1, 4, 2}), ValueError,
                       Message("input 'label' has the label 4 at example 2; allowed: 0 .. 3"));
  CHECK_THROWS_MATCHES(call(std::vector<std::int64_t>{0, -1, 0, 2}), ValueError,
                       Message("input 'label' has the label -1 at example 1; allowed: 0 .. 3"));
  CHECK_THROWS_AS(call(std::vector<std::uint64_t>{0, 1, 1, std::uint64_t(1) << 32}), ValueError);
  CHECK_THROWS_WITH(call(std::vector<float>{0, 1, 1, 1}),
                    Contains("holds float32") && Contains("integers"));
}

TEST_CASE("program: an unknown argument is refused, with the nearest name", "[run][program]") {
  auto step = hand::Regression().program<float>();
  const auto x = four_rows();
  const auto label = hand::labels(4);
  const auto rows = view(x.data(), {4, 3});
  CHECK_THROWS_MATCHES(
      step({{"x", rows}, {"lable", label}, {"rate", 0.1}}), NameError,
      Message("unknown argument 'lable'; allowed: x, label, rate, scale, batch; nearest: label"));
  CHECK_THROWS_WITH(step({{"x", rows}, {"W", rows}}), Contains("tensor of the store"));
  CHECK_THROWS_WITH(step({{"x", rows}, {"x", rows}}), Contains("twice"));
  CHECK_THROWS_WITH(step.set("rat", 1), Contains("nearest: rate"));
}

TEST_CASE("program: what is missing is named", "[run][program]") {
  auto step = hand::Regression().program<float>();
  const auto x = four_rows();
  const auto label = hand::labels(4);
  CHECK_THROWS_MATCHES(step({{"x", view(x.data(), {4, 3})}}), NameError,
                       Message("not given: 'label' (labels [batch]), 'rate' (a number, it has no "
                               "default)"));
  step({{"x", view(x.data(), {4, 3})}, {"label", label}, {"rate", 0.25}});
  CHECK(step.get("rate") == 0.25);
  step({{"x", view(x.data(), {4, 3})}, {"label", label}});
  CHECK(step.get("rate") == 0.25);
  CHECK(step.get("scale") == 2);
  CHECK_THROWS_WITH(step({{"label", label}}), Contains("not given: 'x' ([batch, 3])"));
}

TEST_CASE("program: wrong shapes and element types are refused", "[run][program]") {
  auto step = hand::Regression().program<float>();
  const auto x = four_rows();
  const std::vector<double> wide(12);
  const auto label = hand::labels(4), fewer = hand::labels(3);
  CHECK_THROWS_MATCHES(step({{"x", view(x.data(), {3, 4})}, {"label", label}, {"rate", 1}}),
                       ShapeError, Message("input 'x' has the shape [3, 4]; allowed: [batch, 3]"));
  CHECK_THROWS_MATCHES(step({{"x", view(x.data(), {-1, 3})}, {"label", label}, {"rate", 1}}),
                       ShapeError, Message("input 'x' has the shape [-1, 3]; allowed: [batch, 3]"));
  for (int twice = 0; twice < 2; ++twice) {  // also where the last call had such arguments
    const float* const none = nullptr;
    CHECK_THROWS_MATCHES(step({{"x", view(none, {4, 3})}, {"label", label}, {"rate", 1}}),
                         ValueError,
                         Message("input 'x' of shape [4, 3] has no memory: its pointer is null"));
    step({{"x", view(x.data(), {4, 3})}, {"label", label}, {"rate", 1}});
  }
  CHECK_THROWS_WITH(step({{"x", x}, {"label", label}, {"rate", 1}}), Contains("[12]"));
  CHECK_THROWS_MATCHES(step({{"x", view(wide.data(), {4, 3})}, {"label", label}, {"rate", 1}}),
                       ValueError, Message("input 'x' holds float64; allowed: float32"));
  CHECK_THROWS_MATCHES(step({{"x", view(x.data(), {4, 3})}, {"label", fewer}, {"rate", 1}}),
                       ShapeError,
                       Message("the sizes of 'batch' disagree: 4 in input 'x', 3 in input "
                               "'label'"));
  CHECK_THROWS_WITH(step({{"x", 1}, {"label", label}, {"rate", 1}}), Contains("number 1"));
  CHECK_THROWS_WITH(step({{"x", view(x.data(), {4, 3})}, {"label", label}, {"rate", x}}),
                    Contains("scalar 'rate'") && Contains("a number"));
  CHECK_THROWS_WITH(step({{"x", view(x.data(), {4, 3})}, {"label", label}, {"batch", 5}}),
                    Contains("5 in the argument 'batch'"));
  CHECK_THROWS_WITH(step({{"batch", -1}}), Contains("whole number"));
}

TEST_CASE("program: a call that was refused has changed nothing", "[run][program]") {
  auto step = hand::Regression().program<float>();
  const auto x = four_rows();
  const auto label = hand::labels(4);
  step({{"x", view(x.data(), {4, 3})}, {"label", label}, {"rate", 0.5}});
  CHECK_THROWS(step({{"x", view(x.data(), {4, 3})}, {"rate", 7}}));
  CHECK(step.get("rate") == 0.5);
  CHECK(step.step_count() == 1);
}

TEST_CASE("program: results are found by name and number and refuse what they are not",
          "[run][program]") {
  auto step = hand::Regression().program<float>();
  CHECK_THROWS_WITH(Results<float>(step()), Contains("not given"));
  const auto x = four_rows();
  auto r = step({{"x", view(x.data(), {4, 3})}, {"label", hand::labels(4)}, {"rate", 0}});
  CHECK(r.size() == 5);
  CHECK(r[1].name() == "total");
  const float total = r["total"];
  CHECK(total == 4);
  CHECK_THROWS_WITH(r["totl"], Contains("nearest: total"));
  CHECK_THROWS_AS(r[5], NameError);
  CHECK_THROWS_AS(r["y"].scalar(), ShapeError);
  CHECK_THROWS_AS(r["y"].labels(), ValueError);
  CHECK_THROWS_AS(r["label"].data(), ValueError);
}

TEST_CASE("program: several programs share a store", "[run][program]") {
  auto one = hand::Regression().program<float>();
  auto two = hand::Regression().program<float>();
  Store store;
  one.bind(store);
  two.bind(store);
  CHECK(store.contains("W"));
  const auto x = four_rows();
  const auto label = hand::labels(4);
  one({{"x", view(x.data(), {4, 3})}, {"label", label}, {"rate", 1}});
  CHECK(two({{"x", view(x.data(), {4, 3})}, {"label", label}, {"rate", 0}})["total"].scalar() != 4);

  Store wrong;
  wrong.add<float>("W", {4, 3});
  CHECK_THROWS_MATCHES(one.bind(wrong), ShapeError,
                       Message("tensor 'W' of the store has the shape [4, 3]; the program needs "
                               "[3, 4]"));
  Store wide;
  wide.add<double>("W", {3, 4});
  CHECK_THROWS_WITH(one.bind(wide), Contains("float64"));
  CHECK(one.store() == store);
}

TEST_CASE("program: the owner of a plan is destroyed with the program", "[run][program]") {
  int destroyed = 0;
  const hand::Regression regression;
  const ir::LoopFn loops[] = {hand::affine_loop<float>};
  {
    Program<float> first(hand::view_of(regression.b.plan), loops,
                         {&destroyed, [](void* p) { ++*static_cast<int*>(p); }});
    Program<float> second = std::move(first);
    CHECK(destroyed == 0);
  }
  CHECK(destroyed == 1);
}

TEST_CASE("program: the step of the random numbers counts the calls", "[run][program]") {
  auto step = hand::Regression().program<float>();
  const auto x = four_rows();
  const auto label = hand::labels(4);
  CHECK(step.step_count() == 0);
  step({{"x", view(x.data(), {4, 3})}, {"label", label}, {"rate", 1}});
  CHECK(step.step_count() == 1);
  step.step_count(41);
  step({{"x", view(x.data(), {4, 3})}, {"label", label}});
  CHECK(step.step_count() == 42);
  CHECK(step.seed() == 0);
  step.seed(9);
  CHECK(step.seed() == 9);
}
