#include "harness.hpp"

#include <limits>

using namespace kernel_test;
using ir::DType;
using ir::Level;
using ir::Monoid;
using ir::Walk;

namespace {

struct Sums {
  static constexpr auto plan = one_loop(
      6, 1, {load(0), apply<Exp>(0), reduce(Monoid::sum, 1), apply<Tanh>(2, -1, -1, 1, Level::row)},
      {reduce_rows(Monoid::sum, 1, 1), reduce_all(Monoid::sum, 1, 2), store(2, 3, Walk::fixed),
       reduce_all(Monoid::sum, 3, 4), reduce_rows(Monoid::max, 0, 5)});
};
struct Extrema {
  static constexpr auto plan =
      one_loop(11, 1,
               {load(0), reduce(Monoid::max, 0), reduce(Monoid::min, 0), reduce(Monoid::argmax, 0),
                reduce(Monoid::argmin, 0)},
               {store(1, 1, Walk::fixed), store(2, 2, Walk::fixed), store(3, 3, Walk::fixed),
                store(4, 4, Walk::fixed, DType::index), reduce_all(Monoid::max, 0, 5),
                reduce_all(Monoid::argmin, 0, 6, DType::index), reduce_rows(Monoid::min, 0, 7),
                reduce_rows(Monoid::argmax, 0, 8, Walk::contiguous, DType::index),
                reduce_all(Monoid::argmax, 3, 9), reduce_rows(Monoid::argmin, 0, 10)});
};

}  // namespace

TEMPLATE_TEST_CASE("loop: sums over rows, columns and everything", "[kernels][loop]", float,
                   double) {
  for_shapes<TestType>([](Data<TestType> d) {
    d.matrix(), d.row_vector(), d.number(), d.column_vector(), d.number(), d.row_vector();
    check<Sums>(d);
  });
}

TEMPLATE_TEST_CASE("loop: the first of equal extrema counts, and a NaN beats them",
                   "[kernels][loop]", float, double) {
  const TestType nan = std::numeric_limits<TestType>::quiet_NaN();
  const TestType infinity = std::numeric_limits<TestType>::infinity();
  for (int variant = 0; variant < 4; ++variant) {
    for_shapes<TestType>([&](Data<TestType> d) {
      const int x = d.matrix();
      d.column_vector(), d.column_vector(), d.column_vector();
      d.labels(d.rows(), 10, d.per_row());
      d.number(), d.labels(1, 10, d.single());
      d.row_vector(), d.labels(d.inner(), 10, d.per_column());
      d.number(), d.row_vector();
      auto& numbers = d.reals(x);
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (variant == 1) numbers[i] = std::floor(numbers[i]);
        if (variant == 2 && i % 13 == 5) numbers[i] = nan;
        if (variant == 3) numbers[i] = i % 3 ? infinity : -infinity;
      }
      check<Extrema>(d);
    });
  }
}

TEMPLATE_TEST_CASE("loop: an argmax of nothing but -inf is the first column", "[kernels][loop]",
                   float, double) {
  Data<TestType> d({2}, 600);
  const int x = d.matrix();
  d.column_vector(), d.column_vector();
  const int argmax = d.column_vector();
  d.labels(d.rows(), 10, d.per_row());
  d.number(), d.labels(1, 10, d.single());
  d.row_vector(), d.labels(d.inner(), 10, d.per_column());
  d.number(), d.row_vector();
  for (TestType& t : d.reals(x)) t = -std::numeric_limits<TestType>::infinity();
  CHECK(check<Extrema>(d).reals(argmax) == std::vector<TestType>{0, 0});
}

namespace {

/// Runs a loop in shares: of rows, or of columns.
template <class Source, class T>
Data<T> in_shares(const Data<T>& data, const std::vector<std::int64_t>& cuts, bool rows,
                  bool compiled, std::vector<std::vector<T>>& column_parts,
                  std::vector<std::vector<double>>& totals) {
  Data<T> d = data;
  std::vector<ir::LoopArg> args = d.resolve();
  ir::LoopCall call = call_of<Source>(d, args);
  const int roots = Source::plan.loops[0].roots;
  for (std::size_t s = 0; s + 1 < cuts.size(); ++s) {
    (rows ? call.row_begin : call.column_begin) = cuts[s];
    (rows ? call.row_end : call.column_end) = cuts[s + 1];
    std::vector<void*> partial(roots);
    column_parts.emplace_back(2 * roots * d.inner());
    totals.emplace_back(2 * roots);
    for (int q = 0; q < roots; ++q) {
      const ir::RootKind kind = Source::plan.roots[q].kind;
      if (kind == ir::RootKind::reduce_rows) {
        partial[q] = column_parts.back().data() + 2 * q * d.inner();
      }
      if (kind == ir::RootKind::reduce_all) partial[q] = totals.back().data() + 2 * q;
    }
    call.partial = partial.data();
    if (compiled) {
      kernels::run_loop<Source, T, 0>(call);
    } else {
      kernels::interpret_loop<T>(call);
    }
  }
  // As the executor does.
  for (int q = 0; q < roots; ++q) {
    const ir::Root& root = Source::plan.roots[q];
    const auto m = static_cast<Monoid>(root.variant);
    if (root.kind == ir::RootKind::reduce_rows) {
      T* first = column_parts[0].data() + 2 * q * d.inner();
      for (std::size_t s = 1; s < column_parts.size(); ++s) {
        kernels::join_rows<T>(m, first, column_parts[s].data() + 2 * q * d.inner(), d.inner(), 0,
                              d.inner());
      }
      kernels::store_rows<T>(root, first, args[root.arg], 0, d.inner());
    }
    if (root.kind == ir::RootKind::reduce_all) {
      auto total = kernels::load_total<T>(m, totals[0].data() + 2 * q);
      for (std::size_t s = 1; s < totals.size(); ++s) {
        kernels::join_totals<T>(m, total, kernels::load_total<T>(m, totals[s].data() + 2 * q));
      }
      kernels::store_total<T>(root, total, args[root.arg].pointer, nullptr);
    }
  }
  return d;
}

template <class Source, class T>
void check_shares(const Data<T>& data, const std::vector<std::int64_t>& cuts, bool rows = true) {
  std::vector<std::vector<T>> parts[2];
  std::vector<std::vector<double>> totals[2];
  const Data<T> compiled = in_shares<Source>(data, cuts, rows, true, parts[0], totals[0]);
  const Data<T> interpreted = in_shares<Source>(data, cuts, rows, false, parts[1], totals[1]);
  CHECK(compiled.same_bits(interpreted));
  CHECK(compiled.distance(check<Source>(data)) <= (sizeof(T) == 4 ? 1e-4 : 1e-12));
}

}  // namespace

TEMPLATE_TEST_CASE("loop: threads' shares of the rows come to the whole", "[kernels][loop]", float,
                   double) {
  for (std::int64_t columns : {1, 10, 64, 600}) {
    const std::vector<std::int64_t> cuts = {0, 0, 37, 38, 100, 100};
    Data<TestType> sums({20, 5}, columns);
    sums.matrix(), sums.row_vector(), sums.number(), sums.column_vector(), sums.number();
    sums.row_vector();
    check_shares<Sums>(sums, cuts);

    Data<TestType> d({20, 5}, columns);
    d.matrix(), d.column_vector(), d.column_vector(), d.column_vector();
    d.labels(d.rows(), 10, d.per_row());
    d.number(), d.labels(1, 10, d.single());
    d.row_vector(), d.labels(d.inner(), 10, d.per_column());
    d.number(), d.row_vector();
    for (TestType& t : d.reals(0)) t = std::floor(t);
    check_shares<Extrema>(d, cuts);

    Data<TestType> masks({100}, columns);
    masks.number();
    masks.positions(3, masks.dense(), 4);
    masks.matrix();
    masks.positions(5, masks.dense(), 5);
    masks.positions(77, masks.per_row(), 6);
    masks.matrix();
    check_shares<Dropout>(masks, cuts);
  }
}

TEMPLATE_TEST_CASE("loop: threads' shares of one row's columns come to the whole",
                   "[kernels][loop]", float, double) {
  Data<TestType> d({}, 3000);
  d.number(), d.matrix(), d.matrix();
  d.same(1, d.dense());
  d.matrix();
  check_shares<Update>(d, {0, 1024, 1024, 1531, 3000}, false);
}
