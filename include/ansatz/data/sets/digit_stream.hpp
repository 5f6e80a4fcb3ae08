// An endless data set that looks like handwritten digits.
#pragma once

#include <ansatz/data/sets/mnist.hpp>

namespace ansatz {

/// Digits in the format of MNIST, drawn rather than read: each is one of several ways to write
/// the digit (a seven with and without bar, an open and a closed four, …) as strokes through
/// points, which are moved, bent, turned, slanted, stretched, drawn with a pen of varying width,
/// made noisy, scaled to about 20 pixels and centred in 28 x 28 by their centre of mass.
///
/// Any digit of the stream can be had at once: digit `index` depends on the seed and the index
/// alone, not on what was drawn before. The classes are equally likely and independent.
class DigitStream {
 public:
  explicit DigitStream(std::uint64_t seed = 0) : seed_(seed) {}

  /// Draws digit `index`, row-major, into the 784 numbers at `image` (0 paper, 1 ink); returns
  /// its class, 0 to 9.
  std::int32_t draw(std::int64_t index, float* image) const;

  /// The class of digit `index`, without drawing it.
  std::int32_t label(std::int64_t index) const;

  /// Digits first .. first + count - 1 into images [count, 784] and labels [count]; no memory is
  /// allocated. Throws ValueError when count is negative.
  void batch(std::int64_t first, int count, float* images, std::int32_t* labels) const;

  /// The same as a data set of its own.
  Digits digits(std::int64_t first, int count) const;

 private:
  std::uint64_t seed_;
};

/// Examples start .. stop - 1 of MNIST where find_mnist() finds it; otherwise as many digits of the
/// stream, other ones for "train" (60000) and "test" (10000). Errors as of `mnist`.
Digits mnist_or_drawn(std::string_view which_set, int start = 0, int stop = end_of_set);

}  // namespace ansatz
