#include "harness.hpp"

using namespace kernel_test;
using ir::DType;
using ir::Level;
using ir::Monoid;
using ir::Walk;

namespace {

struct OneHot {  // of labels a row, times x; the labels again as numbers and as labels
  static constexpr auto plan =
      one_loop(6, 1,
               {row_load(0, 0, DType::index), iota(1), apply<Equal>(0, 1), load(2),
                apply<Mul>(2, 3), load(3, 0, Walk::contiguous, DType::index), apply<Add>(4, 5)},
               {store(6, 4), store(5, 5, Walk::contiguous, DType::index)});
};
struct Strided {
  static constexpr auto plan =
      one_loop(5, 1,
               {load(0, 0, Walk::strided), load(1, 0, Walk::fixed), apply<Add>(0, 1),
                load(2, 0, Walk::strided, DType::index), apply<Mul>(2, 3)},
               {store(4, 3, Walk::strided), reduce_rows(Monoid::sum, 4, 4, Walk::strided)});
};
struct Levels {  // uniform and row arithmetic, a constant op, three operands
  static constexpr auto plan = one_loop(
      6, 1,
      {uniform(0), apply<Exp>(0, -1, -1, 0, Level::uniform),
       apply<One>(-1, -1, -1, 0, Level::uniform), row_load(1), apply<Mul>(3, 1, -1, 0, Level::row),
       iota(2, Level::row), apply<Add>(4, 5, -1, 0, Level::row), load(3), apply<Where>(7, 6, 1),
       apply<Softplus>(8), apply<Sub>(9, 2)},
      {store(10, 4), store(6, 5, Walk::fixed)});
};

}  // namespace

TEMPLATE_TEST_CASE("loop: labels become numbers and numbers labels", "[kernels][loop]", float,
                   double) {
  for_shapes<TestType>([](Data<TestType> d) {
    d.labels(d.rows(), 10, d.per_row());
    d.positions(0, d.per_column());
    d.matrix();
    d.labels(d.rows() * d.inner(), 1000, d.dense());
    d.matrix();
    d.labels(d.rows() * d.inner(), 1000, d.dense());
    check<OneHot>(d);
  });
}

TEMPLATE_TEST_CASE("loop: strides of any sign, and rows of a wider matrix", "[kernels][loop]",
                   float, double) {
  for_shapes<TestType>([](Data<TestType> d) {
    const std::int64_t rows = d.rows(), columns = d.inner();
    d.numbers(rows * columns + 1, {1, rows});
    d.column_vector();
    d.labels(rows * columns + 1, 5, {columns, -1}, columns ? columns - 1 : 0);
    d.numbers(2 * rows * columns + 1, {2 * columns, 2});
    d.numbers(3 * columns + 1, {0, 3});
    check<Strided>(d);
  });
}

TEMPLATE_TEST_CASE("loop: rows of a wider matrix, and a padded result", "[kernels][loop]", float,
                   double) {
  for_shapes<TestType>([](Data<TestType> d) {
    const std::int64_t wide = d.inner() + 3;
    d.numbers(d.rows() * wide + 2, {wide, 1}, 2);
    d.row_vector();
    d.numbers(d.rows() * wide, {wide, 1});
    check<Activation>(d);
  });
}

TEMPLATE_TEST_CASE("loop: three outer dimensions in any layout", "[kernels][loop]", float, double) {
  for (std::int64_t columns : {1, 5, 16, 40, 600}) {
    Data<TestType> d({3, 4, 5}, columns);
    d.numbers(60 * columns, {columns, 15 * columns, 3 * columns, 1});
    d.numbers(4 * columns, {0, columns, 0, 1});  // the same for all of the innermost dimension
    d.matrix();
    check<Activation>(d);
  }
}

TEMPLATE_TEST_CASE("loop: random numbers depend on the position alone", "[kernels][loop]", float,
                   double) {
  for_shapes<TestType>([](Data<TestType> d) {
    d.number();
    d.positions(1000003, d.dense(), 4);
    d.matrix();
    d.positions(5, {3 * d.inner(), 2}, 5);
    d.positions(77, d.per_row(), 6);
    d.matrix();
    check<Dropout>(d);
  });
}

TEMPLATE_TEST_CASE("loop: values of the loop, of a row and of an element mix", "[kernels][loop]",
                   float, double) {
  for_shapes<TestType>([](Data<TestType> d) {
    d.number(), d.column_vector();
    d.positions(-2, d.per_row());
    d.matrix(), d.matrix(), d.column_vector();
    check<Levels>(d);
  });
}

TEMPLATE_TEST_CASE("loop: positions beyond the exact range of float are rounded once",
                   "[kernels][loop]", float, double) {
  Data<TestType> d({3}, 40);
  d.number(), d.column_vector();
  d.positions((std::int64_t(1) << 24) + 1, {std::int64_t(1) << 23, 1});
  d.matrix(), d.matrix(), d.column_vector();
  check<Levels>(d);
}
