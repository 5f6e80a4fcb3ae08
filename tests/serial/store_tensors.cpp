#include <ansatz/serial/environment.hpp>
#include <ansatz/serial/model_file.hpp>
#include <ansatz/serial/store_tensors.hpp>

#include <catch2/catch.hpp>
#include <dsl/exceptions.hpp>

#include "data/temporary_file.hpp"
#include "serial/bytes.hpp"

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

Store sample_store() {
  Store store;
  store.add<float>("h0_W", {2, 3});
  store.add<float>("h0_b", {3});
  store.add<double>("scale", Dims{});
  store.add_resizable<float>("chains", {4, 2});
  store.uniform("h0_W", -1, 1, 1);
  store.fill("h0_b", 3);
  store.fill("scale", 0.1);
  store.uniform("chains", -1, 1, 2);
  return store;
}

const std::vector<NamedTensor> nothing;

std::string error_of(Store& store, const std::vector<NamedTensor>& tensors) {
  return message_of<FileError>(
      [&] { restore_tensors(store, StoreKind::parameter, tensors, "m.pkl"); });
}

std::string init_error(Store& store, const std::vector<NamedTensor>& tensors) {
  return message_of<FileError>([&] { init_parameters(store, tensors, "m.pkl"); });
}

}  // namespace

TEST_CASE("store_tensors: a store goes through its tensors", "[serial]") {
  const Store store = sample_store();
  const auto parameters = stored_tensors(store, StoreKind::parameter);
  const auto state = stored_tensors(store, StoreKind::state);
  REQUIRE(parameters.size() == 3);
  REQUIRE(parameters[0].name == "h0_W");
  REQUIRE(parameters[2].shape.empty());
  REQUIRE(state.size() == 1);

  Store other = sample_store();
  for (const char* name : {"h0_W", "h0_b", "scale", "chains"}) other.fill(name, 0);
  other.resize("chains", 7);
  restore_tensors(other, StoreKind::parameter, parameters, "m.pkl");
  restore_tensors(other, StoreKind::state, state, "m.pkl");
  REQUIRE(stored_tensors(other, StoreKind::parameter) == parameters);
  REQUIRE(stored_tensors(other, StoreKind::state) == state);
  REQUIRE(other.shape("chains")[0] == 4);
}

TEST_CASE("store_tensors: every difference is listed, and nothing has changed", "[serial]") {
  Store store = sample_store();
  auto tensors = stored_tensors(store, StoreKind::parameter);
  const auto before = tensors;
  const double values[6] = {};
  tensors[0] = NamedTensor("h0_W", {3, 2}, values);
  tensors[1].name = "h0_d";
  const std::string message = error_of(store, tensors);
  REQUIRE_THAT(message, Contains("m.pkl: its parameters are not those of the model:") &&
                            Contains("'h0_b' is missing in the file; nearest: 'h0_d'") &&
                            Contains("'h0_d' is unknown to the model; nearest: 'h0_b'") &&
                            Contains("'h0_W' has the shape [3, 2] in the file, [2, 3] in") &&
                            Contains("'h0_W' holds float64 in the file, float32 in the model"));
  REQUIRE(stored_tensors(store, StoreKind::parameter) == before);
  REQUIRE_THAT(
      message_of<FileError>([&] { restore_tensors(store, StoreKind::state, nothing, "m.pkl"); }),
      Contains("its states are not those of the model:\n  'chains' is missing"));
}

TEST_CASE("store_tensors: parameters start from those of the same name", "[serial]") {
  Store store = sample_store();
  const double w[6] = {1, 2, 3, 4, 5, 0.1}, other[1] = {7};
  const float scale[1] = {0.25f};
  const InitReport report = init_parameters(
      store, {{"scale", {}, scale}, {"y_W", {1}, other}, {"h0_W", {2, 3}, w}}, "m.pkl");
  REQUIRE(report.taken == std::vector<std::string>{"h0_W", "scale"});
  REQUIRE(report.kept == std::vector<std::string>{"h0_b"});
  REQUIRE(report.unused == std::vector<std::string>{"y_W"});
  REQUIRE(store.data<float>("h0_W")[5] == 0.1f);
  REQUIRE(store.data<double>("scale")[0] == 0.25);
  REQUIRE(store.data<float>("h0_b")[0] == 3);
}

TEST_CASE("store_tensors: parameters that cannot start from a file are listed", "[serial]") {
  Store store = sample_store();
  const auto before = stored_tensors(store, StoreKind::parameter);
  const double w[6] = {1e39}, b[3] = {};
  const std::int32_t integers[3] = {};
  REQUIRE_THAT(init_error(store, {{"h0_b", {3}, b}, {"h0_W", {3, 2}, w}}),
               Contains("it cannot give the model its parameters:\n  'h0_W' has the shape [3, 2]"));
  REQUIRE_THAT(init_error(store, {{"h0_b", {3}, integers}}), Contains("'h0_b' holds int32"));
  REQUIRE_THAT(init_error(store, {{"h0_W", {2, 3}, w}}),
               Contains("'h0_W' has numbers in the file that float cannot hold"));
  REQUIRE_THAT(init_error(store, {{"W", {2, 3}, w}, {"b", {3}, b}}),
               Contains("it has no parameter of the model; there: W, b; here: h0_W, h0_b, scale"));
  REQUIRE(stored_tensors(store, StoreKind::parameter) == before);
}

TEST_CASE("store_tensors: parameters are read from models and from files of others", "[serial]") {
  TemporaryFolder folder;
  ModelFile model;
  model.parameters = stored_tensors(sample_store(), StoreKind::parameter);
  model.state = stored_tensors(sample_store(), StoreKind::state);
  write_model_file(folder.path() + "/m.pkl", model);
  REQUIRE(read_parameters(folder.path() + "/m.pkl") == model.parameters);
  const std::string foreign = folder.write(
      "foreign", safetensors(R"({"W":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})", "ab"));
  REQUIRE(read_parameters(foreign).at(0).name == "W");
}

TEST_CASE("environment: this program, machine and number of threads are known", "[serial]") {
  const auto now = current_environment();
  for (const char* key : {"compiler", "instruction_set", "blas_kernels", "threads"})
    REQUIRE(!now.at(key).empty());
  REQUIRE(now.contains("binary"));
  REQUIRE(environment_differences(now, now).empty());
}

TEST_CASE("environment: differences name both sides", "[serial]") {
  REQUIRE(environment_differences({{"threads", "2"}, {"binary", "ab"}},
                                  {{"threads", "1"}, {"binary", ""}, {"more", "x"}}) ==
          std::vector<std::string>{"binary: ab in the file, not known now",
                                   "more: not known in the file, x now",
                                   "threads: 2 in the file, 1 now"});
}
