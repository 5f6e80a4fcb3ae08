// First parameters, held against those of Pylearn2's jobs: digests of their float32 bytes.
#include "probe.hpp"
#include "sha256.hpp"

#include <ansatz/model/layers/linear.hpp>
#include <ansatz/model/layers/maxout.hpp>
#include <ansatz/model/layers/rectified_linear.hpp>
#include <ansatz/model/layers/sigmoid.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

std::map<std::string, std::string> digests(const Model& model) {
  std::map<std::string, std::string> found;
  for (const auto& [name, values] : Values(model).of) found[name] = digest(values);
  return found;
}
using Digests = std::map<std::string, std::string>;

std::vector<double> first_values(const Model& model, const std::string& parameter) {
  return Values(model).of.at(parameter);
}

}  // namespace

TEST_CASE("sha256: the digest of a known text", "[model][initialize]") {
  REQUIRE(sha256_first16("abc", 3) == "ba7816bf8f01cfea");
  REQUIRE(sha256_first16("", 0) == "e3b0c44298fc1c14");
}

TEST_CASE("initialize: MLP tutorial part 2 begins as in Pylearn2", "[model][initialize]") {
  const MLP model(VectorSpace(784), Sigmoid("h0", 500, sparse_init(15)),
                  Softmax("y", 10, irange(0.)));
  REQUIRE(digests(model) == Digests{{"h0_W", "82224d2cb08aa43b"},
                                    {"h0_b", "2da42fb1d7bd8524"},
                                    {"softmax_b", "2c34ce1df23b838c"},
                                    {"softmax_W", "28b4f41a7f3ee6d8"}});
}

TEST_CASE("initialize: MLP tutorial parts 3 and 4 begin as in Pylearn2", "[model][initialize]") {
  const MLP model(VectorSpace(784), RectifiedLinear("h0", 500, sparse_init(15)),
                  RectifiedLinear("h1", 1000, sparse_init(15)), Softmax("y", 10, irange(0.)));
  REQUIRE(digests(model) == Digests{{"h0_W", "82224d2cb08aa43b"},
                                    {"h0_b", "2da42fb1d7bd8524"},
                                    {"h1_W", "3d45f44713697652"},
                                    {"h1_b", "fc19b19971194257"},
                                    {"softmax_b", "2c34ce1df23b838c"},
                                    {"softmax_W", "e7e2dcff542de953"}});
  const std::vector<double> w = first_values(model, "h0_W");
  REQUIRE(static_cast<float>(w[65]) == -.787297428f);
  REQUIRE(static_cast<float>(w[89]) == -.331459671f);
}

TEST_CASE("initialize: the dropout paper's network begins as in Pylearn2", "[model][initialize]") {
  const MLP model(VectorSpace(784),
                  RectifiedLinear("h0", 898, irange(0.00891030471479), max_col_norm(4.378017)),
                  RectifiedLinear("h1", 1532, irange(0.0575059125935), max_col_norm(2.970242)),
                  Softmax("y", 10, sparse_init(0), max_col_norm(4.626974)));
  REQUIRE(digests(model) == Digests{{"h0_W", "08dd797eff64ac4c"},
                                    {"h0_b", "2d4a4691da95f22b"},
                                    {"h1_W", "273c3de02ada9de9"},
                                    {"h1_b", "51d7eb4e2c692344"},
                                    {"softmax_b", "2c34ce1df23b838c"},
                                    {"softmax_W", "1a845d575fd343dd"}});
}

TEST_CASE("initialize: the maxout paper's network begins as in Pylearn2", "[model][initialize]") {
  const MLP model(VectorSpace(784), Maxout("h0", 240, 5, irange(.005), max_col_norm(1.9365)),
                  Maxout("h1", 240, 5, irange(.005), max_col_norm(1.9365)),
                  Softmax("y", 10, irange(.005), max_col_norm(1.9365)));
  REQUIRE(digests(model) == Digests{{"h0_W", "6e5cd958c12ba6de"},
                                    {"h0_b", "24ddaa4710480313"},
                                    {"h1_W", "188eb108f483e6b3"},
                                    {"h1_b", "24ddaa4710480313"},
                                    {"softmax_b", "2c34ce1df23b838c"},
                                    {"softmax_W", "639d49200711cfb0"}});
}

TEST_CASE("initialize: one generator goes through all layers, inner ones too",
          "[model][initialize]") {
  const MLP flat(VectorSpace(7), Linear("a", 5, irange(.1)), Linear("b", 4, istdev(.2)),
                 Linear("c", 3, sparse_init(2)));
  const MLP nested(VectorSpace(7),
                   MLP(VectorSpace(7), Linear("a", 5, irange(.1)), Linear("b", 4, istdev(.2)),
                       layer_name("inner"), seed(99)),
                   Linear("c", 3, sparse_init(2)));
  const auto one = Values(flat).of, other = Values(nested).of;
  REQUIRE(one.at("a_W") == other.at("inner_a_W"));
  REQUIRE(one.at("b_W") == other.at("inner_b_W"));
  REQUIRE(one.at("c_W") == other.at("c_W"));
}

TEST_CASE("initialize: the seed decides, a number otherwise than a list", "[model][initialize]") {
  const auto weights = [](const Seed& s) {
    return first_values(MLP(VectorSpace(4), Linear("h", 3, irange(1.)), seed(s)), "h_W");
  };
  REQUIRE(weights(Seed()) == weights(Seed({2013, 1, 4})));
  REQUIRE(weights(7) == weights(7));
  REQUIRE(weights(7) != weights(Seed({7})));
}

TEST_CASE("initialize: biases are one number, or one a unit", "[model][initialize]") {
  const auto biases = [](const Numbers& b) {
    return first_values(MLP(VectorSpace(4), Linear("h", 3, irange(1.), init_bias(b))), "h_b");
  };
  ir::List<double> three;
  for (double x : {1., 2., 3.}) three.push_back(x);
  REQUIRE(biases(.5) == std::vector<double>{.5, .5, .5});
  REQUIRE(biases(three) == std::vector<double>{1, 2, 3});
  three.push_back(4);
  REQUIRE_THAT(message_of([&] { biases(three); }),
               Catch::Contains("layer h: init_bias has 4 numbers; give one, or 3"));
}

TEST_CASE("initialize: Glorot's and He's ranges", "[model][initialize]") {
  const auto largest = [](const auto& option) {
    double m = 0;
    for (double w : first_values(MLP(VectorSpace(50), Linear("h", 40, option)), "h_W"))
      m = std::max(m, std::abs(w));
    return m;
  };
  REQUIRE(largest(glorot_uniform(true)) == Approx(std::sqrt(6. / 90)).epsilon(.01));
  REQUIRE(largest(he_uniform(true)) == Approx(std::sqrt(6. / 50)).epsilon(.01));
}

TEST_CASE("initialize: Softmax has every way that Linear has, to the same numbers",
          "[model][initialize]") {
  const auto same = [](const auto&... options) {
    const auto softmax =
        first_values(MLP(VectorSpace(50), Softmax("h", 8, options...)), "softmax_W");
    const auto linear = first_values(MLP(VectorSpace(50), Linear("h", 8, options...)), "h_W");
    REQUIRE(softmax.size() == 400);
    CHECK(softmax == linear);
  };
  same(istdev(.3));
  same(sparse_init(7));
  same(sparse_init(7), sparse_stdev(.25));
  same(glorot_uniform(true));
  same(glorot_normal(true));
  same(he_uniform(true));
  same(he_normal(true));
  // Of irange, Linear always draws what include_prob leaves out, Softmax where it is not 1.
  same(irange(.5), include_prob(.25));
  const auto kept = first_values(
      MLP(VectorSpace(50), Softmax("h", 8, irange(.5), include_prob(.25))), "softmax_W");
  CHECK(std::abs(std::count(kept.begin(), kept.end(), 0.) - 300) < 50);
}

TEST_CASE("initialize: weights need exactly one way to begin", "[model][initialize]") {
  REQUIRE_THAT(message_of([] { MLP(VectorSpace(4), Linear("h0", 3)); }),
               Catch::Contains("layer h0: exactly one of irange, istdev, sparse_init"));
  REQUIRE_THAT(message_of([] { MLP(VectorSpace(4), Linear("h0", 3, irange(.1), sparse_init(2))); }),
               Catch::Contains("layer h0: exactly one of"));
  REQUIRE_THAT(message_of([] { Values(MLP(VectorSpace(4), Linear("h0", 3, sparse_init(5)))); }),
               Catch::Contains("layer h0: sparse_init 5: 0 to 4"));
}
