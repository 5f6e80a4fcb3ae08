// The two data sets of 28 x 28 grey images in ten classes: MNIST and Fashion-MNIST.
#pragma once

#include <dsl/array.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ansatz {

/// Images of 28 x 28 pixels with their classes: a design matrix, one example a row.
struct Digits {
  static constexpr int rows = 28, columns = 28;
  static constexpr int features = rows * columns;
  static constexpr int classes = 10;

  int examples = 0;
  std::vector<float> images;         ///< [examples, 784]; 0 (paper) to 1 (ink)
  std::vector<std::int32_t> labels;  ///< [examples]; 0 to 9

  /// The 784 pixels of example i, row-major.
  const float* image(int i) const { return images.data() + std::size_t(i) * features; }

  /// As arguments of a program: `step({{"x", digits.x()}, {"y", digits.y()}})`.
  ArrayView x() const { return view(images.data(), {examples, features}); }
  ArrayView y() const { return view(labels); }
};

/// As `stop`: up to the last example.
inline constexpr int end_of_set = -1;

/// Number of examples of "train" (60000) or "test" (10000), as both sets have them. NameError for
/// another name.
int digits_in_set(std::string_view which_set);

/// MNIST (LeCun, Bottou, Bengio, Haffner 1998) from data_path()/mnist/*-ubyte[.gz]: examples
/// start .. stop - 1 of "train" (60000) or "test" (10000). Pixels are float(v) / 255.
///
/// Throws NameError for an unknown set, ValueError for a range outside the set, FileError for
/// files missing, damaged, of another shape or with labels above 9.
Digits mnist(std::string_view which_set, int start = 0, int stop = end_of_set);

/// Fashion-MNIST (Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747), from data_path()/fashion-mnist:
/// as `mnist`. Classes: T-shirt, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag,
/// ankle boot.
Digits fashion_mnist(std::string_view which_set, int start = 0, int stop = end_of_set);

/// The folder with all four files of MNIST, if data_path() has it.
std::optional<std::string> find_mnist();
std::optional<std::string> find_fashion_mnist();

/// The first file of "train" or "test" that is not there, as a path; "" when both are. `folder` is
/// "mnist" or "fashion-mnist". NameError for another set.
std::string missing_digits(const std::string& folder, std::string_view which_set);

}  // namespace ansatz
