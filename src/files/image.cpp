#include <ansatz/files/image.hpp>

#include <ansatz/files/atomic_file.hpp>

#include <ansatz/base/regular_file.hpp>
#include <dsl/exceptions.hpp>

#include <dsl/in_quotes.hpp>

#include <fmt/format.h>
#include <png.h>
#include <turbojpeg.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

namespace ansatz {

namespace {

[[noreturn]] void refuse(const std::string& path, std::string_view why) {
  throw FileError(fmt::format("cannot read {}: {}", path_in_quotes(path), why));
}

std::string bytes_of(const std::string& path) {
  serial::RegularFile file = serial::open_regular(path);
  if (!file.file) refuse(path, file.why.empty() ? std::strerror(file.error) : file.why);
  constexpr std::int64_t most = std::int64_t{1} << 30;
  if (file.size > most) refuse(path, fmt::format("{} bytes, more than {}", file.size, most));
  std::string bytes(static_cast<std::size_t>(file.size), '\0');
  const serial::Stream stream = serial::stream_of(std::move(file));
  if (!stream || std::fread(bytes.data(), 1, bytes.size(), stream.get()) != bytes.size())
    refuse(path, "it cannot be read to its end");
  return bytes;
}

void check_size(const std::string& path, std::int64_t rows, std::int64_t columns,
                std::int64_t most) {
  if (rows < 1 || columns < 1 || rows > most / columns)
    refuse(path, fmt::format("a picture of {} x {} pixels, of which at most {} are read", rows,
                             columns, most));
}

// As libpng's own conversion of colours to grey and of transparent pixels is another for each kind
// of file, it gives the colours, and what is made of them is made here.
Picture read_png(const std::string& path, const std::string& bytes, int channels,
                 std::int64_t most) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  const std::unique_ptr<png_image, void (*)(png_image*)> freed(&image, &png_image_free);
  if (!png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()))
    refuse(path, fmt::format("a damaged PNG file: {}", image.message));
  check_size(path, image.height, image.width, most);
  image.format = PNG_FORMAT_RGBA;
  std::vector<std::uint8_t> rgba(PNG_IMAGE_SIZE(image));
  if (!png_image_finish_read(&image, nullptr, rgba.data(), 0, nullptr))
    refuse(path, fmt::format("a damaged PNG file: {}", image.message));
  Picture out{static_cast<int>(image.height), static_cast<int>(image.width), channels, {}};
  out.pixels.reserve(rgba.size() / 4 * static_cast<std::size_t>(channels));
  for (std::size_t i = 0; i < rgba.size(); i += 4) {
    const int alpha = rgba[i + 3];
    int colour[3];
    for (int c = 0; c < 3; ++c)
      colour[c] = (rgba[i + static_cast<std::size_t>(c)] * alpha + 255 * (255 - alpha) + 127) / 255;
    if (channels == 3)
      for (const int c : colour) out.pixels.push_back(static_cast<std::uint8_t>(c));
    else
      out.pixels.push_back(static_cast<std::uint8_t>(
          (299 * colour[0] + 587 * colour[1] + 114 * colour[2] + 500) / 1000));
  }
  return out;
}

Picture read_jpeg(const std::string& path, const std::string& bytes, int channels,
                  std::int64_t most) {
  const std::unique_ptr<void, int (*)(tjhandle)> jpeg(tjInitDecompress(), &tjDestroy);
  if (!jpeg) refuse(path, "there is no memory for it");
  const auto* const data = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto damaged = [&] {
    refuse(path, fmt::format("a damaged JPEG file: {}", tjGetErrorStr2(jpeg.get())));
  };
  int columns = 0, rows = 0, subsampling = 0, colours = 0;
  // What is cut off before its size is known has none, and is no error to the library.
  if (tjDecompressHeader3(jpeg.get(), data, bytes.size(), &columns, &rows, &subsampling, &colours))
    damaged();
  if (rows < 1 || columns < 1) refuse(path, "a damaged JPEG file: it ends in its header");
  check_size(path, rows, columns, most);
  Picture out{rows, columns, channels, {}};
  out.pixels.resize(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns) *
                    static_cast<std::size_t>(channels));
  // A picture that is cut off is no warning here.
  if (tjDecompress2(jpeg.get(), data, bytes.size(), out.pixels.data(), columns, 0, rows,
                    channels == 1 ? TJPF_GRAY : TJPF_RGB,
                    TJFLAG_ACCURATEDCT | TJFLAG_STOPONWARNING))
    damaged();
  return out;
}

// How much of each old pixel is in a new one, along one direction.
struct Weights {
  int first = 0;
  std::vector<double> of;
};
std::vector<Weights> filter(int from, int to) {
  const double scale = static_cast<double>(from) / to, reach = std::max(scale, 1.);
  std::vector<Weights> all;
  for (int i = 0; i < to; ++i) {
    const double centre = (i + .5) * scale;
    Weights w;
    w.first = std::max(0, static_cast<int>(std::floor(centre - reach)));
    const int end = std::min(from, static_cast<int>(std::ceil(centre + reach)));
    double sum = 0;
    for (int k = w.first; k < end; ++k) {
      const double part = std::max(0., 1 - std::abs((k + .5 - centre) / reach));
      w.of.push_back(part);
      sum += part;
    }
    for (double& part : w.of) part /= sum;
    all.push_back(std::move(w));
  }
  return all;
}

}  // namespace

Picture read_picture(const std::string& path, int channels, std::int64_t most_pixels) {
  if (channels != 1 && channels != 3)
    throw ValueError(fmt::format("pictures are read with 1 channel or 3, not {}", channels));
  const std::string bytes = bytes_of(path);
  const auto begins = [&](std::string_view with) {
    return bytes.compare(0, with.size(), with) == 0;
  };
  if (begins("\x89PNG\r\n\x1a\n")) return read_png(path, bytes, channels, most_pixels);
  if (begins("\xff\xd8")) return read_jpeg(path, bytes, channels, most_pixels);
  refuse(path, bytes.empty() ? "it is empty" : "it is neither a PNG nor a JPEG file");
}

std::vector<std::uint8_t> png_bytes(const Picture& picture) {
  if ((picture.channels != 1 && picture.channels != 3) || picture.rows < 1 || picture.columns < 1 ||
      std::ssize(picture.pixels) != std::int64_t{picture.rows} * picture.columns * picture.channels)
    throw ValueError(fmt::format("{} pixels are no picture of {} x {} with {} channels",
                                 picture.pixels.size(), picture.rows, picture.columns,
                                 picture.channels));
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture.columns);
  image.height = static_cast<png_uint_32>(picture.rows);
  image.format = picture.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  png_alloc_size_t size = 0;
  std::vector<std::uint8_t> bytes;
  const auto write = [&](void* memory) {
    if (!png_image_write_to_memory(&image, memory, &size, 0, picture.pixels.data(), 0, nullptr))
      throw FileError(fmt::format("libpng: {}", image.message));
  };
  write(nullptr);
  bytes.resize(size);
  write(bytes.data());
  bytes.resize(size);
  return bytes;
}

void write_png(const std::string& path, const Picture& picture) {
  std::vector<std::uint8_t> bytes;
  try {
    bytes = png_bytes(picture);
  } catch (const ValueError& fault) {
    throw ValueError(path + ": " + fault.what());
  }
  AtomicFile file(path, Overwrite::replace, Replaces::no_models);
  file.write(bytes.data(), bytes.size());
  file.commit();
}

Picture resized(const Picture& p, int rows, int columns) {
  if (rows == p.rows && columns == p.columns) return p;
  const auto index = [](std::int64_t i) { return static_cast<std::size_t>(i); };
  const std::int64_t channels = p.channels;
  const std::vector<Weights> across = filter(p.columns, columns), down = filter(p.rows, rows);
  std::vector<double> narrow(index(std::int64_t{p.rows} * columns * channels));
  for (std::int64_t r = 0; r < p.rows; ++r)
    for (std::int64_t c = 0; c < columns; ++c) {
      const Weights& w = across[index(c)];
      for (std::int64_t k = 0; k < channels; ++k) {
        double sum = 0;
        for (std::size_t i = 0; i < w.of.size(); ++i)
          sum += w.of[i] *
                 p.pixels[index((r * p.columns + w.first) * channels + k) + i * index(channels)];
        narrow[index((r * columns + c) * channels + k)] = sum;
      }
    }
  Picture out{rows, columns, p.channels, {}};
  out.pixels.reserve(index(std::int64_t{rows} * columns * channels));
  for (std::int64_t r = 0; r < rows; ++r) {
    const Weights& w = down[index(r)];
    for (std::int64_t j = 0; j < columns * channels; ++j) {
      double sum = 0;
      for (std::size_t i = 0; i < w.of.size(); ++i)
        sum += w.of[i] * narrow[(index(w.first) + i) * index(columns * channels) + index(j)];
      out.pixels.push_back(static_cast<std::uint8_t>(std::clamp(std::lround(sum), 0L, 255L)));
    }
  }
  return out;
}

}  // namespace ansatz
