#include <ansatz/data/sets/digit_stream.hpp>
#include <dsl/exceptions.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace ansatz;

namespace {

// How many of `test` lie nearer to the mean of another class of `train`.
int nearest_mean_errors(const Digits& train, const Digits& test) {
  std::vector<double> mean(10 * 784), count(10);
  for (int i = 0; i < train.examples; ++i) {
    const auto c = static_cast<std::size_t>(train.labels[static_cast<std::size_t>(i)]);
    ++count[c];
    for (std::size_t k = 0; k < 784; ++k) mean[c * 784 + k] += train.image(i)[k];
  }
  int errors = 0;
  for (int i = 0; i < test.examples; ++i) {
    std::vector<double> distance(10);
    for (std::size_t c = 0; c < 10; ++c)
      for (std::size_t k = 0; k < 784; ++k) {
        const double d = mean[c * 784 + k] / count[c] - test.image(i)[k];
        distance[c] += d * d;
      }
    const auto nearest = std::min_element(distance.begin(), distance.end()) - distance.begin();
    errors += nearest != test.labels[static_cast<std::size_t>(i)];
  }
  return errors;
}

}  // namespace

TEST_CASE("digit stream: a digit depends on seed and index alone", "[data][digits]") {
  const DigitStream stream(7), again(7), other(8);
  const Digits first = stream.digits(0, 50), later = again.digits(40, 10);
  REQUIRE(std::equal(later.images.begin(), later.images.end(), first.image(40)));
  REQUIRE(std::equal(later.labels.begin(), later.labels.end(), first.labels.begin() + 40));
  REQUIRE(stream.digits(0, 50).images == first.images);
  REQUIRE(other.digits(0, 50).images != first.images);
  std::vector<float> image(784);
  REQUIRE(stream.draw(45, image.data()) == first.labels[45]);
  REQUIRE(std::equal(image.begin(), image.end(), first.image(45)));
  REQUIRE(stream.label(45) == first.labels[45]);
}

TEST_CASE("digit stream: the classes are those of an independent computation", "[data][digits]") {
  // SplitMix64's mixing function in Python, from its paper.
  const std::vector<std::int32_t> expected{4, 7, 8, 8, 0, 4, 1, 2, 7, 6,
                                           1, 8, 2, 6, 4, 1, 9, 9, 7, 0};
  REQUIRE(DigitStream(7).digits(0, 20).labels == expected);
}

TEST_CASE("digit stream: images look like those of MNIST to simple statistics", "[data][digits]") {
  const Digits digits = DigitStream(1).digits(0, 4000);
  bool in_range = true;
  double ink = 0, square = 0, paper = 0, column = 0, row = 0;
  for (int i = 0; i < digits.examples; ++i) {
    double mass = 0, x = 0, y = 0, border = 0;
    for (int k = 0; k < 784; ++k) {
      const double v = digits.image(i)[k];
      in_range = in_range && v >= 0 && v <= 1;
      mass += v, x += v * (k % 28), y += v * (k / 28);
      square += v * v;
      paper += v == 0;
      if (k % 28 == 0 || k % 28 == 27 || k < 28 || k >= 756) border += v;
    }
    REQUIRE(mass > 20);  // pixels of ink; the thinnest one has as many
    REQUIRE(border < 0.3 * mass);
    REQUIRE(std::abs(x / mass - 14) < 4);
    REQUIRE(std::abs(y / mass - 14) < 4);
    ink += mass, column += x / mass, row += y / mass;
  }
  REQUIRE(in_range);
  const double n = digits.examples, pixels = 784 * n;
  // Of MNIST: 0.131, 0.309, 0.81, 14.0, 14.0.
  REQUIRE(ink / pixels == Approx(0.13).margin(0.02));
  REQUIRE(std::sqrt(square / pixels - std::pow(ink / pixels, 2)) == Approx(0.30).margin(0.03));
  REQUIRE(paper / pixels == Approx(0.81).margin(0.03));
  REQUIRE(column / n == Approx(14).margin(0.3));
  REQUIRE(row / n == Approx(14).margin(0.3));
}

TEST_CASE("digit stream: all classes are equally likely", "[data][digits]") {
  const DigitStream stream(3);
  std::vector<double> count(10), pairs(100);
  int last = 0;
  for (int i = 0; i < 100'000; ++i) {
    const int label = stream.label(i);
    ++count.at(static_cast<std::size_t>(label));
    ++pairs.at(static_cast<std::size_t>(10 * last + label));
    last = label;
  }
  const auto chi_square = [](const std::vector<double>& counts, double expected) {
    double sum = 0;
    for (const double c : counts) sum += (c - expected) * (c - expected) / expected;
    return sum;
  };
  REQUIRE(chi_square(count, 10'000) < 27.9);  // 9 degrees of freedom, 1 in 1000
  REQUIRE(chi_square(pairs, 1'000) < 149);    // 99 degrees of freedom, 1 in 1000
}

TEST_CASE("digit stream: classes can be told apart, but not too easily", "[data][digits]") {
  const DigitStream stream(5);
  const int errors = nearest_mean_errors(stream.digits(0, 4000), stream.digits(100'000, 1000));
  REQUIRE(errors > 100);  // MNIST: 180 to 230, by the number of training examples
  REQUIRE(errors < 320);
}

TEST_CASE("digit stream: every index and count is safe", "[data][digits]") {
  const DigitStream stream(0);
  REQUIRE(stream.digits(5, 0).images.empty());
  REQUIRE_THROWS_AS(stream.digits(0, -1), ValueError);
  stream.batch(0, 0, nullptr, nullptr);
  const std::int64_t last = std::numeric_limits<std::int64_t>::max();
  REQUIRE(stream.digits(last, 2).examples == 2);
  REQUIRE(stream.digits(-1, 2).labels[1] == stream.label(0));
}
