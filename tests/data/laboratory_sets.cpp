// Sets whose files the makers of Pylearn2 had: small ones of the same form.
#include <ansatz/data/path.hpp>
#include <ansatz/data/sets/icml_2007.hpp>
#include <ansatz/data/sets/lisa_images.hpp>
#include <ansatz/data/sets/norb.hpp>
#include <ansatz/data/sets/norb_instances.hpp>
#include <ansatz/data/sets/utlc.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/files/npy.hpp>
#include <ansatz/files/npz.hpp>
#include <dsl/exceptions.hpp>

#include "file_formats.hpp"
#include "scipy_file.hpp"
#include "temporary_file.hpp"

#include <catch2/catch.hpp>

#include <numeric>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

std::vector<float> numbers(const Dataset& set, const char* source = "features") {
  const auto table = set.load();
  const Column& column = table->column(source);
  REQUIRE(column.type == ElementType::float32);
  const auto* const at = static_cast<const float*>(column.data);
  return {at, at + column.examples * column.width()};
}
std::vector<std::int32_t> labels(const Dataset& set) {
  const auto table = set.load();
  const Column& column = table->column("targets");
  REQUIRE(column.labels > 0);
  const auto* const at = static_cast<const std::int32_t*>(column.data);
  return {at, at + column.examples};
}
std::string load_error(const Dataset& set) {
  return message_of<Error>([&] { (void)set.load(); });
}
template <class Set>
std::string check_error(const Set& set) {
  return message_of<Error>([&] { set.check(); });
}

constexpr std::uint32_t bytes = 0x1E3D4C55, integers = 0x1E3D4C54, floats = 0x1E3D4C51;

std::string ule(int examples) {
  std::string pixels(static_cast<std::size_t>(examples) * 784, '\0');
  for (int i = 0; i < examples; ++i) pixels[static_cast<std::size_t>(i) * 784] = char(51 * i);
  return norb_matrix(bytes, {examples, 784}, pixels);
}

}  // namespace

TEST_CASE("utlc: arrays, normalised as they are read, and their targets", "[data][utlc]") {
  const TemporaryFolder folder;
  const DataPath here(folder.path());
  const UtlcArrays train("ule", "train");
  CHECK_THAT(train.missing_file(), Contains("UTLC/filetensor/ule_train.ft"));
  CHECK(train.source_space("features") == vector_space(784));
  folder.write("UTLC/filetensor/ule_train.ft", ule(3));
  folder.write("UTLC/filetensor/ule_valid.ft.gz", gzip(ule(5)));
  const auto first_pixels = [](const Dataset& set) {
    std::vector<float> out;
    const std::vector<float> all = numbers(set);
    for (std::size_t i = 0; i < all.size(); i += 784) out.push_back(all[i]);
    return out;
  };
  CHECK(first_pixels(train) == std::vector<float>{0, 51 / 255.f, 102 / 255.f});
  UtlcArrays valid("ule", "valid");
  valid.normalize = false;
  CHECK(first_pixels(valid) == std::vector<float>{0, 51, 102, 153, 204});
  // numpy.random.RandomState([1, 2, 3, 4]).permutation(5)
  valid.randomize_valid = valid.randomize_test = true;
  CHECK(first_pixels(valid) == std::vector<float>{0, 51, 204, 153, 102});
  valid.normalize_on_the_fly = true;
  CHECK(first_pixels(valid)[2] == 204 / 255.f);

  UtlcArrays transferred = train;
  transferred.transfer = true;
  CHECK_THAT(transferred.missing_file(), Contains("ule_transfer.ft"));
  folder.write("UTLC/filetensor/ule_transfer.ft",
               norb_matrix(floats, {3, 2}, bytes_of(std::vector<float>{1, 0, 0, 0, 0, 1})));
  CHECK(numbers(transferred, "targets") == std::vector<float>{1, 0, 0, 0, 0, 1});
  UtlcArrays known = valid;
  known.labels = true;
  CHECK_THAT(known.missing_file(), Contains("ule_validl.ft"));
  folder.write("UTLC/filetensor/ule_validl.tf",  // as Pylearn2 misspells it
               norb_matrix(integers, {5, 1}, bytes_of(std::vector<std::int32_t>{7, 8, 9, 6, 5})));
  CHECK(numbers(known, "targets") == std::vector<float>{7, 8, 5, 6, 9});

  folder.write("UTLC/filetensor/ule_validl.tf",
               norb_matrix(integers, {4, 1}, bytes_of(std::vector<std::int32_t>{7, 8, 9, 6})));
  CHECK_THAT(load_error(known), Contains("targets of 4 examples; there are 5"));
  folder.write("UTLC/filetensor/ule_train.ft", norb_matrix(bytes, {1, 3}, "abc"));
  CHECK_THAT(load_error(train), Contains("ule_train.ft") && Contains("[examples, 784]"));
  valid.transfer = true;
  CHECK_THAT(check_error(valid), Contains("of 'train', not of 'valid'"));
  CHECK_THAT(check_error(UtlcArrays("terry", "train")), Contains("allowed: avicenna, harry"));
  UtlcArrays unknown("rita", "train");
  unknown.labels = true;
  CHECK_THAT(check_error(unknown), Contains("rita has none"));
}

TEST_CASE("utlc: sparse matrices", "[data][utlc][sparse]") {
  const TemporaryFolder folder;
  const DataPath here(folder.path());
  folder.write("UTLC/sparse/ule_test.npz", "");
  const std::string file = folder.path() + "/UTLC/sparse/ule_test.npz";
  write_scipy(file, 784, {0, 1, 1, 2, 3, 4}, {0, 783, 0, 5}, {255, 51, 102, 510});
  UtlcSparse set("ule", "test");
  std::vector<float> wanted(5 * 784);
  wanted[0] = 1, wanted[2 * 784 + 783] = .2f, wanted[3 * 784] = .4f, wanted[4 * 784 + 5] = 2;
  CHECK(numbers(set) == wanted);
  set.normalize = false;
  set.randomize_test = true;  // 0 1 4 3 2
  const std::vector<float> mixed = numbers(set);
  CHECK(mixed[2 * 784 + 5] == 510);
  CHECK(mixed[4 * 784 + 783] == 51);
  write_scipy(file, 3, {0, 1}, {0}, {1});
  CHECK_THAT(load_error(set), Contains("examples of 3 numbers; 784 are expected"));
  CHECK(UtlcSparse("terry", "train").source_space("features") == vector_space(47236));
  CHECK_THAT(check_error(UtlcSparse("rita", "train")), Contains("allowed: harry, terry, ule"));
}

// The numbers are NumPy's, of the same three arrays.
TEST_CASE("avicenna: normalised, and standardised by all three sets", "[data][utlc]") {
  const TemporaryFolder folder;
  const DataPath here(folder.path());
  const auto write = [&](const char* set, int first, int rows, int times, int plus) {
    std::vector<std::int32_t> x;
    for (int i = first; i < first + rows; ++i)
      for (int k = 0; k < 120; ++k)
        x.push_back(k == 5 ? 500 : times * ((i * 120 + k) * 3 % 17 + 500) + plus);
    folder.write(std::string("UTLC/filetensor/avicenna_") + set + ".ft",
                 norb_matrix(integers, {rows, 120}, bytes_of(x)));
  };
  write("train", 0, 3, 1, 0);
  write("valid", 0, 2, 1, 7);
  write("test", 1, 2, 2, -400);
  const std::vector<float> train = numbers(Avicenna("train", false));
  CHECK(train[0] == Approx(-2.1410623));
  CHECK(train[2] == Approx(-1.2624688));
  CHECK(train[359] == Approx(-1.2624688));
  const std::vector<float> valid = numbers(Avicenna("valid", true));
  CHECK(valid[0] == Approx(-0.59259295));
  CHECK(valid[3] == Approx(-0.59587472));
  CHECK(valid[239] == Approx(-0.5287752470471097));
  CHECK(valid[5] == 0);
  std::filesystem::remove(folder.path() + "/UTLC/filetensor/avicenna_test.ft");
  CHECK(Avicenna("train", false).missing_file().empty());
  CHECK_THAT(Avicenna("train", true).missing_file(), Contains("avicenna_test.ft"));
}

TEST_CASE("transfer learning challenge: images by columns, and coarse classes", "[data]") {
  const TemporaryFolder folder;
  const DataPath here(folder.path());
  // Two images. The numbers of a file: the first of all images, then the second, …
  const auto text = [](int mark) {
    std::string out;
    for (int k = 0; k < 3072; ++k)
      for (int i = 0; i < 2; ++i)
        // Image 1, channel 2, column 7, row 5.
        out += (i == 1 && k == 2 * 1024 + 7 * 32 + 5 ? std::to_string(mark) : "3") +
               (k % 50 ? " " : "\n");
    return out;
  };
  folder.write("TLChallenge/training/training-data.dat", text(200));
  CHECK_THAT(TL_Challenge("train").missing_file(), Contains("training-labels.dat"));
  folder.write("TLChallenge/training/training-labels.dat", "108 3\n");
  const std::vector<float> x = numbers(TL_Challenge("train"));
  REQUIRE(x.size() == 2 * 3072);
  CHECK(x[3072 + (5 * 32 + 7) * 3 + 2] == 200);
  CHECK(std::accumulate(x.begin(), x.end(), 0.) == 200 + 3 * (2 * 3072 - 1));
  CHECK(labels(TL_Challenge("train")) == std::vector<std::int32_t>{4, 3});
  const std::string other = folder.write("other.dat", text(100));
  TL_Challenge custom("custom", center(true));
  CHECK_THAT(check_error(custom), Contains("custom_path"));
  custom.custom_path = other.c_str();
  CHECK(numbers(custom)[3072 + (5 * 32 + 7) * 3 + 2] == 100 - 127.5f);
  CHECK(custom.load()->columns().size() == 1);
  folder.write("TLChallenge/unlabelled_tiny.dat", "1 2 256");
  CHECK_THAT(load_error(TL_Challenge("unlabeled")), Contains("from 0 to 255 at byte 4"));
  folder.write("TLChallenge/unlabelled_tiny.dat", "1 2 25");
  CHECK_THAT(load_error(TL_Challenge("unlabeled")), Contains("3 numbers, which are no images"));
  folder.write("TLChallenge/training/training-labels.dat", "108 20\n");
  CHECK_THAT(load_error(TL_Challenge("train")), Contains("class 20 of example 1"));
}

TEST_CASE("mnist plus: digits, and what is known of them", "[data]") {
  const TemporaryFolder folder;
  const DataPath here(folder.path());
  constexpr int width = 48 * 48;
  std::vector<std::uint8_t> pixels(3 * width);
  for (int i = 0; i < 3; ++i)
    for (int p = 0; p < width; ++p)
      pixels[static_cast<std::size_t>(i * width + p)] =
          static_cast<std::uint8_t>(p < width / 2 ? 10 * i : 10 * i + 40);
  const std::vector<std::int64_t> digits = {7, 0, 9}, textures = {3, 12, 0};
  const std::vector<float> turns = {90, 0, 270};
  const std::string file = folder.write("mnistplus/mnistplus.npz", "");
  write_npz(file, {{"data", view(pixels.data(), {3, width})},
                   {"label", view(digits.data(), {3})},
                   {"texture_id", view(textures.data(), {3})},
                   {"rotation", view(turns.data(), {3, 1})},
                   {"azimuth", view(turns.data(), {2})}});
  CHECK(labels(MNISTPlus("train", "label")) == std::vector<std::int32_t>{7, 0, 9});
  CHECK(labels(MNISTPlus("train", "texture_id")) == std::vector<std::int32_t>{3, 12, 0});
  CHECK(MNISTPlus("train", "texture_id").load()->column("targets").labels == 13);
  CHECK(numbers(MNISTPlus("train", "rotation"), "targets") == std::vector<float>{.25, 0, .75});
  MNISTPlus set("train");
  CHECK(numbers(set)[width] == 10);
  CHECK(set.load()->columns().size() == 1);
  set.center = true;
  CHECK(numbers(set)[0] == -10);
  CHECK(numbers(set)[3 * width - 1] == 10);
  set.center = false;
  set.contrast_normalize = true;
  CHECK(numbers(set)[0] == -1);
  CHECK(numbers(set)[2 * width] == -1);
  CHECK(numbers(set)[width - 1] == 1);
  CHECK_THAT(load_error(MNISTPlus("valid")), Contains("3 digits, none of them of 'valid'"));
  CHECK_THAT(load_error(MNISTPlus("train", "azimuth")), Contains("azimuth has 2 numbers"));
  CHECK_THAT(check_error(MNISTPlus("train", "texture")), Contains("allowed: label, azimuth"));
}

TEST_CASE("wiskott: fish, white as 1", "[data]") {
  const TemporaryFolder folder;
  const DataPath here(folder.path());
  std::vector<double> x(2 * 4096, 0.);
  x[4096 + 64] = .75;
  const std::string file =
      folder.write("wiskott/wiskott_fish_layer0_15_standard_64x64_shuffled.npy", "");
  write_npy(file, view(x.data(), {2, 4096}));
  const std::vector<float> read = numbers(Wiskott());
  CHECK(read[0] == 1);
  CHECK(read[4096 + 64] == .25);
  CHECK(Wiskott().load()->column("features").conv);
  write_npy(file, view(x.data(), {4, 2048}));
  CHECK_THAT(load_error(Wiskott()), Contains("[examples, 4096]"));
}

TEST_CASE("icml 2007: any set of that form, and centred digits", "[data]") {
  const TemporaryFolder folder;
  const DataPath here(folder.path());
  std::vector<float> x(4 * 784);
  std::iota(x.begin(), x.end(), 0.f);
  const std::vector<std::int64_t> y = {0, 1, 2, 1};
  const auto write = [&](const std::string& stem) {
    write_npy(folder.write("icml07data/npy/" + stem + "_inputs.npy", ""), view(x.data(), {4, 784}));
    write_npy(folder.write("icml07data/npy/" + stem + "_labels.npy", ""), view(y.data(), {4}));
  };
  write("own");
  ICML07DataSet own("own", "train", {3, 1, 0});
  CHECK_THAT(load_error(own), Contains("label 2 in example 2"));
  own.y_labels = 3;
  CHECK(labels(own) == std::vector<std::int32_t>{0, 1, 2});
  CHECK(own.source_space("targets") == index_space(3));
  write("mnist_rotated_background_images");
  MNIST_rotated_background digits;
  digits.which_set = "train";
  digits.split = {};
  for (const int n : {3, 1, 0}) digits.split.push_back(n);
  digits.center = true;
  const std::vector<float> centred = numbers(digits);
  CHECK(centred[0] == -784);
  CHECK(centred[784 + 5] == 0);
  CHECK(centred[2 * 784 + 783] == 784);
  CHECK(labels(digits) == std::vector<std::int32_t>{0, 1, 2});
}

TEST_CASE("norb: the older class, and toys as classes", "[data][norb]") {
  const TemporaryFolder folder;
  const DataPath here(folder.path());
  const std::string stem = "norb_small/smallnorb-5x46789x9x18x6x2x96x96-training-";
  std::string pixels(2 * 2 * 96 * 96, '\0');
  pixels[((1 * 2 + 1) * 96 + 5) * 96 + 7] = '\x2a';  // example 1, right, row 5, column 7
  folder.write(stem + "dat.mat", norb_matrix(bytes, {2, 2, 96, 96}, pixels));
  folder.write(stem + "cat.mat",
               norb_matrix(integers, {2}, bytes_of(std::vector<std::int32_t>{4, 0})));
  folder.write(
      stem + "info.mat",
      norb_matrix(integers, {2, 4}, bytes_of(std::vector<std::int32_t>{9, 8, 34, 5, 6, 0, 2, 1})));
  const std::vector<float> x = numbers(NORBSmall("train", center(true)));
  CHECK(x[0] == -127.5f);
  CHECK(x[((96 + 5) * 96 + 7) * 2 + 1] == 42 - 127.5f);
  CHECK(labels(NORBSmall("train")) == std::vector<std::int32_t>{4, 0});
  CHECK(numbers(NORBSmall("train", multi_target(true)), "targets")[6] == 6);
  CHECK_THAT(check_error(NORBSmall("both")), Contains("allowed: train, test"));

  const std::string saved = folder.path() + "/norb_train.pkl";
  save_dataset(saved, SmallNORB("train", multi_target(true)).open());
  NorbInstances set(saved.c_str());
  CHECK(labels(set) == std::vector<std::int32_t>{49, 6});
  CHECK(set.source_space("targets") == index_space(50));
  CHECK(set.source_space("features") == conv2d_space(96, 96, 2));
  set.crop_shape = RowsColumns(86, 82);  // from row 5, column 7
  CHECK(set.source_space("features") == conv2d_space(86, 82, 2));
  const std::vector<float> middle = numbers(set);
  REQUIRE(middle.size() == 2 * 86 * 82 * 2);
  CHECK(middle[86 * 82 * 2 + 1] == 42);
  set.label_format = "obj_onehot";
  CHECK(set.source_space("targets") == vector_space(50));
  const std::vector<float> rows = numbers(set, "targets");
  CHECK(std::accumulate(rows.begin(), rows.end(), 0.f) == 2);
  CHECK(rows[49] == 1);
  CHECK(rows[50 + 6] == 1);
  set.label_format = "norb";
  CHECK(numbers(set, "targets") == std::vector<float>{4, 9, 8, 34, 5, 0, 6, 0, 2, 1});
  CHECK_THAT(check_error(NorbInstances("x", "ids")), Contains("label_format"));
  CHECK(NorbInstances("x").missing_file() == "x");

  save_dataset(saved, SmallNORB("train").open());
  CHECK_THAT(load_error(NorbInstances(saved.c_str())), Contains("targets of 5 or 11 numbers"));
  const auto toys = [&](std::vector<float> known, std::int64_t facts) {
    save_dataset(saved, std::make_shared<const Table>(
                            Table({number_column("targets", std::move(known), Dims{facts})})));
    return NorbInstances(saved.c_str());
  };
  // Of the big set, whose sixth category is nothing; its instance is -1.
  std::vector<float> big(22);
  big[0] = 5, big[1] = -1, big[11] = 2, big[12] = 3;
  CHECK(labels(toys(big, 11)) == std::vector<std::int32_t>{50, 23});
  CHECK_THAT(load_error(toys({5, 0, 0, 0, 0}, 5)), Contains("no toy of NORB"));
  CHECK_THAT(load_error(toys({1, 10, 0, 0, 0}, 5)), Contains("category 1 and instance 10"));
}
