// The readers of the forms in which data sets are published: what is read, and what is refused.
#include <ansatz/files/mat.hpp>
#include <ansatz/files/norb_matrix.hpp>
#include <ansatz/files/npz.hpp>
#include <ansatz/files/sparse.hpp>
#include <dsl/exceptions.hpp>

#include "file_formats.hpp"
#include "temporary_file.hpp"

#include <zip.h>
#include <catch2/catch.hpp>

#include <fstream>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

std::vector<double> doubles(const NpzArray& array) {
  const double* const at = array.data<double>();
  REQUIRE(at);
  return {at, at + array.size()};
}

const std::vector<double> six = {1, 2, 3, 4, 5, 6.5};

// What scipy.sparse.save_npz writes: a format, which is text, beside arrays of numbers.
std::string npy_of(const std::string& descr, const std::string& shape, const std::string& data) {
  std::string dict = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
  dict += std::string(117 - dict.size(), ' ') + "\n";
  return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + dict + data;
}
std::string sparse_file(const std::string& path, const std::string& format,
                        const std::vector<std::pair<std::string, std::string>>& arrays) {
  int code = 0;
  zip_t* const archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
  std::vector<std::string> kept = {npy_of("|S3", "()", format)};
  kept.reserve(arrays.size() + 1);
  const auto add = [&](const std::string& name, const std::string& bytes) {
    zip_file_add(archive, (name + ".npy").c_str(),
                 zip_source_buffer(archive, bytes.data(), bytes.size(), 0), 0);
  };
  add("format", kept[0]);
  for (const auto& [name, bytes] : arrays) add(name, kept.emplace_back(bytes));
  zip_close(archive);
  return path;
}
std::string ints(const std::vector<std::int32_t>& values) {
  return npy_of("<i4", "(" + std::to_string(values.size()) + ",)", bytes_of(values));
}
std::string floats(const std::vector<float>& values) {
  return npy_of("<f4", "(" + std::to_string(values.size()) + ",)", bytes_of(values));
}

}  // namespace

TEST_CASE("mat: arrays of version 5, plain and packed, of either byte order", "[data][mat]") {
  const TemporaryFolder folder;
  for (const bool big : {false, true})
    for (const bool packed : {false, true}) {
      CAPTURE(big, packed);
      MatFile mat(big);
      mat.add("other", 9, {1, 3}, 2, "abc", packed)
          .add("x", 6, {3, 2}, 9, bytes_of(six, big), packed)
          .add("small", 6, {1, 3}, 2, std::string("\1\2\3"), packed)
          .add("images", 9, {2, 2, 1, 2}, 2, "abcdABCD", packed);
      const std::string path = folder.write("a.mat", mat.bytes());
      const NpzArray x = read_mat_array(path, "x");
      CHECK(x.shape == std::vector<std::int64_t>{3, 2});
      CHECK(doubles(x) == six);
      CHECK(doubles(row_major(x)) == std::vector<double>{1, 4, 2, 5, 3, 6.5});
      // A double that is whole is kept in a byte.
      CHECK(doubles(read_mat_array(path, "small")) == std::vector<double>{1, 2, 3});
      const NpzArray images = row_major(read_mat_array(path, "images"));
      CHECK(images.type == ElementType::uint8);
      CHECK(std::string(images.bytes.begin(), images.bytes.end()) == "aAcCbBdD");
    }
}

TEST_CASE("mat: what is no file of MATLAB's, or damaged, is told with its byte", "[data][mat]") {
  const TemporaryFolder folder;
  const auto error = [&](const std::string& bytes, const char* name = "x") {
    return message_of<Error>([&] { (void)read_mat_array(folder.write("d.mat", bytes), name); });
  };
  const std::string good = MatFile().add("x", 6, {3, 2}, 9, bytes_of(six)).bytes();
  CHECK_THAT(error("MATLAB"), Contains("d.mat") && Contains("version 5 or 7.3"));
  CHECK_THAT(error(good.substr(0, good.size() - 20)),
             Contains("ends too early") && Contains("byte 128"));
  CHECK_THAT(error(good, "X"), Contains("has no array 'X'") && Contains("nearest: x"));
  const std::string packed = MatFile().add("x", 6, {3, 2}, 9, bytes_of(six), true).bytes();
  CHECK_THAT(error(packed.substr(0, packed.size() - 9)), Contains("ends too early"));
  std::string flipped = packed;
  flipped[150] ^= 0x55;
  CHECK_THAT(error(flipped), Contains("d.mat"));
  CHECK_THAT(error(MatFile().add("x", 6, {4, 2}, 9, bytes_of(six)).bytes()),
             Contains("48 bytes of numbers, where its dimensions need 64"));
  CHECK_THAT(error(MatFile().add("x", 1, {3, 2}, 9, bytes_of(six)).bytes()), Contains("is cells"));
  CHECK_THAT(error(MatFile().add("x", 9, {1, 1}, 9, bytes_of(300.)).bytes()),
             Contains("outside the range"));
  CHECK_THAT(error(MatFile().add("x", 6, {-3, 2}, 9, bytes_of(six)).bytes()),
             Contains("negative dimension"));
  CHECK_THAT(message_of<FileError>([] { (void)read_mat_array("/nowhere", "x"); }),
             Contains("/nowhere"));
}

TEST_CASE("norb: matrices of every type, plain and packed", "[data][norb]") {
  const TemporaryFolder folder;
  const std::string file = norb_matrix(0x1E3D4C55, {2, 3}, "abcdef");
  for (const std::string& bytes : {file, gzip(file)}) {
    const NpzArray array = read_norb_matrix(folder.write("a.mat", bytes));
    CHECK(array.type == ElementType::uint8);
    CHECK(array.shape == std::vector<std::int64_t>{2, 3});
    CHECK(std::string(array.bytes.begin(), array.bytes.end()) == "abcdef");
  }
  const std::vector<std::int32_t> numbers = {7, -1, 70000};
  const NpzArray array =
      read_norb_matrix(folder.write("b.mat", norb_matrix(0x1E3D4C54, {3}, bytes_of(numbers))));
  REQUIRE(array.data<std::int32_t>());
  CHECK(std::vector<std::int32_t>(array.data<std::int32_t>(), array.data<std::int32_t>() + 3) ==
        numbers);
}

TEST_CASE("norb: matrices are written as they are published", "[data][norb]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/a.ft";
  const auto written = [&](const ArrayView& array) {
    write_norb_matrix(path, array);
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::vector<std::int32_t> numbers = {7, -1, 70000, 4, 5, 6};
  CHECK(written(view(numbers.data(), {6})) == norb_matrix(0x1E3D4C54, {6}, bytes_of(numbers)));
  CHECK(written(view(numbers.data(), {1, 2, 1, 3})) ==
        norb_matrix(0x1E3D4C54, {1, 2, 1, 3}, bytes_of(numbers)));
  const std::vector<double> reals = {.5, -2};
  CHECK(written(view(reals.data(), {2, 1})) == norb_matrix(0x1E3D4C53, {2, 1}, bytes_of(reals)));
  CHECK(read_norb_matrix(path).shape == std::vector<std::int64_t>{2, 1});
  const std::vector<std::int64_t> wide = {1};
  CHECK_THAT(message_of<ValueError>([&] { write_norb_matrix(path, view(wide.data(), {1})); }),
             Contains("a.ft") && Contains("elements"));
  CHECK_THAT(message_of<ValueError>([&] { write_norb_matrix(path, view(reals.data(), {})); }),
             Contains("no matrix"));
}

TEST_CASE("norb: damaged matrices are refused with their byte", "[data][norb]") {
  const TemporaryFolder folder;
  const auto error = [&](const std::string& bytes) {
    return message_of<FileError>([&] { (void)read_norb_matrix(folder.write("d.mat", bytes)); });
  };
  CHECK_THAT(error("abc"), Contains("d.mat") && Contains("byte 3"));
  CHECK_THAT(error(norb_matrix(0x1E3D4C57, {2, 3}, "abcdef")), Contains("0x1e3d4c57"));
  CHECK_THAT(error(norb_matrix(0x1E3D4C52, {2, 3}, "abcdef")), Contains("packed matrix"));
  CHECK_THAT(error(norb_matrix(0x1E3D4C55, {2, 3}, "abcde")),
             Contains("needs 6 bytes behind byte 20") && Contains("5 are there"));
  CHECK_THAT(error(norb_matrix(0x1E3D4C55, {2, 3}, "abcdefg")), Contains("byte 26"));
  CHECK_THAT(error(gzip(norb_matrix(0x1E3D4C55, {2, 3}, "abcde"))), Contains("truncated"));
  CHECK_THAT(error(norb_matrix(0x1E3D4C55, {-2, 3}, "abcdef")), Contains("impossible"));
  CHECK_THAT(error(norb_matrix(0x1E3D4C55, std::vector<std::int32_t>(9, 1), "a")),
             Contains("9 dimensions"));
}

TEST_CASE("sparse: SciPy's three formats of one matrix", "[data][sparse]") {
  const TemporaryFolder folder;
  // [[0, 5, 0], [0, 0, 0], [1, 0, 2]]
  const std::string shape = npy_of("<i8", "(2,)", bytes_of(std::vector<std::int64_t>{3, 3}));
  const auto check = [](const SparseMatrix& m) {
    CHECK(m.rows == 3);
    CHECK(m.columns == 3);
    CHECK(m.starts == std::vector<std::int64_t>{0, 1, 1, 3});
    CHECK(m.indices == std::vector<std::int32_t>{1, 0, 2});
    CHECK(m.values == std::vector<float>{5, 1, 2});
  };
  check(read_sparse_npz(sparse_file(folder.path() + "/csr.npz", "csr",
                                    {{"shape", shape},
                                     {"indptr", ints({0, 1, 1, 3})},
                                     {"indices", ints({1, 0, 2})},
                                     {"data", floats({5, 1, 2})}})));
  check(read_sparse_npz(sparse_file(folder.path() + "/csc.npz", "csc",
                                    {{"shape", shape},
                                     {"indptr", ints({0, 1, 2, 3})},
                                     {"indices", ints({2, 0, 2})},
                                     {"data", floats({1, 5, 2})}})));
  // 5 in two parts.
  check(read_sparse_npz(sparse_file(folder.path() + "/coo.npz", "coo",
                                    {{"shape", shape},
                                     {"row", ints({2, 0, 0, 2})},
                                     {"col", ints({2, 1, 1, 0})},
                                     {"data", floats({2, 2, 3, 1})}})));
}

TEST_CASE("sparse: files that contradict themselves are refused", "[data][sparse]") {
  const TemporaryFolder folder;
  const std::string shape = npy_of("<i8", "(2,)", bytes_of(std::vector<std::int64_t>{2, 3}));
  const auto error = [&](const std::string& format, const std::string& starts,
                         const std::string& indices) {
    return message_of<FileError>([&] {
      (void)read_sparse_npz(sparse_file(
          folder.path() + "/d.npz", format,
          {{"shape", shape}, {"indptr", starts}, {"indices", indices}, {"data", floats({1, 2})}}));
    });
  };
  CHECK(error("csr", ints({0, 1, 2}), ints({0, 2})).empty());
  CHECK_THAT(error("dia", ints({0, 1, 2}), ints({0, 2})), Contains("csr, csc, coo"));
  CHECK_THAT(error("csr", ints({0, 1, 2}), ints({0, 3})),
             Contains("element 1 of its array 'indices' is 3"));
  CHECK_THAT(error("csr", ints({0, 3, 2}), ints({0, 2})), Contains("element 1"));
  CHECK_THAT(error("csr", ints({0, 2}), ints({0, 2})), Contains("'indptr' has 2 elements"));
  CHECK_THAT(error("csr", ints({0, 1, 2}), ints({0})), Contains("1 elements for 2 numbers"));
  write_npz(folder.path() + "/plain.npz", {{"x", view(six)}});
  CHECK_THAT(message_of<FileError>([&] { (void)read_sparse_npz(folder.path() + "/plain.npz"); }),
             Contains("no array 'format'"));
}
