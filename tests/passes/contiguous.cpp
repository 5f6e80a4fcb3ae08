#include "graph_text.hpp"

namespace pass_test::contiguous {
namespace {

const auto x = input<Matrix<3, 4>>("x");
const auto v = input<VectorSpace<4>>("v");
const auto W = parameter<Matrix<4, 4>>("W");
const auto s = parameter<Scalar>("s");

template <class... Part>
ir::Graph contiguous(const Part&... part) {
  const ir::Graph g = ir::make_contiguous(ir::simplify(ir::graph_of(function(part...))));
  REQUIRE(ir::well_formed(g));
  return g;
}

}  // namespace

TEST_CASE("contiguous: leaves and views leave the graph as copies", "[pass][contiguous]") {
  CHECK(text_of(contiguous(output("y", v))) == "copy(v)");
  CHECK(text_of(contiguous(output("y", transpose(W)))) == "copy(transpose(W))");
  CHECK(text_of(contiguous(output("y", tanh(v)))) == "tanh(v)");
}

TEST_CASE("contiguous: one value that goes to two parameters is copied", "[pass][contiguous]") {
  const auto U = parameter<Matrix<4, 4>>("U");
  const ir::Graph g = contiguous(update(W, tanh(W)), update(U, tanh(W)));
  CHECK(count_of<ops::Copy>(g) == 1);
}

TEST_CASE("contiguous: products read transposes and slices where they lie", "[pass][contiguous]") {
  const auto wide = parameter<Matrix<4, 9>>("wide");
  CHECK(count_of<ops::Copy>(contiguous(output("y", matmul(v, transpose(W))))) == 0);
  const auto columns = slice(wide, axis<1>, range<2, 6>);
  CHECK(count_of<ops::Copy>(contiguous(output("y", matmul(v, columns)))) == 0);
  const auto every_other = slice(wide, axis<1>, range<0, 9, 2>);
  CHECK(count_of<ops::Copy>(contiguous(output("y", matmul(v, every_other)))) == 1);
  const auto repeated = broadcast_to<Matrix<4, 4>>(s);
  CHECK(count_of<ops::Copy>(contiguous(output("y", matmul(v, repeated)))) == 1);
}

TEST_CASE("contiguous: reductions are over leading or trailing axes", "[pass][contiguous]") {
  // Of [batch, 3, 4], over the rows of each example.
  const ir::Graph g = contiguous(output("y", sum(x, axis<0>)));
  CHECK(text_of(g).substr(0, 4) == "sum(");
  CHECK(count_of<ops::Transpose>(g) == 1);
  CHECK(count_of<ops::Transpose>(contiguous(output("y", sum(x, axis<1>)))) == 0);
  CHECK(count_of<ops::Transpose>(contiguous(output("y", sum(x, batch)))) == 0);
  CHECK(count_of<ops::Transpose>(contiguous(output("y", sum(x)))) == 0);
}

TEST_CASE("contiguous: a reduction over an axis of size 1 is a view", "[pass][contiguous]") {
  const auto row = input<Matrix<1, 4>>("row");
  CHECK(count_of<ops::Sum>(contiguous(output("y", sum(tanh(row), axis<0>)))) == 0);
  CHECK(count_of<ops::ArgMax>(contiguous(output("y", argmax(row, axis<0>)))) == 1);
}

TEST_CASE("contiguous: a reshape that strides cannot say gets a copy", "[pass][contiguous]") {
  const auto flat = reshape<VectorSpace<16>>(transpose(W));
  CHECK(count_of<ops::Copy>(contiguous(output("y", tanh(flat)))) == 1);
  CHECK(count_of<ops::Copy>(contiguous(output("y", tanh(reshape<VectorSpace<16>>(W))))) == 0);
}

}  // namespace pass_test::contiguous
