// RowPreprocessor: what makes each example of that example alone, once it is fitted.
#pragma once

#include <ansatz/data/for_each_batch.hpp>
#include <ansatz/job/preprocessor.hpp>

#include <functional>
#include <string>

namespace ansatz {

/// A preprocessor at work that has one row for each row. It writes `rows`, and `width` where that
/// changes; what is in memory stays there, what is mapped or streamed is transformed as it is read.
class RowPreprocessor : public PreprocessorRun {
 public:
  /// @param name  of the class, for messages
  explicit RowPreprocessor(std::string name) : name_(std::move(name)) {}

  std::shared_ptr<const BatchSource> apply(std::shared_ptr<const BatchSource> data) const override;

 protected:
  /// Numbers of an example that it makes of one of `features` numbers; images whose number stays
  /// the same remain images. Throws ShapeError, see `require_width`.
  virtual std::int64_t width(std::int64_t features) const { return features; }
  /// Writes into the column what an example becomes: by default a vector of `width` numbers, or the
  /// image that it was.
  virtual void shape(Column& features) const;
  /// Makes `count` examples: in [count, features], out [count, width].
  virtual void rows(const double* in, double* out, std::int64_t count,
                    std::int64_t features) const = 0;

  /// ShapeError unless examples have as many numbers as those it was fitted on.
  void require_width(std::int64_t features, std::int64_t fitted) const;
  /// Calls `use(rows, count)` with the features of all examples, [count, features], and returns how
  /// many these are. ValueError for data without an end and for none.
  std::int64_t for_each_row(const std::shared_ptr<const BatchSource>& data,
                            const std::function<void(const double*, std::int64_t)>& use) const;
  /// The numbers of an example. NameError, ValueError where these are no features to preprocess.
  std::int64_t features(const BatchSource& data) const;

 private:
  std::string name_;
};

}  // namespace ansatz
