#include "kernel_call.hpp"

#include <string>

#include <dsl/exceptions.hpp>
#include <dsl/ops/linear/take_rows.hpp>
#include <dsl/ops/reduce/sum.hpp>
#include <dsl/ops/view/concatenate.hpp>

namespace {

using namespace ansatz;
using namespace kernel_test;

std::vector<std::int32_t> some_labels(std::size_t count, int rows) {
  std::mt19937 engine(5);
  std::vector<std::int32_t> labels;
  for (std::size_t i = 0; i < count; ++i)
    labels.push_back(static_cast<std::int32_t>(engine() % static_cast<unsigned>(rows)));
  return labels;
}

template <class T>
void check_rows(int rows, const Shape& row, const Shape& indices) {
  Shape w_shape = ir::make_shape(rows), y_shape = indices;
  for (int k = 0; k < row.rank; ++k) w_shape[w_shape.rank++] = y_shape[y_shape.rank++] = row[k];
  const auto w = random_array<T>(w_shape, 1);
  const auto t = labels_array<T>(indices, some_labels(count_of(indices), rows));
  const std::size_t size = count_of(row);
  std::vector<double> expected;
  for (std::int32_t label : t.labels)
    for (std::size_t j = 0; j < size; ++j)
      expected.push_back(w.values[static_cast<std::size_t>(label) * size + j]);
  const auto y = call<ops::TakeRows, T>({}, {w, t});
  CHECK(y.shape == y_shape);
  CHECK(distance(y.values, expected) == 0);

  const auto g = random_array<T>(y_shape, 2);
  std::vector<double> sums(count_of(w_shape));
  for (std::size_t i = 0; i < t.labels.size(); ++i)
    for (std::size_t j = 0; j < size; ++j)
      sums[static_cast<std::size_t>(t.labels[i]) * size + j] += g.values[i * size + j];
  Attr attr;
  attr.i[0] = rows;
  const auto dw = call<ops::AddRows, T>(attr, {g, t});
  CHECK(dw.shape == w_shape);
  CHECK(distance(dw.values, sums) <= tolerance<T>);
}

template <class T>
std::vector<double> as_double(const Array<T>& a) {
  return {a.values.begin(), a.values.end()};
}

}  // namespace

TEMPLATE_TEST_CASE("take_rows: rows of any length, by indices of any shape", "[kernel][take_rows]",
                   float, double) {
  check_rows<TestType>(10, ir::make_shape(17), ir::make_shape(40));
  check_rows<TestType>(3, ir::make_shape(16), ir::make_shape(9, 5));
  check_rows<TestType>(4, ir::make_shape(), ir::make_shape(7));
  check_rows<TestType>(1, ir::make_shape(1), ir::make_shape(1));
  check_rows<TestType>(5, ir::make_shape(2, 3), ir::make_shape(4, 2));
}

TEST_CASE("take_rows: no index gives no row, and a gradient of zeros", "[kernel][take_rows]") {
  const auto w = random_array<float>(ir::make_shape(3, 2), 1);
  // An empty list of labels is told from numbers by its pointer only; one that is not read will do.
  const auto none = labels_array<float>(ir::make_shape(0), {0});
  CHECK(call<ops::TakeRows, float>({}, {w, none}).values.empty());
  Attr attr;
  attr.i[0] = 3;
  const auto g = zeros<float>(ir::make_shape(0, 2));
  CHECK(call<ops::AddRows, float>(attr, {g, none}).values == std::vector<float>(6, 0.0f));
}

TEST_CASE("take_rows: an index that is no row is named", "[kernel][take_rows]") {
  const auto w = random_array<double>(ir::make_shape(3, 2), 1);
  for (int bad : {3, -1}) {
    const auto t = labels_array<double>(ir::make_shape(2), {0, bad});
    try {
      call<ops::TakeRows, double>({}, {w, t});
      FAIL("no error");
    } catch (const ValueError& e) {
      CHECK(e.what() ==
            "take_rows: index " + std::to_string(bad) + " at position 1; allowed: 0 to 2");
    }
  }
}

TEMPLATE_TEST_CASE("concatenate: along every axis, parts of different sizes",
                   "[kernel][concatenate]", float, double) {
  for (int axis = 0; axis < 3; ++axis) {
    std::vector<Array<TestType>> parts;
    Shape whole = ir::make_shape(3, 4, 5);
    whole[axis] = 0;
    for (int size : {2, 0, 1, 19}) {
      Shape s = ir::make_shape(3, 4, 5);
      s[axis] = size;
      whole[axis] += size;
      parts.push_back(random_array<TestType>(s, static_cast<unsigned>(size)));
    }
    Attr attr;
    attr.i[0] = axis;
    const auto y = call<ops::Concatenate, TestType>(attr, parts);
    REQUIRE(y.shape == whole);
    long number = 0;
    for (int i = 0; i < whole[0]; ++i)
      for (int j = 0; j < whole[1]; ++j)
        for (int k = 0; k < whole[2]; ++k) {
          int place[] = {i, j, k};
          std::size_t part = 0;
          while (place[axis] >= parts[part].shape[axis]) place[axis] -= parts[part++].shape[axis];
          const Shape& s = parts[part].shape;
          REQUIRE(y[number++] == parts[part][(long{place[0]} * s[1] + place[1]) * s[2] + place[2]]);
        }
  }
}

TEST_CASE("concatenate: a batch of no examples", "[kernel][concatenate]") {
  Attr attr;
  attr.i[0] = 1;
  const auto a = zeros<float>(ir::make_shape(0, 3)), b = zeros<float>(ir::make_shape(0, 4));
  const auto y = call<ops::Concatenate, float>(attr, {a, b});
  CHECK(y.shape == ir::make_shape(0, 7));
}

TEMPLATE_TEST_CASE("unslice: zeros, with the operand where the slice was", "[kernel][slice]", float,
                   double) {
  for (int axis = 0; axis < 3; ++axis)
    for (int step : {1, 3}) {
      Shape s = ir::make_shape(2, 3, 4);
      const auto x = random_array<TestType>(s, 1);
      Attr attr;
      attr.i[0] = axis;
      attr.i[1] = 2;
      attr.i[2] = step;
      attr.i[3] = 14;
      const auto y = call<ops::Unslice, TestType>(attr, {x});
      Shape whole = s;
      whole[axis] = 14;
      REQUIRE(y.shape == whole);
      std::vector<double> expected(count_of(whole));
      long number = 0;
      for (int i = 0; i < s[0]; ++i)
        for (int j = 0; j < s[1]; ++j)
          for (int k = 0; k < s[2]; ++k) {
            int place[] = {i, j, k};
            place[axis] = 2 + step * place[axis];
            expected[static_cast<std::size_t>((place[0] * whole[1] + place[1]) * whole[2] +
                                              place[2])] = x[number++];
          }
      CHECK(as_double(y) == expected);
    }
}
