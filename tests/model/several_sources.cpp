// Models that read several inputs and targets: in C++ by the types of their Spaces, in an MLP by
// the names of their sources.
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/data/dense_design_matrix.hpp>
#include <ansatz/model/model_of.hpp>
#include <ansatz/program/batch_reader.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/session/session.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/ops.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <string>
#include <vector>

using namespace ansatz;
using Catch::Contains;

namespace {

using In = CompositeSpace<Source<"left", VectorSpace<2>>, Source<"right", Scalar>>;
using Out = CompositeSpace<Source<"price", Scalar>, Source<"kind", IndexSpace<3>>>;

// price = left . a + right * w;  kind = softmax(left W)
struct Both : ModelOf<Both, In, Out> {
  Expr<VectorSpace<2>> a = parameter<VectorSpace<2>>("a");
  Expr<VectorSpace<1>> w = parameter<VectorSpace<1>>("w");
  Expr<Matrix<2, 3>> W = parameter<Matrix<2, 3>>("W");

  constexpr auto forward(auto x) const {
    auto left = x.template get<"left">();
    auto right = reshape(x.template get<"right">(), VectorSpace<1>());
    return std::tuple(sum(left * a, units) + sum(right * w, units), softmax(matmul(left, W)));
  }
  constexpr auto cost(auto x, auto y) const {
    auto [price, kind] = forward(x);
    return mean(square(price - y.template get<"price">())) +
           mean(cross_entropy(kind, y.template get<"kind">()));
  }
  constexpr void channels(auto x, auto y, ChannelList& list) const {
    auto [price, kind] = forward(x);
    const auto error = price - y.template get<"price">();
    list.add("price_error", AnyExpr(mean(square(error)).value()));
  }
  void initialize(InitialValues& values) const {
    const double first[] = {.5, -.25}, matrix[] = {.1, .2, .3, -.1, -.2, -.3};
    values.set("a", first, 2);
    values.fill("w", 2);
    values.set("W", matrix, 6);
  }
};

Table four_rows() {
  return Table({number_column("left", std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8}, {2}),
                number_column("right", std::vector<double>{1, 0, -1, 2}, {}),
                number_column("price", std::vector<double>{0, 1, 2, 3}, {}),
                label_column("kind", {0, 1, 2, 1}, 3)});
}

// By hand, of the parameters: the mean squared error of price, and the mean cross entropy of kind.
struct ByHand {
  double a[2] = {.5, -.25}, w = 2, W[2][3] = {{.1, .2, .3}, {-.1, -.2, -.3}};
  double price_error = 0, entropy = 0;
  double gradient_w = 0, gradient_W[2][3] = {};
  void compute() {
    const double left[4][2] = {{1, 2}, {3, 4}, {5, 6}, {7, 8}}, right[4] = {1, 0, -1, 2};
    const int kind[4] = {0, 1, 2, 1};
    price_error = entropy = gradient_w = 0;
    for (auto& row : gradient_W)
      for (double& g : row) g = 0;
    for (int i = 0; i < 4; ++i) {
      const double error = left[i][0] * a[0] + left[i][1] * a[1] + right[i] * w - i;
      price_error += error * error / 4;
      gradient_w += 2 * error * right[i] / 4;
      double e[3], all = 0;
      for (int k = 0; k < 3; ++k)
        all += e[k] = std::exp(left[i][0] * W[0][k] + left[i][1] * W[1][k]);
      entropy -= std::log(e[kind[i]] / all) / 4;
      for (int k = 0; k < 3; ++k)
        for (int j = 0; j < 2; ++j)
          gradient_W[j][k] += (e[k] / all - (k == kind[i])) * left[i][j] / 4;
    }
  }
};

}  // namespace

TEST_CASE("several sources: a model of two inputs and two targets trains and is monitored",
          "[model][data_specs]") {
  const DenseDesignMatrix data{four_rows()};
  const Train job(data, Both(),
                  SGD(learning_rate(.125), batch_size(4), monitoring_dataset(data),
                      train_iteration_mode("sequential"), termination_criterion(EpochCounter(1))));
  REQUIRE(job.model->input_source() == Sources("left", "right"));
  REQUIRE(job.model->target_source() == Sources("price", "kind"));
  Session session(job, build_programs(job, ElementType::float64), {});
  session.run();
  ByHand before;
  before.compute();
  ByHand after = before;
  after.w -= .125 * before.gradient_w;
  const auto& errors = session.records().at("price_error").val_record;
  const auto& objective = session.records().at("objective").val_record;
  REQUIRE(errors.size() == 2);
  CHECK(errors[0] == Approx(before.price_error).epsilon(1e-12));
  CHECK(objective[0] == Approx(before.price_error + before.entropy).epsilon(1e-12));
  CHECK(*session.store().data<double>("w") == Approx(after.w).epsilon(1e-12));
  for (int j = 0; j < 2; ++j)
    for (int k = 0; k < 3; ++k)
      CHECK(session.store().data<double>("W")[3 * j + k] ==
            Approx(before.W[j][k] - .125 * before.gradient_W[j][k]).epsilon(1e-12));

  // The outputs are called as the targets.
  AnyProgram& predict = session.program("predict");
  REQUIRE(predict.results() == 2);
  CHECK(predict.result_name(0) == "price");
  CHECK(predict.result_name(1) == "kind");
  BatchReader reader(*session.data(), predict);
  for_each_batch(session.data(), 4, [&](const RowsView& batch) {
    const auto& arguments = reader.arguments(batch);
    predict.call(arguments.data(), static_cast<int>(arguments.size()));
  });
  CHECK(predict.result(0).dims == Dims{4});
  CHECK(predict.result(1).dims == Dims{4, 3});
}

TEST_CASE("several sources: flatten to pairs and nest back", "[space][data_specs]") {
  // As Pylearn2's DataSpecsMapping: a source may be read at two places, and is one input.
  SpaceInfo inner, whole;
  inner.kind = whole.kind = SpaceKind::composite;
  inner.components.push_back(vector_space(3));
  inner.components.push_back(index_space(4));
  whole.components.push_back(vector_space(3));
  whole.components.push_back(inner);
  const Sources sources("a", Sources("a", "b"));
  const ir::List<DataSpecs> flat = flatten(whole, sources);
  REQUIRE(flat.size() == 3);
  CHECK(flat[1].source == Sources("a"));
  CHECK(flat[2].space == index_space(4));
  CHECK(std::string(to_text(sources).view()) == "(a, (a, b))");
  Data data;
  data.add(sources, whole);
  CHECK(data.sources().size() == 2);
  const Signal nested = data[sources];
  CHECK(nested.space == whole);
  REQUIRE(nested.values.size() == 3);
  CHECK(nested.values[0].value().term() == nested.values[1].value().term());
  CHECK(data.has(sources));
  CHECK_FALSE(data.has(Sources("a", "c")));
  CHECK_THROWS_WITH(data.add(Sources("a", "b", "c"), whole),
                    Contains("the sources (a, b, c) do not fit CompositeSpace(VectorSpace(3), "));
}

TEST_CASE("several sources: a Scalar is a vector of one and back", "[space]") {
  Data data;
  data.add("x", scalar_space());
  CHECK(data["x"].value().shape().rank == 1);
  const Signal vector = format_as(data["x"], vector_space(1));
  CHECK(vector.value().shape().rank == 2);
  CHECK(format_as(vector, scalar_space()).value().shape().rank == 1);
  CHECK(std::string(to_text(scalar_space()).view()) == "Scalar()");
  CHECK(scalar_space().total_dimension() == 1);
}
