#include <ansatz/data/one_hot.hpp>
#include <dsl/exceptions.hpp>

#include <catch2/catch.hpp>

using namespace ansatz;
using Catch::Contains;

namespace {

using Shape = std::vector<std::int64_t>;
using Labels = std::vector<std::int32_t>;
using Floats = std::vector<float>;

const OneHotFormatter three(3);

}  // namespace

TEST_CASE("one_hot: the rows of one example are stacked, concatenated or merged",
          "[data][one_hot]") {
  const Labels labels = {2, 0};
  const OneHotArray<float> stack = three.format(labels);
  CHECK(stack.shape == Shape{2, 3});
  CHECK(stack.values == Floats{0, 0, 1, 1, 0, 0});
  const auto together = three.format<double>(labels, OneHotMode::concatenate);
  CHECK(together.shape == Shape{6});
  CHECK(together.values == std::vector<double>{0, 0, 1, 1, 0, 0});
  const auto merged = three.format<std::int32_t>(labels, OneHotMode::merge);
  CHECK(merged.shape == Shape{3});
  CHECK(merged.values == Labels{1, 0, 1});
}

TEST_CASE("one_hot: several examples keep their axis", "[data][one_hot]") {
  const Labels labels = {2, 0, 1, 1};
  CHECK(three.format(labels, 2, 2).shape == Shape{2, 2, 3});
  CHECK(three.format(labels, 2, 2, OneHotMode::concatenate).shape == Shape{2, 6});
  CHECK(three.format(labels, 2, 2).values ==
        three.format(labels, 2, 2, OneHotMode::concatenate).values);
  const auto merged = three.format(labels, 2, 2, OneHotMode::merge);
  CHECK(merged.shape == Shape{2, 3});
  CHECK(merged.values == Floats{1, 0, 1, 0, 1, 0});
  CHECK(three.format(labels, 4, 1).shape == Shape{4, 1, 3});
  CHECK(three.format({}, 0, 5, OneHotMode::merge).shape == Shape{0, 3});
}

TEST_CASE("one_hot: labels out of range are refused", "[data][one_hot]") {
  CHECK_THROWS_WITH(three.format(Labels{0, 1, 3, 0}, 2, 2),
                    Contains("label 3 in example 1; allowed are 0 to 2"));
  CHECK_THROWS_AS(three.format(Labels{-1}), ValueError);
  CHECK_THROWS_WITH(three.format(Labels{0, 1}, 2, 2), Contains("2 labels, where 2 examples of 2"));
  CHECK_THROWS_AS(OneHotFormatter(0), ValueError);
  CHECK_THROWS_AS(convert_to_one_hot(Labels{}), ValueError);
  CHECK_THROWS_AS(convert_to_one_hot(Labels{-1, 1}), ValueError);
  CHECK_THROWS_AS(convert_to_one_hot(Labels{INT32_MAX}), ValueError);
  CHECK_THROWS_AS(compressed_one_hot(Labels{}), ValueError);
}

TEST_CASE("one_hot: the largest label gives the width", "[data][one_hot]") {
  const auto rows = convert_to_one_hot(Labels{1, 2});
  CHECK(rows.shape == Shape{2, 3});
  CHECK(rows.values == Floats{0, 1, 0, 0, 0, 1});
  CHECK(convert_to_one_hot(Labels{1, 2}, 5).shape == Shape{2, 5});
  CHECK(convert_to_one_hot(Labels{1, 2}, 4, OneHotMode::merge).values == Floats{0, 1, 1, 0});
}

TEST_CASE("one_hot: compressed rows have columns for what occurs", "[data][one_hot]") {
  const auto rows = compressed_one_hot(Labels{2, 5, 3});
  CHECK(rows.rows.shape == Shape{3, 3});
  CHECK(rows.rows.values == Floats{1, 0, 0, 0, 0, 1, 0, 1, 0});
  CHECK(rows.classes == Labels{2, 3, 5});

  const auto binary = compressed_one_hot<std::int32_t>(Labels{2, 5});
  CHECK(binary.rows.shape == Shape{2, 1});
  CHECK(binary.rows.values == Labels{0, 1});
  CHECK(binary.classes == Labels{2, 5});
  CHECK(compressed_one_hot(Labels{2, 5}, false).rows.values == Floats{1, 0, 0, 1});
  CHECK(compressed_one_hot(Labels{-7, -7}).rows.values == Floats{1, 1});
}

TEST_CASE("one_hot: modes have names", "[data][one_hot]") {
  CHECK(one_hot_mode("stack") == OneHotMode::stack);
  CHECK(one_hot_mode("concatenate") == OneHotMode::concatenate);
  CHECK(one_hot_mode("merge") == OneHotMode::merge);
  CHECK_THROWS_WITH(one_hot_mode("merged"), Contains("'merged'") && Contains("nearest: merge"));
}
