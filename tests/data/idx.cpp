#include <ansatz/files/idx.hpp>
#include <dsl/exceptions.hpp>

#include "temporary_file.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>

#include <random>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

std::string error_of(const std::string& path) {
  return message_of<FileError>([&] { read_idx(path); });
}

std::string numbers(std::size_t n) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += static_cast<char>(i * 31 % 251);
  return out;
}

long peak_memory_kb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

}  // namespace

TEST_CASE("idx: plain and gzip files give the same dimensions and values", "[data][idx]") {
  TemporaryFolder folder;
  const std::string bytes = idx({2, 3, 4}, numbers(24));
  // Two gzip members one after the other are one stream (RFC 1952).
  const std::string members = gzip(bytes.substr(0, 9)) + gzip(bytes.substr(9));
  for (const std::string& file : {bytes, gzip(bytes), members}) {
    const IdxArray array = read_idx(folder.write("a", file));
    REQUIRE(array.dims == std::vector<std::int64_t>{2, 3, 4});
    REQUIRE(std::string(array.values.begin(), array.values.end()) == numbers(24));
  }
}

TEST_CASE("idx: an array larger than the reading steps arrives whole", "[data][idx]") {
  TemporaryFolder folder;
  const std::string values = numbers(3'500'001);
  for (const bool packed : {false, true}) {
    const std::string bytes = idx({3'500'001}, values);
    const IdxArray array = read_idx(folder.write("a", packed ? gzip(bytes) : bytes));
    REQUIRE(std::equal(values.begin(), values.end(), array.values.begin(), array.values.end(),
                       [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; }));
  }
}

TEST_CASE("idx: a dimension of 0 makes an empty array", "[data][idx]") {
  TemporaryFolder folder;
  for (const std::string& bytes : {idx({0, 28, 28}, ""), idx({0xffffffff, 0xffffffff, 0}, "")})
    for (const std::string& file : {bytes, gzip(bytes)})
      REQUIRE(read_idx(folder.write("a", file)).values.empty());
}

TEST_CASE("idx: a file that is missing or is a folder is named", "[data][idx]") {
  TemporaryFolder folder;
  REQUIRE_THAT(error_of(folder.path() + "/none"), Contains("/none: no such file"));
  REQUIRE_THAT(error_of(folder.path()), Contains("not a file, but a folder"));
}

TEST_CASE("idx: every cut of a plain or gzip file is refused", "[data][idx]") {
  TemporaryFolder folder;
  const std::string bytes = idx({3, 5}, numbers(15)), packed = gzip(bytes);
  for (std::size_t n = 0; n < bytes.size(); ++n)
    REQUIRE_THAT(error_of(folder.write("a", bytes.substr(0, n))), Contains("/a: "));
  for (std::size_t n = 0; n < packed.size(); ++n)
    REQUIRE_THAT(error_of(folder.write("a", packed.substr(0, n))), Contains("/a: "));
  REQUIRE_THAT(error_of(folder.write("a", bytes.substr(0, 20))),
               Contains("truncated at byte 20 of 27 (dimensions [3, 5])"));
  REQUIRE_THAT(error_of(folder.write("a", gzip(bytes.substr(0, 20)))),
               Contains("truncated at byte 20 of 27"));
  REQUIRE_THAT(error_of(folder.write("a", bytes.substr(0, 10))),
               Contains("truncated at byte 10 of 12, in the header"));
  REQUIRE_THAT(error_of(folder.write("a", packed.substr(0, packed.size() - 5))),
               Contains("gzip data end too early"));
}

TEST_CASE("idx: every flipped bit of gzip data is found, or changes nothing", "[data][idx]") {
  TemporaryFolder folder;
  const std::string bytes = idx({4, 8}, numbers(32)), packed = gzip(bytes);
  for (std::size_t bit = 0; bit < 8 * packed.size(); ++bit) {
    std::string flipped = packed;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const std::string path = folder.write("a", flipped);
    try {
      // No checksum covers the header's time and system, nor the bits that fill the last byte.
      const IdxArray array = read_idx(path);
      REQUIRE(std::string(array.values.begin(), array.values.end()) == numbers(32));
    } catch (const FileError& error) {
      REQUIRE_THAT(error.what(), Contains(path));
    }
  }
  std::string flipped = packed;
  flipped[packed.size() / 2] = static_cast<char>(flipped[packed.size() / 2] ^ 4);
  REQUIRE_THAT(error_of(folder.write("a", flipped)), Contains("gzip data damaged"));
}

TEST_CASE("idx: another magic number, type or rank is refused with what was found", "[data][idx]") {
  TemporaryFolder folder;
  REQUIRE_THAT(error_of(folder.write("a", "\x89PNG....")), Contains("begins with 89 50 4e 47"));
  std::string floats = idx({1}, "....");
  floats[2] = 0x0d;
  REQUIRE_THAT(error_of(folder.write("a", floats)), Contains("type 0x0d; only 0x08"));
  std::string flat = idx({1}, ".");
  flat[3] = 0;
  REQUIRE_THAT(error_of(folder.write("a", flat)), Contains("0 dimensions, where 1 to 8"));
  flat[3] = '\xff';
  REQUIRE_THAT(error_of(folder.write("a", flat)), Contains("255 dimensions"));
}

TEST_CASE("idx: bytes left over are refused", "[data][idx]") {
  TemporaryFolder folder;
  const std::string bytes = idx({2}, "abc");
  REQUIRE_THAT(error_of(folder.write("a", bytes)), Contains("1 bytes follow the 10 bytes"));
  REQUIRE_THAT(error_of(folder.write("a", gzip(bytes))), Contains("1 bytes follow the 10 bytes"));
  REQUIRE_THAT(error_of(folder.write("a", gzip(idx({2}, "ab")) + "junk")),
               Contains("gzip data damaged"));
}

TEST_CASE("idx: dimensions beyond the file allocate nothing", "[data][idx]") {
  TemporaryFolder folder;
  const long before = peak_memory_kb();
  REQUIRE_THAT(error_of(folder.write("a", idx({4'000'000'000u}, "abc"))),
               Contains("truncated at byte 11 of 4000000008"));
  REQUIRE_THAT(error_of(folder.write("a", gzip(idx({4'000'000'000u}, "abc")))),
               Contains("more than a gzip file of this size can hold"));
  // A product beyond 64 bits.
  const std::string huge = idx({0xffffffff, 0xffffffff, 0xffffffff, 2}, "abc");
  REQUIRE_THAT(error_of(folder.write("a", huge)), Contains("of more than 2^62"));
  REQUIRE_THAT(error_of(folder.write("a", gzip(huge))), Contains("more than 2^62"));
  // As many as a gzip file of this size might hold, but does not.
  std::mt19937 random(1);
  std::string noise(100'000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  const std::string padded = gzip(idx({50'000'000u}, noise));
  REQUIRE_THAT(error_of(folder.write("a", padded)),
               Contains("truncated at byte 100008 of 50000008"));
  REQUIRE(peak_memory_kb() - before < 30'000);
}
