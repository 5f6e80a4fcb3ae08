// How good outputs of a model are: numbers of a classifier and of a regression, and their pictures.
#pragma once

#include <ansatz/view/plot.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ansatz {

/// Of one class against all others. A share of nothing is 0, as scikit-learn has it by default; an
/// area needs examples of both kinds, else it is NaN.
struct ClassScores {
  double precision = 0, recall = 0, f1 = 0, roc_area = 0;
  std::int64_t support = 0;  ///< examples of the class
};

/// Examples whose told class has a probability within a tenth.
struct CalibrationBin {
  std::int64_t count = 0;
  double confidence = 0, accuracy = 0;  ///< means; 0 of none
};

struct ClassifierReport {
  std::int64_t examples = 0, classes = 0;
  std::vector<ClassScores> by_class;
  ClassScores macro;               ///< means over classes; of areas, over those that are numbers
  ClassScores weighted;            ///< means weighted by support
  std::vector<std::int64_t> told;  ///< of each example the likeliest class
  std::vector<std::int64_t> confusion;     ///< [classes, classes]: true class, told class
  double accuracy = 0, low = 0, high = 0;  ///< with Wilson's interval (1927) of 95 %
  /// Whether the outputs are probabilities: none is negative, and those of an example sum to 1.
  bool probabilities = false;
  double log_loss = 0;           ///< nats an example; of probabilities, kept above 2.2e-16
  double calibration_error = 0;  ///< mean of |confidence - accuracy| of the bins, by their counts
  std::vector<CalibrationBin> calibration;  ///< ten
};

/// @param truth   the class of each example, from 0
/// @param scores  [examples, classes], row-major
/// @throws ValueError for no example, fewer than two classes, another number of scores, classes out
///         of range, scores that are no numbers
ClassifierReport classifier_report(const std::vector<std::int64_t>& truth,
                                   const std::vector<double>& scores, std::int64_t classes);

/// The receiver operating characteristic: of each threshold at which it changes, the share of
/// others that are told (x) and that of the class (y), from (0, 0) to (1, 1).
Curve roc_curve(const std::vector<std::int64_t>& truth, const std::vector<double>& scores,
                std::int64_t classes, std::int64_t of);

/// The examples by the score of their true class, the lowest first.
std::vector<std::int64_t> worst_examples(const std::vector<std::int64_t>& truth,
                                         const std::vector<double>& scores, std::int64_t classes,
                                         std::int64_t count);

struct RegressionReport {
  std::int64_t examples = 0, outputs = 0;
  std::vector<double>
      r2;  ///< of each output; of a target that is constant, as scikit-learn: 1 or 0
  double mean_r2 = 0, mse = 0, rmse = 0, mae = 0, mean_residual = 0, largest_residual = 0;
};

/// @param targets, predictions  [examples, outputs], row-major. ValueError as above.
RegressionReport regression_report(const std::vector<double>& targets,
                                   const std::vector<double>& predictions, std::int64_t outputs);

/// Areas of each class below each other, calibration beside the diagonal.
/// @param names  of the classes; none: their numbers
Plot roc_plot(const std::vector<std::int64_t>& truth, const std::vector<double>& scores,
              std::int64_t classes, const std::vector<std::string>& names = {});
Plot calibration_plot(const ClassifierReport& report);
/// Draws the confusion matrix: to the right the told class, downwards the true one; shades are
/// shares of a true class, numbers counts. Errors as of draw_plot; at most 100 classes.
/// @param names  of the classes, drawn of at most 40; none: their numbers
void draw_confusions(const ClassifierReport& report, const std::string& path,
                     const std::vector<std::string>& names = {});

}  // namespace ansatz
