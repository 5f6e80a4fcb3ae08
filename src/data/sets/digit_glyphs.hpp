// How people write the ten digits: strokes through points.
#pragma once

#include <cstdint>
#include <span>

namespace ansatz::data {

/// move: the pen is set down here; through: it passes in a curve; corner: it turns sharply.
enum class Pen : std::uint8_t { move, through, corner };

/// x to the right, y down; a digit is about 0.6 wide and 1 high.
struct PenPoint {
  float x, y;
  Pen pen;
};

using Glyph = std::span<const PenPoint>;

inline constexpr int most_glyph_points = 16;

/// The ways to write `digit`, 0 to 9.
std::span<const Glyph> ways_to_write(int digit);

}  // namespace ansatz::data
