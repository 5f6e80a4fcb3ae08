#include <ansatz/data/preprocess/row_maps.hpp>

#include <ansatz/base/key_faults.hpp>
#include <ansatz/data/preprocess/global_contrast.hpp>
#include <ansatz/data/preprocess/row_preprocessor.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ansatz {

namespace {

// One that learns nothing: a function of an example, [numbers] to as many.
class RowMap final : public RowPreprocessor {
 public:
  using Map = std::function<void(const double* in, double* out, std::int64_t numbers)>;
  /// @param check  throws for examples of so many numbers that it cannot be applied to
  RowMap(std::string name, Map map, std::function<void(std::int64_t)> check = nullptr)
      : RowPreprocessor(std::move(name)), map_(std::move(map)), check_(std::move(check)) {}

 protected:
  std::int64_t width(std::int64_t numbers) const override {
    if (check_) check_(numbers);
    return numbers;
  }
  void rows(const double* in, double* out, std::int64_t count,
            std::int64_t features) const override {
    for (std::int64_t i = 0; i < count; ++i) map_(in + i * features, out + i * features, features);
  }

 private:
  Map map_;
  std::function<void(std::int64_t)> check_;
};

template <class Map, class... Check>
std::shared_ptr<PreprocessorRun> row_map(const char* name, Map map, Check... check) {
  return std::make_shared<RowMap>(name, std::move(map), std::move(check)...);
}

// With the centre in the middle; they sum to 1.
std::vector<double> gaussian(int size) {
  std::vector<double> w;
  double sum = 0;
  for (int i = 0; i < size; ++i)
    for (int j = 0; j < size; ++j) {
      const int y = i - size / 2, x = j - size / 2;
      w.push_back(std::exp(-(x * x + y * y) / 8.));
      sum += w.back();
    }
  for (double& v : w) v /= sum;
  return w;
}

// Of one channel of an image: beyond its edges there are zeros.
std::vector<double> blurred(const std::vector<double>& image, const RowsColumns& shape,
                            const std::vector<double>& kernel, int size) {
  std::vector<double> out(image.size());
  const int mid = size / 2;
  for (int r = 0; r < shape.rows; ++r)
    for (int c = 0; c < shape.columns; ++c) {
      double sum = 0;
      for (int i = std::max(0, mid - r); i < std::min(size, shape.rows + mid - r); ++i)
        for (int j = std::max(0, mid - c); j < std::min(size, shape.columns + mid - c); ++j)
          sum += kernel[static_cast<std::size_t>(i * size + j)] *
                 image[static_cast<std::size_t>((r + i - mid) * shape.columns + c + j - mid)];
      out[static_cast<std::size_t>(r * shape.columns + c)] = sum;
    }
  return out;
}

std::vector<double> locally_normal(const std::vector<double>& x, const LeCunLCN& how,
                                   const std::vector<double>& kernel) {
  const std::vector<double> mean = blurred(x, how.img_shape, kernel, how.kernel_size);
  std::vector<double> squares(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) squares[i] = x[i] * x[i];
  std::vector<double> divisor = blurred(squares, how.img_shape, kernel, how.kernel_size);
  double average = 0;
  for (double& d : divisor) average += d = std::sqrt(d);
  average /= static_cast<double>(x.size());
  std::vector<double> out(x.size());
  for (std::size_t i = 0; i < x.size(); ++i)
    out[i] = (x[i] - mean[i]) / std::max({divisor[i], average, how.threshold});
  return out;
}

class RemoveMeanRun final : public RowPreprocessor {
 public:
  explicit RemoveMeanRun(bool of_all) : RowPreprocessor("RemoveMean"), of_all_(of_all) {}
  void fit(const std::shared_ptr<const BatchSource>& data) override {
    const auto n = static_cast<std::size_t>(features(*data));
    std::vector<double> sum(n);
    const std::int64_t examples = for_each_row(data, [&](const double* x, std::int64_t count) {
      for (std::int64_t i = 0; i < count; ++i)
        for (double& s : sum) s += *x++;
    });
    for (double& s : sum) s /= static_cast<double>(examples);
    if (of_all_) {
      double all = 0;
      for (const double s : sum) all += s / static_cast<double>(n);
      std::fill(sum.begin(), sum.end(), all);
    }
    mean_ = {{static_cast<std::int64_t>(n)}, std::move(sum)};
  }
  void learned(LearnedArrays& visit) override { visit("mean", mean_); }

 protected:
  std::int64_t width(std::int64_t numbers) const override {
    require_width(numbers, std::ssize(mean_.values));
    return numbers;
  }
  void rows(const double* in, double* out, std::int64_t count,
            std::int64_t /*features*/) const override {
    for (std::int64_t i = 0; i < count; ++i)
      for (const double m : mean_.values) *out++ = *in++ - m;
  }

 private:
  bool of_all_;
  LearnedArray mean_;
};

class RemoveZeroColumnsRun final : public RowPreprocessor {
 public:
  RemoveZeroColumnsRun() : RowPreprocessor("RemoveZeroColumns") {}
  void fit(const std::shared_ptr<const BatchSource>& data) override {
    const auto n = static_cast<std::size_t>(features(*data));
    std::vector<bool> used(n);
    for_each_row(data, [&](const double* x, std::int64_t count) {
      for (std::int64_t i = 0; i < count; ++i)
        for (std::size_t k = 0; k < n; ++k)
          if (*x++ != 0) used[k] = true;
    });
    kept_ = {};
    for (std::size_t k = 0; k < n; ++k)
      if (used[k]) kept_.values.push_back(static_cast<double>(k));
    if (kept_.values.empty())
      throw ValueError("RemoveZeroColumns: all features of all examples are 0");
    kept_.shape = {std::ssize(kept_.values)};
    before_ = {{1}, {static_cast<double>(n)}};
  }
  void learned(LearnedArrays& visit) override {
    visit("kept", kept_);
    visit("features", before_);
  }

 protected:
  std::int64_t width(std::int64_t numbers) const override {
    require_width(numbers, static_cast<std::int64_t>(before_.values.at(0)));
    return std::ssize(kept_.values);
  }
  void rows(const double* in, double* out, std::int64_t count,
            std::int64_t /*features*/) const override {
    for (std::int64_t i = 0; i < count; ++i, in += static_cast<std::int64_t>(before_.values[0]))
      for (const double k : kept_.values) *out++ = in[static_cast<std::int64_t>(k)];
  }

 private:
  LearnedArray kept_, before_;
};

}  // namespace

std::shared_ptr<PreprocessorRun> GlobalContrastNormalization::start() const {
  GlobalContrast how;
  how.scale = scale;
  how.subtract_mean = subtract_mean;
  how.use_std = use_std;
  how.sqrt_bias = sqrt_bias;
  how.min_divisor = min_divisor;
  return row_map("GlobalContrastNormalization",
                 [how](const double* in, double* out, std::int64_t n) {
                   std::copy_n(in, n, out);
                   normalize_contrast(how, out, 1, n);
                 });
}

std::shared_ptr<PreprocessorRun> MakeUnitNorm::start() const {
  return row_map("MakeUnitNorm", [](const double* in, double* out, std::int64_t n) {
    double squares = 0;
    for (std::int64_t k = 0; k < n; ++k) squares += in[k] * in[k];
    const double length = squares > 0 ? std::sqrt(squares) : 1;
    for (std::int64_t k = 0; k < n; ++k) out[k] = in[k] / length;
  });
}

void RemapInterval::check() const {
  for (const auto& [name, list] : {std::pair{"map_from", &map_from}, {"map_to", &map_to}})
    if (list->size() != 2)
      throw KeyFaults(
          name, fmt::format("{} has {} numbers; two are needed: least, most", name, list->size()));
  if (map_from[0] == map_from[1])
    throw KeyFaults("map_from", fmt::format("map_from is [{}, {}], an interval of length 0",
                                            map_from[0], map_from[1]));
}
std::shared_ptr<PreprocessorRun> RemapInterval::start() const {
  check();
  const double from = map_from[0], to = map_to[0];
  const double scale = (map_to[1] - map_to[0]) / (map_from[1] - map_from[0]);
  return row_map("RemapInterval", [=](const double* in, double* out, std::int64_t n) {
    for (std::int64_t k = 0; k < n; ++k) out[k] = (in[k] - from) * scale + to;
  });
}

std::shared_ptr<PreprocessorRun> RGB_YUV::start() const {
  return row_map(
      "RGB_YUV",
      [to_yuv = rgb_yuv](const double* in, double* out, std::int64_t n) {
        for (std::int64_t k = 0; k < n; k += 3) {
          const double a = in[k], b = in[k + 1], c = in[k + 2];
          if (to_yuv) {
            out[k] = .299 * a + .587 * b + .114 * c;
            out[k + 1] = -.14713 * a - .28886 * b + .436 * c;
            out[k + 2] = .615 * a - .51499 * b - .10001 * c;
          } else {
            out[k] = a + 1.13983 * c;
            out[k + 1] = a - .39465 * b - .58060 * c;
            out[k + 2] = a + 2.03211 * b;
          }
        }
      },
      [](std::int64_t n) {
        if (n % 3 != 0)
          throw ShapeError(
              fmt::format("RGB_YUV: examples of {} numbers are no pixels of three colours", n));
      });
}

void LeCunLCN::check() const {
  if (img_shape.rows < 1 || img_shape.columns < 1)
    throw KeyFaults("img_shape", fmt::format("img_shape is {}; at least 1 x 1 is needed",
                                             to_text(img_shape).view()));
  if (kernel_size % 2 == 0)
    throw KeyFaults("kernel_size",
                    fmt::format("kernel_size is {}; an odd number is needed", kernel_size));
}
std::shared_ptr<PreprocessorRun> LeCunLCN::start() const {
  check();
  const std::int64_t pixels = std::int64_t{img_shape.rows} * img_shape.columns;
  const auto normalized = [how = *this, pixels, kernel = gaussian(kernel_size)](
                              const double* in, double* out, std::int64_t n) {
    const std::int64_t colours = n / pixels;
    std::copy_n(in, n, out);
    std::vector<double> image(static_cast<std::size_t>(pixels));
    for (std::int64_t c = 0; c < colours; ++c) {
      const bool wanted =
          how.channels.empty() || std::find(how.channels.begin(), how.channels.end(),
                                            static_cast<int>(c)) != how.channels.end();
      if (!wanted) continue;
      for (std::int64_t p = 0; p < pixels; ++p)
        image[static_cast<std::size_t>(p)] = in[p * colours + c];
      const std::vector<double> normal = locally_normal(image, how, kernel);
      for (std::int64_t p = 0; p < pixels; ++p)
        out[p * colours + c] = normal[static_cast<std::size_t>(p)];
    }
  };
  return row_map("LeCunLCN", normalized, [pixels, how = *this](std::int64_t n) {
    if (n % pixels != 0)
      throw ShapeError(fmt::format("LeCunLCN: examples of {} numbers are no images of {} pixels", n,
                                   to_text(how.img_shape).view()));
    for (const int c : how.channels)
      if (c >= n / pixels)
        throw ValueError(
            fmt::format("LeCunLCN: channel {}, where 0 to {} are there", c, n / pixels - 1));
  });
}

std::shared_ptr<PreprocessorRun> RemoveMean::start() const {
  return std::make_shared<RemoveMeanRun>(!axis);
}
std::shared_ptr<PreprocessorRun> RemoveZeroColumns::start() const {
  return std::make_shared<RemoveZeroColumnsRun>();
}

}  // namespace ansatz
