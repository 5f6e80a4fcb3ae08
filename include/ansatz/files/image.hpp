// Pictures: PNG and JPEG files as bytes of pixels.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ansatz {

/// Pixels [rows, columns, channels], 0 to 255; one channel is grey, three are red, green, blue.
struct Picture {
  int rows = 0, columns = 0, channels = 0;
  std::vector<std::uint8_t> pixels;
};

/// Reads a PNG (libpng) or JPEG file (libjpeg-turbo), whatever its name, with so many channels, 1
/// or 3: grey from colour is .299 R + .587 G + .114 B, transparent pixels lie on white. FileError:
/// no such file, neither of the two, damaged, cut off, of more than `most_pixels` pixels.
Picture read_picture(const std::string& path, int channels,
                     std::int64_t most_pixels = std::int64_t{1} << 28);

/// The picture as a PNG. ValueError unless it has 1 channel or 3 and as many pixels as it says.
std::vector<std::uint8_t> png_bytes(const Picture& picture);
/// Replaces `path` by the picture as a PNG (AtomicFile), unless a model is there. FileError if
/// writing fails.
void write_png(const std::string& path, const Picture& picture);

/// The same picture with other numbers of rows and columns: each new pixel is the mean of those
/// beneath it, weighted by a triangle as wide as the change of size asks for (a bilinear filter,
/// which blurs as it makes smaller, as that of PIL does).
Picture resized(const Picture& picture, int rows, int columns);

}  // namespace ansatz
