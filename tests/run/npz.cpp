#include <ansatz/files/npy.hpp>
#include <ansatz/files/npz.hpp>

#include <cstdlib>
#include <filesystem>
#include <limits>

#include <catch2/catch.hpp>

#include <dsl/exceptions.hpp>

#include <sys/stat.h>

#include "temporary_folder.hpp"

using namespace ansatz;
using Catch::Matchers::Contains;

namespace {

template <class E>
void check_round_trip(const std::string& path) {
  const std::vector<E> values = {
      E(0), E(1), std::numeric_limits<E>::max(), std::numeric_limits<E>::lowest(), E(3), E(4)};
  write_npz(path, {{"a/b.c-d_0", view(values.data(), {2, 3})},
                   {"one", view(values.data(), {})},
                   {"row", view(values.data(), {4})},
                   {"none", view(values.data(), {0, 7})}});
  const auto arrays = read_npz(path);
  REQUIRE(arrays.size() == 4);
  CHECK(arrays[0].name == "a/b.c-d_0");
  CHECK(arrays[0].shape == std::vector<std::int64_t>{2, 3});
  CHECK(arrays[0].type == element_type_of<E>());
  REQUIRE(arrays[0].data<E>() != nullptr);
  for (std::size_t i = 0; i < 6; ++i) CHECK(arrays[0].data<E>()[i] == values[i]);
  CHECK(arrays[1].shape.empty());
  CHECK(arrays[1].size() == 1);
  CHECK(arrays[2].shape == std::vector<std::int64_t>{4});
  CHECK(arrays[3].size() == 0);
  CHECK(arrays[3].shape == std::vector<std::int64_t>{0, 7});
  if constexpr (!std::is_same_v<E, char>) CHECK(arrays[0].data<char>() == nullptr);
}

/// A python3 with numpy; empty if there is none.
std::string python() {
  for (const char* name : {"python3", "/usr/bin/python3"})
    if (std::system((std::string(name) + " -c 'import numpy' 2>/dev/null").c_str()) == 0)
      return name;
  WARN("no python3 with numpy: compatibility with numpy is not checked");
  return "";
}

int run(const std::string& interpreter, const std::string& code) {
  return std::system((interpreter + " -c \"import numpy as np\n" + code + "\"").c_str());
}

}  // namespace

TEST_CASE("npz: every element type and shape comes back", "[run][npz]") {
  const TemporaryFolder folder;
  check_round_trip<float>(folder / "f.npz");
  check_round_trip<double>(folder / "d.npz");
  check_round_trip<std::int32_t>(folder / "i.npz");
  check_round_trip<std::int64_t>(folder / "l.npz");
  check_round_trip<std::uint8_t>(folder / "u.npz");
  CHECK(folder.files() == 5);
}

TEST_CASE("npz: equal arrays give equal files, and no array an empty one", "[run][npz]") {
  const TemporaryFolder folder;
  const float x[] = {1, 2};
  write_npz(folder / "a.npz", {{"x", view(x, {2})}});
  write_npz(folder / "b.npz", {{"x", view(x, {2})}});
  CHECK(read_bytes(folder / "a.npz") == read_bytes(folder / "b.npz"));
  write_npz(folder / "a.npz", {});
  CHECK(read_npz(folder / "a.npz").empty());
}

TEST_CASE("npz: what replaces a private file is private; a link is followed; no file is left",
          "[run][npz]") {
  const TemporaryFolder folder;
  const float x[] = {1, 2};
  const std::string path = folder / "a.npz";
  write_npz(path, {{"x", view(x, {1})}});
  const auto mode = [&] { return std::filesystem::status(path).permissions(); };
  using std::filesystem::perms;
  for (const perms each : {perms::owner_read | perms::owner_write,
                           perms::owner_read | perms::owner_write | perms::group_read}) {
    std::filesystem::permissions(path, each);
    write_npz(path, {{"x", view(x, {2})}});
    CHECK(mode() == each);
  }
  std::filesystem::create_symlink("a.npz", folder / "link.npz");
  write_npz(folder / "link.npz", {});
  CHECK(std::filesystem::is_symlink(folder / "link.npz"));
  CHECK(read_npz(path).empty());
  CHECK_THROWS_WITH(write_npz(folder / "none/a.npz", {}), Contains("does not exist"));
  std::filesystem::create_directory(folder / "sub.npz");
  CHECK_THROWS_WITH(write_npz(folder / "sub.npz", {{"x", view(x, {2})}}), Contains("a folder"));
  CHECK(folder.files() == 3);
}

TEST_CASE("npz, npy: what is no regular file is refused at once", "[run][npz]") {
  const TemporaryFolder folder;
  const std::string pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  for (const auto& [path, kind] : {std::pair{pipe, "a pipe"},
                                   {std::string("/dev/zero"), "a device"},
                                   {folder / "", "a folder"}}) {
    CHECK_THROWS_WITH(read_npz(path), Contains("not a file, but ") && Contains(kind));
    CHECK_THROWS_WITH(read_npy(path), Contains("not a file, but ") && Contains(kind));
  }
  CHECK_THROWS_WITH(read_npz(folder / "none"), Contains("No such file"));
}

TEST_CASE("npz: numpy reads what is written", "[run][npz]") {
  const std::string interpreter = python();
  if (interpreter.empty()) return;
  const TemporaryFolder folder;
  const float x[] = {1.5f, -2, 3, 4, 5, 6};
  const std::int64_t y[] = {1ll << 40};
  write_npz(folder / "a.npz", {{"layer/x", view(x, {2, 3})}, {"y", view(y, {})}});
  CHECK(run(interpreter, "f = np.load('" + (folder / "a.npz") +
                             "')\n"
                             "assert sorted(f.files) == ['layer/x', 'y'], f.files\n"
                             "x = f['layer/x']\n"
                             "assert x.dtype == np.float32 and x.shape == (2, 3), x\n"
                             "assert (x == [[1.5, -2, 3], [4, 5, 6]]).all(), x\n"
                             "assert f['y'].shape == () and f['y'] == 2**40\n") == 0);
}

TEST_CASE("npz: what numpy writes is read, stored or deflated", "[run][npz]") {
  const std::string interpreter = python();
  if (interpreter.empty()) return;
  const TemporaryFolder folder;
  for (const char* save : {"savez", "savez_compressed"}) {
    const std::string path = folder / (std::string(save) + ".npz");
    REQUIRE(
        run(interpreter,
            "np." + std::string(save) + "('" + path +
                "', "
                "a=np.arange(5000.).reshape(50, 100), b=np.int32(7), c=np.zeros((0, 2), 'f4'))") ==
        0);
    const auto arrays = read_npz(path);
    REQUIRE(arrays.size() == 3);
    CHECK(arrays[0].name == "a");
    CHECK(arrays[0].shape == std::vector<std::int64_t>{50, 100});
    REQUIRE(arrays[0].data<double>() != nullptr);
    CHECK(arrays[0].data<double>()[4999] == 4999);
    CHECK(arrays[1].data<std::int32_t>()[0] == 7);
    CHECK(arrays[2].size() == 0);
  }
  const auto saved = [&](const std::string& array) {
    REQUIRE(run(interpreter, "np.savez('" + (folder / "r.npz") + "', w=" + array + ")") == 0);
    return read_npz(folder / "r.npz");
  };
  const auto turned = saved("np.arange(6.).reshape(2, 3).T");  // in Fortran order
  CHECK(turned[0].shape == std::vector<std::int64_t>{3, 2});
  const double* const t = turned[0].data<double>();
  CHECK(std::vector<double>(t, t + 6) == std::vector<double>{0, 3, 1, 4, 2, 5});
  const auto other_end = saved("np.array([1.5, -2], '>f4')");
  CHECK(other_end[0].data<float>()[0] == 1.5f);
  CHECK(other_end[0].data<float>()[1] == -2);
  CHECK_THROWS_WITH(saved("np.ones(2, 'c8')"), Contains("'<c8'"));
}

TEST_CASE("npz: a damaged file gives an error, whatever was damaged", "[run][npz]") {
  const TemporaryFolder folder;
  const float x[] = {1, 2, 3};
  write_npz(folder / "good.npz", {{"x", view(x, {3})}, {"y", view(x, {1, 2})}});
  const std::string good = read_bytes(folder / "good.npz");
  const std::string path = folder / "bad.npz";
  for (std::size_t length = 0; length < good.size(); length += length < 300 ? 7 : 1) {
    write_bytes(path, good.substr(0, length));
    CAPTURE(length);
    CHECK_THROWS_AS(read_npz(path), FileError);
  }
  // A wrong byte gives an error or, in a field that is not used, nothing; the elements and their
  // headers, which the checksum covers, always the former.
  const std::size_t start = good.find("\x93NUMPY");
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x15);
    write_bytes(path, bad);
    CAPTURE(i);
    if (i >= start && i < start + 140) {
      CHECK_THROWS_AS(read_npz(path), FileError);
    } else {
      try {
        read_npz(path);
      } catch (const FileError&) {
      }
    }
  }
  write_bytes(path, "this is text, and long enough to be a file of its own kind");
  CHECK_THROWS_AS(read_npz(path), FileError);
}

TEST_CASE("npz: a failed save leaves the old file and nothing else", "[run][npz]") {
  const TemporaryFolder folder;
  const float x[] = {1, 2};
  write_npz(folder / "a.npz", {{"x", view(x, {2})}});
  const std::string before = read_bytes(folder / "a.npz");
  CHECK_THROWS_AS(write_npz(folder / "a.npz", {{"a b", view(x, {2})}}), NameError);
  CHECK_THROWS_AS(write_npz(folder / "a.npz", {{"x", view(x, {2})}, {"x", view(x, {1})}}),
                  NameError);
  CHECK_THROWS_AS(write_npz(folder / "none/a.npz", {{"x", view(x, {2})}}), FileError);
  CHECK(read_bytes(folder / "a.npz") == before);
  CHECK(folder.files() == 1);
}
