#include <dsl/ir/errors.hpp>

#include <vector>

#include <catch2/catch.hpp>

#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

using namespace ansatz;
using Catch::Matchers::Message;

TEST_CASE("errors: a refused graph throws the op, the shapes and what must hold", "[run][errors]") {
  const ir::Shape shapes[] = {
      ir::make_shape(ir::extent_code("batch"), 784), ir::make_shape(500, any), {}};
  CHECK_THROWS_MATCHES(graph_error_shape("matmul", "the inner dimensions must be equal", shapes, 2),
                       ShapeError,
                       Message("matmul of [batch, 784] and [500, any]: the inner dimensions must "
                               "be equal"));
  CHECK_THROWS_MATCHES(graph_error_shape("f", "no", shapes, 3), ShapeError,
                       Message("f of [batch, 784], [500, any] and []: no"));
  CHECK_THROWS_MATCHES(graph_error("two parameters are named 'W'"), Error,
                       Message("two parameters are named 'W'"));
}

TEST_CASE("errors: each kind is an Error", "[run][errors]") {
  STATIC_REQUIRE(std::is_base_of_v<std::runtime_error, Error>);
  STATIC_REQUIRE(std::is_base_of_v<Error, ShapeError>);
  STATIC_REQUIRE(std::is_base_of_v<Error, NameError>);
  STATIC_REQUIRE(std::is_base_of_v<Error, ValueError>);
  STATIC_REQUIRE(std::is_base_of_v<Error, FileError>);
  STATIC_REQUIRE(std::is_base_of_v<Error, MemoryError>);
}

TEST_CASE("errors: the nearest name counts swaps once and ignores case", "[run][errors]") {
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("lable", "label") == 1);
  CHECK(edit_distance("LearningRate", "learningrate") == 0);
  const std::vector<std::string_view> known = {"x", "learning_rate", "label"};
  CHECK(nearest_name("learnign_rate", known) == "learning_rate");
  CHECK(nearest_name("lbel", known) == "label");
  CHECK(nearest_name("momentum", known) == "");
  CHECK(nearest_name("y", known) == "");
  CHECK(nearest_name("Foo", {"Or"}) == "");
  CHECK(nearest_name("h1", {"h0", "y"}) == "h0");
  CHECK(nearest_name("SDG", {"BGD", "SGD"}) == "SGD");
  CHECK(allowed_names("lbel", known) == "; allowed: x, learning_rate, label; nearest: label");
  CHECK(allowed_names("lbel", {}) == "; there is none");
}
