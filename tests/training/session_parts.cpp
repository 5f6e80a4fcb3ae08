// The parts of a Session, each by itself: settings, clock, outputs, what resuming demands.
#include <ansatz/algorithm/schedules/epoch_schedules.hpp>
#include <ansatz/extension/save_best.hpp>
#include <ansatz/serial/environment.hpp>
#include <ansatz/session/resume.hpp>
#include <ansatz/termination/epoch_counter.hpp>

#include "../data/temporary_file.hpp"
#include "small_job.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

// Values by the whole path, as StateArchive has them.
class Kept final : public Archive {
 public:
  explicit Kept(bool saving) : saving_(saving) {}
  std::map<std::string, double> values;
  bool saving() const override { return saving_; }
  void operator()(std::string_view name, double& value) override { take(name, value); }
  void operator()(std::string_view name, std::int64_t& value) override { take(name, value); }
  void operator()(std::string_view, bool&) override {}
  void operator()(std::string_view, std::string&) override {}
  void operator()(std::string_view, std::vector<double>&) override {}
  void operator()(std::string_view, RandomState&) override {}
  void enter(std::string_view name) override { prefix_ += std::string(name) + "."; }
  void leave() override {
    prefix_.pop_back();
    while (!prefix_.empty() && prefix_.back() != '.') prefix_.pop_back();
    if (prefix_ == "programs.") prefix_.clear();  // "programs.step" was entered at once
  }

 private:
  template <class T>
  void take(std::string_view name, T& value) {
    double& kept = values[prefix_ + std::string(name)];
    if (saving_)
      kept = static_cast<double>(value);
    else
      value = static_cast<T>(kept);
  }
  bool saving_;
  std::string prefix_;
};

template <class... O>
Train momentum_job(const O&... options) {
  return Train(Rows(), Ones(),
               SGD(learning_rate(.1), batch_size(5), SumCost(), Momentum(.5), EpochCounter(1)),
               options...);
}

std::string message_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("settings: of all programs, and those that none reads", "[training][settings]") {
  const Train job = momentum_job();
  JobPrograms programs = build_programs(job, ElementType::float64);
  Settings settings(programs);
  CHECK(settings.has("momentum"));
  CHECK_FALSE(settings.has("scale_step"));
  CHECK(settings.get("learning_rate") == .1);
  settings.set("learning_rate", .25);
  for (const JobProgram& each : programs)
    if (each.program->has_setting("learning_rate"))
      CHECK(each.program->get("learning_rate") == .25);
  settings.add("scale_step", 2);
  settings.set("scale_step", 3);
  CHECK(settings.all().at("scale_step") == 3);
  CHECK(settings.all().at("learning_rate") == .25);
  CHECK_THAT(message_of([&] { settings.set("learning_rat", 1); }),
             Contains("nearest: learning_rate"));

  Kept saved(true);
  settings.state(saved);
  CHECK(saved.values.at("settings.scale_step") == 3);
  CHECK(saved.values.at("programs.step.learning_rate") == .25);
  JobPrograms others = build_programs(job, ElementType::float64);
  Settings restored(others);
  restored.add("scale_step", 1);
  Kept from(false);
  from.values = saved.values;
  restored.state(from);
  CHECK(restored.all() == settings.all());
}

TEST_CASE("clock: the seconds of a run go on with those of the runs before", "[training][clock]") {
  Clock clock;
  CHECK(clock.seconds() == 0);
  CHECK(clock.since_start() == 0);
  clock.start();
  const double before = clock.since_start(), then = Clock::now();
  while (Clock::now() == then) {
  }
  CHECK(clock.since_start() > before);
  CHECK(clock.seconds() < 1000);
  clock.training = 2, clock.total = 3;
  StateValues saved;
  clock.save(saved);
  saved["seconds"] = 100.;
  Clock next;
  next.restore(saved);
  CHECK(next.seconds() == 100);
  CHECK(next.training == 2);
  CHECK(next.total == 3);
  next.start();
  CHECK(next.seconds() >= 100);
  CHECK(next.since_start() < 100);
}

TEST_CASE("outputs: two on one file, an input, a file that is there", "[training][outputs]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/m.ansatz";
  const auto refused = [&](Train job, bool resumed = false) {
    job.save_path = path.c_str();
    job.save_freq = 1;
    OutputFiles outputs(job);
    if (resumed) outputs.resumed();
    return message_of([&] { outputs.look(); });
  };
  CHECK(refused(momentum_job()) == "");
  CHECK_THAT(refused(momentum_job(MonitorBasedSaveBest("objective", save_path(path.c_str())))),
             Contains("the job saves another model to that file"));
  CHECK_THAT(refused(momentum_job(init_from(path.c_str()))), Contains("the job reads it"));
  SmallRun(momentum_job(save_path(path.c_str()), save_freq(1))).run();
  CHECK(refused(momentum_job()) == "");
  CHECK_THAT(refused(momentum_job(allow_overwrite(false))), Contains(path));
  CHECK(refused(momentum_job(allow_overwrite(false)), true) == "");
}

TEST_CASE("outputs: the first save of a run makes the file its own", "[training][outputs]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/m.ansatz";
  const Train job = momentum_job(save_path(path.c_str()), save_freq(1), allow_overwrite(false));
  OutputFiles outputs(job);
  const auto file = [] {
    ModelFile empty;
    empty.job_yaml = "job";
    return empty;
  };
  outputs.write(path, file);
  outputs.write(path, file);
  CHECK(read_model_file(path).job_yaml == "job");
  OutputFiles other(job);
  CHECK_THAT(message_of([&] { other.write(path, file); }), Contains(path));
}

TEST_CASE("resume: another machine, other data, another job", "[training][resume]") {
  ModelFile file;
  file.environment = current_environment();
  file.environment["threads"] = "1";
  file.values["seed"] = std::int64_t{3};
  file.job_yaml = "a: 1\nb: 2\n";
  file.data["dataset"] = "10 examples";
  RunOptions options;
  CHECK(message_of([&] { require_same_bits(file, options, "m"); }) == "");
  options.threads = 2;
  CHECK_THAT(message_of([&] { require_same_bits(file, options, "m"); }),
             Contains("m: this program would not go on with the same bits") &&
                 Contains("threads") && Contains("--accept-differences"));
  options.threads = 1, options.seed = 4;
  CHECK_THAT(message_of([&] { require_same_bits(file, options, "m"); }), Contains("seed"));

  CHECK(message_of([&] { require_same_data(file, {{"dataset", "10 examples"}}, "m"); }) == "");
  CHECK_THAT(message_of([&] {
               require_same_data(file, {{"dataset", "9 examples"}}, "m");
             }),
             Contains("dataset: 10 examples then, 9 examples now"));
  // What was not looked at when the file was written is no difference.
  file.data["dataset"] = "10 examples; mapped from a file of 8 bytes";
  const std::string now = file.data["dataset"] + ", 1 of its examples 1a2b3c4d";
  CHECK(message_of([&] { require_same_data(file, {{"dataset", now}}, "m"); }) == "");

  CHECK(other_job(file, "a: 1\nb: 2\n", "m") == "");
  CHECK_THAT(other_job(file, "a: 1\nb: 3\n", "m"),
             Contains("saved: b: 2") && Contains("now:   b: 3"));
}
