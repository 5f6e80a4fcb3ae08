// SHA-256 (FIPS 180-4), to hold first parameters against recorded digests.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace ansatz::testing {

/// The first 16 hexadecimal digits of the digest.
inline std::string sha256_first16(const void* data, std::size_t size) {
  using Word = std::uint32_t;
  // the first 32 bits of the fractional parts of roots of the first primes
  const auto fraction = [](long double x) {
    return static_cast<Word>((x - std::floor(x)) * 4294967296.0L);
  };
  std::array<Word, 64> k{};
  std::array<Word, 8> h{};
  int found = 0;
  for (int p = 2; found < 64; ++p) {
    bool prime = true;
    for (int d = 2; d * d <= p; ++d) prime = prime && p % d != 0;
    if (!prime) continue;
    const auto at = static_cast<std::size_t>(found++);
    if (at < 8) h[at] = fraction(std::sqrt(static_cast<long double>(p)));
    k[at] = fraction(std::cbrt(static_cast<long double>(p)));
  }

  const auto* bytes = static_cast<const unsigned char*>(data);
  std::vector<unsigned char> message(bytes, bytes + size);
  message.push_back(0x80);
  while (message.size() % 64 != 56) message.push_back(0);
  for (int shift = 56; shift >= 0; shift -= 8)
    message.push_back(static_cast<unsigned char>(std::uint64_t{size} * 8 >> shift));

  for (std::size_t block = 0; block < message.size(); block += 64) {
    std::array<Word, 64> w{};
    for (std::size_t i = 0; i < 16; ++i)
      for (std::size_t b = 0; b < 4; ++b) w[i] = w[i] << 8 | message[block + 4 * i + b];
    for (std::size_t i = 16; i < 64; ++i) {
      const Word a = w[i - 15], b = w[i - 2];
      w[i] = w[i - 16] + (std::rotr(a, 7) ^ std::rotr(a, 18) ^ a >> 3) + w[i - 7] +
             (std::rotr(b, 17) ^ std::rotr(b, 19) ^ b >> 10);
    }
    std::array<Word, 8> s = h;
    for (std::size_t i = 0; i < 64; ++i) {
      const Word e = s[4], a = s[0];
      const Word t1 = s[7] + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) +
                      ((e & s[5]) ^ (~e & s[6])) + k[i] + w[i];
      const Word t2 = (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) +
                      ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
      s = {t1 + t2, s[0], s[1], s[2], s[3] + t1, s[4], s[5], s[6]};
    }
    for (std::size_t i = 0; i < 8; ++i) h[i] += s[i];
  }
  char text[17];
  std::snprintf(text, sizeof text, "%08x%08x", h[0], h[1]);
  return text;
}

/// The same of numbers, in float32.
inline std::string digest(const std::vector<double>& values) {
  const std::vector<float> x(values.begin(), values.end());
  return sha256_first16(x.data(), x.size() * sizeof(float));
}

}  // namespace ansatz::testing
