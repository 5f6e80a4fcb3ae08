// What first values of energies are made of: means and examples of data sets, counts of weights.
#include <ansatz/model/density/distribution.hpp>
#include <ansatz/model/energy/dbm/dbm.hpp>
#include <ansatz/model/energy/normalized_ebm.hpp>
#include <ansatz/model/energy/rbm.hpp>
#include <ansatz/registry/job.hpp>

#include "../data/temporary_file.hpp"
#include "../model/probe.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Vector = std::vector<double>;

// Four examples of three features, with means .25, .5 and 1.
struct Means {
  TemporaryFolder folder;
  std::string path = folder.write("means.csv", "1,0,1\n0,1,1\n0,0,1\n0,1,1\n");
  std::string yaml() const {
    return "!obj:CSVDataset { path: '" + path + "', expect_labels: false, expect_headers: false }";
  }
};

std::map<std::string, Vector> first_of(const std::string& yaml) {
  const Shared<Object> model = load_object("model.yaml", "!obj:pylearn2.models." + yaml);
  return Values(dynamic_cast<const Model&>(*model)).of;
}
double log_odds(double p) { return std::log(p / (1 - p)); }

}  // namespace

TEST_CASE("RBM.init_bias_vis_marginals: units without weights have the means, drawn towards .5",
          "[energy][yaml]") {
  const Means means;
  const std::string rbm = "rbm.RBM { nvis: 3, nhid: 2, init_bias_vis_marginals: " + means.yaml();
  const Vector b = first_of(rbm + " }").at("bias_vis");
  REQUIRE(b.size() == 3);
  const double expected[] = {log_odds(.01 + .98 * .25), 0, log_odds(.99)};
  for (std::size_t i = 0; i < 3; ++i) CHECK(b[i] == Approx(expected[i]).margin(1e-12));
  // Beside a bias that is told it would mean nothing.
  CHECK_THAT(message_of([&] { (void)first_of(rbm + ", init_bias_vis: 1. }"); }),
             Contains("init_bias_vis_marginals means nothing with init_bias_vis"));
}

TEST_CASE("RBM.random_patches_src: examples times irange are the columns of W", "[energy][yaml]") {
  const Means means;
  const auto first = first_of(
      "rbm.RBM { nvis: 3, nhid: 4, irange: .5, random_patches_src: " + means.yaml() + " }");
  // All four examples, from any on: each column is one of them, halved, in their order.
  const Vector& W = first.at("W");
  REQUIRE(W.size() == 12);
  const Vector rows{1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1};
  int fits = 0;
  for (std::size_t begin = 0; begin < 4; ++begin) {
    bool same = true;
    for (std::size_t j = 0; j < 4; ++j)
      for (std::size_t i = 0; i < 3; ++i)
        same = same && W[i * 4 + j] == .5 * rows[(begin + j) % 4 * 3 + i];
    fits += same;
  }
  CHECK(fits == 1);
}

TEST_CASE("BinaryVector.bias_from_marginals: units that see nothing have the means at first",
          "[energy][dbm][yaml]") {
  const Means means;
  const auto first = first_of(
      "dbm.DBM { batch_size: 5, niter: 1, visible_layer: !obj:pylearn2.models.dbm.BinaryVector { "
      "nvis: 3, bias_from_marginals: " +
      means.yaml() +
      " }, hidden_layers: [ !obj:pylearn2.models.dbm.BinaryVectorMaxPool { layer_name: h, "
      "detector_layer_dim: 2, pool_size: 1, irange: .1 } ] }");
  const Vector& b = first.at("visible_bias");
  CHECK(b[0] == Approx(log_odds(.25)));
  CHECK(b[1] == Approx(0).margin(1e-12));
  CHECK(b[2] == Approx(log_odds(1 - 1e-7)));  // a mean of 1 is kept off infinity
}

TEST_CASE("Softmax.sparse_istdev: the standard deviation of its sparse weights",
          "[energy][dbm][yaml]") {
  const auto weights = [](const std::string& more) {
    return first_of(
               "dbm.DBM { batch_size: 5, niter: 2, visible_layer: "
               "!obj:pylearn2.models.dbm.BinaryVector { nvis: 3 }, hidden_layers: [ "
               "!obj:pylearn2.models.dbm.BinaryVectorMaxPool { layer_name: h, detector_layer_dim: "
               "400, pool_size: 1, irange: .1 }, !obj:pylearn2.models.dbm.Softmax { layer_name: c, "
               "n_classes: 10, sparse_init: 300" +
               more + " } ] }")
        .at("softmax_W");
  };
  const Vector plain = weights(""), wide = weights(", sparse_istdev: 3.");
  double squares = 0;
  int count = 0;
  for (double w : wide) squares += w * w, count += w != 0;
  CHECK(count == 3000);
  CHECK(std::sqrt(squares / count) == Approx(3).epsilon(.05));
  for (std::size_t i = 0; i < wide.size(); ++i) CHECK(wide[i] == Approx(3 * plain[i]));
}

TEST_CASE("NormalizedEBM.logZ_lr_scale: log Z is this times a parameter", "[energy][yaml]") {
  const std::string text =
      "!obj:pylearn2.models.normalized_ebm.NormalizedEBM { init_logZ: 3., learn_logZ: true, "
      "logZ_lr_scale: .01, ebm: !obj:pylearn2.models.rbm.RBM { nvis: 3, nhid: 2 } }";
  const Shared<Object> object = load_object("model.yaml", text);
  const auto& model = dynamic_cast<const NormalizedEBM&>(*object);
  CHECK(Values(model).of.at("logZ_driver") == Vector{300});
  Data data;
  data.add("features", model.input_space());
  const AnyExpr v = data["features"].value();
  Function f;
  f.add(output("log_p", model.log_prob(v)));
  f.add(output("F", model.free_energy(v)));
  Probe probe(model, data, f);
  probe.set("logZ_driver", {250});
  Minibatch batch;
  batch.examples = 1;
  batch.numbers["features"] = {1, 0, 1};
  Computed c = probe(batch);
  CHECK(c["log_p"][0] == Approx(-c["F"][0] - 2.5));
}

TEST_CASE("IsotropicGaussian.mu: the mean of draws, where their density is largest",
          "[energy][yaml]") {
  const Shared<Object> object = load_object(
      "noise.yaml", "!obj:ansatz.distributions.IsotropicGaussian { mu: 1.5, stdev: .5 }");
  const auto& noise = dynamic_cast<const Distribution&>(*object);
  RBM rows;
  rows.nvis = 2;
  rows.nhid = 1;
  Data data;
  data.add("features", rows.input_space());
  const AnyExpr v = data["features"].value();
  Function f;
  f.add(output("log_p", noise.log_prob(v)));
  f.add(output("drawn", noise.sample_like(v)));
  Probe probe(rows, data, f);
  Minibatch batch;
  batch.examples = 10000;
  batch.numbers["features"].assign(20000, 1.5);
  batch.numbers["features"][1] = 2;  // one deviation away
  Computed c = probe(batch);
  const double most = -std::log(2 * M_PI * .25);
  CHECK(c["log_p"][1] == Approx(most));
  CHECK(c["log_p"][0] == Approx(most - .5));
  double mean = 0;
  for (double x : c["drawn"]) mean += x / 20000;
  CHECK(mean == Approx(1.5).margin(.02));
}
