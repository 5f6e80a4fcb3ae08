// What is recorded before any training: jobs by batch gradient descent, against Pylearn2's own
// numbers. Where their training goes depends on rounding, as line searches choose among points
// that are nearly equal.
#include <catch2/catch.hpp>

#include "reference.hpp"

#include <cmath>

using namespace ansatz;

namespace {

MonitorRecords record_of(const std::string& job, std::vector<std::string> defines) {
  defines.insert(defines.end(), {"train_stop=50000", "valid_stop=60000"});
  return exactness::train(job, defines,
                          {"algorithm.termination_criterion=!obj:EpochCounter { max_epochs: 0 }"},
                          ElementType::float32);
}

void check_first(const ChannelRecords& c, const std::vector<double>& theirs) {
  REQUIRE(c.val_record.size() == 1);
  INFO(c.name << ": " << c.val_record[0] << ", Pylearn2's " << theirs[0]);
  CHECK(std::abs(c.val_record[0] - theirs[0]) <= 1e-5 * std::abs(theirs[0]));
}

}  // namespace

TEST_CASE("softmax regression in float: every channel of the first record is Pylearn2's",
          "[exactness]") {
  if (!exactness::have_mnist()) return;
  const auto theirs = exactness::reference_run("softmax_regression.csv");
  const MonitorRecords ours = record_of("softmax_regression.yaml", {"batch_size=10000"});
  CHECK(exactness::channel_names(ours) == exactness::channel_names(theirs));
  for (const ChannelRecords& c : ours.channels)
    if (const auto found = theirs.find(c.name); found != theirs.end() && !c.wall_clock)
      check_first(c, found->second);
}

// No run of part 2 is at hand; but its first layer and its Softmax begin with the values of part
// 3's, so that the channels which do not see the activation are the same.
TEST_CASE("part 2 in float: norms and outputs of the first record are those of part 3",
          "[exactness]") {
  if (!exactness::have_mnist()) return;
  const auto theirs = exactness::reference_run("mlp_part_3.csv");
  const MonitorRecords ours = record_of("mlp_part_2.yaml", {"dim_h0=500", "max_epochs=0"});
  int compared = 0;
  for (const ChannelRecords& c : ours.channels) {
    const auto found = theirs.find(c.name);
    const bool activation = c.name.find("h0_") != c.name.npos && !c.name.ends_with("norms_max") &&
                            !c.name.ends_with("norms_mean") && !c.name.ends_with("norms_min");
    if (found == theirs.end() || c.wall_clock || activation) continue;
    check_first(c, found->second);
    ++compared;
  }
  CHECK(compared == 3 * (1 + 6 + 11));  // of each data set: objective, h0's norms, all of y's
}
