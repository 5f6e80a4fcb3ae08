#include <ansatz/view/sheet.hpp>

#include <dsl/exceptions.hpp>

#include "base64.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>

namespace ansatz {

namespace {

double largest(const double* from, std::int64_t count) {
  double most = 0;
  for (std::int64_t i = 0; i < count; ++i)
    if (std::isfinite(from[i])) most = std::max(most, std::abs(from[i]));
  return most;
}

constexpr std::uint8_t missing[] = {203, 222, 240}, line[] = {0, 114, 178};

/// Where the pixels of the picture are.
struct Canvas {
  Picture picture;

  /// What is beyond the picture's edges is left out.
  void put(std::int64_t row, std::int64_t column, const std::uint8_t* colour) {
    if (row < 0 || row >= picture.rows || column < 0 || column >= picture.columns) return;
    const std::int64_t at = (row * picture.columns + column) * 3;
    for (std::int64_t c = 0; c < 3; ++c)
      picture.pixels[static_cast<std::size_t>(at + c)] = colour[c];
  }
};

void draw_image(Canvas& canvas, const Images& images, std::int64_t i, double scale, bool from_zero,
                std::int64_t top, std::int64_t left, int zoom) {
  const double* const image = images.image(i);
  for (std::int64_t r = 0; r < std::int64_t{1} * images.rows * zoom; ++r)
    for (std::int64_t c = 0; c < std::int64_t{1} * images.columns * zoom; ++c) {
      const double* const pixel = image + (r / zoom * images.columns + c / zoom) * images.channels;
      std::uint8_t colour[3];
      bool finite = true;
      for (int k = 0; k < 3; ++k) {
        const double v = pixel[images.channels == 3 ? k : 0];
        finite = finite && std::isfinite(v);
        const double shade = from_zero ? v * scale : (1 + v * scale) / 2;
        colour[k] = finite ? static_cast<std::uint8_t>(std::lround(255 * std::clamp(shade, 0., 1.)))
                           : std::uint8_t{0};
      }
      canvas.put(top + r, left + c, finite ? colour : missing);
    }
}

// Digits of 3 x 5 pixels, by rows from above, the left pixel first.
constexpr std::uint16_t digits[] = {
    0b111101101101111, 0b010110010010111, 0b111001111100111, 0b111001111001111, 0b101101111001001,
    0b111100111001111, 0b111100111101111, 0b111001010010010, 0b111101111101111, 0b111101111001111};
constexpr std::int64_t digit_zoom = 3, digit_width = 4 * digit_zoom, digit_height = 5 * digit_zoom;

/// The number, its middle at this place.
void draw_number(Canvas& canvas, int number, std::int64_t row, std::int64_t column) {
  constexpr std::uint8_t ink[] = {40, 40, 40};
  const std::string text = fmt::format("{}", number);
  std::int64_t left = column - std::ssize(text) * digit_width / 2;
  for (const char c : text) {
    const unsigned glyph = c >= '0' && c <= '9' ? digits[c - '0'] : 0b000000111000000u;
    for (std::int64_t r = 0; r < digit_height; ++r)
      for (std::int64_t k = 0; k < 3 * digit_zoom; ++k)
        if (glyph >> (14 - r / digit_zoom * 3 - k / digit_zoom) & 1)
          canvas.put(row - digit_height / 2 + r, left + k, ink);
    left += digit_width;
  }
}

}  // namespace

Picture sheet(const Images& images, const SheetOptions& options) {
  if (images.count < 1 || images.size() < 1) throw ValueError("there are no images to show");
  if (images.channels != 1 && images.channels != 3)
    throw ValueError(fmt::format("images of {} channels; 1 or 3 can be shown", images.channels));
  const std::int64_t count = images.count;
  const int side = std::max(images.rows, images.columns);
  std::int64_t number_width = 0;
  for (const int number : options.numbers)
    number_width = std::max(number_width, std::ssize(fmt::format("{}", number)) * digit_width);
  // A number has room beside its row and above its column.
  int zoom = std::max(1, 56 / side);
  while (number_width > 0 && (std::int64_t{1} * images.rows * zoom < digit_height ||
                              std::int64_t{1} * images.columns * zoom < number_width))
    ++zoom;
  if (options.zoom > 0) zoom = options.zoom;
  const int gap = std::max(options.gap, options.border ? 3 : 0);
  const std::int64_t step_r = std::int64_t{1} * images.rows * zoom + gap;
  const std::int64_t step_c = std::int64_t{1} * images.columns * zoom + gap;
  std::int64_t across = options.columns;
  if (across <= 0)
    across = static_cast<std::int64_t>(std::ceil(std::sqrt(
        static_cast<double>(count) * static_cast<double>(step_r) / static_cast<double>(step_c))));
  across = std::clamp<std::int64_t>(across, 1, options.columns > 0 ? across : count);
  const std::int64_t down = (count + across - 1) / across;
  const std::int64_t margin = number_width > 0 ? std::max(number_width, digit_height) + 8 : 0;
  const std::int64_t rows = down * step_r + gap + margin, columns = across * step_c + gap + margin;
  if (rows * columns > 100'000'000)
    throw ValueError(fmt::format("a picture of {} x {} pixels; show fewer images, or smaller ones",
                                 columns, rows));
  Canvas canvas{{static_cast<int>(rows), static_cast<int>(columns), 3, {}}};
  canvas.picture.pixels.assign(static_cast<std::size_t>(rows * columns * 3), 255);

  const bool from_zero =
      options.shades == Shades::from_zero ||
      (options.shades == Shades::by_sign &&
       std::none_of(images.values.begin(), images.values.end(), [](double v) { return v < 0; }));
  const double most = largest(images.values.data(), std::ssize(images.values));
  const auto scale_of = [&](std::int64_t i) {
    if (options.rescale == Rescale::none) return 1.;
    const double own =
        options.rescale == Rescale::global ? most : largest(images.image(i), images.size());
    return own > 0 ? 1 / own : 0.;
  };
  for (std::int64_t k = 0; k < std::ssize(options.numbers); ++k) {
    const int number = options.numbers[static_cast<std::size_t>(k)];
    if (k < down) draw_number(canvas, number, margin + gap + k * step_r + step_r / 2, margin / 2);
    if (k < across) draw_number(canvas, number, margin / 2, margin + gap + k * step_c + step_c / 2);
  }
  for (std::int64_t place = 0; place < down * across; ++place) {
    const std::int64_t top = margin + gap + place / across * step_r;
    const std::int64_t left = margin + gap + place % across * step_c;
    if (place < count) {
      draw_image(canvas, images, place, scale_of(place), from_zero, top, left, zoom);
    } else {
      for (std::int64_t r = 0; r < step_r - gap; ++r)
        for (std::int64_t c = 0; c < step_c - gap; ++c) canvas.put(top + r, left + c, missing);
    }
    if (!options.border) continue;
    for (std::int64_t c = -1; c <= step_c - gap; ++c)
      canvas.put(top - 1, left + c, line), canvas.put(top + step_r - gap, left + c, line);
    for (std::int64_t r = -1; r <= step_r - gap; ++r)
      canvas.put(top + r, left - 1, line), canvas.put(top + r, left + step_c - gap, line);
  }
  return std::move(canvas.picture);
}

Images channels_apart(const Images& images) {
  Images out;
  out.count = images.count * images.channels;
  out.rows = images.rows, out.columns = images.columns;
  const std::int64_t pixels = std::int64_t{1} * images.rows * images.columns;
  for (std::int64_t i = 0; i < images.count; ++i)
    for (int c = 0; c < images.channels; ++c)
      for (std::int64_t p = 0; p < pixels; ++p)
        out.values.push_back(images.image(i)[p * images.channels + c]);
  return out;
}

Images chosen(const Images& images, const std::vector<std::int64_t>& which) {
  Images out = images;
  out.values.clear();
  out.count = std::ssize(which);
  for (const std::int64_t i : which)
    out.values.insert(out.values.end(), images.image(i), images.image(i) + images.size());
  return out;
}

std::vector<std::int64_t> by_norm(const Images& images, int together) {
  std::vector<double> squares;
  for (std::int64_t i = 0; i < images.count; i += together) {
    const double* const begin = images.image(i);
    const double* const end = images.image(std::min(i + together, images.count));
    squares.push_back(std::inner_product(begin, end, begin, 0.));
  }
  // What is no number stands last.
  for (double& s : squares)
    if (std::isnan(s)) s = -1;
  std::vector<std::int64_t> order(static_cast<std::size_t>(images.count));
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return squares[static_cast<std::size_t>(a / together)] >
           squares[static_cast<std::size_t>(b / together)];
  });
  return order;
}

namespace {

std::string rgb_of(const Picture& picture) {
  std::string out;
  const std::size_t pixels = picture.pixels.size() / static_cast<std::size_t>(picture.channels);
  for (std::size_t i = 0; i < pixels; ++i)
    for (std::size_t c = 0; c < 3; ++c)
      out += static_cast<char>(picture.pixels[picture.channels == 3 ? 3 * i + c : i]);
  return out;
}

}  // namespace

std::string kitty_text(const Picture& picture) {
  const std::string text = drawing::base64(rgb_of(picture));
  constexpr std::size_t piece = 4096;
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    const bool more = at + piece < text.size();
    if (at == 0)
      out += fmt::format("\x1b_Ga=T,f=24,s={},v={},m={};", picture.columns, picture.rows,
                         more ? 1 : 0);
    else
      out += fmt::format("\x1b_Gm={};", more ? 1 : 0);
    out += text.substr(at, piece) + "\x1b\\";
  }
  return out + "\n";
}

std::string sixel_text(const Picture& picture) {
  const std::string rgb = rgb_of(picture);
  const int rows = picture.rows, columns = picture.columns;
  // Six levels of each colour.
  const auto colour_of = [&](int r, int c) {
    const auto* p = reinterpret_cast<const unsigned char*>(rgb.data()) +
                    3 * (static_cast<std::ptrdiff_t>(r) * columns + c);
    const auto level = [](unsigned v) { return static_cast<int>((v * 5 + 127) / 255); };
    return level(p[0]) * 36 + level(p[1]) * 6 + level(p[2]);
  };
  std::string out = fmt::format("\x1bPq\"1;1;{};{}", columns, rows);
  for (int k = 0; k < 216; ++k)
    out += fmt::format("#{};2;{};{};{}", k, k / 36 * 20, k / 6 % 6 * 20, k % 6 * 20);
  for (int top = 0; top < rows; top += 6) {
    std::vector<char> used(216);
    for (int r = top; r < std::min(rows, top + 6); ++r)
      for (int c = 0; c < columns; ++c) used[static_cast<std::size_t>(colour_of(r, c))] = 1;
    for (int k = 0; k < 216; ++k) {
      if (!used[static_cast<std::size_t>(k)]) continue;
      out += fmt::format("#{}", k);
      for (int c = 0; c < columns; ++c) {
        int bits = 0;
        for (int r = top; r < std::min(rows, top + 6); ++r)
          bits |= (colour_of(r, c) == k) << (r - top);
        out += static_cast<char>(63 + bits);
      }
      out += '$';
    }
    out += '-';
  }
  return out + "\x1b\\\n";
}

}  // namespace ansatz
