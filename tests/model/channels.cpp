// Names of the channels of each layer.
#include "probe.hpp"

#include <ansatz/model/layers/hinge.hpp>
#include <ansatz/model/layers/linear_gaussian.hpp>
#include <ansatz/model/layers/lwta.hpp>
#include <ansatz/model/layers/maxout.hpp>
#include <ansatz/model/layers/rectified_linear.hpp>
#include <ansatz/model/layers/sigmoid.hpp>
#include <ansatz/model/layers/softmax.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

using Names = std::vector<std::string>;

Names sorted(Names names) {
  std::sort(names.begin(), names.end());
  return names;
}
Names joined(Names a, const Names& b) {
  a.insert(a.end(), b.begin(), b.end());
  return sorted(a);
}

Names norms(const std::string& layer) {
  Names names;
  for (const char* of : {"row", "col"})
    for (const char* what : {"min", "mean", "max"})
      names.push_back(layer + "_" + of + "_norms_" + what);
  return names;
}
// Norms, and {range,max,mean,min}_x_{max,mean,min}_u with what joins the two.
Names dense(const std::string& layer, const std::string& join = "_", const std::string& p = "") {
  Names names = norms(layer);
  for (const std::string x : {"range", "max", "mean", "min"})
    for (const std::string u : {"max", "mean", "min"})
      names.push_back(layer + "_" + p + x + "_x" + join + u + "_u");
  return sorted(names);
}

Names of(const Shared<Layer>& layer) { return channel_names(*stack(4, {layer})); }

}  // namespace

TEST_CASE("channels: linear layers and rectifiers", "[model][channels]") {
  REQUIRE(of(Linear("h", 3, irange(.1))) == dense("h"));
  REQUIRE(of(RectifiedLinear("h", 3, irange(.1))) == dense("h"));
  REQUIRE(of(LWTA("h", 4, irange(.1), block_size(2))) == dense("h"));
}

TEST_CASE("channels: maxout joins its names with dots", "[model][channels]") {
  REQUIRE(of(Maxout("h", 3, 2, irange(.1))) == dense("h", ".", "p_"));
  REQUIRE(of(Maxout("h", 3, 1, irange(.1))) == dense("h", "."));
  const Names names = of(Maxout("h", 3, 2, irange(.1)));
  REQUIRE(std::count(names.begin(), names.end(), "h_p_max_x.mean_u") == 1);
}

TEST_CASE("channels: softmax with targets and without", "[model][channels]") {
  const Shared<Model> model = stack(4, {Softmax("y", 3, irange(.1))});
  const Names without =
      joined(norms("y"), {"y_mean_max_class", "y_max_max_class", "y_min_max_class"});
  REQUIRE(channel_names(*model, false) == without);
  REQUIRE(channel_names(*model) == joined(without, {"y_misclass", "y_nll"}));
  REQUIRE(of(Softmax("y", 3, irange(.1), binary_target_dim(2))) == joined(without, {"y_nll"}));
}

TEST_CASE("channels: sigmoid outputs in each style", "[model][channels]") {
  Names detection = {"y_01_loss", "y_kl", "y_precision", "y_recall", "y_f1"};
  for (const std::string what : {"precision", "recall", "f1"})
    for (const std::string over : {"max", "mean", "min"})
      detection.push_back("y_per_output_" + what + "_" + over);
  REQUIRE(of(Sigmoid("y", 3, irange(.1))) == joined(dense("y"), detection));
  REQUIRE(of(Sigmoid("y", 3, irange(.1), monitor_style("one_hot_class"))) ==
          joined(dense("y"), {"y_misclass"}));
  REQUIRE(of(Sigmoid("y", 3, irange(.1), monitor_style("bit_vector_class"))) ==
          joined(dense("y"), {"y_misclass"}));
}

TEST_CASE("channels: linear gaussian and hinge outputs", "[model][channels]") {
  REQUIRE(of(LinearGaussian("y", 3, irange(.1), init_beta(1.), min_beta(.1), max_beta(9.))) ==
          joined(dense("y"), {"y_beta_min", "y_beta_mean", "y_beta_max", "y_mse"}));
  REQUIRE(of(Hinge("y", 3, irange(.1))) == joined(dense("y"), {"y_misclass", "y_hinge"}));
}

TEST_CASE("an MLP without an input, or without layers, is refused", "[model][mlp]") {
  REQUIRE_THAT(message_of([] { stack(0, {Softmax("y", 3, irange(.1))}); }),
               Catch::Contains("an MLP needs an input_space, or nvis"));
  REQUIRE_THAT(message_of([] { stack(3, {}); }), Catch::Contains("at least one layer"));
}

TEST_CASE("channels: an MLP that is not to look at targets does not", "[model][channels]") {
  MLP<> mlp;
  mlp.nvis = 4;
  mlp.monitor_targets = false;
  mlp.layers.push_back(Softmax("y", 3, irange(.1)));
  REQUIRE(channel_names(*Shared<Model>(mlp)).size() == 9);
}
