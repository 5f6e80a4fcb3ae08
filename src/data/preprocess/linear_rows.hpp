// Preprocessors that are y = (x - mean) M + offset.
#pragma once

#include <ansatz/data/preprocess/row_preprocessor.hpp>

#include "../../base/eigen.hpp"

namespace ansatz::preprocess {

/// Of the features of all examples.
struct Covariance {
  std::int64_t examples = 0;
  std::vector<double> mean;
  /// The sums of products of the numbers without their mean, [n, n].
  std::vector<double> products;
  /// Where there are fewer examples than numbers: the centred examples, [examples, n], instead.
  std::vector<double> centred;
};

class LinearRows : public RowPreprocessor {
 public:
  using RowPreprocessor::RowPreprocessor;
  void learned(LearnedArrays& visit) override {
    visit("mean", mean_);
    visit("matrix", matrix_);
  }
  /// By the pseudoinverse of M.
  std::shared_ptr<PreprocessorRun> inverse() const override;

 protected:
  std::int64_t width(std::int64_t features) const override;
  void rows(const double* in, double* out, std::int64_t count, std::int64_t) const override;

  /// In two walks: products of numbers with their mean lose digits.
  /// @param few  whether the examples themselves are wanted where they are fewer than the numbers
  Covariance covariance(const std::shared_ptr<const BatchSource>& data, bool few = false) const;

  LearnedArray mean_, matrix_;  // [inputs], [inputs, outputs]
  std::vector<double> offset_;  // [outputs], or empty: 0
};

}  // namespace ansatz::preprocess
