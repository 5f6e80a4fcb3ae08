// Deep Boltzmann machines that are built layer by layer and trained jointly.
#include <ansatz/data/table.hpp>
#include <ansatz/model/energy/dbm/dbm_sampler.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/serial/model_file.hpp>

#include "../data/temporary_file.hpp"
#include "deep_machine.hpp"

#include <catch2/catch.hpp>

#include <cstring>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

DBM rbm_of(int visible, const char* name, int hidden_units) {
  DBM rbm;
  BinaryVector v;
  v.nvis = visible;
  rbm.visible_layer = Shared<DBMVisibleLayer>(v);
  rbm.hidden_layers.push_back(binary_units(name, hidden_units));
  return rbm;
}
std::vector<float> numbers_of(const ModelFile& file, std::string_view name) {
  for (const NamedTensor& each : file.parameters)
    if (each.name == name) {
      const float* const x = each.data<float>();
      return {x, x + each.size()};
    }
  FAIL("no parameter " << name);
  return {};
}

}  // namespace

TEST_CASE("DBM.rbm_list: layers begin as they were trained, with halves of shared weights",
          "[energy][dbm]") {
  DBM dbm;
  dbm.visible_layer = rbm_of(5, "h", 4).visible_layer;
  dbm.niter = 3;
  // First values of their own, to tell them apart.
  const auto trained = [](int visible, const char* name, int count, double bias, double below) {
    struct Trained : DBM {
      double b = 0, v = 0;
      void initialize(InitialValues& values) const override {
        DBM::initialize(values);
        values.fill((hidden_layers[0]->layer_name + "_b").view(), b);
        values.fill("visible_bias", v);
      }
    } rbm;
    static_cast<DBM&>(rbm) = rbm_of(visible, name, count);
    rbm.b = bias, rbm.v = below;
    return Shared<Model>(rbm);
  };
  const Shared<Model> all[] = {trained(5, "h", 4, 1, .5), trained(4, "g", 3, 2, 3),
                               trained(3, "f", 2, 4, 6)};
  for (const auto& [name, count] : {std::pair("h", 4), {"g", 3}, {"f", 2}})
    dbm.hidden_layers.push_back(binary_units(name, count));
  for (const Shared<Model>& each : all) dbm.rbm_list.push_back(each);
  dbm.check();
  const Values first(dbm);
  CHECK(first.of.at("visible_bias") == Rows(5, .5));
  CHECK(first.of.at("h_b") == Rows(4, (1 + 3) / 2.));
  CHECK(first.of.at("g_b") == Rows(3, (2 + 6) / 2.));
  CHECK(first.of.at("f_b") == Rows(2, 4));
  for (const auto& [i, name, factor] : {std::tuple(0, "h_W", .5), {1, "g_W", 1.}, {2, "f_W", .5}})
    CHECK(difference(first.of.at(name), scaled(Values(*all[i]).of.at(name), factor)) == 0);

  // With labels the last one has them, too.
  DBM labelled = dbm;
  labelled.hidden_layers.push_back(class_units(3));
  CHECK_THAT(message_of([&] { labelled.check(); }), Contains("and a Softmax"));
  labelled.rbm_list = {};
  for (const Shared<Model>& each : {all[0], all[1]}) labelled.rbm_list.push_back(each);
  CHECK_THAT(message_of([&] { labelled.check(); }), Contains("one for each of the 3"));
  DBM other = dbm;
  other.rbm_list = {};
  for (int i : {0, 2, 1}) other.rbm_list.push_back(all[i]);
  CHECK_THAT(message_of([&] { other.check(); }), Contains("is called 'f', not 'g'"));
}

TEST_CASE("DBMSampler: hidden units are drawn with the probabilities of the machine",
          "[energy][dbm]") {
  const DBM rbm = rbm_of(5, "h", 4);
  const DBMSampler sampler(rbm);
  sampler.check();
  Data data;
  data.add("features", sampler.input_space());
  CHECK(sampler.output_space(sampler.input_space()) == vector_space(4));
  Function f;
  f.add(output("draw", sampler.output(data["features"]).value()));
  f.add(output("mean", rbm.output(data["features"]).value()));
  f.add(output("E", rbm.energy(rbm.mean_field(data["features"].value()).back())));
  Probe probe(sampler, data, f);
  probe.randomize(1, 3);
  Minibatch batch;
  batch.examples = 20000;
  for (int n = 0; n < 20000; ++n)
    for (double x : {1, 0, 1, 1, 0}) batch.numbers["features"].push_back(x);
  Computed c = probe(batch);
  for (std::size_t j = 0; j < 4; ++j) {
    double seen = 0;
    for (std::size_t n = 0; n < 20000; ++n) seen += c["draw"][n * 4 + j] / 20000;
    CHECK(seen == Approx(c["mean"][j]).margin(.015));
  }
  CHECK_THAT(message_of([] { DBMSampler(deep_machine()).check(); }), Contains("one hidden layer"));
}

TEST_CASE("stitched machines from YAML: layer by layer, then jointly, in one list of jobs",
          "[energy][dbm][yaml]") {
  const TemporaryFolder folder;
  std::string rows;
  const Rows bits = random_bits(200, 5);
  for (std::size_t n = 0; n < 40; ++n)
    for (std::size_t i = 0; i < 5; ++i)
      rows += std::string(bits[n * 5 + i] == 1 ? "1" : "0") + (i == 4 ? "\n" : ",");
  const std::string data = "!obj:CSVDataset { path: '" + folder.write("bits.csv", rows) +
                           "', expect_labels: false, expect_headers: false }";
  const auto layer = [](const std::string& name, int count) {
    return "!obj:pylearn2.models.dbm.BinaryVectorMaxPool { layer_name: " + name +
           ", detector_layer_dim: " + std::to_string(count) + ", pool_size: 1, irange: .1 }";
  };
  const auto job = [&](const std::string& on, int visible, const std::string& layers, int niter,
                       const std::string& more, const std::string& file) {
    return "- !obj:Train { dataset: " + on +
           ", model: !obj:pylearn2.models.dbm.DBM { batch_size: 10, niter: " +
           std::to_string(niter) + more +
           ", visible_layer: !obj:pylearn2.models.dbm.BinaryVector { nvis: " +
           std::to_string(visible) + " }, hidden_layers: [ " + layers +
           " ] }, algorithm: !obj:SGD { learning_rate: .05, batch_size: 10, cost: "
           "!obj:pylearn2.costs.dbm.VariationalPCD { num_chains: 8, num_gibbs_steps: 2 }, "
           "termination_criterion: !obj:EpochCounter { max_epochs: 2 } }, save_freq: 1, save_path: "
           "'" +
           file + "' }\n";
  };
  const std::string a = folder.path() + "/a.pkl", b = folder.path() + "/b.pkl",
                    c = folder.path() + "/c.pkl";
  const std::string text =
      job(data, 5, layer("h", 4), 1, "", a) +
      job("!obj:pylearn2.datasets.transformer_dataset.TransformerDataset { raw: " + data +
              ", transformer: !obj:pylearn2.models.dbm.DBMSampler { dbm: !pkl: '" + a + "' } }",
          4, layer("g", 3), 1, "", b) +
      job(data, 5, layer("h", 4) + ", " + layer("g", 3), 2,
          ", rbm_list: [ !pkl: '" + a + "', !pkl: '" + b + "' ]", c);
  run_phases(load_job_text("jobs.yaml", text, {}).phases);
  const ModelFile first = read_model_file(a), second = read_model_file(b),
                  joint = read_model_file(c);
  // Trained from there: near where they began, but not there.
  const auto near = [&](const char* name, const ModelFile& from) {
    const std::vector<float> now = numbers_of(joint, name), before = numbers_of(from, name);
    REQUIRE(now.size() == before.size());
    double moved = 0;
    for (std::size_t i = 0; i < now.size(); ++i)
      moved = std::max(moved, double(std::abs(now[i] - before[i] / 2)));
    CHECK(moved > 0);
    CHECK(moved < .5);
  };
  near("h_W", first);
  near("g_W", second);
}
