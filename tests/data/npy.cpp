#include <ansatz/files/npy.hpp>
#include <dsl/exceptions.hpp>

#include "temporary_file.hpp"

#include <catch2/catch.hpp>

#include <cmath>

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

std::string error_of_array(std::string_view bytes) {
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

// The bytes are those that numpy.save wrote.
TEST_CASE("npy: arrays as other programs and machines write them", "[data][npy]") {
  TemporaryFolder folder;
  const auto read = [&](const std::string& dict, std::string_view bytes) {
    return read_npy(folder.write("a.npy", npy(dict, bytes)));
  };
  const auto values = [](const auto* data, std::int64_t count) {
    return std::vector<double>(data, data + count);
  };

  std::string shorts;  // numpy.arange(24).reshape(2, 3, 4) in Fortran order
  for (const int n :
       {0, 12, 4, 16, 8, 20, 1, 13, 5, 17, 9, 21, 2, 14, 6, 18, 10, 22, 3, 15, 7, 19, 11, 23})
    shorts += {static_cast<char>(n), '\0'};
  NpzArray array = read("{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3, 4), }", shorts);
  CHECK(array.shape == std::vector<std::int64_t>{2, 3, 4});
  for (int i = 0; i < 24; ++i) CHECK(array.data<std::int16_t>()[i] == i);
  CHECK(read("{'descr': '<i2', 'fortran_order': True, 'shape': (24,), }", shorts).bytes ==
        std::vector<unsigned char>(shorts.begin(), shorts.end()));

  array = read("{'descr': '>f8', 'fortran_order': False, 'shape': (2, 2), }",
               std::string_view("\x3f\xf8\0\0\0\0\0\0\xc0\0\0\0\0\0\0\0\x40\x08\0\0\0\0\0\0"
                                "\x01\xa5\x6e\x1f\xc2\xf8\xf3\x59",
                                32));
  CHECK(array.type == ElementType::float64);
  CHECK(values(array.data<double>(), 4) == std::vector<double>{1.5, -2, 3, 1e-300});
  // Both at once: [[1, 2, 3], [4, 5, 6]].
  array = read("{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }",
               std::string_view("\0\1\0\4\0\2\0\5\0\3\0\6", 12));
  CHECK(values(array.data<std::int16_t>(), 6) == std::vector<double>{1, 2, 3, 4, 5, 6});

  array = read("{'descr': '<f2', 'fortran_order': False, 'shape': (7,), }",
               std::string_view("\0\x3c\0\xc1\xff\x7b\1\0\xff\3\0\x7c\0\x80", 14));
  CHECK(array.type == ElementType::float32);
  const float* const half = array.data<float>();
  CHECK(values(half, 6) == std::vector<double>{1, -2.5, 65504, 0x1p-24, 1023 * 0x1p-24, INFINITY});
  CHECK((half[6] == 0 && std::signbit(half[6])));

  array = read("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }",
               std::string_view("\1\0\2", 3));
  CHECK(values(array.data<std::uint8_t>(), 3) == std::vector<double>{1, 0, 1});
}

TEST_CASE("npy: whatever is wrong with a file is said", "[data][npy]") {
  const std::string good = npy(header, elements);
  CHECK(error_of_array(good).empty());
  for (std::size_t length = 0; length < good.size(); ++length)
    CHECK_THAT(error_of_array(good.substr(0, length)),
               Contains("a.npy': it is damaged: it ends too early"));
  CHECK_THAT(error_of_array(good + "x"), Contains("it goes on after its last element"));
  CHECK_THAT(error_of_array("this is text, and a little more"),
             Contains("it is not in .npy format"));
  const auto of_type = [&](const std::string& descr) {
    return error_of_array(
        npy("{'descr': " + descr + ", 'fortran_order': False, 'shape': (1,)}", elements));
  };
  CHECK_THAT(of_type("'|O'"), Contains("elements '|O', Python objects"));
  CHECK_THAT(of_type("'<c8'"), Contains("complex numbers"));
  CHECK_THAT(of_type("'<U5'"), Contains("texts"));
  CHECK_THAT(of_type("'<M8[ns]'"), Contains("dates"));
  CHECK_THAT(of_type("'<f16'"), Contains("floats of 16 bytes; allowed: floats of 16, 32 and 64"));
  CHECK_THAT(of_type("[('a', '<f4'), ('b', '<i2')]"), Contains("records of several fields"));
  CHECK_THAT(of_type("'?x4'"), Contains("unknown elements"));
  CHECK_THAT(
      error_of_array(npy("{'descr': '<i2', 'fortran_order': Maybe, 'shape': (2, 1)}", elements)),
      Contains("malformed header"));
  CHECK_THAT(
      error_of_array(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, "
                         "4)}",
                         elements)),
      Contains("impossible shape"));
  TemporaryFolder folder;
  CHECK_THROWS_WITH(read_npy(folder.path() + "/none.npy"), Contains("none.npy': No such file"));
  CHECK_THROWS_WITH(read_npy(folder.path()), Contains("not a file, but a folder"));
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
