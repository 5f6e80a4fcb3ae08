#include <ansatz/data/sets/digit_stream.hpp>
#include <dsl/exceptions.hpp>

#include "digit_glyphs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace ansatz {

namespace {

using data::Glyph;
using data::Pen;
using data::PenPoint;

constexpr int digit_side = Digits::rows;
// MNIST scales a digit to 20 x 20 pixels and sets its centre of mass on the
// pixel at (14, 14).
constexpr float box = 20;

// SplitMix64 (Steele, Lea, Flood 2014): good numbers from a counter, so that every digit begins
// at a place of its own at no cost.
class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t index)
      : state_(mix(seed) ^ mix(index * 0xd1342543de82ef95ull + 0x632be59bd9b4e019ull)) {}

  std::uint64_t bits() { return mix(state_ += 0x9e3779b97f4a7c15ull); }
  float uniform() { return static_cast<float>(bits() >> 40) * 0x1p-24f; }
  float uniform(float low, float high) { return low + (high - low) * uniform(); }
  int below(int n) {
    return static_cast<int>((bits() >> 32) * static_cast<std::uint64_t>(n) >> 32);
  }
  /// Mean 0, variance 1: the sum of four uniform numbers, close enough to normal and never
  /// further than 3.46 from 0, so that no digit becomes unreadable.
  float normal() {
    const std::uint64_t b = bits();
    const auto sum =
        static_cast<float>((b & 0xffff) + (b >> 16 & 0xffff) + (b >> 32 & 0xffff) + (b >> 48));
    return (sum - 131070.0f) * (1.7320508f / 65535.0f);
  }

 private:
  static std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

struct Point {
  float x = 0, y = 0;
};
Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y}; }
Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y}; }
Point operator*(float s, Point p) { return {s * p.x, s * p.y}; }

struct Piece {
  Point from, to;
};

// The pieces of straight line that the strokes of one digit are drawn with.
struct Strokes {
  static constexpr int most_steps = 8;
  std::array<Piece, data::most_glyph_points * most_steps> pieces;
  int count = 0;
};

// Each writer's hand: the points of a glyph, moved a little each, then bent, slanted and turned
// together.
std::array<Point, data::most_glyph_points> handwriting(Glyph glyph, Random& random) {
  const float bend_x = .13f * random.normal(), bend_y = .08f * random.normal();
  const float middle = .11f * random.normal();
  const float slant = .12f + .25f * random.normal();
  const float angle = .11f * random.normal();
  const float width = random.uniform(.7f, 1.4f);
  const float c = std::cos(angle), s = std::sin(angle);
  std::array<Point, data::most_glyph_points> out;
  for (std::size_t i = 0; i < glyph.size(); ++i) {
    float x = glyph[i].x - .32f + .038f * random.normal();
    float y = glyph[i].y - .5f + .038f * random.normal();
    // Bows the digit to a side, moves its waist up or down, lifts one side.
    x += bend_x * (1 - 4 * y * y);
    y += middle * (1 - 4 * y * y) + bend_y * x;
    x = width * x - slant * y;
    out[i] = {c * x - s * y, s * x + c * y};
  }
  return out;
}

// Scales to MNIST's box, centres by the centre of mass of the line, and shifts a little.
void place(Glyph glyph, std::array<Point, data::most_glyph_points>& points, float pen,
           Random& random) {
  Point low = points[0], high = points[0], mass;
  float length = 0;
  for (std::size_t i = 0; i < glyph.size(); ++i) {
    low = {std::min(low.x, points[i].x), std::min(low.y, points[i].y)};
    high = {std::max(high.x, points[i].x), std::max(high.y, points[i].y)};
    if (glyph[i].pen == Pen::move) continue;
    const Point d = points[i] - points[i - 1];
    const float piece = std::sqrt(d.x * d.x + d.y * d.y);
    mass = mass + .5f * piece * (points[i] + points[i - 1]);
    length += piece;
  }
  const float extent = std::max(high.x - low.x, high.y - low.y);
  const float scale = (box * random.uniform(.86f, 1.04f) - 2 * pen) / std::max(extent, .1f);
  const Point centre = (1 / std::max(length, .1f)) * mass;
  const Point middle = {.5f * (digit_side + 1) + .5f * random.normal(),
                        .5f * (digit_side + 1) + .5f * random.normal()};
  for (std::size_t i = 0; i < glyph.size(); ++i) points[i] = scale * (points[i] - centre) + middle;
}

// Catmull and Rom's spline (1974) through the points of a stroke, broken at corners.
void trace(Glyph glyph, const std::array<Point, data::most_glyph_points>& points, Strokes& out) {
  const auto smooth = [&](std::size_t i) {
    return glyph[i].pen == Pen::through && i + 1 < glyph.size() && glyph[i + 1].pen != Pen::move;
  };
  for (std::size_t i = 1; i < glyph.size(); ++i) {
    if (glyph[i].pen == Pen::move) continue;
    const Point a = points[i - 1], b = points[i], chord = b - a;
    const Point ta = smooth(i - 1) ? .5f * (b - points[i - 2]) : chord;
    const Point tb = smooth(i) ? .5f * (points[i + 1] - a) : chord;
    const float length = std::sqrt(chord.x * chord.x + chord.y * chord.y);
    const int steps = std::clamp(static_cast<int>(length * .6f) + 1, 2, Strokes::most_steps);
    Point last = a;
    for (int k = 1; k <= steps; ++k) {
      const float t = static_cast<float>(k) / static_cast<float>(steps), u = 1 - t;
      const Point next =
          u * u * (1 + 2 * t) * a + t * t * (1 + 2 * u) * b + u * u * t * ta - t * t * u * tb;
      out.pieces[static_cast<std::size_t>(out.count++)] = {last, next};
      last = next;
    }
  }
}

// Squared distance of each pixel's centre from the nearest piece, as far as `reach`.
void measure(const Strokes& strokes, float reach, std::array<float, Digits::features>& squared) {
  squared.fill(reach * reach);
  for (int i = 0; i < strokes.count; ++i) {
    const auto [from, to] = strokes.pieces[static_cast<std::size_t>(i)];
    const Point d = to - from;
    const float inverse = 1 / std::max(d.x * d.x + d.y * d.y, 1e-6f);
    const auto pixel = [](float v) { return std::clamp(static_cast<int>(v), 0, digit_side); };
    const int x0 = pixel(std::min(from.x, to.x) - reach),
              x1 = pixel(std::max(from.x, to.x) + reach + 1);
    const int y0 = pixel(std::min(from.y, to.y) - reach),
              y1 = pixel(std::max(from.y, to.y) + reach + 1);
    for (int y = y0; y < y1; ++y) {
      float* row = squared.data() + y * digit_side;
      const float py = static_cast<float>(y) + .5f - from.y;
      for (int x = x0; x < x1; ++x) {
        const float px = static_cast<float>(x) + .5f - from.x;
        const float t = std::min(std::max((px * d.x + py * d.y) * inverse, 0.0f), 1.0f);
        const float ex = px - t * d.x, ey = py - t * d.y;
        row[x] = std::min(row[x], ex * ex + ey * ey);
      }
    }
  }
}

// The stream goes round after 2^64 digits, where a signed sum would overflow.
std::int64_t at(std::int64_t first, int i) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(first) +
                                   static_cast<std::uint64_t>(i));
}

std::int32_t draw_class(Random& random) { return random.below(Digits::classes); }

}  // namespace

std::int32_t DigitStream::label(std::int64_t index) const {
  Random random(seed_, static_cast<std::uint64_t>(index));
  return draw_class(random);
}

std::int32_t DigitStream::draw(std::int64_t index, float* image) const {
  Random random(seed_, static_cast<std::uint64_t>(index));
  const std::int32_t digit = draw_class(random);
  const auto ways = data::ways_to_write(digit);
  const Glyph glyph = ways[static_cast<std::size_t>(random.below(static_cast<int>(ways.size())))];
  const float pen = random.uniform(.75f, 1.9f);  // radius in pixels
  const float blur = random.uniform(.9f, 1.5f);  // width of the edge
  const float grain = random.uniform(0, .14f);   // of the ink

  auto points = handwriting(glyph, random);
  place(glyph, points, pen, random);
  Strokes strokes;
  trace(glyph, points, strokes);
  std::array<float, Digits::features> squared;
  const float reach = pen + .5f * blur;
  measure(strokes, reach, squared);
  for (std::size_t i = 0; i < squared.size(); ++i) {
    const float ink = (reach - std::sqrt(squared[i])) / blur;
    image[i] = std::min(std::max(ink, 0.0f), 1.0f);
  }
  for (std::size_t i = 0; i < squared.size(); ++i)
    if (image[i] > 0) image[i] = std::clamp(image[i] * (1 + grain * random.normal()), 0.0f, 1.0f);
  return digit;
}

void DigitStream::batch(std::int64_t first, int count, float* images, std::int32_t* labels) const {
  if (count < 0) throw ValueError(fmt::format("a batch of {} digits: at least 0", count));
  for (int i = 0; i < count; ++i)
    labels[i] = draw(at(first, i), images + static_cast<std::size_t>(i) * Digits::features);
}

Digits DigitStream::digits(std::int64_t first, int count) const {
  Digits out;
  if (count > 0) {
    out.examples = count;
    out.images.resize(static_cast<std::size_t>(count) * Digits::features);
    out.labels.resize(static_cast<std::size_t>(count));
  }
  batch(first, count, out.images.data(), out.labels.data());
  return out;
}

Digits mnist_or_drawn(std::string_view which_set, int start, int stop) {
  if (find_mnist()) return mnist(which_set, start, stop);
  const bool train = which_set == "train";
  if (!train && which_set != "test")
    throw NameError(fmt::format("digits: unknown set '{}'; allowed: train, test", which_set));
  const int all = train ? 60'000 : 10'000;
  const int end = stop == end_of_set ? all : stop;
  if (start < 0 || start > end || end > all)
    throw ValueError(
        fmt::format("digits '{}' has {} examples: start {} and stop {} are not a range "
                    "of them",
                    which_set, all, start, stop));
  return DigitStream(train ? 1 : 2).digits(start, end - start);
}

}  // namespace ansatz
