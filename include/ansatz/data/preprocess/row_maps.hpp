// Preprocessors of single examples that learn nothing, and of single features.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/preprocessor.hpp>
#include <ansatz/spaces/rows_columns.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Each example without its mean, divided by its length or, with `use_std`, by its standard
/// deviation (ddof 1): x <- scale (x - mean) / max(n, min_divisor or 1), n = sqrt(sqrt_bias + …).
/// Pylearn2's GlobalContrastNormalization; with use_std and sqrt_bias 10 that of Coates, Lee and Ng
/// (2011).
class GlobalContrastNormalization : public Preprocessor {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.preprocessing.GlobalContrastNormalization";
  static constexpr const char* doc = "each example without its mean, and of one length";
  bool subtract_mean = true, use_std = false;
  double scale = 1, sqrt_bias = 0, min_divisor = 1e-8;
  std::optional<int> batch_size;

  template <KeyOf<GlobalContrastNormalization>... O>
  constexpr GlobalContrastNormalization(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = GlobalContrastNormalization;
    key("subtract_mean", &Self::subtract_mean, "whether the mean is subtracted");
    key("scale", &Self::scale, "length of the results").above(0);
    key("sqrt_bias", &Self::sqrt_bias, "added to the sum of squares, or the variance").at_least(0);
    key("use_std", &Self::use_std, "divide by the standard deviation, not by the length");
    key("min_divisor", &Self::min_divisor, "an example with a smaller divisor is not divided")
        .at_least(0);
    key("batch_size", &Self::batch_size, "accepted and ignored");
  }
  constexpr bool learns() const override { return false; }
  std::shared_ptr<PreprocessorRun> start() const override;
};

/// Each example divided by its length; 0 stays 0.
class MakeUnitNorm : public Preprocessor {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.preprocessing.MakeUnitNorm";
  static constexpr const char* doc = "each example divided by its length";
  constexpr MakeUnitNorm() {}
  template <class K>
  static constexpr void keys(K&) {}
  constexpr bool learns() const override { return false; }
  std::shared_ptr<PreprocessorRun> start() const override;
};

/// The numbers from map_from[0] to map_from[1], moved and stretched to those from map_to[0] to
/// map_to[1].
class RemapInterval : public Preprocessor {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.preprocessing.RemapInterval";
  static constexpr const char* doc = "numbers of one interval become those of another";
  ir::List<double> map_from, map_to;
  constexpr RemapInterval() {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("map_from", &RemapInterval::map_from, "[least, most] of the numbers that come in");
    key.required("map_to", &RemapInterval::map_to, "[least, most] of those that go out");
  }
  void check() const;
  constexpr bool learns() const override { return false; }
  std::shared_ptr<PreprocessorRun> start() const override;
};

/// Colours of pixels as brightness and two differences, Y, U, V, or back.
class RGB_YUV : public Preprocessor {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.preprocessing.RGB_YUV";
  static constexpr const char* doc = "red, green, blue to Y, U, V, or back";
  bool rgb_yuv = true;
  std::optional<int> batch_size;
  template <KeyOf<RGB_YUV>... O>
  constexpr RGB_YUV(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key("rgb_yuv", &RGB_YUV::rgb_yuv, "true: from red, green, blue; false: to them");
    key("batch_size", &RGB_YUV::batch_size, "accepted and ignored");
  }
  constexpr bool learns() const override { return false; }
  std::shared_ptr<PreprocessorRun> start() const override;
};

/// Local contrast normalisation (Jarrett et al. 2009), channel by channel: each pixel without the
/// Gaussian mean (standard deviation 2) of kernel_size x kernel_size pixels around it, divided by
/// the root of the Gaussian mean of squares there, or by the image's mean of those roots, where
/// that is larger, or by the threshold. Pylearn2's LeCunLCN, of all channels.
class LeCunLCN : public Preprocessor {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.preprocessing.LeCunLCN";
  static constexpr const char* doc = "local contrast normalisation";
  RowsColumns img_shape;
  int kernel_size = 7;
  double threshold = 1e-4;
  ir::List<int> channels;
  std::optional<int> batch_size;

  constexpr LeCunLCN() {}
  template <KeyOf<LeCunLCN>... O>
  constexpr explicit LeCunLCN(const RowsColumns& shape, const O&... options) : img_shape(shape) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("img_shape", &LeCunLCN::img_shape, "rows and columns of the images");
    key("kernel_size", &LeCunLCN::kernel_size, "pixels in each direction, an odd number")
        .at_least(1);
    key("threshold", &LeCunLCN::threshold, "the least divisor").above(0);
    key("channels", &LeCunLCN::channels, "which channels; default: all").at_least(0);
    key("batch_size", &LeCunLCN::batch_size, "accepted and ignored");
  }
  void check() const;
  constexpr bool learns() const override { return false; }
  std::shared_ptr<PreprocessorRun> start() const override;
};

/// Each feature without its mean over the examples; with axis null, all without the mean of all
/// numbers.
class RemoveMean : public Preprocessor {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.preprocessing.RemoveMean";
  static constexpr const char* doc = "features of mean 0";
  std::optional<int> axis = 0;
  constexpr RemoveMean() {}
  template <class K>
  static constexpr void keys(K& key) {
    key("axis", &RemoveMean::axis, "0: the mean of each feature; null: that of all numbers")
        .from_to(0, 0);
  }
  std::shared_ptr<PreprocessorRun> start() const override;
};

/// The features that are not 0 in all examples it is fitted on.
class RemoveZeroColumns : public Preprocessor {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.preprocessing.RemoveZeroColumns";
  static constexpr const char* doc = "leaves out features that are always 0";
  constexpr RemoveZeroColumns() {}
  template <class K>
  static constexpr void keys(K&) {}
  constexpr SpaceInfo output_space(const SpaceInfo&) const override { return {}; }
  std::shared_ptr<PreprocessorRun> start() const override;
};

}  // namespace ansatz
