// A list of jobs from C++: models that go on, files that are saved, a list that is resumed.
#include <ansatz/extension/on_event.hpp>
#include <ansatz/model/layers/pretrained_layer.hpp>
#include <ansatz/model/layers/sigmoid.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/session/phases.hpp>
#include <ansatz/termination/epoch_counter.hpp>

#include "../data/temporary_file.hpp"
#include "small_job.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <filesystem>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

template <class... O>
Train summing_job(const Shared<Model>& model, int epochs, const O&... options) {
  return Train(Rows(10), model,
               SGD(learning_rate(.5), batch_size(5), SumCost(), EpochCounter(epochs),
                   monitoring_dataset(Rows(10))),
               options...);
}

double value_of(const ModelFile& file, std::string_view name) {
  for (const NamedTensor& each : file.parameters)
    if (each.name == name) return each.data<double>() ? *each.data<double>() : *each.data<float>();
  throw NameError("no such parameter");
}

const std::vector<double>& objective_of(const ModelFile& file) {
  return file.monitors.back().at("objective").val_record;
}

PhasesOptions in_double() {
  PhasesOptions options;
  options.start = [](const Phase& phase, RunOptions&) {
    return build_programs(*phase.train, ElementType::float64);
  };
  return options;
}

}  // namespace

TEST_CASE("phases: a model that two jobs have a handle to goes on, with its records",
          "[training][phases]") {
  const Shared<Model> shared(Ones{});
  std::vector<Phase> phases;
  phases.emplace_back(summing_job(shared, 2), "first");
  phases.emplace_back(summing_job(Shared<Model>(Ones()), 1), "another");
  phases.emplace_back(summing_job(shared, 5), "last");
  std::vector<std::string> names;
  PhasesOptions options = in_double();
  options.start = [&, start = options.start](const Phase& phase, RunOptions& run) {
    names.push_back(phase.name);
    return start(phase, run);
  };
  const PhasesEnd end = run_phases(phases, options);
  CHECK(names == std::vector<std::string>{"first", "another", "last"});
  CHECK(end.end == RunEnd::finished);
  CHECK(end.last == 2);
  REQUIRE(end.learned.size() == 3);
  // Two updates of -.5 an epoch.
  CHECK(value_of(*end.learned[0].file, "p0") == -1);
  CHECK(value_of(*end.learned[1].file, "p0") == 0);
  CHECK(end.learned[2].model == shared.get());
  CHECK(end.learned[2].file->monitors.back().epochs_seen >= 5);
  CHECK(objective_of(*end.learned[2].file)[0] == 1);
  CHECK(objective_of(*end.learned[2].file)[2] == -1);
  CHECK(objective_of(*end.learned[2].file).back() == value_of(*end.learned[2].file, "p0"));
  CHECK(value_of(*end.learned[2].file, "p0") < -3);
}

TEST_CASE("phases: one that is interrupted ends the list; resumed, it goes on to the same bits",
          "[training][phases]") {
  const TemporaryFolder folder;
  const auto list = [&](const std::string& name, const Shared<Extension>& extension) {
    const Shared<Model> shared(Ones{});
    std::vector<Phase> phases;
    for (const char* stage : {"a", "b"}) {
      Train job = summing_job(shared, 3);
      job.save_path = (folder.path() + "/" + name + stage).c_str();
      job.save_freq = 1;
      job.extensions.push_back(extension);
      phases.emplace_back(job);
    }
    return phases;
  };
  const Shared<Extension> nothing(on_batch([](Session&) {}));
  const PhasesEnd whole = run_phases(list("whole", nothing), in_double());
  std::atomic<bool> interrupt{false};
  int batches = 0;
  PhasesOptions options = in_double();
  options.run.interrupt = &interrupt;
  const Shared<Extension> stops(on_batch([&](Session&) { interrupt = ++batches == 9; }));
  const PhasesEnd first = run_phases(list("part", stops), options);
  CHECK(first.end == RunEnd::interrupted);
  CHECK(first.last == 1);
  CHECK(std::filesystem::exists(folder.path() + "/partb"));
  interrupt = false;
  options.run.resume = true;
  const PhasesEnd resumed = run_phases(list("part", nothing), options);
  CHECK(resumed.end == RunEnd::finished);
  for (std::size_t i : {0U, 1U}) {
    CHECK(value_of(*resumed.learned[i].file, "p0") == value_of(*whole.learned[i].file, "p0"));
    CHECK(objective_of(*resumed.learned[i].file) == objective_of(*whole.learned[i].file));
  }
}

TEST_CASE("phases: a pretrained layer has what the phase before trained its model to",
          "[training][phases]") {
  MLP<> inner;
  inner.nvis = 1;
  inner.layers.push_back(Shared<Layer>(Sigmoid("h", 3, irange(.5))));
  inner.layers.push_back(Shared<Layer>(Softmax("y", 2, irange(.5))));
  (void)inner.places(inner.root());
  const Shared<Model> first(inner);
  MLP<> outer;
  outer.nvis = 1;
  outer.layers.push_back(Shared<Layer>(PretrainedLayer("below", first)));
  outer.layers.push_back(Shared<Layer>(Softmax("top", 2, irange(.5))));
  const auto train = [](const Shared<Model>& model, int epochs) {
    return Train(Rows(10), model, SGD(learning_rate(.1), batch_size(5), EpochCounter(epochs)));
  };
  std::vector<Phase> phases;
  phases.emplace_back(train(first, 3));
  phases.emplace_back(train(Shared<Model>(outer), 0));
  const PhasesEnd end = run_phases(phases, in_double());
  const double learned = value_of(*end.learned[0].file, "h_W");
  bool found = false;
  for (const NamedTensor& each : end.learned[1].file->parameters)
    found = found || *each.data<double>() == learned;
  CHECK(found);
}
