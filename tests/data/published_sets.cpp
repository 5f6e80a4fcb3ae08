// Data sets as they are published: real ones where they are at hand, else small ones of the same
// form.
#include <ansatz/data/for_each_batch.hpp>
#include <ansatz/data/path.hpp>
#include <ansatz/data/sets/icml_2013.hpp>
#include <ansatz/data/sets/matlab_set.hpp>
#include <ansatz/data/sets/norb.hpp>
#include <ansatz/data/sets/stl10.hpp>
#include <ansatz/data/sets/svhn.hpp>
#include <ansatz/data/sets/tfd.hpp>
#include <ansatz/data/sets/uci.hpp>
#include <ansatz/files/npy.hpp>
#include <ansatz/files/npz.hpp>
#include <dsl/exceptions.hpp>

#include "file_formats.hpp"
#include "temporary_file.hpp"

#include <zlib.h>
#include <catch2/catch.hpp>

#include <ansatz/base/random_state.hpp>

#include <numeric>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

const float* numbers(const std::shared_ptr<const Table>& table, const char* source = "features") {
  const Column& column = table->column(source);
  REQUIRE(column.type == ElementType::float32);
  return static_cast<const float*>(column.data);
}
std::vector<std::int32_t> labels(const std::shared_ptr<const Table>& table) {
  const Column& column = table->column("targets");
  REQUIRE(column.labels > 0);
  const auto* const at = static_cast<const std::int32_t*>(column.data);
  return {at, at + column.examples * column.width()};
}
std::uint32_t crc_of(const Column& column) {
  const auto bytes =
      static_cast<std::size_t>(column.examples * column.width() * element_size(column.type));
  return static_cast<std::uint32_t>(crc32_z(0, static_cast<const Bytef*>(column.data), bytes));
}
bool at_hand(const Dataset& set) {
  const std::string missing = set.missing_file();
  if (!missing.empty()) WARN(missing << " is not there: skipped");
  return missing.empty();
}
template <class Error = ansatz::Error>
std::string load_error(const Dataset& set) {
  return message_of<Error>([&] { (void)set.load(); });
}

// Images [32, 32, 3, n] as MATLAB has them: the pixel of example i, channel c, row r, column k.
std::uint8_t pixel(int i, int c, int r, int k) {
  return static_cast<std::uint8_t>(17 * i + 70 * c + 3 * r + k);
}
std::string svhn_mat(int examples, const std::vector<std::uint8_t>& y, bool packed) {
  std::string x;
  for (int i = 0; i < examples; ++i)
    for (int c = 0; c < 3; ++c)
      for (int k = 0; k < 32; ++k)
        for (int r = 0; r < 32; ++r) x += static_cast<char>(pixel(i, c, r, k));
  return MatFile()
      .add("X", 9, {32, 32, 3, examples}, 2, x, packed)
      .add("y", 9, {examples, 1}, 2, std::string(y.begin(), y.end()), packed)
      .bytes();
}

}  // namespace

TEST_CASE("uci: tables have the numbers that another program reads", "[data][uci]") {
  const auto check = [](const Dataset& set, std::int64_t examples, std::uint32_t features,
                        std::uint32_t targets) {
    if (!at_hand(set)) return;
    const auto table = set.load();
    REQUIRE(table->examples() == examples);
    CHECK(crc_of(table->column("features")) == features);
    CHECK(crc_of(table->column("targets")) == targets);
    CHECK(table->column("features").width() == set.source_space("features").total_dimension());
  };
  // zlib.crc32 of the numbers as Python reads them, in double; of adult in float.
  check(Iris(), 150, 0x84bbfc6c, 0xd327084f);
  check(Wine(), 178, 0x2b79fc75, 0xa6e4fa80);
  check(BreastCancer(), 569, 0x69da91f0, 0x9a56f0ef);
  check(OptDigits("train"), 3823, 0xc120f6d2, 0xa0e91477);
  check(OptDigits("test"), 1797, 0x1be630d7, 0xd40a7289);
  check(Semeion(), 1593, 0x561e4fde, 0xf9bcbf55);
  check(CaliforniaHousing(), 20640, 0xbd44b7af, 0x20ed1ff7);
  check(Adult("train"), 30162, 0xe0407a9a, 0x3f5d4505);
  check(Adult("test"), 15060, 0x0332ac70, 0xa14d48b7);
}

TEST_CASE("uci: damaged tables are told with line and column", "[data][uci]") {
  const TemporaryFolder folder;
  const DataPath here(folder.path());
  CHECK_THAT(load_error<FileError>(Iris()), Contains("iris/iris.data") && Contains("no such file"));
  folder.write("iris/iris.data", "5.1,3.5,1.4,.2,Iris-setosa\n5,3,1,0,Iris-setoso\n");
  CHECK_THAT(load_error<FileError>(Iris()),
             Contains("iris.data:2:9") && Contains("nearest: Iris-setosa"));
  folder.write("wine/wine.data", "1,2,3\n");
  CHECK_THAT(load_error<FileError>(Wine()), Contains("2 numbers in a line; 13"));
  folder.write("adult/adult.data",
               "39, State-gov, 1, Bachelors, 13, Never-married, Sales, Wife, "
               "White, Mole, 1, 0, 40, United-States, <=50K\n");
  CHECK_THAT(load_error<FileError>(Adult("train")),
             Contains("adult.data:1:") && Contains("sex is 'Mole'") && Contains("nearest: Male"));
  folder.write("adult/adult.test", "|1x3\n1, 2\n");
  CHECK_THAT(load_error<FileError>(Adult("test")), Contains("adult.test:2:1: 2 fields"));
  folder.write("hepatitis/hepatitis.data",
               "2,30,2,1,2,2,2,2,1,2,2,2,2,2,1.00,85,18,4.0,?,1\n"
               "1,31,1,2,1,2,2,2,2,2,2,2,2,2,0.70,46,52,4.0,80,1\n");
  const auto patients = Hepatitis().load();
  CHECK(labels(patients) == std::vector<std::int32_t>{1, 0});
  CHECK(static_cast<const double*>(patients->column("features").data)[17] == -1);
  CHECK_THAT(message_of<Error>([] { Adult("tran").check(); }), Contains("nearest: train"));
}

TEST_CASE("svhn: published files, whole and split", "[data][svhn]") {
  const TemporaryFolder folder;
  const DataPath here(folder.path());
  const std::vector<std::uint8_t> y = {1, 10, 3};
  for (const bool packed : {false, true}) {
    folder.write("SVHN/format2/train_32x32.mat", svhn_mat(3, y, packed));
    const auto table = SVHN_On_Memory("train").load();
    REQUIRE(table->examples() == 3);
    CHECK(labels(table) == std::vector<std::int32_t>{0, 9, 2});
    const float* const x = numbers(table);
    for (int i = 0; i < 3; ++i)
      for (int r = 0; r < 32; r += 7)
        for (int k = 0; k < 32; k += 5)
          for (int c = 0; c < 3; ++c)
            CHECK(x[((i * 32 + r) * 32 + k) * 3 + c] == pixel(i, c, r, k));
    SVHN part("train", start(1), stop(2), center(true), scale(true));
    const auto one = part.load();
    CHECK(one->examples() == 1);
    CHECK(numbers(one)[3] == (static_cast<float>(pixel(1, 0, 0, 1)) - 127.5f) / 127.5f);
  }
  // Found where `ansatz data fetch` puts it, too.
  folder.write("svhn/test_32x32.mat", svhn_mat(1, {7}, true));
  CHECK(SVHN("test").load()->examples() == 1);
  CHECK(SVHN("extra").missing_file() == folder.path() + "/SVHN/format2/extra_32x32.mat");
  CHECK(SVHN("valid").missing_file() == folder.path() + "/SVHN/format2/extra_32x32.mat");

  folder.write("SVHN/format2/train_32x32.mat", svhn_mat(3, {1, 11, 3}, false));
  CHECK_THAT(load_error<FileError>(SVHN("train")),
             Contains("train_32x32.mat") && Contains("label 11 of example 1"));
  CHECK_THAT(load_error<Error>(SVHN("trainall")), Contains("nearest: train_all"));
}

TEST_CASE("svhn: valid takes 400 and 200 of each class, the rest is splitted_train",
          "[data][svhn]") {
  const TemporaryFolder folder;
  const DataPath here(folder.path());
  const auto classes = [](int of_each) {
    std::vector<std::uint8_t> y;
    for (int i = 0; i < of_each; ++i)
      for (int k = 1; k <= 10; ++k) y.push_back(static_cast<std::uint8_t>(k));
    return y;
  };
  folder.write("SVHN/format2/train_32x32.mat", svhn_mat(4010, classes(401), true));
  folder.write("SVHN/format2/extra_32x32.mat", svhn_mat(2030, classes(203), true));
  const auto valid = SVHN("valid").open(), rest = SVHN("splitted_train").open();
  CHECK(valid->examples() == 6000);
  CHECK(rest->examples() == 10 + 30);
  CHECK(SVHN("train_all").open()->examples() == 6040);
  std::vector<int> seen(10);
  for_each_batch(valid, 100, [&](const RowsView& rows) {
    for (std::int64_t i = 0; i < rows.size(); ++i)
      ++seen[static_cast<std::size_t>(static_cast<const std::int32_t*>(rows.columns[1].data)[i])];
  });
  CHECK(seen == std::vector<int>(10, 600));
}

TEST_CASE("stl10: column-major images, folds, no labels of most", "[data][stl10]") {
  const TemporaryFolder folder;
  const DataPath here(folder.path());
  constexpr int bytes = 96 * 96 * 3;
  std::string x(3 * bytes, '\0');
  // Example 1, channel 2, row 5, column 7.
  x[bytes + 2 * 96 * 96 + 7 * 96 + 5] = '\x2a';
  folder.write("stl10/stl10_binary/train_X.bin", x);
  folder.write("stl10/stl10_binary/train_y.bin", "\x01\x0a\x05");
  folder.write("stl10/stl10_binary/unlabeled_X.bin.gz", gzip(x));
  folder.write("stl10/stl10_binary/fold_indices.txt", "1 2\n2 0 \n");
  const auto table = STL10("train").load();
  CHECK(labels(table) == std::vector<std::int32_t>{0, 9, 4});
  CHECK(numbers(table)[bytes + (5 * 96 + 7) * 3 + 2] == 42);
  CHECK(std::accumulate(numbers(table), numbers(table) + 3 * bytes, 0.) == 42);
  const auto second = STL10("train", fold(1)).load();
  CHECK(labels(second) == std::vector<std::int32_t>{4, 0});
  CHECK(STL10("unlabeled", center(true)).load()->columns().size() == 1);
  STL10 part("train");
  part.example_range.push_back(1);
  part.example_range.push_back(2);
  CHECK(labels(part.load()) == std::vector<std::int32_t>{9});
  CHECK_THAT(load_error<FileError>(STL10("train", fold(5))), Contains("no line 6"));
  folder.write("stl10/stl10_binary/train_X.bin", x.substr(5));
  CHECK_THAT(load_error<FileError>(STL10("train")),
             Contains("train_X.bin") && Contains("image 2 has 27643 of 27648"));
  folder.write("stl10/stl10_binary/train_X.bin", x);
  folder.write("stl10/stl10_binary/train_y.bin", std::string("\x01\x00\x05", 3));
  CHECK_THAT(load_error<FileError>(STL10("train")), Contains("label 0 at byte 1"));
  CHECK_THAT(message_of<Error>([] { STL10("test", fold(1)).check(); }), Contains("fold"));
}

TEST_CASE("norb: pairs as two channels, categories or all that is known", "[data][norb]") {
  const TemporaryFolder folder;
  const DataPath here(folder.path());
  const std::string stem = "norb_small/smallnorb-5x46789x9x18x6x2x96x96-training-";
  std::string pixels(2 * 2 * 96 * 96, '\0');
  pixels[((1 * 2 + 1) * 96 + 5) * 96 + 7] = '\x2a';  // example 1, right, row 5, column 7
  folder.write(stem + "dat.mat.gz", gzip(norb_matrix(0x1E3D4C55, {2, 2, 96, 96}, pixels)));
  folder.write(stem + "cat.mat",
               norb_matrix(0x1E3D4C54, {2}, bytes_of(std::vector<std::int32_t>{4, 0})));
  folder.write(stem + "info.mat",
               norb_matrix(0x1E3D4C54, {2, 4},
                           bytes_of(std::vector<std::int32_t>{9, 8, 34, 5, 4, 0, 2, 1})));
  const auto table = SmallNORB("train").load();
  CHECK(labels(table) == std::vector<std::int32_t>{4, 0});
  CHECK(numbers(table)[((96 + 5) * 96 + 7) * 2 + 1] == 42);
  const auto all = SmallNORB("train", multi_target(true)).load();
  CHECK(std::vector<float>(numbers(all, "targets"), numbers(all, "targets") + 10) ==
        std::vector<float>{4, 9, 8, 34, 5, 0, 4, 0, 2, 1});
  CHECK(SmallNORB("train", stop(1)).load()->examples() == 1);
  CHECK(NORB("small", "train").load()->examples() == 2);
  // The pixel, in the middle of the right picture or of its outermost ring.
  const auto foveated = FoveatedNORB("train", center(true)).load();
  REQUIRE(foveated->column("features").width() == 8976);
  CHECK(foveated->column("features").conv == false);
  CHECK(labels(foveated) == std::vector<std::int32_t>{4, 0});
  const float* const x = numbers(foveated) + 8976;
  const float mean = 42 / 64.f - 127.5f;
  CHECK(std::count(x, x + 8976, -127.5f) == 8975);
  CHECK(x[4488 + 64 * 64] == mean);
  FoveatedNORB toy("train", scale(true));
  toy.restrict_instances.push_back(4);
  CHECK(labels(toy.load()) == std::vector<std::int32_t>{0});
  CHECK(numbers(toy.load())[4488 + 64 * 64] == Approx(42 / 64. / 255));
  toy.restrict_instances[0] = 7;
  CHECK_THAT(load_error<ValueError>(toy), Contains("none of these toys"));
  CHECK_THAT(SmallNORB("test").missing_file(), Contains("5x01235x9x18x6x2x96x96-testing-dat.mat"));
  CHECK_THAT(NORB("big", "both").missing_file(), Contains("training-01-dat.mat"));
  folder.write(stem + "cat.mat",
               norb_matrix(0x1E3D4C54, {2}, bytes_of(std::vector<std::int32_t>{4, 5})));
  CHECK_THAT(load_error<FileError>(SmallNORB("train")), Contains("category 5 of example 1"));
  folder.write(stem + "cat.mat", norb_matrix(0x1E3D4C55, {2}, "ab"));
  CHECK_THAT(load_error<FileError>(SmallNORB("train")), Contains("integers of dimensions [2]"));
  CHECK_THAT(message_of<Error>([] { NORB("tiny", "train").check(); }), Contains("which_norb"));
}

TEST_CASE("tfd: folds, ranges and order, from .mat and .npz", "[data][tfd]") {
  const TemporaryFolder folder;
  const DataPath here(folder.path());
  // Five faces; face i is full of 10 i, but for row 3, column 4.
  std::vector<std::uint8_t> faces;
  for (int i = 0; i < 5; ++i)
    for (int p = 0; p < 48 * 48; ++p)
      faces.push_back(static_cast<std::uint8_t>(p == 3 * 48 + 4 ? 200 + i : 10 * i));
  const std::vector<std::uint8_t> expressions = {1, 7, 3, 2, 5};
  const std::vector<std::uint8_t> of_folds = {1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0,
                                              0, 0, 3, 1, 0, 0, 0, 0, 1, 0, 0, 0};
  write_npz(folder.write("faces/TFD/TFD_48x48.npz", ""),
            {{"images", view(faces.data(), {5, 48, 48})},
             {"labs_ex", view(expressions.data(), {5, 1})},
             {"folds", view(of_folds.data(), {5, 5})}});
  const auto check = [] {
    const auto train = TFD("train").load();
    CHECK(labels(train) == std::vector<std::int32_t>{0, 2});
    CHECK(numbers(train)[0] == 0);
    CHECK(numbers(train)[48 * 48] == 20);
    CHECK(numbers(train)[48 * 48 + 3 * 48 + 4] == 202);
    CHECK(labels(TFD("full_train").load()) == std::vector<std::int32_t>{0, 6, 2});
    CHECK(labels(TFD("test").load()) == std::vector<std::int32_t>{1});
    CHECK(labels(TFD("train", fold(1)).load()) == std::vector<std::int32_t>{1, 4});
    CHECK(TFD("unlabeled").load()->columns().size() == 1);
    CHECK(numbers(TFD("valid", scale(true)).load())[0] == 10.f / 255.f);
  };
  check();
  // RandomState(132987).permutation(3) is what decides.
  const auto mixed = labels(TFD("full_train", shuffle(true)).load());
  std::vector<std::int32_t> wanted;
  for (const std::int64_t i : RandomState(132987).permutation(3))
    wanted.push_back(std::vector<std::int32_t>{0, 6, 2}[static_cast<std::size_t>(i)]);
  CHECK(mixed == wanted);

  std::string columns;  // as MATLAB has them
  for (int k = 0; k < 48; ++k)
    for (int r = 0; r < 48; ++r)
      for (int i = 0; i < 5; ++i)
        columns += static_cast<char>(faces[static_cast<std::size_t>((i * 48 + r) * 48 + k)]);
  std::string folds_by_columns;
  for (int f = 0; f < 5; ++f)
    for (int i = 0; i < 5; ++i)
      folds_by_columns += static_cast<char>(of_folds[static_cast<std::size_t>(5 * i + f)]);
  folder.write("faces/TFD/TFD_48x48.mat",
               MatFile()
                   .add("images", 9, {5, 48, 48}, 2, columns, true)
                   .add("labs_ex", 9, {5, 1}, 2, {expressions.begin(), expressions.end()}, true)
                   .add("folds", 6, {5, 5}, 2, folds_by_columns, true)
                   .bytes());
  check();
  CHECK_THAT(TFD("train", image_size(96)).missing_file(), Contains("TFD_96x96.mat"));
  CHECK_THAT(message_of<Error>([] { TFD("train", image_size(32)).check(); }), Contains("48 or 96"));
}

TEST_CASE("icml 2013: the black box", "[data][icml]") {
  const TemporaryFolder folder;
  const DataPath here(folder.path());
  std::string names = "label", first = "9.0", second = "1";
  for (int k = 0; k < 1875; ++k) {
    names += ",f" + std::to_string(k);
    first += "," + std::to_string(k);
    second += "," + std::to_string(-k) + ".5";
  }
  const std::string base = "icml_2013_black_box/";
  folder.write(base + "train.csv", names + "\n" + first + "\n" + second + "\n");
  const auto train = BlackBoxDataset("train").load();
  CHECK(labels(train) == std::vector<std::int32_t>{8, 0});
  CHECK(numbers(train)[1874] == 1874);
  CHECK(numbers(train)[1875 + 10] == -10.5);
  CHECK(BlackBoxDataset("train", start(1), stop(2)).load()->examples() == 1);
  CHECK_THAT(load_error(BlackBoxDataset("train", start(1), stop(4))),
             Contains("2 examples of 'train'"));
  folder.write(base + "test.csv", names.substr(6) + "\n" + first.substr(4) + "\n");
  CHECK(BlackBoxDataset("public_test").load()->columns().size() == 1);
  std::vector<float> turned(1875 * 2);
  turned[2 * 7 + 1] = 3;  // number 7 of example 1
  write_npy(folder.path() + "/" + base + "extra_unsupervised_data.npy",
            view(turned.data(), {1875, 2}));
  CHECK(numbers(BlackBoxDataset("extra").load())[1875 + 7] == 3);
  folder.write(base + "train.csv", names + "\n10" + first.substr(3) + "\n");
  CHECK_THAT(load_error<FileError>(BlackBoxDataset("train")), Contains("train.csv:2: label 10"));
  CHECK_THAT(message_of<Error>([] { BlackBoxDataset("test").check(); }), Contains("which_set"));
}

TEST_CASE("icml 2013: emotions", "[data][icml]") {
  const TemporaryFolder folder;
  const DataPath here(folder.path());
  const auto face = [](int value) {
    std::string text;
    for (int p = 0; p < 48 * 48; ++p) text += (p ? " " : "") + std::to_string(p ? value : 255);
    return text;
  };
  const std::string base = "icml_2013_emotions/";
  folder.write(base + "train.csv", "emotion,pixels\n6,\"" + face(3) + "\"\r\n0," + face(4) + "\n");
  const auto train = EmotionsDataset("train").load();
  CHECK(labels(train) == std::vector<std::int32_t>{6, 0});
  CHECK(numbers(train)[0] == 255);
  CHECK(numbers(train)[48 * 48 + 1] == 4);
  folder.write(base + "test.csv", "pixels\n" + face(9) + "\n");
  CHECK(EmotionsDataset("public_test").load()->columns().size() == 1);
  const auto error = [&](const std::string& line) {
    folder.write(base + "train.csv", "emotion,pixels\n" + line + "\n");
    return load_error<FileError>(EmotionsDataset("train"));
  };
  CHECK_THAT(error("7," + face(1)), Contains("train.csv:2:2: label 7"));
  CHECK_THAT(error("1," + face(1) + " 5"), Contains("more behind 2304 pixels"));
  CHECK_THAT(error("1,1 2 3"), Contains("train.csv:2:8: 3 pixels, where 2304"));
  CHECK_THAT(error("1,1 x 3"), Contains("train.csv:2:5:") && Contains("no pixel"));
  CHECK_THAT(error("1 " + face(1)), Contains("a comma"));
}

TEST_CASE("matlab: an array as a data set", "[data][mat]") {
  const TemporaryFolder folder;
  const std::vector<double> x = {1, 2, 3, 4, 5, 6};
  const std::string path =
      folder.write("a.mat", MatFile().add("train", 6, {3, 2}, 9, bytes_of(x)).bytes());
  const auto table = MatlabDataset(path.c_str(), "train").load();
  REQUIRE(table->examples() == 3);
  const auto* const at = static_cast<const double*>(table->column("features").data);
  CHECK(std::vector<double>(at, at + 6) == std::vector<double>{1, 4, 2, 5, 3, 6});
  CHECK_THAT(load_error<NameError>(MatlabDataset(path.c_str(), "test")), Contains("train"));
}
