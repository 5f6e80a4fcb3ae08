// Shapes: what a value's dimensions are, as far as they are known.
#pragma once

#include <cstdint>

namespace ansatz {

/// A dimension whose size is not part of the type; known when the graph is built.
inline constexpr int any = -1;

namespace ir {

/// What one element is: a number in the program's precision, or a label (32-bit integer).
enum class DType : std::uint8_t { real, index };

/// A dimension is a count (>= 0), `any` (-1), or a run-time extent such as the number of
/// examples: a code <= -2 made from the extent's name.
constexpr bool is_extent(int dim) { return dim <= -2; }

/// FNV-1a, 64 bits. Names of ops and extents are compared by it, since the constant evaluator
/// cannot order addresses.
constexpr std::uint64_t hash_text(const char* text, std::uint64_t seed = 14695981039346656037ull) {
  for (; *text; ++text) seed = (seed ^ static_cast<unsigned char>(*text)) * 1099511628211ull;
  return seed;
}

/// The code of the extent called `name`.
constexpr int extent_code(const char* name) {
  return -2 - static_cast<int>(hash_text(name) & 0x3fffffff);
}

inline constexpr int max_rank = 8;
inline constexpr const char* most_dimensions = "at most eight dimensions, the batch among them";

/// The dimensions of a value, outermost first. Row-major throughout.
struct Shape {
  int rank = 0;
  int dim[max_rank] = {};

  constexpr int operator[](int axis) const { return dim[axis]; }
  constexpr int& operator[](int axis) { return dim[axis]; }
  constexpr bool operator==(const Shape& other) const {
    if (rank != other.rank) return false;
    for (int i = 0; i < rank; ++i)
      if (dim[i] != other.dim[i]) return false;
    return true;
  }
  /// Whether the outermost dimension is a run-time extent: a batch.
  constexpr bool batched() const { return rank > 0 && dim[0] <= -2; }
};

template <class... D>
constexpr Shape make_shape(D... d) {
  return {static_cast<int>(sizeof...(d)), {d...}};
}

/// What a shape rule answers: a shape, or the sentence that says what must hold.
struct ShapeResult {
  Shape shape;
  const char* error = nullptr;
  constexpr bool ok() const { return error == nullptr; }
};

constexpr ShapeResult refused(const char* must_hold) { return {{}, must_hold}; }

/// What memory is planned for: see Count in plan.hpp.
inline constexpr const char* one_extent =
    "a result may have one run-time extent, not a product of two";

/// Two dimensions that must be equal: what is known of both, or a refusal.
constexpr bool dims_agree(int a, int b) { return a == b || a == any || b == any; }
constexpr int known_of(int a, int b) { return a == any ? b : a; }

/// NumPy's broadcasting of the features, aligned at the last axis; the batch axis, recognised by
/// its extent, is aligned with the batch axis, so that one number an example (shape [B]) meets
/// [B, N] as a column. A value without a batch axis is repeated for every example.
constexpr ShapeResult broadcast(const Shape& a, const Shape& b) {
  if (a.rank == b.rank) {
    // Most shapes are equal, and a value has one extent at most.
    int k = 0;
    while (k < a.rank && a.dim[k] == b.dim[k] && (k == 0 || a.dim[k] > -2)) ++k;
    if (k == a.rank) return {a};
  }
  // A leading 1 beside a batch of the same rank is the batch axis, kept by a reduction.
  const int batch_a = a.batched() || (b.batched() && a.rank == b.rank && a[0] == 1);
  const int batch_b = b.batched() || (a.batched() && a.rank == b.rank && b[0] == 1);
  if (a.batched() && b.batched() && a[0] != b[0])
    return refused("both sides must have the same batch");
  const int features_a = a.rank - batch_a, features_b = b.rank - batch_b;
  const int features = features_a > features_b ? features_a : features_b;
  const int batch = batch_a || batch_b;
  if (batch + features > max_rank) return refused(most_dimensions);
  Shape out;
  out.rank = batch + features;
  if (batch) out[0] = a.batched() ? a[0] : b[0];
  int extents = batch;
  for (int i = 1; i <= features; ++i) {
    const int da = i <= features_a ? a[a.rank - i] : 1, db = i <= features_b ? b[b.rank - i] : 1;
    if (da == db || db == 1) {
      out[out.rank - i] = da;
    } else if (da == 1) {
      out[out.rank - i] = db;
    } else if (da == any || db == any) {
      out[out.rank - i] = known_of(da, db);
    } else {
      return refused("dimensions must be equal, or one of them 1");
    }
    if (is_extent(out[out.rank - i]) && ++extents > 1) return refused(one_extent);
  }
  return {out};
}

/// Number of elements without the run-time extent; `any` when a dimension is not known.
constexpr std::int64_t fixed_size(const Shape& s) {
  std::int64_t n = 1;
  for (int i = 0; i < s.rank; ++i) {
    if (s[i] == any) return any;
    if (!is_extent(s[i])) n *= s[i];
  }
  return n;
}

}  // namespace ir
}  // namespace ansatz
