// Reference numbers: scikit-learn 1.2.1 and SciPy's binomtest(...).proportion_ci(method="wilson"),
// of draws rounded to three digits; the calibration error by NumPy.
#include <catch2/catch.hpp>

#include <ansatz/view/report.hpp>
#include <dsl/exceptions.hpp>

#include <cmath>
#include <limits>
#include <vector>

using namespace ansatz;

namespace {

// Of 40 examples; none is of the last class.
const std::vector<std::int64_t> truth{2, 0, 1, 0, 0, 0, 1, 1, 2, 1, 1, 2, 1, 2, 0, 0, 0, 1, 2, 0,
                                      2, 1, 2, 2, 2, 2, 0, 1, 2, 1, 0, 2, 1, 1, 2, 0, 2, 0, 1, 0};
const std::vector<double> scores{
    0.056, 0.075, 0.746, 0.123, 0.106, 0.072, 0.176, 0.646, 0.129, 0.639, 0.193, 0.039, 0.206,
    0.068, 0.558, 0.168, 0.17,  0.565, 0.208, 0.057, 0.433, 0.159, 0.118, 0.29,  0.015, 0.276,
    0.372, 0.337, 0.188, 0.511, 0.28,  0.021, 0.555, 0.037, 0.371, 0.037, 0.139, 0.51,  0.042,
    0.309, 0.093, 0.618, 0.227, 0.062, 0.128, 0.575, 0.086, 0.211, 0.039, 0.786, 0.079, 0.096,
    0.235, 0.157, 0.086, 0.522, 0.161, 0.293, 0.438, 0.108, 0.389, 0.429, 0.129, 0.053, 0.089,
    0.22,  0.328, 0.363, 0.063, 0.69,  0.093, 0.154, 0.149, 0.03,  0.15,  0.671, 0.691, 0.028,
    0.093, 0.188, 0.505, 0.168, 0.251, 0.076, 0.264, 0.53,  0.088, 0.118, 0.118, 0.354, 0.238,
    0.29,  0.273, 0.183, 0.136, 0.408, 0.146, 0.44,  0.36,  0.054, 0.191, 0.212, 0.385, 0.212,
    0.158, 0.052, 0.086, 0.704, 0.353, 0.262, 0.289, 0.096, 0.124, 0.502, 0.337, 0.037, 0.052,
    0.383, 0.141, 0.424, 0.234, 0.35,  0.259, 0.157, 0.279, 0.207, 0.138, 0.376, 0.053, 0.518,
    0.172, 0.257, 0.072, 0.398, 0.132, 0.398, 0.117, 0.288, 0.524, 0.071, 0.886, 0.02,  0.005,
    0.089, 0.036, 0.165, 0.738, 0.061, 0.515, 0.172, 0.256, 0.057, 0.041, 0.337, 0.372, 0.25,
    0.809, 0.109, 0.033, 0.049};
const std::vector<double> targets{-2.03, -0.96, -1.02, 0.27,  0.65, -0.56, -0.59, -1.55,
                                  -0.13, 0.25,  0.45,  -0.78, 1.99, 1.2,   -0.1,  -0.53,
                                  -0.32, 0.15,  -0.02, 0.48,  0.77, 1.37,  1.15,  -0.11};
const std::vector<double> predictions{-1.84, -1.15, -1.31, 1.23, 0.42, 0.44, -0.76, -1.42,
                                      0.41,  0.26,  0.65,  -0.9, 1.75, 1.12, -0.42, 0.29,
                                      -0.4,  1.01,  -1.36, 0.49, 1.05, 1.22, 1.7,   0.21};

}  // namespace

TEST_CASE("report: a classifier, as scikit-learn counts", "[view][report]") {
  const ClassifierReport r = classifier_report(truth, scores, 4);
  const double precision[] = {.625, .5625, .5, 0};
  const double recall[] = {.38461538461538464, .6923076923076923, .2857142857142857, 0};
  const double f1[] = {.4761904761904762, .6206896551724138, .36363636363636365, 0};
  const double area[] = {.7692307692307692, .8774928774928776, .6703296703296704};
  for (std::size_t k = 0; k < 4; ++k) {
    CHECK(r.by_class[k].precision == Approx(precision[k]));
    CHECK(r.by_class[k].recall == Approx(recall[k]));
    CHECK(r.by_class[k].f1 == Approx(f1[k]));
    if (k < 3) CHECK(r.by_class[k].roc_area == Approx(area[k]));
  }
  CHECK(std::isnan(r.by_class[3].roc_area));
  CHECK(r.by_class[2].support == 14);
  CHECK(r.macro.precision == Approx(.421875));
  CHECK(r.macro.recall == Approx(.34065934065934067));
  CHECK(r.macro.f1 == Approx(.36512912374981343));
  CHECK(r.weighted.precision == Approx(.5609375));
  CHECK(r.weighted.recall == Approx(.45));
  CHECK(r.weighted.f1 == Approx(.4837587699656665));
  CHECK(r.macro.roc_area == Approx((area[0] + area[1] + area[2]) / 3));
  CHECK(r.accuracy == .45);
  CHECK(r.low == Approx(.30705307810904925));
  CHECK(r.high == Approx(.6017090820106794));
  REQUIRE(r.probabilities);
  CHECK(r.log_loss == Approx(1.1239064053378607));
  CHECK(r.calibration_error == Approx(.104025));
  CHECK(r.confusion == std::vector<std::int64_t>{5, 3, 2, 3, 1, 9, 2, 1, 2, 4, 4, 4, 0, 0, 0, 0});
}

TEST_CASE("report: the ROC has a point a threshold, and its area", "[view][report]") {
  const Curve curve = roc_curve(truth, scores, 4, 1);
  CHECK(curve.x.size() == 41);
  CHECK(curve.x.back() == 1);
  CHECK(curve.y.back() == 1);
  CHECK(curve.x[5] == Approx(.037037037037037035));
  CHECK(curve.y[10] == Approx(.6153846153846154));
  double area = 0;
  for (std::size_t i = 1; i < curve.x.size(); ++i)
    area += (curve.x[i] - curve.x[i - 1]) * (curve.y[i] + curve.y[i - 1]) / 2;
  CHECK(area == Approx(.8774928774928776));
  // Ties count half.
  const ClassifierReport ties = classifier_report({0, 1, 1}, {.5, .5, .5, .5, .1, .9}, 2);
  CHECK(ties.by_class[1].roc_area == .75);
  CHECK(roc_curve({0, 1, 1}, {.5, .5, .5, .5, .1, .9}, 2, 1).x == std::vector<double>{0, 0, 1});
}

TEST_CASE("report: the worst come first; outputs that are no probabilities", "[view][report]") {
  const auto worst = worst_examples({0, 1, 0}, {.9, .1, .8, .2, .3, .7}, 2, 2);
  CHECK(worst == std::vector<std::int64_t>{1, 2});
  const ClassifierReport hinge = classifier_report({0, 1}, {2, -1, -3, 4}, 2);
  CHECK_FALSE(hinge.probabilities);
  CHECK(hinge.accuracy == 1);
  CHECK(hinge.high == Approx(1));
  const double none = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(classifier_report({}, {}, 2), ValueError);
  CHECK_THROWS_AS(classifier_report({2}, {.5, .5}, 2), ValueError);
  CHECK_THROWS_AS(classifier_report({0}, {.5}, 2), ValueError);
  CHECK_THROWS_AS(classifier_report({0}, {none, 1}, 2), ValueError);
}

TEST_CASE("report: a regression, as scikit-learn counts", "[view][report]") {
  const RegressionReport r = regression_report(targets, predictions, 2);
  CHECK(r.r2[0] == Approx(0.7620026035059075));
  CHECK(r.r2[1] == Approx(0.5689387799513315));
  CHECK(r.mean_r2 == Approx(0.6654706917286195));
  CHECK(r.mse == Approx(0.2670416666666667));
  CHECK(r.rmse == Approx(std::sqrt(0.2670416666666667)));
  CHECK(r.mae == Approx(0.3783333333333334));
  CHECK(r.mean_residual == Approx(0.11083333333333333));
  CHECK(r.largest_residual == Approx(1.34));
  CHECK(regression_report({2, 2}, {2, 2}, 1).r2[0] == 1);
  CHECK(regression_report({2, 2}, {2, 3}, 1).r2[0] == 0);
  CHECK_THROWS_AS(regression_report({1, 2}, {1}, 1), ValueError);
}
