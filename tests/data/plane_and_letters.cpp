// Points that are drawn, letters, and the sets of ICML 2007.
#include <ansatz/base/random_state.hpp>
#include <ansatz/data/for_each_batch.hpp>
#include <ansatz/data/path.hpp>
#include <ansatz/data/sets/icml_2007.hpp>
#include <ansatz/data/sets/ocr.hpp>
#include <ansatz/data/sets/plane_sets.hpp>
#include <ansatz/data/table.hpp>
#include <ansatz/files/npy.hpp>
#include <dsl/exceptions.hpp>

#include "temporary_file.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <numeric>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

std::vector<std::int32_t> labels(const Table& table) {
  const Column& column = table.column("targets");
  const auto* const at = static_cast<const std::int32_t*>(column.data);
  return {at, at + column.examples};
}
std::string load_error(const Dataset& set) {
  return message_of<Error>([&] { (void)set.load(); });
}

}  // namespace

TEST_CASE("four regions: points and labels are those of NumPy", "[data]") {
  const auto table = FourRegions(1000).load();
  const auto* const x = static_cast<const double*>(table->column("features").data);
  CHECK(x[0] == -0.4997864964912524);
  CHECK(x[3] == 0.2601793672382289);
  const std::vector<std::int32_t> y = labels(*table);
  const std::vector<std::int32_t> first = {0, 2, 2, 1, 2, 3, 1, 0, 1, 3,
                                           1, 0, 1, 0, 0, 1, 3, 3, 2, 1};
  CHECK(std::vector<std::int32_t>(y.begin(), y.begin() + 20) == first);
  FourRegions others;
  others.num_examples = 1000;
  others.rng = Seed({7});
  CHECK(labels(*others.load()) != y);
  const auto each_on_grid = [] {
    std::vector<int> count(4);
    for (int i = -12; i <= 12; ++i)
      for (int j = -12; j <= 12; ++j) ++count[std::size_t(four_regions_label(i / 12., j / 12.))];
    return count;
  };
  CHECK(each_on_grid() == std::vector<int>{160, 161, 152, 152});
}

TEST_CASE("cos: a stream of points about a cosine, whatever the batches", "[data]") {
  const auto read = [](std::int64_t batch) {
    std::vector<float> all;
    BatchWalk walk(CosDataset().open(), {"sequential", batch, 600 / batch, nullptr});
    for_each_batch(walk, [&](const RowsView& rows) {
      const auto* const at =
          static_cast<const float*>(rows.columns[0].data) + 2 * rows.subset.start;
      all.insert(all.end(), at, at + 2 * rows.size());
    });
    return all;
  };
  const std::vector<float> points = read(100);
  REQUIRE(points.size() == 1200);
  CHECK(points == read(24));
  // NumPy's uniform and normal numbers of RandomState(42), in turn.
  CHECK(points[0] == -1.5757761f);
  CHECK(points[1] == Approx(-0.06057376));
  CHECK(points[2] == -4.3207088f);
  CHECK(points[3] == Approx(-0.36579683));
  double squares = 0;
  for (std::size_t i = 0; i < points.size(); i += 2)
    squares += std::pow(points[i + 1] - std::cos(points[i]), 2);
  CHECK(std::sqrt(squares / 600) == Approx(.05).epsilon(.1));
  CHECK_THAT(load_error(CosDataset()), Contains("without an end"));
  const auto [least, most] = [&] {
    float low = 10, high = -10;
    for (std::size_t i = 0; i < points.size(); i += 2) {
      low = std::min(low, points[i]);
      high = std::max(high, points[i]);
    }
    return std::pair(low, high);
  }();
  CHECK((least > CosDataset().min_x && least < -6.2));
  CHECK((most < CosDataset().max_x && most > 6.2));
}

TEST_CASE("ocr: letters as they are published; damaged lines are told", "[data]") {
  const TemporaryFolder folder;
  const DataPath here(folder.path());
  CHECK_THAT(load_error(OCR("train")), Contains("letter.data") && Contains("no such file"));
  const auto line = [](int number, const char* letter, int on) {
    std::string text = std::to_string(number) + "\t" + letter + "\t-1\t1\t1\t0\t";
    for (int i = 0; i < 128; ++i) text += i == on ? "1\t" : "0\t";
    return text + "\n";
  };
  std::string all;
  for (int i = 0; i < 52152; ++i)
    all += line(i, std::string(1, char('a' + i % 26)).c_str(), i % 128);
  folder.write("ocr_letters/letter.data", all);
  const auto valid = OCR("valid").load();
  CHECK(valid->examples() == 10000);
  CHECK(OCR("train").load()->examples() == 32152);
  CHECK(OCR("test").load()->examples() == 10000);
  CHECK(labels(*valid)[1] == 32153 % 26);
  const auto* const x = static_cast<const float*>(valid->column("features").data);
  CHECK(x[128 + 32153 % 128] == 1);
  CHECK(std::accumulate(x, x + 128 * 10, 0.f) == 10);
  const auto refused = [&](const std::string& text) {
    folder.write("ocr_letters/letter.data", line(1, "q", 3) + text);
    return load_error(OCR("train"));
  };
  CHECK_THAT(refused(""), Contains("1 letters; 52152"));
  CHECK_THAT(refused(line(2, "Q", 3)), Contains("letter.data:2") && Contains("'Q'; a to z"));
  CHECK_THAT(refused(line(2, "r", 3).substr(0, 60)),
             Contains("letter.data:2") && Contains("fields"));
  CHECK_THAT(refused("1\ta\t2\t3\t4\t5\t7\n"), Contains("pixel 0 is '7'"));
  CHECK_THAT(message_of<Error>([] { OCR("tset").check(); }), Contains("nearest: test"));
}

TEST_CASE("icml 2007: names, classes and sizes of the four", "[data]") {
  const auto check = [](const Icml2007Set& set, const char* file, int classes, int train,
                        int valid) {
    CHECK_THAT(set.missing_file(), Contains(std::string("/") + file + "_inputs.npy"));
    CHECK(set.source_space("targets").labels == classes);
    CHECK(set.source_space("features").total_dimension() == 784);
    CHECK(set.split[0] == train);
    CHECK(set.split[1] == valid);
  };
  check(MNIST_rotated_background(), "mnist_rotated_background_images", 10, 10000, 2000);
  check(Convex(), "convex", 2, 6000, 2000);
  check(Rectangles(), "rectangles", 2, 1000, 200);
  check(RectanglesImage(), "rectangles_images", 2, 10000, 2000);
}

TEST_CASE("icml 2007: parts of an array, and what does not fit", "[data]") {
  const TemporaryFolder folder;
  const DataPath here(folder.path());
  Convex valid;
  valid.which_set = "valid";
  CHECK_THAT(valid.missing_file(), Contains("icml07data/npy/convex_inputs.npy"));
  std::vector<float> x(10 * 784);
  std::iota(x.begin(), x.end(), 0.f);
  std::vector<std::int64_t> y = {0, 1, 0, 1, 1, 1, 0, 0, 1, 0};
  const std::string inputs = folder.write("icml07data/npy/convex_inputs.npy", "");
  const std::string of_labels = folder.write("icml07data/npy/convex_labels.npy", "");
  write_npy(inputs, view(x.data(), {10, 784}));
  write_npy(of_labels, view(y.data(), {10}));
  CHECK_THAT(load_error(valid), Contains("10"));  // fewer than there ought to be
  valid.split = {};
  for (const int n : {5, 3, 2}) valid.split.push_back(n);
  const auto table = valid.load();
  CHECK(table->examples() == 3);
  CHECK(table->column("features").conv);
  CHECK(*static_cast<const float*>(table->column("features").data) == 5 * 784);
  CHECK(labels(*table) == std::vector<std::int32_t>{1, 0, 0});
  y[7] = 2;
  write_npy(of_labels, view(y.data(), {10}));
  CHECK_THAT(load_error(valid), Contains("label 2 in example 7"));
  write_npy(of_labels, view(y.data(), {7}));
  CHECK_THAT(load_error(valid), Contains("10 images") && Contains("7 labels"));
  write_npy(inputs, view(x.data(), {20, 392}));
  CHECK_THAT(load_error(valid), Contains("392 numbers; 28 x 28"));
  valid.split.push_back(3);
  CHECK_THAT(message_of<Error>([&] { valid.check(); }), Contains("split has 4 numbers"));
}
