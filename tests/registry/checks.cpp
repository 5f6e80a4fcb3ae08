// What classes refuse of their keys where a job in C++ gives them, and what the check of a job
// file tells that is no error of the file.
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/data/iteration/subset_iterator.hpp>
#include <ansatz/data/sets/mnist_set.hpp>
#include <ansatz/model/layers/maxout.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/session/job_facts.hpp>
#include <ansatz/session/session.hpp>
#include <ansatz/spaces/space_info.hpp>
#include <dsl/exceptions.hpp>

#include "../data/temporary_file.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <limits>

using namespace ansatz;
using ansatz::testing::DataPath;
using Catch::Contains;

namespace {

const std::string mnist_job = R"(
!obj:Train {
  dataset: !obj:MNIST { which_set: train, stop: 100 },
  model: !obj:MLP {
    nvis: 784, layers: [ !obj:Softmax { layer_name: y, n_classes: 10, irange: 0. } ] },
  algorithm: !obj:SGD { learning_rate: .1, batch_size: 10 }
}
)";

}  // namespace

TEST_CASE("checks: digits outside their set are refused before a file is looked for",
          "[registry][checks]") {
  CHECK_THROWS_WITH(MNIST("train", 0, -5).load(), Contains("start 0 and stop -5"));
  CHECK_THROWS_WITH(MNIST("test", 0, 10001).load(), Contains("of the 10000 examples of 'test'"));
  CHECK_THROWS_AS(FashionMNIST("valid").load(), NameError);
  CHECK_NOTHROW(MNIST("train", 0, -1).check());  // to the end
}

TEST_CASE("checks: data that can be fetched is missed with a word on how", "[registry][checks]") {
  const DataPath nowhere("/nowhere");
  LoadOptions options;
  options.check_only = true;
  const Job job = load_job_text("digits.yaml", mnist_job, options);
  REQUIRE(job.warnings.size() == 1);
  CHECK_THAT(job.warnings[0], Contains("digits.yaml:3:12: dataset:") &&
                                  Contains("/nowhere/mnist/train-images-idx3-ubyte") &&
                                  Contains("`ansatz data fetch mnist`"));
  REQUIRE(job.phases.size() == 1);
  const Train& train = *job.phases[0].train;
  CHECK(job.phases[0].places->at(train.dataset.get()) == "digits.yaml:3:12: dataset");
  CHECK_THROWS_WITH(load_job_text("digits.yaml", mnist_job), Contains("digits.yaml:3:12:"));

  // What goes wrong later, while the data is read, is told with the same place.
  RunOptions run;
  run.places = *job.phases[0].places;
  Session session(train, build_programs(train, ElementType::float32), run);
  CHECK_THROWS_WITH(session.run(), Contains("digits.yaml:3:12: dataset: "));
}

TEST_CASE("checks: how batches are divided is known without the data", "[registry][checks]") {
  CHECK_NOTHROW(check_iteration("sequential", 0, 3));
  CHECK_THROWS_AS(check_iteration("sequential", 0, 0), ValueError);
  CHECK_THROWS_AS(check_iteration("random_slice", 5, 0), ValueError);
  CHECK_THROWS_AS(check_iteration("random_uniform", 0, 5), ValueError);
  CHECK_THROWS_AS(check_iteration("even_sequences", 0, 5), ValueError);
  CHECK_THROWS_AS(check_iteration("sequential", -1, 5), ValueError);
  CHECK_THROWS_AS(check_iteration("sideways", 5, 5), NameError);
}

TEST_CASE("checks: SGD refuses a clip_norm that is no length", "[registry][checks]") {
  const double not_a_number = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(SGD(learning_rate(.1), clip_norm(-1.)).check(), Contains("clip_norm"));
  CHECK_THROWS_WITH(SGD(learning_rate(.1), clip_norm(not_a_number)).check(), Contains("clip_norm"));
  CHECK_NOTHROW(SGD(learning_rate(.1)).check());
}

TEST_CASE("checks: named numbers of a graph are known before it is compiled",
          "[registry][checks]") {
  const Job job = load_job_text("digits.yaml", R"(
!obj:Train {
  dataset: !obj:DrawnDigits { stop: 20 },
  model: !obj:MLP {
    nvis: 784, layers: [ !obj:Softmax { layer_name: y, n_classes: 10, irange: 0. } ] },
  algorithm: !obj:SGD { learning_rate: .1, batch_size: 10,
                        learning_rule: !obj:Momentum { init_momentum: .5 } }
}
)");
  const Train& train = *job.phases.at(0).train;
  JobFacts facts{train, {}};
  facts.add_settings(train.function(0).function);
  CHECK(facts.setting("learning_rate") == .1);
  CHECK(facts.setting("momentum") == .5);
  CHECK(!facts.has_setting("scale_step"));
  CHECK_THROWS_WITH(facts.setting("momentun"), Contains("nearest: momentum"));
}

TEST_CASE("checks: sizes that an int cannot hold and seeds below 0 are refused",
          "[registry][checks]") {
  CHECK_THROWS_WITH(conv2d_space(65536, 65536, 1).total_dimension(), Contains("2147483647"));
  CHECK(conv2d_space(1024, 1024, 3).total_dimension() == 3 * 1024 * 1024);
  CHECK_THROWS_WITH(Maxout<>("h0", 100000, 100000, irange(.1)).units(), Contains("num_pieces"));
  CHECK_THROWS_WITH(Seed(-1), Contains("between 0 and 4294967295"));
  CHECK_THROWS_WITH(Seed({1, -1}), Contains("between 0 and 4294967295"));
  CHECK(Seed(3).numbers[0] == 3);
}
