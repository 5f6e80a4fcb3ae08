#include "../../include/ansatz/data/fetch/catalogue.hpp"

#include <ansatz/data/path.hpp>
#include <dsl/exceptions.hpp>

#include "../../src/base/sha256.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <set>

using namespace ansatz;
using Catch::Matchers::Contains;

TEST_CASE("catalogue: every entry can be fetched and verified", "[catalogue]") {
  std::set<std::string_view> names;
  for (const KnownSet& set : known_sets()) {
    CAPTURE(set.name);
    REQUIRE(names.insert(set.name).second);
    REQUIRE_FALSE(set.mirrors.empty());
    for (const std::string_view mirror : set.mirrors) {
      REQUIRE(mirror.starts_with("http"));
      REQUIRE(mirror.ends_with('/'));
    }
    REQUIRE_FALSE(set.files.empty());
    REQUIRE_FALSE(set.licence.empty());
    for (const KnownFile& file : set.files) {
      REQUIRE(file.name.find('/') == file.name.npos);
      REQUIRE(file.sha256.size() == 64);
      REQUIRE(file.sha256.find_first_not_of("0123456789abcdef") == file.sha256.npos);
    }
  }
}

TEST_CASE("catalogue: an unknown name is answered with the nearest", "[catalogue]") {
  REQUIRE(known_set("fashion-mnist").licence == "MIT");
  REQUIRE_THROWS_WITH(known_set("minst"), Contains("\"minst\"") && Contains("nearest: mnist"));
}

TEST_CASE("catalogue: sizes and hashes are those of the files at hand", "[catalogue][data]") {
  if (!std::getenv("ANSATZ_DATA_PATH")) {
    WARN("skipped: ANSATZ_DATA_PATH is not set");
    return;
  }
  int compared = 0;
  for (const KnownSet& set : known_sets())
    for (const KnownFile& file : set.files) {
      const std::string path = where_is(set, file, data_path());
      if (!path.ends_with(file.name)) continue;
      CAPTURE(path);
      std::ifstream in(path, std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(in), {}};
      REQUIRE(static_cast<std::int64_t>(bytes.size()) == file.bytes);
      REQUIRE(sha256_of(bytes) == file.sha256);
      ++compared;
    }
  REQUIRE(compared > 0);
}

TEST_CASE("sha256: the examples of the standard", "[sha256]") {
  REQUIRE(sha256_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  REQUIRE(sha256_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
