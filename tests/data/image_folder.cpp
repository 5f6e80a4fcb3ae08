// Pictures in folders: PNG and JPEG files.
#include <ansatz/data/sets/image_folder.hpp>
#include <ansatz/data/sets/image_patches.hpp>
#include <ansatz/data/source.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/files/image.hpp>
#include <dsl/exceptions.hpp>

#include "temporary_file.hpp"

#include <png.h>
#include <turbojpeg.h>
#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

std::string png(const std::vector<std::uint8_t>& pixels, unsigned rows, unsigned columns,
                unsigned format = PNG_FORMAT_RGB) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.height = rows;
  image.width = columns;
  image.format = format;
  png_alloc_size_t size = 0;
  png_image_write_to_memory(&image, nullptr, &size, 0, pixels.data(), 0, nullptr);
  std::string bytes(size, '\0');
  png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(), 0, nullptr);
  return bytes;
}

std::string jpeg(const std::vector<std::uint8_t>& pixels, int rows, int columns) {
  unsigned char* out = nullptr;
  unsigned long size = 0;
  tjhandle encoder = tjInitCompress();
  tjCompress2(encoder, pixels.data(), columns, 0, rows, TJPF_RGB, &out, &size, TJSAMP_444, 100, 0);
  std::string bytes(reinterpret_cast<char*>(out), size);
  tjFree(out);
  tjDestroy(encoder);
  return bytes;
}

std::vector<std::uint8_t> plain(int pixels, std::uint8_t r, std::uint8_t g, std::uint8_t b) {
  std::vector<std::uint8_t> all;
  for (int i = 0; i < pixels; ++i) all.insert(all.end(), {r, g, b});
  return all;
}

}  // namespace

TEST_CASE("pictures: PNG exactly, JPEG nearly, whatever the name", "[data][image]") {
  const TemporaryFolder folder;
  std::vector<std::uint8_t> pixels;
  for (int i = 0; i < 5 * 7 * 3; ++i) pixels.push_back(static_cast<std::uint8_t>(i * 37));
  const Picture read = read_picture(folder.write("a.jpg", png(pixels, 5, 7)), 3);
  CHECK(read.rows == 5);
  CHECK(read.columns == 7);
  CHECK(read.pixels == pixels);
  const Picture grey = read_picture(folder.write("a.png", png(pixels, 5, 7)), 1);
  for (std::size_t i = 0; i < grey.pixels.size(); ++i)
    CHECK(std::abs(grey.pixels[i] - (.299 * pixels[3 * i] + .587 * pixels[3 * i + 1] +
                                     .114 * pixels[3 * i + 2])) <= .5);
  // Half transparent black on white is grey; a grey file has three equal colours.
  CHECK(read_picture(folder.write("c.png", png({0, 0, 0, 128}, 1, 1, PNG_FORMAT_RGBA)), 3).pixels ==
        std::vector<std::uint8_t>{127, 127, 127});
  CHECK(read_picture(folder.write("g.png", png({9, 200}, 1, 2, PNG_FORMAT_GRAY)), 3).pixels ==
        std::vector<std::uint8_t>{9, 9, 9, 200, 200, 200});
  const Picture jpg =
      read_picture(folder.write("b.jpeg", jpeg(plain(16 * 8, 200, 40, 90), 16, 8)), 3);
  REQUIRE(jpg.rows == 16);
  for (std::size_t i = 0; i < jpg.pixels.size(); ++i) {
    const int wanted[] = {200, 40, 90};
    CHECK(std::abs(jpg.pixels[i] - wanted[i % 3]) <= 2);
  }
}

TEST_CASE("pictures: damaged, cut off, too large or something else", "[data][image]") {
  const TemporaryFolder folder;
  const auto error = [&](const std::string& bytes, std::int64_t most = 1 << 20) {
    return message_of<FileError>(
        [&] { (void)read_picture(folder.write("bad.png", bytes), 3, most); });
  };
  const std::string good = png(plain(64, 1, 2, 3), 8, 8), photo = jpeg(plain(64, 9, 9, 9), 8, 8);
  CHECK_THAT(error(""), Contains("bad.png") && Contains("empty"));
  CHECK_THAT(error("GIF89a"), Contains("neither a PNG nor a JPEG"));
  CHECK_THAT(error(good, 63), Contains("8 x 8 pixels"));
  for (const std::size_t keep : {9u, 30u, 50u})
    CHECK_THAT(error(good.substr(0, keep)), Contains("damaged PNG"));
  for (const std::size_t keep : {3u, 30u, 300u})
    CHECK_THAT(error(photo.substr(0, keep)), Contains("damaged JPEG"));
  // Each byte of the pixels, and of their checksum.
  for (std::size_t i = good.find("IDAT") + 4; i < good.find("IEND") - 4; ++i) {
    std::string flipped = good;
    flipped[i] = static_cast<char>(~flipped[i]);
    CHECK_THAT(error(flipped), Contains("damaged PNG"));
  }
}

TEST_CASE("pictures: resizing keeps means, and a plain picture plain", "[data][image]") {
  Picture p{4, 4, 1, {}};
  for (int i = 0; i < 16; ++i) p.pixels.push_back(static_cast<std::uint8_t>(16 * i));
  const Picture half = resized(p, 2, 2);
  // By hand: triangles of reach 2 at 1 and 3 weigh .375, .375, .25 - normalised over those there.
  const double w[] = {.75, .75, .25};
  const double sum = 1.75;
  double wanted = 0;
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < 3; ++c) wanted += w[r] * w[c] / sum / sum * 16 * (4 * r + c);
  CHECK(half.pixels[0] == std::lround(wanted));
  const Picture flat{3, 5, 3, plain(15, 7, 8, 9)};
  for (const auto& [rows, columns] : {std::pair{9, 2}, {1, 1}, {3, 5}, {20, 20}}) {
    const Picture other = resized(flat, rows, columns);
    REQUIRE(other.pixels == plain(rows * columns, 7, 8, 9));
  }
}

TEST_CASE("image folder: a folder a class, in natural order", "[data][image]") {
  const TemporaryFolder folder;
  folder.write("set/c2/b.PNG", png(plain(4, 255, 0, 0), 2, 2));
  folder.write("set/c10/x.jpg", jpeg(plain(64, 0, 0, 255), 8, 8));
  folder.write("set/c10/deeper/y.png", png(plain(4, 0, 255, 0), 2, 2));
  folder.write("set/c10/notes.txt", "no picture");
  folder.write("set/.hidden/z.png", png(plain(4, 0, 0, 0), 2, 2));
  const ImageFolder set((folder.path() + "/set").c_str(), RowsColumns(3));
  const auto source = set.open();
  REQUIRE(source->examples() == 3);
  CHECK(source->column("targets").labels == 2);
  const auto table = set.load();
  const auto* labels = static_cast<const std::int32_t*>(table->column("targets").data);
  CHECK(std::vector<std::int32_t>(labels, labels + 3) == std::vector<std::int32_t>{0, 1, 1});
  const auto* pixels = static_cast<const float*>(table->column("features").data);
  CHECK(std::vector<float>(pixels, pixels + 3) == std::vector<float>{1, 0, 0});
  CHECK(std::vector<float>(pixels + 27, pixels + 30) == std::vector<float>{0, 1, 0});
  CHECK_THAT(source->facts(), Contains("3 pictures") && Contains("1 2"));

  folder.write("plain/1.png", png(plain(4, 0, 255, 0), 2, 2));
  const ImageFolder unlabelled((folder.path() + "/plain").c_str(), RowsColumns(2), channels(1));
  CHECK(unlabelled.open()->find("targets") == nullptr);
}

TEST_CASE("image folder: broken files are named before anything is trained", "[data][image]") {
  const TemporaryFolder folder;
  folder.write("set/a/1.png", png(plain(4, 0, 0, 0), 2, 2));
  folder.write("set/a/2.png", png(plain(4, 0, 0, 0), 2, 2).substr(0, 40));
  folder.write("set/b/3.jpg", "text");
  const ImageFolder set((folder.path() + "/set").c_str(), RowsColumns(2));
  const std::string error = message_of<FileError>([&] { (void)set.open(); });
  CHECK_THAT(error, Contains("2 of 3 pictures") && Contains("a/2.png") && Contains("b/3.jpg"));
  std::filesystem::create_directories(folder.path() + "/set2/empty");
  CHECK_THAT(message_of<FileError>([&] {
               (void)ImageFolder((folder.path() + "/set2").c_str(), RowsColumns(2)).open();
             }),
             Contains("'empty'") && Contains("no picture"));
  CHECK_THAT(message_of<FileError>([&] {
               (void)ImageFolder((folder.path() + "/none").c_str(), RowsColumns(2)).open();
             }),
             Contains("/none") && Contains("no such folder"));
  CHECK_THAT(
      message_of<ValueError>([&] { ImageFolder(folder.path().c_str(), RowsColumns(0)).check(); }),
      Contains("0 x 0"));
}

TEST_CASE("image patches: parts of pictures of different sizes, in any order", "[data][image]") {
  const TemporaryFolder folder;
  // Pixel (r, c) of picture k is 100 k + 10 r + c.
  const int sizes[][2] = {{3, 4}, {5, 3}};
  for (int k = 0; k < 2; ++k) {
    std::vector<std::uint8_t> grey;
    for (int r = 0; r < sizes[k][0]; ++r)
      for (int c = 0; c < sizes[k][1]; ++c)
        grey.push_back(static_cast<std::uint8_t>(100 * k + 10 * r + c));
    folder.write("deep/er/" + std::to_string(k) + ".png",
                 png(grey, static_cast<unsigned>(sizes[k][0]), static_cast<unsigned>(sizes[k][1]),
                     PNG_FORMAT_GRAY));
  }
  ImagePatches set(folder.path().c_str(), RowsColumns(3, 2), 5000);
  const auto table = set.load();
  REQUIRE(table->examples() == 5000);
  const auto* x = static_cast<const float*>(table->column("features").data);
  int seen[2][5][4] = {};
  for (int i = 0; i < 5000; ++i) {
    const int first = static_cast<int>(std::lround(x[6 * i] * 255));
    const int k = first / 100, row = first % 100 / 10, column = first % 10;
    REQUIRE(row + 3 <= sizes[k][0]);
    REQUIRE(column + 2 <= sizes[k][1]);
    ++seen[k][row][column];
    for (int r = 0; r < 3; ++r)
      for (int c = 0; c < 2; ++c)
        REQUIRE(std::lround(x[6 * i + 2 * r + c] * 255) == first + 10 * r + c);
  }
  // Both pictures equally often, and the places of each: 3 of the first, 3 * 2 of the second.
  for (int c = 0; c < 3; ++c) CHECK(std::abs(seen[0][0][c] - 833) < 120);
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < 2; ++c) CHECK(std::abs(seen[1][r][c] - 417) < 90);
  set.cached = 1;
  const auto source = set.open();
  const std::vector<std::int64_t> order = {4000, 3, 1500, 3};
  const auto cursor = source->open();
  const RowsView rows = cursor->read({0, 4, order.data()});
  const auto* y = static_cast<const float*>(rows.columns[0].data);
  CHECK(std::vector<float>(y + 6, y + 12) == std::vector<float>(y + 18, y + 24));
  CHECK_THAT(message_of<ShapeError>(
                 [&] { (void)ImagePatches(folder.path().c_str(), RowsColumns(4, 2), 1).open(); }),
             Contains("3 rows") && Contains("4 x 2"));
}
