// Rules and algorithms in constant expressions: what a job compiled with the program needs.
#include <ansatz/algorithm/bgd.hpp>
#include <ansatz/algorithm/rules/adadelta.hpp>
#include <ansatz/algorithm/rules/adagrad.hpp>
#include <ansatz/algorithm/rules/adam.hpp>
#include <ansatz/algorithm/rules/rmsprop.hpp>
#include <ansatz/algorithm/schedules/decay.hpp>
#include <ansatz/algorithm/schedules/epoch_schedules.hpp>
#include <ansatz/extension/save_best.hpp>
#include <ansatz/extension/shared_setter.hpp>
#include <ansatz/termination/combined.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <ansatz/termination/monitor_based.hpp>

#include "small_job.hpp"

#include <catch2/catch.hpp>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

// Updates of the first function of a job, made at compile time.
template <class Rule>
constexpr int updates_of() {
  return Train(Rows(), Ones(), SGD(learning_rate(.1), batch_size(2), SumCost(), Rule()))
      .function(0)
      .function.updates.size();
}

template <bool Conjugate>
constexpr int updates_of_bgd(int index) {
  return Train(Rows(), Ones(),
               BGD(batch_size(2), SumCost(), conjugate(Conjugate), init_alpha({.5, 1.}),
                   method(Conjugate ? "gradient" : "lbfgs"),
                   And(EpochCounter(2), MonitorBased(channel_name("objective"), N(3)))),
               MonitorBasedSaveBest("objective", save_path("best.ansatz")),
               SharedSetter({{1, "line_search.alpha", .1}}))
      .function(index)
      .function.updates.size();
}

}  // namespace

TEST_CASE("constant expressions: a rule's updates are those of its state and the parameter",
          "[training][constant]") {
  STATIC_REQUIRE(updates_of<Momentum>() == 2);
  STATIC_REQUIRE(updates_of<AdaGrad>() == 2);
  STATIC_REQUIRE(updates_of<AdaDelta>() == 3);
  STATIC_REQUIRE(updates_of<RMSProp>() == 2);
  STATIC_REQUIRE(updates_of<Adam>() == 4);
  STATIC_REQUIRE(updates_of<AdamW>() == 4);
}

TEST_CASE("constant expressions: the functions of BGD", "[training][constant]") {
  STATIC_REQUIRE(updates_of_bgd<true>(0) == 0);   // objective
  STATIC_REQUIRE(updates_of_bgd<true>(1) == 1);   // direction
  STATIC_REQUIRE(updates_of_bgd<false>(1) == 1);  // gradient
  STATIC_REQUIRE(updates_of_bgd<true>(2) == 1);   // go_to
  STATIC_REQUIRE(updates_of_bgd<true>(3) == 1);   // save_point
  STATIC_REQUIRE(updates_of_bgd<true>(4) == 0);   // load_batch
}

TEST_CASE("constant expressions: schedules and extensions are described there, too",
          "[training][constant]") {
  constexpr auto extensions = [] {
    return Train(Rows(), Ones(),
                 SGD(learning_rate(.1), batch_size(2), Momentum(.5), ExponentialDecay(1.1, .01)),
                 MomentumAdjustor(.9, 1, 5), OneOverEpoch(3, half_life(2)),
                 MonitorBasedLRAdjuster(high_trigger(1.)))
        .extensions.size();
  };
  STATIC_REQUIRE(extensions() == 3);
}
