#include "op_test.hpp"

#include <dsl/ops/reduce/sum.hpp>
#include <dsl/ops/view/view.hpp>

namespace {

using namespace ansatz;

template <class Op>
bool fits(const ir::Shape& x, const ir::Attr& attr) {
  return Op::shape(&x, 1, attr).ok();
}
bool reshapes(const ir::Shape& x, const ir::Shape& to) {
  return fits<ops::Reshape>(x, ir::shape_attr(to));
}
ir::Attr slice_attr(int axis, int start, int step, int count) {
  ir::Attr a;
  a.i[0] = axis, a.i[1] = start, a.i[2] = step, a.i[3] = count;
  return a;
}

}  // namespace

TEST_CASE("view: a reshape keeps every example's numbers", "[op][view]") {
  using ir::make_shape;
  constexpr int b = op_test::B;
  constexpr int other = ir::extent_code("chains");
  CHECK(reshapes(make_shape(4, 6), make_shape(3, 8)));
  CHECK_FALSE(reshapes(make_shape(4, 6), make_shape(3, 7)));
  CHECK(reshapes(make_shape(b, 6), make_shape(b, 2, 3)));
  CHECK(reshapes(make_shape(b), make_shape(b, 1)));
  CHECK(reshapes(make_shape(b), make_shape(1, b)));
  CHECK(reshapes(make_shape(3, b), make_shape(3, 1, b)));
  CHECK_FALSE(reshapes(make_shape(b, 6), make_shape(2, b, 3)));
  CHECK_FALSE(reshapes(make_shape(b, 6), make_shape(6, b)));
  CHECK_FALSE(reshapes(make_shape(b, 6), make_shape(other, 6)));
  CHECK_FALSE(reshapes(make_shape(b, 6), make_shape(6)));
  CHECK(reshapes(make_shape(b, any), make_shape(b, 2, 3)));
}

TEST_CASE("view: a slice lies within its axis, which is not the batch", "[op][view]") {
  const ir::Shape x = ir::make_shape(op_test::B, 7);
  CHECK(fits<ops::Slice>(x, slice_attr(1, 0, 1, 7)));
  CHECK(fits<ops::Slice>(x, slice_attr(1, 2, 2, 3)));
  CHECK_FALSE(fits<ops::Slice>(x, slice_attr(1, 3, 2, 3)));
  CHECK_FALSE(fits<ops::Slice>(x, slice_attr(1, -1, 1, 3)));
  CHECK_FALSE(fits<ops::Slice>(x, slice_attr(0, 0, 1, 1)));
  CHECK_FALSE(fits<ops::Slice>(x, slice_attr(2, 0, 1, 1)));
}

TEST_CASE("view: slices of slices, differentiated", "[op][view]") {
  op_test::check({
      .operands = {{.dims = {op_test::B, 9, 2}}},
      .op =
          [](auto& x) {
            const ir::Value once =
                ir::make(ir::info_of<ops::Slice>, slice_attr(1, 1, 2, 4), x[0].value());
            return AnyExpr(ir::make(ir::info_of<ops::Slice>, slice_attr(1, 1, 2, 2), once));
          },
      .reference =
          [](auto& in) {
            const op_test::Array& x = in[0];
            op_test::Array y{{x.dims[0], 2, 2}, {}};
            for (int n = 0; n < x.dims[0]; ++n)
              for (int i : {3, 7})
                for (int j = 0; j < 2; ++j)
                  y.values.push_back(x.values[static_cast<std::size_t>((n * 9 + i) * 2 + j)]);
            return y;
          },
  });
}
