// Folds for cross-validation, against scikit-learn (1.2, and 0.16's way of classes in NumPy).
#include <ansatz/data/dense_design_matrix.hpp>
#include <ansatz/data/folds/dataset_cv.hpp>
#include <ansatz/data/preprocess/row_maps.hpp>
#include <ansatz/data/preprocess/standardize.hpp>
#include <dsl/exceptions.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <set>

using namespace ansatz;
using Catch::Contains;

namespace {

using Rows = std::vector<std::int64_t>;

const std::vector<std::int32_t> classes{0, 1, 2, 0, 1, 2, 0, 0, 1, 0, 2, 1, 0};

std::vector<Rows> tests_of(const std::vector<FoldRows>& folds) {
  std::vector<Rows> all;
  for (const FoldRows& fold : folds) all.push_back(fold.test);
  return all;
}

KFoldSplits k_fold(int folds, std::optional<int> shuffled = {}, bool by_class = false,
                   bool with_validation = false) {
  KFoldSplits k;
  k.n_folds = folds;
  k.shuffle = shuffled.has_value();
  if (shuffled) k.random_state = Seed(*shuffled);
  k.by_class = by_class;
  k.with_validation = with_validation;
  return k;
}

ShuffleSplits shuffle_split(int folds, double test, int seed) {
  ShuffleSplits s;
  s.n_iter = folds;
  s.test_size = test;
  s.random_state = Seed(seed);
  return s;
}

// Nothing is in two sets of a fold.
void check_apart(const FoldRows& fold, std::int64_t examples) {
  std::set<std::int64_t> all;
  for (const Rows* rows : {&fold.train, &fold.valid, &fold.test})
    for (const std::int64_t row : *rows) {
      CHECK(all.insert(row).second);
      CHECK((row >= 0 && row < examples));
    }
}

Table thirteen() {
  std::vector<double> x;
  for (int i = 0; i < 13; ++i) x.insert(x.end(), {i + .5, -1. * i});
  return Table({number_column("features", x, Dims(2)),
                label_column("targets", {classes.begin(), classes.end()}, 3)});
}

}  // namespace

TEST_CASE("folds: k folds are scikit-learn's", "[data][folds]") {
  CHECK(tests_of(k_fold(3).split(10, {})) == std::vector<Rows>{{0, 1, 2, 3}, {4, 5, 6}, {7, 8, 9}});
  CHECK(tests_of(k_fold(4, 5).split(11, {})) ==
        std::vector<Rows>{{2, 5, 8}, {4, 7, 10}, {0, 1, 9}, {3, 6}});
  CHECK(tests_of(k_fold(3, {}, true).split(13, classes)) ==
        std::vector<Rows>{{0, 1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}});
  CHECK(tests_of(k_fold(3, 9, true).split(13, classes)) ==
        std::vector<Rows>{{1, 3, 5, 11, 12}, {6, 7, 8, 10}, {0, 2, 4, 9}});
}

TEST_CASE("folds: sets drawn anew are scikit-learn's", "[data][folds]") {
  const std::vector<FoldRows> two = shuffle_split(2, .3, 7).split(10, {});
  REQUIRE(two.size() == 2);
  CHECK(two[0].train == Rows{2, 1, 9, 7, 3, 6, 4});
  CHECK(two[0].test == Rows{8, 5, 0});
  CHECK(two[1].train == Rows{5, 9, 0, 4, 6, 7, 8});
  CHECK(two[1].test == Rows{1, 3, 2});
  ShuffleSplits part = shuffle_split(1, 3, 7);
  part.train_size = .5;
  const FoldRows one = part.fold(0, 11, {});
  CHECK(one.train == Rows{2, 1, 10, 7, 3});
  CHECK(one.test == Rows{8, 5, 0});

  ShuffleSplits shares = shuffle_split(2, 5, 3);
  shares.by_class = true;
  shares.train_size = 8;
  const std::vector<FoldRows> drawn = shares.split(13, classes);
  CHECK(drawn[0].train == Rows{8, 2, 3, 11, 7, 9, 5, 12});
  CHECK(drawn[0].test == Rows{1, 10, 6, 4, 0});
  CHECK(drawn[1].train == Rows{1, 10, 5, 7, 9, 0, 4, 3});
  CHECK(drawn[1].test == Rows{2, 8, 6, 11, 12});
}

TEST_CASE("folds: every example is tested once, classes keep their shares", "[data][folds]") {
  std::vector<std::int32_t> labels;
  for (int i = 0; i < 230; ++i) labels.push_back(i * i % 7 % 3);
  for (const bool by_class : {false, true})
    for (const bool valid : {false, true})
      for (const int folds : {3, 5, 10}) {
        CAPTURE(by_class, valid, folds);
        const std::vector<FoldRows> all = k_fold(folds, 1, by_class, valid).split(230, labels);
        Rows tested;
        for (std::size_t i = 0; i < all.size(); ++i) {
          const FoldRows& fold = all[i];
          check_apart(fold, 230);
          CHECK(fold.train.size() + fold.valid.size() + fold.test.size() == 230);
          if (valid) CHECK(fold.valid == all[(i + 1) % all.size()].test);
          if (!by_class) CHECK(std::llabs(std::ssize(fold.test) - 230 / folds) <= 1);
          tested.insert(tested.end(), fold.test.begin(), fold.test.end());
          for (int label = 0; by_class && label < 3; ++label) {
            const auto of = [&](const Rows& rows) {
              return std::count_if(rows.begin(), rows.end(), [&](std::int64_t row) {
                return labels[static_cast<std::size_t>(row)] == label;
              });
            };
            const auto count = std::count(labels.begin(), labels.end(), label);
            CHECK(std::llabs(of(fold.test) - count / folds) <= 1);
          }
        }
        std::sort(tested.begin(), tested.end());
        CHECK(std::adjacent_find(tested.begin(), tested.end()) == tested.end());
        CHECK(tested.size() == 230);
      }
  ShuffleSplits three = shuffle_split(4, .2, 11);
  three.with_validation = true;
  for (const bool by_class : {false, true}) {
    three.by_class = by_class;
    for (const FoldRows& fold : three.split(230, labels)) {
      check_apart(fold, 230);
      CHECK(fold.test.size() == 46);
      // Shares of classes are rounded: of 184 that are not tested, one more may be trained on.
      CHECK(fold.valid.size() + fold.train.size() == 184);
      CHECK(std::llabs(std::ssize(fold.valid) - 46) <= by_class);
    }
  }
}

TEST_CASE("folds: what cannot be divided is told", "[data][folds]") {
  CHECK_THROWS_WITH(k_fold(11).split(10, {}), Contains("n_folds 11: there are 10 examples only"));
  CHECK_THROWS_WITH(k_fold(7, {}, true).split(13, classes),
                    Contains("the largest class has 6 examples only"));
  CHECK_THROWS_WITH(shuffle_split(1, 10, 0).split(10, {}), Contains("cannot be"));
  CHECK_THROWS_WITH(k_fold(3, {}, true).split(13, {}), Contains("one label of each example"));
  DatasetValidationKFold two;
  two.n_folds = 2;
  CHECK_THROWS_WITH(two.check(), Contains("three at least"));
}

TEST_CASE("folds: the sets of a fold are data sets", "[data][folds]") {
  DatasetKFold folds;
  folds.dataset = Shared<Dataset>(DenseDesignMatrix(thirteen()));
  CHECK(folds.fold_count() == 3);
  Fold fold;
  fold.folds = Shared<DatasetFolds>(folds);
  fold.fold = 1;
  fold.which_set = "test";
  const auto test = fold.load();
  REQUIRE(test->examples() == 4);
  const auto* x = static_cast<const double*>(test->column("features").data);
  const auto* y = static_cast<const std::int32_t*>(test->column("targets").data);
  for (int i = 0; i < 4; ++i) {
    CHECK(x[2 * i] == 5 + i + .5);
    CHECK(x[2 * i + 1] == -(5. + i));
    CHECK(y[i] == classes[std::size_t(5 + i)]);
  }
  fold.which_set = "train";
  CHECK(fold.load()->examples() == 9);
  fold.which_set = "valid";
  CHECK_THROWS_WITH(fold.load(), Contains("no examples in its set 'valid'"));
  fold.which_set = "vaild";
  CHECK_THROWS_WITH(fold.check(), Contains("train, valid or test"));

  // What is done to the data before they are divided is done to the sets of a fold.
  fold.which_set = "test";
  folds.dataset =
      Shared<Dataset>(DenseDesignMatrix(thirteen(), Shared<Preprocessor>(MakeUnitNorm())));
  fold.folds = Shared<DatasetFolds>(folds);
  float first[2];
  Table::gather(fold.load()->column("features"), {0, 1, nullptr}, ElementType::float32, first);
  CHECK(first[0] == Approx(5.5 / std::hypot(5.5, 5.)));
  folds.dataset =
      Shared<Dataset>(DenseDesignMatrix(thirteen(), Shared<Preprocessor>(Standardize()), true));
  fold.folds = Shared<DatasetFolds>(folds);
  CHECK_THROWS_WITH(fold.load(), Contains("preprocessor that must be fitted"));
  folds.dataset = Shared<Dataset>(DenseDesignMatrix(thirteen()));

  DatasetLeaveOneOut each;
  each.dataset = folds.dataset;
  CHECK(each.fold_count() == 13);
  fold.folds = Shared<DatasetFolds>(each);
  fold.fold = 12;
  fold.which_set = "test";
  CHECK(fold.load()->examples() == 1);
  CHECK(static_cast<const double*>(fold.load()->column("features").data)[0] == 12.5);
}

TEST_CASE("folds: a target of one number is its class", "[data][folds]") {
  const auto folds_with = [](double third) {
    std::vector<double> x(12), y{0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0};
    y[2] = third;
    StratifiedDatasetKFold folds;
    folds.dataset = Shared<Dataset>(DenseDesignMatrix(
        Table({number_column("features", x, Dims(1)), number_column("targets", y, Dims(1))})));
    return folds;
  };
  Fold fold;
  fold.folds = Shared<DatasetFolds>(folds_with(1));
  fold.which_set = "test";
  for (fold.fold = 0; fold.fold < 3; ++fold.fold) {
    const auto test = fold.load();
    REQUIRE(test->examples() == 4);
    const auto* y = static_cast<const double*>(test->column("targets").data);
    CHECK(y[0] + y[1] + y[2] + y[3] == 1);
  }
  fold.fold = 0;
  fold.folds = Shared<DatasetFolds>(folds_with(.5));
  CHECK_THROWS_WITH(fold.load(), Contains("has the target 0.5, which is none"));
}
