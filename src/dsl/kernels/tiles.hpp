// Products of matrices whose left operand is read where an image lies: its rows are patches, which
// overlap, so nothing is laid out before. A tile of the result stays in registers while its depth
// is walked once.
#pragma once

#include <type_traits>

#include "../run/fma.hpp"

namespace ansatz::kernels {
inline namespace ANSATZ_ISA {

/// C = A B, or C += A B. A number of A is a[line * lines_apart + row * rows_apart + depth], where
/// the depth is three loops, one in the other; the rows of B are read one after the other.
template <class T>
struct TileProduct {
  const T* a;
  long a_line, a_row;
  long depth[3], step[3];
  const T* b;
  long b_row;
  T* c;
  long c_line, c_row;
  bool adds;
};

namespace tiles_detail {

/// `Lines` x `Rows` rows of C, `Vectors` registers each, of which the last holds `lanes` numbers.
/// Every number is one chain of multiply-adds in the order of the depth, whatever the tile. Dense:
/// the rows of A lie side by side; otherwise the numbers of the innermost depth do.
template <int Lines, int Rows, int Vectors, bool Dense, class T>
[[gnu::noinline]] void tile(const TileProduct<T>& p, const T* a_first, const T* b, T* c_first,
                            long lanes) {
  using S = simd<T>;
  constexpr long w = S::width;
  // An address is a pointer and 0, 1 or 2 rows.
  constexpr int pointers = Dense ? 1 : (Rows + 2) / 3;
  const long a_line = p.a_line, a_row = Dense ? 1 : p.a_row, step = Dense ? p.step[2] : 1;
  const long b_row = p.b_row;
  S sum[Lines][Rows][Vectors];
#pragma GCC unroll 32
  for (int l = 0; l < Lines; ++l)
#pragma GCC unroll 32
    for (int r = 0; r < Rows; ++r)
#pragma GCC unroll 8
      for (int v = 0; v < Vectors; ++v) sum[l][r][v] = S(T(0));
  for (long i = 0; i < p.depth[0]; ++i) {
    for (long j = 0; j < p.depth[1]; ++j) {
      const T* a[Lines][pointers];
#pragma GCC unroll 32
      for (int l = 0; l < Lines; ++l)
#pragma GCC unroll 32
        for (int k = 0; k < pointers; ++k)
          a[l][k] = a_first + l * a_line + i * p.step[0] + j * p.step[1] + 3 * k * a_row;
      for (long n = p.depth[2]; n > 0; --n) {
        S x[Vectors];
#pragma GCC unroll 8
        for (int v = 0; v + 1 < Vectors; ++v) x[v] = S::load(b + v * w);
        const T* last = b + (Vectors - 1) * w;
        x[Vectors - 1] = lanes == w ? S::load(last) : S::load_partial(last, lanes);
        b += b_row;
#pragma GCC unroll 32
        for (int l = 0; l < Lines; ++l) {
#pragma GCC unroll 32
          for (int r = 0; r < Rows; ++r) {
            const S y(Dense ? a[l][0][r] : a[l][r / 3][(r % 3) * a_row]);
#pragma GCC unroll 8
            for (int v = 0; v < Vectors; ++v) sum[l][r][v] = fma(y, x[v], sum[l][r][v]);
          }
#pragma GCC unroll 32
          for (int k = 0; k < pointers; ++k) a[l][k] += step;
        }
      }
    }
  }
#pragma GCC unroll 32
  for (int l = 0; l < Lines; ++l) {
#pragma GCC unroll 32
    for (int r = 0; r < Rows; ++r) {
      T* c = c_first + l * p.c_line + r * p.c_row;
#pragma GCC unroll 8
      for (int v = 0; v < Vectors; ++v) {
        const long n = v + 1 < Vectors ? w : lanes;
        S y = sum[l][r][v];
        if (p.adds) y += n == w ? S::load(c + v * w) : S::load_partial(c + v * w, n);
        if (n == w)
          y.store(c + v * w);
        else
          y.store_partial(c + v * w, n);
      }
    }
  }
}

template <class T>
using Tile = void (*)(const TileProduct<T>&, const T*, const T*, T*, long);

/// Sums, a row of B and a number of A must fit in the registers.
constexpr int most_vectors = ANSATZ_VECTOR_BYTES == 64 ? 4 : 2;
constexpr int most_rows(int vectors) {
  if (ANSATZ_VECTOR_BYTES == 64) return 24 / vectors;
  return vectors == 1 ? 12 : 6;
}

template <int Vectors, bool Dense, class T, int... Row>
Tile<T> tile_of_rows(long rows, Ints<Row...>) {
  static constexpr Tile<T> tiles[] = {&tile<1, Row + 1, Vectors, Dense, T>...};
  return tiles[rows - 1];
}
template <bool Dense, class T>
Tile<T> tile_of(long rows, long vectors) {
  const auto with = [&]<int V>(std::integral_constant<int, V>) {
    return tile_of_rows<V, Dense, T>(rows, MakeInts<most_rows(V)>());
  };
  if constexpr (most_vectors > 2) {
    if (vectors == 4) return with(std::integral_constant<int, 4>());
    if (vectors == 3) return with(std::integral_constant<int, 3>());
  }
  if (vectors == 2) return with(std::integral_constant<int, 2>());
  return with(std::integral_constant<int, 1>());
}

/// Few rows a line, as kernels have that see one channel: several lines make a tile, or its chains
/// of additions would be waited for.
template <class T>
struct LinesTile {
  long lines = 1;
  Tile<T> tile = nullptr;
};
template <class T>
LinesTile<T> tile_of_lines(long rows, long lines) {
  if constexpr (ANSATZ_VECTOR_BYTES == 64) {
    if (rows == 5 && lines >= 5) return {5, &tile<5, 5, 1, true, T>};
    if (rows == 3 && lines >= 3) return {3, &tile<3, 3, 1, true, T>};
    if (rows == 7 && lines >= 3) return {3, &tile<3, 7, 1, true, T>};
    if (rows == 9 && lines >= 3) return {3, &tile<3, 9, 1, true, T>};
  } else {
    if (rows == 5 && lines >= 2) return {2, &tile<2, 5, 1, true, T>};
    if (rows == 3 && lines >= 3) return {3, &tile<3, 3, 1, true, T>};
  }
  return {};
}

constexpr long parts(long count, long most) { return (count + most - 1) / most; }

/// Columns are taken in blocks of so many registers, each for all lines.
template <bool Dense, class T>
void multiply_part(const TileProduct<T>& p, const LinesTile<T>& of_lines, long lines, long rows,
                   long columns, long block) {
  constexpr long w = simd<T>::width;
  const long vectors = parts(columns, w);
  for (long v = 0; v < vectors; v += block) {
    const long width = block < vectors - v ? block : vectors - v;
    const long rest = columns - (v + width - 1) * w, lanes = rest < w ? rest : w;
    const T* b = p.b + v * w;
    long l = 0;
    if (of_lines.tile)
      for (; l + of_lines.lines <= lines; l += of_lines.lines)
        of_lines.tile(p, p.a + l * p.a_line, b, p.c + l * p.c_line + v * w, lanes);
    const long most = most_rows(static_cast<int>(width));
    const long height = parts(rows, parts(rows, most));  // tiles of about one size
    for (; l < lines; ++l)
      for (long r = 0; r < rows; r += height)
        tile_of<Dense, T>(height < rows - r ? height : rows - r, width)(
            p, p.a + l * p.a_line + r * p.a_row, b, p.c + l * p.c_line + r * p.c_row + v * w,
            lanes);
  }
}

}  // namespace tiles_detail

/// The product for `lines` lines of `rows` rows each, `columns` wide. Where several tiles read the
/// same block of B, that is small enough to stay in the first-level cache: of a long depth the
/// parts are added up one after the other.
template <bool Dense, class T>
void multiply(const TileProduct<T>& p, long lines, long rows, long columns) {
  using namespace tiles_detail;
  constexpr long w = simd<T>::width, cache = 24 << 10;  // bytes of B
  const long vectors = parts(columns, w);
  LinesTile<T> of_lines;
  if constexpr (Dense) of_lines = tile_of_lines<T>(rows, lines);
  const long wide = parts(vectors, parts(vectors, most_vectors)), block = of_lines.tile ? 1 : wide;
  const long inner = p.depth[2], most = cache / (wide * w * static_cast<long>(sizeof(T)));
  long many[2] = {p.depth[0], p.depth[1]};
  if (p.depth[0] * p.depth[1] * inner > most + most / 2) {
    many[0] = most / (p.depth[1] * inner);
    if (many[0] < 1) {
      many[0] = 1;
      many[1] = most / inner < 1 ? 1 : parts(p.depth[1], parts(p.depth[1], most / inner));
    }
  }
  TileProduct<T> part = p;
  for (long i = 0; i < p.depth[0]; i += many[0]) {
    for (long j = 0; j < p.depth[1]; j += many[1]) {
      part.depth[0] = many[0] < p.depth[0] - i ? many[0] : p.depth[0] - i;
      part.depth[1] = many[1] < p.depth[1] - j ? many[1] : p.depth[1] - j;
      part.a = p.a + i * p.step[0] + j * p.step[1];
      part.b = p.b + (i * p.depth[1] + j) * inner * p.b_row;
      part.adds = p.adds || i > 0 || j > 0;
      multiply_part<Dense>(part, of_lines, lines, rows, columns, block);
    }
  }
}

}  // namespace ANSATZ_ISA
}  // namespace ansatz::kernels
