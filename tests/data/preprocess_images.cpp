// Preprocessors: against their formulas, and the facts that Pylearn2's tests hold.
#include <ansatz/base/random_state.hpp>
#include <ansatz/data/preprocess/image_maps.hpp>
#include <ansatz/data/preprocess/retina.hpp>
#include <ansatz/data/preprocess/row_maps.hpp>
#include <ansatz/data/preprocess/whitening.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/data/table.hpp>
#include <dsl/exceptions.hpp>

#include "temporary_file.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Vector = std::vector<double>;
std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

Vector drawn(std::int64_t count, std::vector<std::int64_t> seed = {1, 2, 3}) {
  RandomState random(seed);
  Vector x;
  for (std::int64_t i = 0; i < count; ++i) x.push_back(random.randn());
  return x;
}
std::shared_ptr<const Table> rows(Vector x, std::int64_t width) {
  return std::make_shared<const Table>(
      Table({number_column("features", std::move(x), Dims{width})}));
}
std::shared_ptr<const Table> images(Vector x, std::int64_t r, std::int64_t c, std::int64_t k,
                                    std::vector<std::int32_t> labels = {}) {
  std::vector<Column> columns = {image_column("features", std::move(x), r, c, k)};
  if (!labels.empty()) columns.push_back(label_column("targets", std::move(labels), 10));
  return std::make_shared<const Table>(std::move(columns));
}
Vector values(const std::shared_ptr<const BatchSource>& data) {
  const Table table = in_memory(data);
  const Column& column = table.column("features");
  Vector x(at(column.examples * column.width()));
  Table::gather(column, {0, column.examples, nullptr}, ElementType::float64, x.data());
  return x;
}
Vector fitted(const Preprocessor& how, const std::shared_ptr<const BatchSource>& data) {
  const auto run = how.start();
  if (how.learns()) run->fit(data);
  return values(run->apply(data));
}
// [n, n], divided by examples - fewer.
Vector covariance(const Vector& x, std::int64_t n, int fewer) {
  const std::int64_t count = std::ssize(x) / n;
  Vector mean(at(n)), c(at(n * n));
  for (std::size_t i = 0; i < x.size(); ++i) mean[i % at(n)] += x[i] / static_cast<double>(count);
  for (std::int64_t e = 0; e < count; ++e)
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t j = 0; j < n; ++j)
        c[at(i * n + j)] += (x[at(e * n + i)] - mean[at(i)]) * (x[at(e * n + j)] - mean[at(j)]) /
                            static_cast<double>(count - fewer);
  return c;
}
double from_identity(const Vector& c, std::int64_t n) {
  double most = 0;
  for (std::int64_t i = 0; i < n * n; ++i)
    most = std::max(most, std::abs(c[at(i)] - (i / n == i % n ? 1 : 0)));
  return most;
}

}  // namespace

TEST_CASE("preprocess: ZCA whitens, and changes as little as whitening can", "[data][preprocess]") {
  // Fact 16: covariance of the results.
  const Vector x = drawn(15 * 10);
  ZCA none;
  none.filter_bias = 0;
  const Vector white = fitted(none, rows(x, 10));
  CHECK(from_identity(covariance(white, 10, 0), 10) < 1e-10);
  // The matrix is symmetric and positive: the cross covariance of x and the results is, too.
  Vector both;
  for (int i = 0; i < 15; ++i) {
    both.insert(both.end(), x.begin() + 10 * i, x.begin() + 10 * i + 10);
    both.insert(both.end(), white.begin() + 10 * i, white.begin() + 10 * i + 10);
  }
  const Vector c = covariance(both, 20, 0);
  for (int i = 0; i < 10; ++i) {
    CHECK(c[at(i * 20 + 10 + i)] > 0);
    for (int j = 0; j < 10; ++j)
      CHECK(c[at(i * 20 + 10 + j)] == Approx(c[at(j * 20 + 10 + i)]).margin(1e-10));
  }
  // With a bias: (C + b)^(-1/2) C (C + b)^(-1/2) = 1 - b (C + b)^-1, whose trace is below n.
  ZCA biased;
  const Vector less = covariance(fitted(biased, rows(x, 10)), 10, 0);
  for (int i = 0; i < 10; ++i) CHECK(less[at(i * 11)] < 1);
  // Three directions of ten: a covariance of rank three, a projection.
  ZCA three;
  three.filter_bias = 0;
  three.n_components = 3;
  const Vector p = covariance(fitted(three, rows(x, 10)), 10, 0);
  double trace = 0, squared = 0;
  for (int i = 0; i < 10; ++i) trace += p[at(i * 11)];
  for (const double v : p) squared += v * v;
  CHECK(trace == Approx(3));
  CHECK(squared == Approx(3));
  // Five of largest variance, of which the two smallest are dropped: the same three.
  ZCA dropped = three;
  dropped.n_components = 5;
  dropped.n_drop_components = 2;
  CHECK(fitted(dropped, rows(x, 10)) == fitted(three, rows(x, 10)));
}

TEST_CASE("preprocess: ZCA against a table of NumPy's", "[data][preprocess]") {
  // Fact 16: (x - mean) V diag(1 / sqrt(l + bias)) V' by numpy.linalg.eigh.
  const Vector x = {0.2,  2.2,  -3.9, -2.8, -4.6, 4.8,  3.5, 4.4,  1.6,  2,
                    -2.4, 3.8,  -2.2, -1.3, -0.8, -1.6, 1.7, -0.5, -0.1, -0.4,
                    2.7,  -1.2, -0.3, 0.8,  -3.3, -1,   1.1, 2.3,  0.3,  -1.3,
                    2.9,  -0.4, 0.1,  0.4,  -0.1, -1.1, 0.9, -2.3, -1,   -0.8};
  const Vector white = {0.5627638711,  0.663472412,   -0.7370687245, -1.731470642,  -1.524275487,
                        1.531265664,   1.371772771,   1.218537994,   0.3666622203,  0.8498564561,
                        -0.9825960604, 1.465436736,   -0.9315203001, 0.536457309,   0.2650843868,
                        -1.06567932,   0.02853663035, -0.1734311614, 0.7227068459,  0.4496040284,
                        0.7180122614,  -0.9078350749, -0.3423704897, 1.77000841,    -1.472923784,
                        -1.225697464,  -0.5167506897, 2.046617765,   -0.5429820011, -0.6228299292,
                        0.9768840287,  -1.386822952,  -0.2369043702, -0.5386862254, 1.105154113,
                        -0.5149529802, -0.7178098326, -0.8438607137, -0.5826959168, 0.9503302163};
  ZCA how;
  how.filter_bias = 0;
  const auto check = [&](const Vector& expected) {
    const Vector y = fitted(how, rows(x, 5));
    for (std::size_t i = 0; i < expected.size(); ++i)
      CHECK(y[i] == Approx(expected[i]).epsilon(1e-8));
  };
  check(white);
  how.n_components = 3;
  check({0.6688659162, 0.6242110096, -1.537478596, -0.9246006158, -0.985325504, 1.568666651,
         1.265462172, 1.122891947, 0.2680992999, 1.049629106});
  how.n_components.reset();
  how.filter_bias = .1;
  check({0.5366014132, 0.7000549509, -0.8261188655, -1.489693133, -1.530242181, 1.513424848,
         1.331171499, 1.226515145, 0.3421496012, 0.8593003258});
}

// Fact 16: what Pylearn2's test prints of 8 examples, whole and of three directions, to four
// digits.
TEST_CASE("preprocess: ZCA against the tables that Pylearn2 prints", "[data][preprocess]") {
  const Vector x = {-10, 3,  19, 9,  -15, 7,  26,  26, 26,  -3,  17, -17, -37, -36,
                    -11, 19, 15, -2, 5,   9,  -3,  -8, -35, -25, -8, -18, 3,   4,
                    15,  14, 5,  -4, -5,  -7, -11, 23, 22,  15,  20, 12};
  const Vector whole = {-1.0199, -0.1832, 1.9528,  -0.9603, -0.8162, 0.0729,  1.4142,  0.2529,
                        1.1861,  -1.0876, 0.9575,  -1.1173, -0.5435, -1.4372, -0.1057, 0.6348,
                        1.1258,  0.2692,  -0.8893, 1.1669,  -0.9769, 0.8297,  -1.8676, -0.6055,
                        -0.5096, -1.5700, -0.8389, -0.0931, 0.8877,  1.6089,  0.4993,  -1.4219,
                        -0.3443, 0.9664,  -1.1022, 1.4022,  0.1917,  0.3736,  0.8520,  0.8456};
  const Vector of_three = {-0.8938, -0.3084, 1.1105,  0.1587,  -1.4073, 0.3346,  0.5193,  1.1371,
                           0.6545,  -0.4199, 0.7613,  -0.4823, -1.0578, -1.1997, -0.4993, 0.9250,
                           0.5012,  -0.2743, 0.1735,  0.8105,  -0.4928, -0.6319, -1.0359, -0.7173,
                           0.1469,  -1.8060, -0.1758, -0.2943, 0.7208,  1.4359,  0.0079,  -0.2582,
                           0.1368,  -0.3571, -0.8147, 1.1636,  0.8362,  0.2777,  0.5666,  0.7480};
  const auto check = [&](const ZCA& how, const Vector& expected) {
    const Vector y = fitted(how, rows(x, 5));
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CAPTURE(i);
      CHECK(y[i] == Approx(expected[i]).margin(6e-5));
    }
    return y;
  };
  ZCA how;
  how.filter_bias = 0;
  CHECK(from_identity(covariance(check(how, whole), 5, 0), 5) < 1e-10);
  ZCA three = how, dropped = how;
  three.n_components = 3;
  check(three, of_three);
  dropped.n_drop_components = 2;
  check(dropped, of_three);
}

TEST_CASE("preprocess: PCA orders by variance, and whitens", "[data][preprocess]") {
  // Fact 31.
  const Vector x = drawn(15 * 10);
  const Vector plain = covariance(fitted(PCA(9), rows(x, 10)), 9, 1);
  for (int i = 0; i < 9; ++i)
    for (int j = 0; j < 9; ++j) {
      if (i != j) CHECK(std::abs(plain[at(9 * i + j)]) < 1e-10);
      if (i + 1 == j) CHECK(plain[at(10 * i)] > plain[at(10 * j)]);
    }
  CHECK(from_identity(covariance(fitted(PCA(9, whiten(true)), rows(x, 10)), 9, 1), 9) < 1e-10);
  CHECK(fitted(PCA(4), rows(x, 10)).size() == 15 * 4);
  CHECK_THAT(message_of<ValueError>([&] { (void)fitted(PCA(11), rows(x, 10)); }),
             Contains("11") && Contains("10 numbers"));
}

TEST_CASE("preprocess: what was learned is used on other data, and refuses other sizes",
          "[data][preprocess]") {
  const Vector x = drawn(15 * 10), other = drawn(4 * 10, {7});
  const Preprocessor* const all[] = {new ZCA, new PCA(3), new RemoveMean};
  for (const Preprocessor* how : all) {
    const auto run = how->start();
    run->fit(rows(x, 10));
    struct Kept final : LearnedArrays {
      std::vector<LearnedArray> arrays;
      std::size_t next = 0;
      bool back = false;
      void operator()(std::string_view, LearnedArray& array) override {
        if (back)
          array = arrays.at(next++);
        else
          arrays.push_back(array);
      }
    } kept;
    run->learned(kept);
    const auto again = how->start();
    kept.back = true;
    again->learned(kept);
    CHECK(values(again->apply(rows(other, 10))) == values(run->apply(rows(other, 10))));
    CHECK_THAT(message_of<ShapeError>([&] { (void)run->apply(rows(drawn(22), 11)); }),
               Contains("11 numbers") && Contains("10"));
    delete how;
  }
}

TEST_CASE("preprocess: normalisations of examples", "[data][preprocess]") {
  // Facts 17 and 18.
  const Vector x = drawn(5 * 10);
  GlobalContrastNormalization unit;
  unit.subtract_mean = false;
  for (const Vector& y : {fitted(unit, rows(x, 10)), fitted(MakeUnitNorm(), rows(x, 10))})
    for (int i = 0; i < 5; ++i) {
      double squares = 0;
      for (int k = 0; k < 10; ++k) squares += y[at(10 * i + k)] * y[at(10 * i + k)];
      CHECK(squares == Approx(1));
    }
  GlobalContrastNormalization deviation;
  deviation.use_std = true;
  CHECK(fitted(deviation, rows({0, 0}, 2)) == Vector{0, 0});
  CHECK(fitted(MakeUnitNorm(), rows({0, 0}, 2)) == Vector{0, 0});
  RemapInterval remap;
  remap.map_from.push_back(0);
  remap.map_from.push_back(255);
  remap.map_to.push_back(-1);
  remap.map_to.push_back(1);
  CHECK(fitted(remap, rows({0, 127.5, 255, 510}, 4)) == Vector{-1, 0, 1, 3});

  const Vector pixels = drawn(5 * 4 * 4 * 3);
  RGB_YUV there, back;
  back.rgb_yuv = false;
  const auto source = images(pixels, 4, 4, 3);
  const Vector same = values(back.start()->apply(there.start()->apply(source)));
  for (std::size_t i = 0; i < pixels.size(); ++i) CHECK(same[i] == Approx(pixels[i]).margin(1e-4));
  CHECK(fitted(there, images({1, 1, 1}, 1, 1, 3))[0] == Approx(1));
  CHECK_THAT(message_of<ShapeError>([&] {
               (void)fitted(there, rows({1, 2}, 2));
             }),
             Contains("2 numbers"));
}

TEST_CASE("preprocess: means and columns that are always 0", "[data][preprocess]") {
  CHECK(fitted(RemoveMean(), rows({1, 2, 3, 6}, 2)) == Vector{-1, -2, 1, 2});
  RemoveMean all;
  all.axis.reset();
  CHECK(fitted(all, rows({1, 2, 3, 6}, 2)) == Vector{-2, -1, 0, 3});
  CHECK(fitted(RemoveZeroColumns(), rows({0, 1, 0, 2, 0, 0, 0, 5}, 4)) == Vector{1, 2, 0, 5});
  CHECK_THAT(message_of<ValueError>([&] {
               (void)fitted(RemoveZeroColumns(), rows({0, 0}, 2));
             }),
             Contains("all features"));
}

TEST_CASE("preprocess: local contrast against its formula", "[data][preprocess]") {
  LeCunLCN how(RowsColumns(6, 5));
  how.kernel_size = 5;
  const Vector x = drawn(2 * 30 * 2);
  const Vector y = fitted(how, images(x, 6, 5, 2));
  double weights[5][5], sum = 0;
  for (int i = 0; i < 5; ++i)
    for (int j = 0; j < 5; ++j)
      sum += weights[i][j] = std::exp(-((i - 2) * (i - 2) + (j - 2) * (j - 2)) / 8.);
  for (int n = 0; n < 2; ++n)
    for (int k = 0; k < 2; ++k) {
      const auto pixel = [&](int r, int c) { return x[at(((n * 6 + r) * 5 + c) * 2 + k)]; };
      double mean[6][5] = {}, root[6][5] = {}, average = 0;
      for (int r = 0; r < 6; ++r)
        for (int c = 0; c < 5; ++c) {
          double squares = 0;
          for (int i = -2; i <= 2; ++i)
            for (int j = -2; j <= 2; ++j) {
              if (r + i < 0 || r + i >= 6 || c + j < 0 || c + j >= 5) continue;
              const double w = weights[i + 2][j + 2] / sum, v = pixel(r + i, c + j);
              mean[r][c] += w * v;
              squares += w * v * v;
            }
          root[r][c] = std::sqrt(squares);
          average += root[r][c] / 30;
        }
      for (int r = 0; r < 6; ++r)
        for (int c = 0; c < 5; ++c)
          CHECK(y[at(((n * 6 + r) * 5 + c) * 2 + k)] ==
                Approx((pixel(r, c) - mean[r][c]) / std::max({root[r][c], average, 1e-4})));
    }
  // A black image stays one; a channel that is not asked for stays as it is.
  CHECK(fitted(how, images(Vector(60), 6, 5, 2)) == Vector(60));
  how.channels.push_back(1);
  const Vector some = fitted(how, images(x, 6, 5, 2));
  for (std::size_t i = 0; i < x.size(); ++i) CHECK(some[i] == (i % 2 ? y[i] : x[i]));
}

TEST_CASE("preprocess: patches of a grid and back, with their labels", "[data][preprocess]") {
  // Fact 18.
  const Vector x = drawn(4 * 15 * 21 * 2, {1, 3, 7});
  const auto source = images(x, 15, 21, 2, {3, 1, 4, 1});
  const auto patches = ExtractGridPatches({3, 7}, {3, 7}).start()->apply(source);
  CHECK(patches->examples() == 4 * 15);
  const Table table = in_memory(patches);
  CHECK(static_cast<const std::int32_t*>(table.column("targets").data)[15] == 1);
  const auto back = ReassembleGridPatches({15, 21}, {3, 7}).start()->apply(patches);
  CHECK(values(back) == x);
  CHECK(in_memory(back).column("targets").examples == 4);
  // Overlapping ones: the second begins a pixel further.
  const Vector some = fitted(ExtractGridPatches(RowsColumns(2), RowsColumns(1)),
                             images({0, 1, 2, 3, 4, 5}, 2, 3, 1));
  CHECK(some == Vector{0, 1, 3, 4, 1, 2, 4, 5});
  CHECK_THAT(message_of<ShapeError>([&] {
               (void)fitted(ExtractGridPatches(RowsColumns(16), RowsColumns(1)), source);
             }),
             Contains("16 x 16") && Contains("15 x 21"));
  CHECK_THAT(message_of<ValueError>([&] {
               (void)fitted(ExtractGridPatches(RowsColumns(1), RowsColumns(1)), rows({1}, 1));
             }),
             Contains("no images"));
}

TEST_CASE("preprocess: random patches are parts of images, the same each time",
          "[data][preprocess]") {
  Vector x;
  for (int i = 0; i < 3 * 5 * 4; ++i) x.push_back(i);
  const auto source = images(x, 5, 4, 1, {0, 1, 2});
  const ExtractPatches how({2, 3}, 50);
  const Vector y = fitted(how, source);
  REQUIRE(y.size() == 50 * 6);
  RandomState random(std::vector<std::int64_t>{1, 2, 3});
  for (int i = 0; i < 50; ++i) {
    const std::int64_t n = random.randint(0, 3), r = random.randint(0, 4), c = random.randint(0, 2);
    CHECK(y[at(6 * i)] == static_cast<double>(n * 20 + r * 4 + c));
    CHECK(y[at(6 * i + 5)] == static_cast<double>(n * 20 + (r + 1) * 4 + c + 2));
  }
  CHECK(how.start()->apply(source)->find("targets") == nullptr);
}

TEST_CASE("preprocess: a retina has rings of means about a sharp middle", "[data][preprocess]") {
  // Fact 46. Rings 2 and 1 wide about the middle 2 x 2 of 8 x 8 pixels, each pixel its number.
  Vector x(64);
  std::iota(x.begin(), x.end(), 0);
  const RetinaEncodingBlock encode({2, 1});
  const RetinaDecodingBlock decode({8, 8, 1}, {2, 1});
  const Vector code = fitted(encode, images(x, 8, 8, 1));
  CHECK(code == Vector{27,  28,   35,   36,  // the middle
                       4.5, 20.5, 36.5, 52.5, 10.5, 26.5, 42.5, 58.5, 6.5, 8.5, 54.5, 56.5,
                       18,  26,   34,   42,   21,   29,   37,   45,   19,  20,  43,   44});
  CHECK(encode.output_space(conv2d_space(8, 8, 1)).total_dimension() == std::ssize(code));
  const Vector back = fitted(decode, rows(code, std::ssize(code)));
  CHECK(back[0] == 4.5);
  CHECK(back[9] == 4.5);
  CHECK(back[2 * 8 + 3] == 19);
  CHECK(fitted(encode, images(back, 8, 8, 1)) == code);
  // Channel by channel, and higher than wide.
  const Vector two = drawn(3 * 12 * 9 * 2);
  const RetinaEncodingBlock wide({3, 1});
  const Vector codes = fitted(wide, images(two, 12, 9, 2));
  const std::int64_t each = retina_size({12, 9}, wide.rings) * 2;
  REQUIRE(std::ssize(codes) == 3 * each);
  const RetinaDecodingBlock undo({12, 9, 2}, {3, 1});
  const Vector again = fitted(wide, images(fitted(undo, rows(codes, each)), 12, 9, 2));
  for (std::size_t i = 0; i < codes.size(); ++i) CHECK(again[i] == Approx(codes[i]).margin(1e-14));
  double of_first = 0;  // rows and columns 0 to 2 of example 1, channel 1
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < 3; ++c) of_first += two[at(((12 + r) * 9 + c) * 2 + 1)];
  CHECK(codes[at(each + each / 2 + 4)] == Approx(of_first / 9));
  CHECK_THAT(message_of<ValueError>([&] { (void)fitted(wide, images(two, 12, 6, 3)); }),
             Contains("3 wide") && Contains("12 x 6"));
  CHECK_THAT(message_of<Error>([] {
               RetinaDecodingBlock({8, 8}, {2}).check();
             }),
             Contains("img_shp has 2 numbers"));
  CHECK_THAT(message_of<ShapeError>([&] { (void)fitted(decode, rows(codes, 6)); }),
             Contains("6 numbers") && Contains("have 28"));
  CHECK_THAT(message_of<ValueError>([&] { (void)fitted(encode, rows(codes, 6)); }),
             Contains("no images"));
}

TEST_CASE("preprocess: windows, means of blocks, parts of a random order", "[data][preprocess]") {
  Vector x;
  for (int i = 0; i < 2 * 4 * 6; ++i) x.push_back(i);
  const auto source = images(x, 4, 6, 1, {5, 6});
  CHECK(fitted(CentralWindow(RowsColumns(2)), source) == Vector{8, 9, 14, 15, 32, 33, 38, 39});
  CHECK(fitted(Downsample(RowsColumns(2, 3)), source) == Vector{4, 7, 16, 19, 28, 31, 40, 43});
  Seed seed;
  seed.numbers.push_back(4u);
  Vector numbers;
  for (int i = 0; i < 10; ++i) numbers.push_back(i);
  // Pylearn2's order: each in turn is swapped with any of all.
  Vector order = numbers;
  RandomState random(4);
  for (double& each : order) std::swap(each, order[at(random.randint(0, 10))]);
  const Vector part = fitted(ShuffleAndSplit(seed, 2, 6), rows(numbers, 1));
  REQUIRE(part.size() == 4);
  const Vector whole = fitted(ShuffleAndSplit(seed, 0, 10), rows(numbers, 1));
  CHECK(Vector(whole.begin() + 2, whole.begin() + 6) == part);
  CHECK(whole == order);
  CHECK(whole != numbers);
}

TEST_CASE("preprocess: a pipeline learns step by step", "[data][preprocess]") {
  const Vector x = drawn(20 * 8);
  ZCA zca;
  zca.filter_bias = .2;
  const Pipeline both(GlobalContrastNormalization(), zca);
  CHECK(both.learns());
  const Vector once = fitted(GlobalContrastNormalization(), rows(x, 8));
  CHECK(fitted(both, rows(x, 8)) == fitted(zca, rows(once, 8)));
  CHECK_FALSE(Pipeline(MakeUnitNorm()).learns());
}
