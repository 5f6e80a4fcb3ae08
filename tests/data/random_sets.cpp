#include <ansatz/data/sets/random_sets.hpp>
#include <dsl/exceptions.hpp>

#include <catch2/catch.hpp>

using namespace ansatz;
using Catch::Contains;

namespace {

using Numbers = std::vector<double>;

Numbers whole_column(const Table& table, const char* source) {
  const Column& column = table.column(source);
  Numbers out(static_cast<std::size_t>(column.examples * column.width()));
  Table::gather(column, {0, column.examples, nullptr}, ElementType::float64, out.data());
  return out;
}

// As numpy.random.RandomState(7).randn(3, 2) gives them.
const Numbers features = {1.690525703800356,   -0.4659373705408328, 0.0328201636785844,
                          0.40751628299650783, -0.7889230286257386, 0.00206557290594813};

}  // namespace

TEST_CASE("random_sets: features are drawn before targets", "[data][random_sets]") {
  RandomState rng(7);
  const Table labelled = random_dense_design_matrix(rng, 3, 2, 4);
  CHECK(whole_column(labelled, "features") == features);
  CHECK(whole_column(labelled, "targets") == Numbers{2, 0, 3});
  CHECK(labelled.column("targets").labels == 4);
  CHECK(labelled.column("features").example == Dims{2});

  rng = RandomState(7);
  const Table one_hot = random_one_hot_dense_design_matrix(rng, 3, 2, 4);
  CHECK(whole_column(one_hot, "features") == features);
  CHECK(whole_column(one_hot, "targets") == Numbers{0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1});
  CHECK(one_hot.column("targets").labels == 0);

  rng = RandomState(7);
  const Table real = random_dense_design_matrix_for_regression(rng, 3, 2, -5, 9);
  CHECK(whole_column(real, "features") == features);
  CHECK(whole_column(real, "targets") == Numbers{5, 3, 2});

  rng = RandomState(7);
  const Table unlabelled = random_dense_design_matrix(rng, 3, 2, 0);
  CHECK(unlabelled.columns().size() == 1);
  CHECK(rng.randint(4) == 2);
}

TEST_CASE("random_sets: images are drawn in the order of their axes", "[data][random_sets]") {
  RandomState rng(7);
  const Table plain = random_one_hot_topological_dense_design_matrix(rng, 1, {3, 2}, 1, "b01c", 4);
  CHECK(Numbers(whole_column(plain, "features")) == features);
  CHECK(plain.column("features").example == Dims{3, 2, 1});
  CHECK(plain.column("features").conv);

  // RandomState(7).randn(3, 2, 2, 1).transpose(3, 1, 2, 0)
  rng = RandomState(7);
  const Table turned = random_one_hot_topological_dense_design_matrix(rng, 1, {2, 2}, 3, "c01b", 4);
  CHECK(whole_column(turned, "features") ==
        Numbers{1.690525703800356, -0.7889230286257386, 1.0176580056634932, -0.4659373705408328,
                0.00206557290594813, 0.6004985159195494, 0.0328201636785844, -0.0008903858579313628,
                -0.6254289739667597, 0.40751628299650783, -1.7547243063454208,
                -0.17154826119572117});
  CHECK(whole_column(turned, "targets") == Numbers{0, 0, 1, 0});
}

TEST_CASE("random_sets: the numbers of an arange say which examples were visited",
          "[data][random_sets]") {
  CHECK(whole_column(arange_dataset(4), "features") == Numbers{0, 1, 2, 3});
  CHECK(arange_dataset(0).examples() == 0);
}

TEST_CASE("random_sets: sizes that make no sense are refused", "[data][random_sets]") {
  RandomState rng(7);
  CHECK_THROWS_WITH(random_dense_design_matrix(rng, -1, 2, 3), Contains("num_examples -1"));
  CHECK_THROWS_WITH(random_dense_design_matrix(rng, 1, 0, 3), Contains("dim 0"));
  CHECK_THROWS_AS(random_dense_design_matrix(rng, 1, 2, -1), ValueError);
  CHECK_THROWS_AS(random_one_hot_dense_design_matrix(rng, 1, 2, 0), ValueError);
  CHECK_THROWS_AS(random_dense_design_matrix_for_regression(rng, 1, 2, 3, 3), ValueError);
  CHECK_THROWS_AS(arange_dataset(-1), ValueError);
  for (const char* axes : {"b01", "b011", "b01cc", "bxyc", ""})
    CHECK_THROWS_WITH(random_one_hot_topological_dense_design_matrix(rng, 1, {2, 2}, 1, axes, 2),
                      Contains("allowed are b, 0, 1 and c"));
  CHECK(rng.state() == RandomState(7).state());
}
