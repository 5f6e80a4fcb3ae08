#include <ansatz/yaml/read.hpp>
#include <ansatz/yaml/scalar.hpp>
#include <ansatz/yaml/write.hpp>

#include "reading.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <set>

using namespace ansatz;
using namespace ansatz::testing;
using namespace ansatz::yaml;

namespace {

const std::string folder = std::string(ANSATZ_TESTS_FOLDER) + "/jobs/";

NodePtr job(const std::string& name, const std::vector<std::string>& definitions = {}) {
  Errors errors;
  const NodePtr root = read_file(folder + name, errors, defined(definitions));
  CAPTURE(name);
  CHECK(errors.text() == "");
  return root;
}

std::string part(const char* name) {
  return std::string(name) + "=@" + folder + "softmax_regression_" + name + ".yaml";
}

const std::vector<std::string> mlp = {"train_stop=50000", "valid_stop=60000", "dim_h0=500",
                                      "max_epochs=10000"};

std::vector<std::string> with(std::vector<std::string> all, const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

const std::vector<std::string> deep = {"dim_h1=1000", "sparse_init_h1=15"};

void round_trip(const NodePtr& root) {
  REQUIRE(root);
  const std::string written = to_yaml(*root);
  const NodePtr again = parse(written, as_written());
  REQUIRE(again);
  CHECK(same(*root, *again));
}

}  // namespace

TEST_CASE("yaml jobs: every job of the tutorials and papers is read", "[yaml][jobs]") {
  const std::vector<std::string> softmax = {"train_stop=50000", "valid_stop=60000",
                                            "batch_size=10000", "save_path=."};
  const std::vector<std::string> stacked = {"train_stop=50000",     "batch_size=100",
                                            "monitoring_batches=5", "nhid=500",
                                            "max_epochs=10",        "save_path=."};
  const std::pair<const char*, std::vector<std::string>> all[] = {
      {"softmax_regression.yaml", softmax},
      {"softmax_regression_train.yaml",
       with(softmax, {part("dataset"), part("model"), part("algorithm")})},
      {"mlp_part_2.yaml", with(mlp, {"save_path=."})},
      {"mlp_part_3.yaml", with(with(mlp, deep), {"save_path=."})},
      {"mlp_part_4.yaml", with(with(mlp, deep), {"save_path=."})},
      {"convolutional_network.yaml",
       {"train_stop=50000", "valid_stop=60000", "test_stop=10000", "batch_size=100",
        "output_channels_h2=64", "output_channels_h3=64", "max_epochs=500", "save_path=."}},
      {"mlp_nested.yaml", with(with(mlp, deep), {"dim_h2=500", "dim_h3=1000"})},
      {"jobman_mlp.yaml", {"learning_rate=.000205", "init_momentum=.583961"}},
      {"dropout_mnist.yaml", {}},
      {"dropout_mnist_fast.yaml", {}},
      {"dropout_mnist_valid.yaml", {}},
      {"dropout_mnist_valid_fast.yaml", {}},
      {"maxout_mnist.yaml", {}},
      {"maxout_mnist_continued.yaml", {}},
      {"maxout_mnist_pi.yaml", {}},
      {"maxout_mnist_pi_continued.yaml", {}},
      {"lwta.yaml", {}},
      {"autoencoder_dae.yaml", {}},
      {"autoencoder_hcae.yaml", {}},
      {"cae.yaml", {}},
      {"cifar_grbm_smd.yaml", {}},
      {"dbm_demo_rbm.yaml",
       {"detector_layer_dim=500", "monitoring_batches=10", "train_stop=50000", "max_epochs=300",
        "save_path=."}},
      {"gae_random.yaml",
       {"batch_size=100", "lr=.01", "max_epochs=10", "nfac=10", "nmap=5", "region=3", "save_path=.",
        "train_data=pairs.pkl"}},
      {"hcae.yaml", {}},
      {"dae_l1.yaml", stacked},
      {"dae_l2.yaml", with(stacked, {"nvis=500"})},
      {"dae_mlp.yaml",
       {"train_stop=50000", "valid_stop=60000", "batch_size=100", "max_epochs=50", "save_path=."}},
      {"live_monitor_test.yaml", {}},
      {"mpdbm.yaml", {}},
      {"test_model.yaml", {}},
      {"test_vae_cost_is_criterion.yaml", {}},
      {"test_vae_cost_vae_criterion.yaml", {}},
      {"vae.yaml", {}},
  };
  std::set<std::string> read = {"softmax_regression_dataset.yaml", "softmax_regression_model.yaml",
                                "softmax_regression_algorithm.yaml"};
  for (const auto& [name, definitions] : all) {
    const NodePtr root = job(name, definitions);
    round_trip(root);
    CHECK(object_name(*root) == "pylearn2.train.Train");
    read.insert(name);
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    CHECK(read.count(entry.path().filename().string()) == 1);
}

TEST_CASE("yaml jobs: softmax regression is the same whole and in four parts", "[yaml][jobs]") {
  const std::vector<std::string> values = {"train_stop=50000", "valid_stop=60000",
                                           "batch_size=10000", "save_path=."};
  const NodePtr whole = job("softmax_regression.yaml", values);
  const NodePtr parts = job("softmax_regression_train.yaml",
                            with(values, {part("dataset"), part("model"), part("algorithm")}));
  REQUIRE(whole);
  REQUIRE(parts);
  CHECK(same(*whole, *parts));
  const Place monitored = at(parts, {"algorithm", "monitoring_dataset", "train"});
  CHECK(monitored.node == parts->find("dataset")->node);
  CHECK(monitored.position.text() == folder + "softmax_regression_algorithm.yaml:6:18");
}

TEST_CASE("yaml jobs: numbers arrive as Pylearn2 has them", "[yaml][jobs]") {
  Errors errors;
  const NodePtr jobman = job("jobman_mlp.yaml", {"learning_rate=.000205", "init_momentum=.583961"});
  CHECK(as_float(at(jobman, {"algorithm", "learning_rate"}), errors) == .000205);
  CHECK(as_float(at(jobman, {"algorithm", "learning_rule", "init_momentum"}), errors) == .583961);
  CHECK(as_int(at(jobman, {"dataset", "stop"}), errors) == 50000);
  const NodePtr dropout = job("dropout_mnist.yaml");
  CHECK(as_float(at(dropout, {"model", "layers", "0", "irange"}), errors) == 0.00891030471479);
  CHECK(as_bool(at(dropout, {"dataset", "shuffle"}), errors) == false);
  const auto environment = Environment::of_job("runs/dropout.yaml");
  CHECK(as_path(at(dropout, {"save_path"}), environment, errors) == "runs/dropout.pkl");
  const NodePtr lwta = job("lwta.yaml");
  CHECK(as_float(at(lwta, {"algorithm", "learning_rate"}), errors) == 1e-3);
  CHECK(at(lwta, {"algorithm", "monitoring_dataset"}).node == lwta->find("dataset")->node);
  CHECK(errors.empty());
}
