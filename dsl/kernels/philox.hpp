// Random numbers by counter: Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random
// numbers: as easy as 1, 2, 3", SC 2011).
//
// Every random site of a program has an endless stream of numbers for each step (and iteration of
// a repeat); number e of it is a function of (seed, site, step, iteration, e) alone, so that
// neither threads nor batches nor the instruction set change it. The generator turns a counter
// into four words of 32 bits; 16 counters make one block of 64 words:
//
//   float    e: block e / 64, word e / 16 % 4, counter 16 block + e % 16
//   double   e: block e / 32, words 2 (e / 16 % 2) and the next, counter 16 block + e % 16
//
// A normal number is by Box and Muller (1958) from two neighbours of its block, radius and angle:
// float words 0, 1 (numbers 0-15 the cosines, 16-31 the sines) and 2, 3; double words 0-1 and 2-3.
#pragma once

#include <dsl/plan/plan.hpp>

namespace ansatz::kernels {

/// The generator itself: ten rounds.
void philox4x32(const std::uint32_t counter[4], const std::uint32_t key[2], std::uint32_t out[4]);

/// out[i] = number `position + i` of the site's stream, i < n. Uniform in [0, 1): multiples of
/// 2^-24 (float) or 2^-53 (double). Normal: mean 0, variance 1, magnitude up to 6.7 (float) or
/// 8.6 (double). `position` is not negative.
void fill_uniform(const ir::RandomKey& key, int site, std::int64_t position, float* out, long n);
void fill_uniform(const ir::RandomKey& key, int site, std::int64_t position, double* out, long n);
void fill_normal(const ir::RandomKey& key, int site, std::int64_t position, float* out, long n);
void fill_normal(const ir::RandomKey& key, int site, std::int64_t position, double* out, long n);

/// Numbers of one stream made in advance, so that short rows share the work of a block.
template <class T>
struct RandomWindow {
  static constexpr int size = 512;
  alignas(64) T value[size];
  std::int64_t begin = 0, end = 0;  ///< positions the window holds
};

/// n <= RandomWindow::size numbers of a site at positions first, first + stride, …; `ahead` is how
/// many will be asked for from `first` on at stride 1, this call included.
template <class T>
const T* random_numbers(RandomWindow<T>& window, ir::Random kind, const ir::RandomKey& key,
                        int site, std::int64_t first, std::int64_t stride, long n,
                        std::int64_t ahead);

}  // namespace ansatz::kernels
