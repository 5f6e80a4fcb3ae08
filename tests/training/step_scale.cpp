#include <ansatz/algorithm/bgd.hpp>
#include <ansatz/algorithm/schedules/step_scale.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <dsl/exceptions.hpp>

#include "small_job.hpp"

#include <catch2/catch.hpp>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

template <class E>
Train scripted_job(int epochs, std::initializer_list<double> script, const E& extension) {
  return Train(Rows(), Ones(),
               BGD(batch_size(10), updates_per_batch(1), SquareCost(), EpochCounter(epochs),
                   monitoring_dataset(Rows())),
               Scripted("x", script), extension);
}

}  // namespace

TEST_CASE("ScaleStep: steps shrink after every record down to the lowest",
          "[training][step_scale]") {
  SmallRun run(scripted_job(4, {1}, ScaleStep(.5, .2)));
  run.run();
  CHECK(run.record("scale_step") == std::vector<double>{1, .5, .25, .2, .2});
}

TEST_CASE("StepShrinker: steps follow a channel until they are too small",
          "[training][step_scale]") {
  SmallRun rises(scripted_job(9, {5, 6, 7, 8, 9}, StepShrinker("x", .5, .2)));
  rises.run();
  CHECK(rises.epochs() == 3);
  CHECK(rises.record("scale_step") == std::vector<double>{1, 1, .5, .25});
  CHECK(rises.session.setting("scale_step") == .2);

  SmallRun falls(
      scripted_job(5, {5, 6, 4, 3, 2, 1}, StepShrinker("x", .5, .1, scale_up(1.2), max_scale(.7))));
  falls.run();
  CHECK(falls.record("scale_step") == std::vector<double>{1, 1, .5, .6, .7, .7});
}

TEST_CASE("BacktrackingStepShrinker: where the channel rises, the parameters of before come back",
          "[training][step_scale]") {
  SmallRun onward(scripted_job(2, {5, 6, 7}, StepShrinker("x", .5, .1)));
  CHECK(onward.run().value("p0") < 1);
  SmallRun back(scripted_job(2, {5, 6, 7}, BacktrackingStepShrinker("x", .5, .1)));
  CHECK(back.run().value("p0") == 1);
  CHECK(back.session.setting("scale_step") == .25);

  // After one good epoch and a bad one: where the good one ended, had there been no other.
  SmallRun good(scripted_job(1, {5, 4}, BacktrackingStepShrinker("x", .5, .1)));
  SmallRun both(scripted_job(2, {5, 4, 6}, BacktrackingStepShrinker("x", .5, .1)));
  CHECK(both.run().value("p0") == good.run().value("p0"));
  CHECK(good.value("p0") < 1);
}

TEST_CASE("StepShrinker: settings out of range and algorithms without steps are refused",
          "[training][step_scale]") {
  CHECK_THAT(error_of(scripted_job(1, {1}, StepShrinker("x", 1.5, .1))),
             Contains("StepShrinker: scale must be above 0 and below 1, but is 1.5"));
  CHECK_THAT(error_of(scripted_job(1, {1}, BacktrackingStepShrinker("x", .5, 0))),
             Contains("BacktrackingStepShrinker: giveup_after must be above 0"));
  CHECK_THAT(error_of(scripted_job(1, {1}, StepShrinker("x", .5, .1, scale_up(.5)))),
             Contains("scale_up must be at least 1"));
  CHECK_THAT(error_of(scripted_job(1, {1}, StepShrinker("y", .5, .1))),
             Contains("no channel \"y\""));
  CHECK_THAT(error_of(scripted_job(1, {1}, ScaleStep(0, .1))), Contains("ScaleStep: scale"));
  CHECK_THAT(error_of(Train(Rows(), Ones(),
                            SGD(learning_rate(.1), batch_size(5), SumCost(), EpochCounter(1),
                                monitoring_dataset(Rows())),
                            ScaleStep(.5, .1))),
             Contains("no scale_step"));
}
