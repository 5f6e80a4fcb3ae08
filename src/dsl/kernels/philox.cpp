#include <dsl/kernels/philox.hpp>

#include "elementary.hpp"

namespace ansatz::kernels {

namespace {

constexpr std::uint32_t multiplier[2] = {0xD2511F53, 0xCD9E8D57};
constexpr std::uint32_t weyl[2] = {0x9E3779B9, 0xBB67AE85};
constexpr int rounds = 10;

/// What a stream's counters have in common.
struct Stream {
  std::uint32_t words[3];  ///< 1, 2 and 3
};

// A counter has 96 bits for step, iteration and site, which are 64, 32 and 32 wide. Steps beyond
// 2^32 share a word with the site, and positions beyond 2^34 one with the iteration: streams stay
// apart up to 2^16 sites, 2^48 steps, 2^24 iterations and 2^42 numbers.
Stream stream_of(const ir::RandomKey& key, int site, std::uint64_t first_counter) {
  return {{static_cast<std::uint32_t>(key.step),
           key.iteration ^ (static_cast<std::uint32_t>(first_counter >> 32) << 24),
           static_cast<std::uint32_t>(site) ^ (static_cast<std::uint32_t>(key.step >> 32) << 16)}};
}

inline namespace ANSATZ_ISA {

using isa::Words;
typedef std::uint64_t StoredWords __attribute__((vector_size(ANSATZ_VECTOR_BYTES), may_alias));
constexpr int pairs = ANSATZ_VECTOR_BYTES / 8;
typedef std::uint32_t Halves __attribute__((vector_size(ANSATZ_VECTOR_BYTES)));

/// 64 words of a block: words[w][l] is word w of counter 16 block + l.
struct Block {
  alignas(64) std::uint32_t words[4][16];
};

template <int... I>
ANSATZ_INLINE Words even_numbers(Ints<I...>) {
  return Words{std::uint64_t(2 * I)...};
}

// A word lives in the low half of a 64-bit lane: a product needs the low halves only, so what
// rubbish the high ones hold is no matter.
struct Counters {
  Words c0, c1, c2, c3;

  ANSATZ_INLINE Counters(const Stream& stream, std::uint32_t first)
      : c0(even_numbers(MakeInts<pairs>{}) + first),
        c1(Words{} + stream.words[0]),
        c2(Words{} + stream.words[1]),
        c3(Words{} + stream.words[2]) {}

  ANSATZ_INLINE void round(Words k0, Words k1) {
    const Words p0 = isa::multiply_low(c0, Words{} + multiplier[0]);
    const Words p1 = isa::multiply_low(c2, Words{} + multiplier[1]);
    c0 = (p1 >> 32) ^ c1 ^ k0;
    c2 = (p0 >> 32) ^ c3 ^ k1;
    c1 = p1;
    c3 = p0;
  }
};

ANSATZ_INLINE void put(Words even, Words odd, std::uint32_t* to) {
  *reinterpret_cast<StoredWords*>(to) = (even & 0xffffffffu) | (odd << 32);
}

/// The keys of the rounds, spread over a register.
struct Keys {
  Words k0[rounds], k1[rounds];

  explicit Keys(const ir::RandomKey& key) {
    auto a = static_cast<std::uint32_t>(key.seed), b = static_cast<std::uint32_t>(key.seed >> 32);
    for (int round = 0; round < rounds; ++round, a += weyl[0], b += weyl[1]) {
      k0[round] = Words{} + a;
      k1[round] = Words{} + b;
    }
  }
};

/// Blocks `block` and the next: four chains of rounds hide each other's latencies.
ANSATZ_INLINE void make_blocks(const Stream& stream, const Keys& keys, std::uint64_t block,
                               Block* out) {
  const auto counter = static_cast<std::uint32_t>(block * 16);
  for (int l = 0; l < 16; l += 2 * pairs) {
    Counters even(stream, counter + static_cast<std::uint32_t>(l));
    Counters odd(stream, counter + static_cast<std::uint32_t>(l + 1));
    Counters even2(stream, counter + static_cast<std::uint32_t>(l + 16));
    Counters odd2(stream, counter + static_cast<std::uint32_t>(l + 17));
#pragma GCC unroll 10
    for (int round = 0; round < rounds; ++round) {
      even.round(keys.k0[round], keys.k1[round]);
      odd.round(keys.k0[round], keys.k1[round]);
      even2.round(keys.k0[round], keys.k1[round]);
      odd2.round(keys.k0[round], keys.k1[round]);
    }
    put(even.c0, odd.c0, &out[0].words[0][l]);
    put(even.c1, odd.c1, &out[0].words[1][l]);
    put(even.c2, odd.c2, &out[0].words[2][l]);
    put(even.c3, odd.c3, &out[0].words[3][l]);
    put(even2.c0, odd2.c0, &out[1].words[0][l]);
    put(even2.c1, odd2.c1, &out[1].words[1][l]);
    put(even2.c2, odd2.c2, &out[1].words[2][l]);
    put(even2.c3, odd2.c3, &out[1].words[3][l]);
  }
}

template <class T>
using Int = typename simd<T>::IntVector;

typedef std::uint32_t HalfRow __attribute__((vector_size(ANSATZ_VECTOR_BYTES / 2), may_alias));
typedef std::uint32_t Row __attribute__((vector_size(ANSATZ_VECTOR_BYTES), may_alias));

ANSATZ_INLINE Words wide(const std::uint32_t* low, const std::uint32_t* high) {
  return __builtin_convertvector(*reinterpret_cast<const HalfRow*>(low), Words) |
         (__builtin_convertvector(*reinterpret_cast<const HalfRow*>(high), Words) << 32);
}

/// The block as uniform numbers in [0, 1).
ANSATZ_INLINE void uniforms(const Block& block, float* out) {
  using S = simd<float>;
  for (int i = 0; i < 64; i += S::width) {
    const Row w = *reinterpret_cast<const Row*>(&block.words[0][0] + i);
    (elementary::to_real<float>((Int<float>)(w >> 8)) * S(0x1p-24f)).store(out + i);
  }
}
ANSATZ_INLINE void uniforms(const Block& block, double* out) {
  using S = simd<double>;
  for (int h = 0; h < 2; ++h) {
    for (int l = 0; l < 16; l += S::width) {
      const Words w = wide(&block.words[2 * h][l], &block.words[2 * h + 1][l]);
      (elementary::to_real<double>((Int<double>)(w >> 11)) * S(0x1p-53)).store(out + 16 * h + l);
    }
  }
}

/// sqrt(-2 log u) (cos, sin)(2 pi t). u = (bits + 1/2) 2^-n is never 0 and fine-grained near it,
/// where the tails come from; the quadrant of t is taken off before it is rounded to a number.
template <class T, class Unsigned>
ANSATZ_INLINE void box_muller(Int<T> bits, Unsigned angle, T* cosines, T* sines) {
  using S = simd<T>;
  using Word = typename S::Int;
  constexpr bool single = sizeof(T) == 4;
  constexpr int size = 8 * sizeof(T);
  const S u = (elementary::to_real<T>(bits) + S(T(0.5))) * S(single ? T(0x1p-31) : T(0x1p-53));
  const S radius = sqrt(S(-2) * elementary::log<elementary::Plain>(u, S(0)));
  constexpr Word eighth = Word(1) << (size - 3);
  const Unsigned shifted = angle + eighth;
  const Int<T> quadrant = (Int<T>)(shifted >> (size - 2));
  const Int<T> rest = (Int<T>)(shifted & (2 * eighth - 1)) - eighth;
  const S x = elementary::to_real<T>(rest) *
              S(static_cast<T>(6.283185307179586 * (single ? 0x1p-32 : 0x1p-64)));
  (radius * elementary::turned<elementary::Plain, true>(quadrant, x)).store(cosines);
  (radius * elementary::turned<elementary::Plain, false>(quadrant, x)).store(sines);
}

/// The block as normal numbers.
ANSATZ_INLINE void normals(const Block& block, float* out) {
  for (int h = 0; h < 4; h += 2) {
    for (int l = 0; l < 16; l += simd<float>::width) {
      const Row w = *reinterpret_cast<const Row*>(&block.words[h][l]);
      const Row t = *reinterpret_cast<const Row*>(&block.words[h + 1][l]);
      box_muller<float>((Int<float>)(w >> 1), (Halves)t, out + 16 * h + l, out + 16 * h + 16 + l);
    }
  }
}
ANSATZ_INLINE void normals(const Block& block, double* out) {
  for (int l = 0; l < 16; l += simd<double>::width) {
    const Words w = wide(&block.words[0][l], &block.words[1][l]);
    const Words t = wide(&block.words[2][l], &block.words[3][l]);
    box_muller<double>((Int<double>)(w >> 11), t, out + l, out + 16 + l);
  }
}

template <ir::Random Kind, class T>
void fill(const ir::RandomKey& key, int site, std::int64_t position, T* out, long n) {
  constexpr int size = 256 / sizeof(T);
  auto e = static_cast<std::uint64_t>(position);
  const Keys keys(key);
  Block block[2];
  alignas(64) T numbers[size];
  while (n > 0) {
    // From an even block on, so that the two have their counters' upper halves in common.
    const std::uint64_t first = e / size & ~std::uint64_t(1);
    make_blocks(stream_of(key, site, first * 16), keys, first, block);
    for (int i = e / size & 1; i < 2 && n > 0; ++i) {
      const long skipped = static_cast<long>(e % size);
      const long here = size - skipped < n ? size - skipped : n;
      T* to = here == size ? out : numbers;
      if constexpr (Kind == ir::Random::uniform) {
        uniforms(block[i], to);
      } else {
        normals(block[i], to);
      }
      if (here < size) __builtin_memcpy(out, numbers + skipped, sizeof(T) * here);
      e += here, out += here, n -= here;
    }
  }
}

}  // namespace ANSATZ_ISA
}  // namespace

void philox4x32(const std::uint32_t counter[4], const std::uint32_t key[2], std::uint32_t out[4]) {
  std::uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]};
  std::uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < rounds; ++round) {
    const std::uint64_t p0 = std::uint64_t(multiplier[0]) * c[0];
    const std::uint64_t p1 = std::uint64_t(multiplier[1]) * c[2];
    const std::uint32_t next[4] = {
        static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k0, static_cast<std::uint32_t>(p1),
        static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k1, static_cast<std::uint32_t>(p0)};
    for (int i = 0; i < 4; ++i) c[i] = next[i];
    k0 += weyl[0], k1 += weyl[1];
  }
  for (int i = 0; i < 4; ++i) out[i] = c[i];
}

void fill_uniform(const ir::RandomKey& key, int site, std::int64_t position, float* out, long n) {
  fill<ir::Random::uniform>(key, site, position, out, n);
}
void fill_uniform(const ir::RandomKey& key, int site, std::int64_t position, double* out, long n) {
  fill<ir::Random::uniform>(key, site, position, out, n);
}
void fill_normal(const ir::RandomKey& key, int site, std::int64_t position, float* out, long n) {
  fill<ir::Random::normal>(key, site, position, out, n);
}
void fill_normal(const ir::RandomKey& key, int site, std::int64_t position, double* out, long n) {
  fill<ir::Random::normal>(key, site, position, out, n);
}

template <class T>
const T* random_numbers(RandomWindow<T>& window, ir::Random kind, const ir::RandomKey& key,
                        int site, std::int64_t first, std::int64_t stride, long n,
                        std::int64_t ahead) {
  const auto numbers = [&](std::int64_t position, T* out, long count) {
    if (kind == ir::Random::uniform) {
      fill_uniform(key, site, position, out, count);
    } else {
      fill_normal(key, site, position, out, count);
    }
  };
  if (stride != 1 && n > 1) {
    window.begin = window.end = 0;
    for (long i = 0; i < n; ++i) numbers(first + i * stride, window.value + i, 1);
    return window.value;
  }
  if (first < window.begin || first + n > window.end) {
    // The window starts where two blocks do, unless that leaves too little room.
    constexpr long blocks = 512 / sizeof(T);
    const long early = n + first % blocks <= RandomWindow<T>::size ? first % blocks : 0;
    window.begin = first - early;
    const std::int64_t wanted = (ahead > n ? ahead : n) + early;
    window.end = window.begin + (wanted < RandomWindow<T>::size ? wanted : RandomWindow<T>::size);
    numbers(window.begin, window.value, static_cast<long>(window.end - window.begin));
  }
  return window.value + (first - window.begin);
}
template const float* random_numbers(RandomWindow<float>&, ir::Random, const ir::RandomKey&, int,
                                     std::int64_t, std::int64_t, long, std::int64_t);
template const double* random_numbers(RandomWindow<double>&, ir::Random, const ir::RandomKey&, int,
                                      std::int64_t, std::int64_t, long, std::int64_t);

}  // namespace ansatz::kernels
