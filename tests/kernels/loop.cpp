#include "harness.hpp"

using namespace kernel_test;
using ir::Level;
using ir::Monoid;
using ir::Walk;

namespace {

struct InPlace {  // x = tanh(x), y = tanh(x) * x: x is read after its place may be overwritten
  static constexpr auto plan =
      one_loop(2, 1, {load(0), apply<Tanh>(0), apply<Mul>(1, 0), load(1), apply<Add>(2, 3)},
               {store(1, 0), store(4, 1)});
};
struct Swap {
  static constexpr auto plan = one_loop(2, 1, {load(0), load(1)}, {store(0, 1), store(1, 0)});
};
struct Softmax {  // with x + bias spilled into memory of one row
  static constexpr auto plan =
      one_loop(5, 3,
               {load(0), load(1), apply<Add>(0, 1), reduce(Monoid::max, 2), load(2, 1),
                apply<Sub>(4, 3, -1, 1), apply<Exp>(5, -1, -1, 1), reduce(Monoid::sum, 6, 1),
                load(2, 2), apply<Div>(8, 7, -1, 2), apply<Add>(3, 7, -1, 3, Level::row)},
               {store(2, 2), store(6, 2), store(9, 3), store(10, 4, Walk::fixed)});
};
struct SpillTwice {
  static constexpr auto plan =
      one_loop(3, 3,
               {load(0), apply<Exp>(0), load(1, 1), load(0, 1), apply<Mul>(2, 3, -1, 1),
                reduce(Monoid::sum, 4, 1), load(1, 2), apply<Sub>(6, 5, -1, 2)},
               {store(1, 1), store(4, 1), store(7, 2)});
};
struct SpillOfLoad {
  static constexpr auto plan =
      one_loop(3, 2, {load(0), load(1, 1), apply<Exp>(1, -1, -1, 1)}, {store(0, 1), store(2, 2)});
};
struct SpillStrided {
  static constexpr auto plan =
      one_loop(3, 2, {load(0), load(1, 1, Walk::strided), apply<Exp>(1, -1, -1, 1)},
               {store(0, 1, Walk::strided), store(2, 2)});
};
struct OutputAsSpill {  // the exponentials wait in the place of the result
  static constexpr auto plan = one_loop(
      2, 2, {load(0), apply<Exp>(0), reduce(Monoid::sum, 1), load(1, 1), apply<Div>(3, 2, -1, 1)},
      {store(1, 1), store(4, 1)});
};
struct Long {  // more values alive than there are registers
  static constexpr auto plan = one_loop(3, 1, {load(0),
                                               load(1),
                                               apply<Add>(0, 1),
                                               apply<Mul>(0, 1),
                                               apply<Sub>(0, 1),
                                               apply<Tanh>(2),
                                               apply<Tanh>(3),
                                               apply<Tanh>(4),
                                               apply<Mul>(5, 2),
                                               apply<Mul>(6, 3),
                                               apply<Mul>(7, 4),
                                               apply<Add>(8, 9),
                                               apply<Add>(11, 10),
                                               apply<Sub>(12, 0),
                                               apply<Sub>(13, 1),
                                               apply<Mul>(14, 5),
                                               apply<Mul>(15, 6),
                                               apply<Mul>(16, 7),
                                               apply<Add>(17, 2),
                                               apply<Add>(18, 3),
                                               apply<Add>(19, 4)},
                                        {store(20, 2)});
};
struct Nothing {
  static constexpr auto plan = one_loop(1, 1, {load(0)}, {store(0, 0)});
};

}  // namespace

TEMPLATE_TEST_CASE("loop: compiled, interpreted and plain agree on an activation",
                   "[kernels][loop]", float, double) {
  for_shapes<TestType>([](Data<TestType> d) {
    d.matrix(), d.row_vector(), d.matrix();
    check<Activation>(d);
  });
}

TEMPLATE_TEST_CASE("loop: an update in place reads before it writes", "[kernels][loop]", float,
                   double) {
  for_shapes<TestType>([](Data<TestType> d) {
    d.number();
    const int w = d.matrix();
    d.matrix();
    d.same(w, d.dense());
    d.matrix();
    check<Update>(d);
  });
}

TEMPLATE_TEST_CASE("loop: operands may be overwritten while they are still needed",
                   "[kernels][loop]", float, double) {
  for_shapes<TestType>([](Data<TestType> d) {
    d.matrix(), d.matrix();
    check<InPlace>(d);
    check<Swap>(d);
    check<Nothing>(d);
  });
}

TEMPLATE_TEST_CASE("loop: a softmax in three phases with a spill", "[kernels][loop]", float,
                   double) {
  for_shapes<TestType>([](Data<TestType> d) {
    d.matrix(), d.row_vector();
    d.scratch();
    d.matrix(), d.column_vector();
    check<Softmax>(d);
  });
}

TEMPLATE_TEST_CASE("loop: spills may share memory, be strided, or hold what was loaded",
                   "[kernels][loop]", float, double) {
  for_shapes<TestType>([](Data<TestType> d) {
    d.matrix(), d.scratch(), d.matrix();
    check<SpillTwice>(d);
    check<SpillOfLoad>(d);
    Data<TestType> wide({d.rows()}, d.inner());
    wide.matrix();
    wide.numbers(2 * d.inner(), wide.per_column(2));
    wide.matrix();
    check<SpillStrided>(wide);
  });
}

TEMPLATE_TEST_CASE("loop: a spill may lie where the result goes", "[kernels][loop]", float,
                   double) {
  for_shapes<TestType>([](Data<TestType> d) {
    d.matrix(), d.matrix();
    check<OutputAsSpill>(d);
  });
}

TEMPLATE_TEST_CASE("loop: more live values than registers", "[kernels][loop]", float, double) {
  for_shapes<TestType>([](Data<TestType> d) {
    d.matrix(), d.matrix(), d.matrix();
    check<Long>(d);
  });
}

TEST_CASE("loop: a run-time op without a block function is refused by name", "[kernels][loop]") {
  struct Bare {
    static constexpr ir::OpInfo make_info() {
      ir::OpInfo info{.takes = ir::Elements::either};
      info.name = "test.bare";
      info.arity = 1;
      return info;
    }
  };
  Data<float> d({1}, 4);
  d.matrix(), d.matrix(), d.matrix();
  std::vector<ir::LoopArg> args = d.resolve();
  ir::LoopCall call = call_of<Activation>(d, args);
  const auto tables = one_loop(2, 1, {load(0), apply<Bare>(0)}, {store(1, 1)});
  call.code = tables.code;
  call.roots = tables.roots;
  call.loop = tables.loops;
  CHECK_THROWS_WITH(kernels::interpret_loop<float>(call), Catch::Contains("'test.bare'"));
}

TEST_CASE("loop: recipes follow a plan that replaces another in the same memory",
          "[kernels][loop]") {
  auto tables = one_loop(3, 1, {load(0), load(1), apply<Add>(0, 1)}, {store(2, 2)});
  Data<float> d({2}, 5);
  d.matrix(), d.matrix(), d.matrix();
  std::vector<ir::LoopArg> args = d.resolve();
  ir::LoopCall call = call_of<Activation>(d, args);
  call.code = tables.code;
  call.roots = tables.roots;
  call.loop = tables.loops;
  kernels::interpret_loop<float>(call);
  CHECK(d.reals(2)[0] == d.reals(0)[0] + d.reals(1)[0]);
  tables.code[2] = apply<Mul>(0, 1);
  kernels::interpret_loop<float>(call);
  CHECK(d.reals(2)[0] == d.reals(0)[0] * d.reals(1)[0]);
}
