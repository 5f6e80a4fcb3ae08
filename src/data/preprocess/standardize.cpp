#include <ansatz/data/preprocess/standardize.hpp>

#include <ansatz/data/preprocess/row_preprocessor.hpp>

#include <cmath>
#include <numeric>

namespace ansatz {

namespace {

class StandardizeRun final : public RowPreprocessor {
 public:
  explicit StandardizeRun(const Standardize& how)
      : RowPreprocessor("Standardize"),
        global_mean_(how.global_mean),
        global_std_(how.global_std),
        eps_(how.std_eps) {}

  // In two walks: a variance from sums of squares loses the digits of a large mean.
  void fit(const std::shared_ptr<const BatchSource>& data) override {
    const std::int64_t n = features(*data);
    const auto size = static_cast<std::size_t>(n);
    std::vector<double> sum(size), squares(size);
    std::int64_t examples = 0;
    const auto over_all = [&](const auto& term, std::vector<double>& total) {
      examples = for_each_row(data, [&](const double* x, std::int64_t count) {
        for (std::int64_t i = 0; i < count; ++i)
          for (std::size_t k = 0; k < size; ++k) total[k] += term(*x++, k);
      });
    };
    over_all([](double x, std::size_t) { return x; }, sum);
    const auto count = static_cast<double>(examples);
    mean_ = {{n}, averaged(sum, count, global_mean_)};
    // That of all numbers is about the mean of all numbers, whatever is subtracted.
    const std::vector<double> center = averaged(sum, count, global_std_);
    over_all([&](double x, std::size_t k) { return (x - center[k]) * (x - center[k]); }, squares);
    deviation_ = {{n}, averaged(squares, count, global_std_)};
    for (double& each : deviation_.values) each = std::sqrt(each);
  }
  void learned(LearnedArrays& visit) override {
    visit("mean", mean_);
    visit("standard_deviation", deviation_);
  }

 protected:
  std::int64_t width(std::int64_t numbers) const override {
    require_width(numbers, std::ssize(mean_.values));
    return numbers;
  }
  void rows(const double* in, double* out, std::int64_t count,
            std::int64_t /*features*/) const override {
    for (std::int64_t i = 0; i < count; ++i)
      for (std::size_t k = 0; k < mean_.values.size(); ++k)
        *out++ = (*in++ - mean_.values[k]) / (eps_ + deviation_.values[k]);
  }

 private:
  static std::vector<double> averaged(const std::vector<double>& sums, double examples,
                                      bool global) {
    std::vector<double> mean(sums);
    for (double& each : mean) each /= examples;
    if (!global) return mean;
    const double all = std::accumulate(mean.begin(), mean.end(), 0.);
    mean.assign(mean.size(), all / static_cast<double>(mean.size()));
    return mean;
  }

  bool global_mean_, global_std_;
  double eps_;
  LearnedArray mean_, deviation_;
};

}  // namespace

std::shared_ptr<PreprocessorRun> Standardize::start() const {
  return std::make_shared<StandardizeRun>(*this);
}

}  // namespace ansatz
