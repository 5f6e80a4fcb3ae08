// Many small images beside each other, as one picture.
#pragma once

#include <ansatz/files/image.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace ansatz {

/// Images [count, rows, columns, channels], row-major: of filters, examples, samples.
struct Images {
  std::int64_t count = 0;
  int rows = 0, columns = 0, channels = 1;
  std::vector<double> values;

  std::int64_t size() const { return std::int64_t{1} * rows * columns * channels; }
  const double* image(std::int64_t i) const { return values.data() + i * size(); }
};

/// What becomes white, as of Pylearn2's show_weights: of each image its largest absolute value, or
/// that of all images, or 1, what lies beyond being cut off.
enum class Rescale : unsigned char { individual, global, none };
/// What the middle grey is: zero, so that black is minus white; or nothing, zero being black; by
/// default the second where no value is negative.
enum class Shades : unsigned char { by_sign, around_zero, from_zero };

struct SheetOptions {
  int columns = 0;  ///< images beside each other; 0: as many as make the picture about square
  Rescale rescale = Rescale::individual;
  Shades shades = Shades::by_sign;
  bool border = false;  ///< a line around each image
  int gap = 2;          ///< pixels between them
  /// Written to the left of the rows and above the columns of images; none: nothing is.
  std::vector<int> numbers = {};
  int zoom = 0;  ///< pixels of the picture a pixel; 0: as many as make an image about 56 wide
};

/// One image beside the other, in rows, on white; where there are fewer than places, and where a
/// value is not finite, it stays light blue. ValueError for images without pixels, of neither one
/// nor three channels, and for pictures of more than 100 million pixels.
Picture sheet(const Images& images, const SheetOptions& options = {});

/// Each channel as an image of its own, those of one image beside each other.
Images channels_apart(const Images& images);
/// Some of the images, in this order.
Images chosen(const Images& images, const std::vector<std::int64_t>& which);
/// The order of the images by their lengths (the roots of their sums of squares), the longest
/// first. Of `together` images a length is that of all, and they stay beside each other.
std::vector<std::int64_t> by_norm(const Images& images, int together = 1);

/// What the terminals kitty and others show as a picture, by kitty's protocol; and the same by
/// sixels (DEC 1983), in 216 colours or as many greys.
std::string kitty_text(const Picture& picture);
std::string sixel_text(const Picture& picture);

}  // namespace ansatz
