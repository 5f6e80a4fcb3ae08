#include <ansatz/data/npy.hpp>
#include <dsl/exceptions.hpp>

#include "temporary_file.hpp"

#include <catch2/catch.hpp>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

// A file as numpy.save writes it, version 1.
std::string npy(const std::string& dict, std::string_view elements) {
  std::string out = "\x93NUMPY\x01";
  out += '\0';
  out += {static_cast<char>(dict.size() & 255), static_cast<char>(dict.size() >> 8)};
  return (out + dict).append(elements);
}

const std::string header = "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 1), }\n";
constexpr std::string_view elements("\x02\x01\xff\xff", 4);

std::string error_of(std::string_view bytes) {
  TemporaryFolder folder;
  const std::string path = folder.write("a.npy", bytes);
  return message_of<FileError>([&] { read_npy(path); });
}

}  // namespace

TEST_CASE("npy: an array is read with its type and shape", "[data][npy]") {
  TemporaryFolder folder;
  const NpzArray array = read_npy(folder.write("a.npy", npy(header, elements)));
  CHECK(array.name.empty());
  CHECK(array.type == ElementType::int16);
  CHECK(array.shape == std::vector<std::int64_t>{2, 1});
  CHECK(array.data<std::int16_t>()[0] == 258);
  CHECK(array.data<std::int16_t>()[1] == -1);
}

TEST_CASE("npy: whatever is wrong with a file is said", "[data][npy]") {
  const std::string good = npy(header, elements);
  CHECK(error_of(good).empty());
  for (std::size_t length = 0; length < good.size(); ++length)
    CHECK_THAT(error_of(good.substr(0, length)),
               Contains("a.npy': it is damaged: it ends too early"));
  CHECK_THAT(error_of(good + "x"), Contains("it goes on after its last element"));
  CHECK_THAT(error_of("this is text, and a little more"), Contains("it is not in .npy format"));
  CHECK_THAT(error_of(npy("{'descr': '<i2', 'fortran_order': True, 'shape': (2, 1)}", elements)),
             Contains("it is in Fortran order"));
  CHECK_THAT(error_of(npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", elements)),
             Contains("elements '|O'"));
  CHECK_THAT(error_of(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, "
                          "4)}",
                          elements)),
             Contains("impossible shape"));
  TemporaryFolder folder;
  CHECK_THROWS_WITH(read_npy(folder.path() + "/none.npy"), Contains("none.npy': No such file"));
  CHECK_THROWS_WITH(read_npy(folder.path()), Contains("fails: Is a directory"));
}

TEST_CASE("npz: one array is read by its name", "[data][npy]") {
  TemporaryFolder folder;
  const std::string path = folder.path() + "/a.npz";
  const double x[] = {1, 2, 3}, y[] = {4};
  write_npz(path, {{"features", view(x, {3, 1})}, {"targets", view(y, {1})}});
  CHECK(read_npz_array(path, "features").shape == std::vector<std::int64_t>{3, 1});
  CHECK(read_npz_array(path, "targets").data<double>()[0] == 4);
  CHECK_THROWS_WITH(read_npz_array(path, "target"),
                    Contains("has no array 'target'") && Contains("nearest: targets"));
  CHECK_THROWS_AS(read_npz_array(path + "x", "targets"), FileError);
}
