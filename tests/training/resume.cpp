#include <ansatz/algorithm/bgd.hpp>
#include <ansatz/algorithm/rules/adam.hpp>
#include <ansatz/algorithm/rules/polyak_averaging.hpp>
#include <ansatz/algorithm/schedules/cosine_decay.hpp>
#include <ansatz/algorithm/schedules/decay.hpp>
#include <ansatz/algorithm/schedules/epoch_schedules.hpp>
#include <ansatz/algorithm/schedules/step_scale.hpp>
#include <ansatz/extension/on_event.hpp>
#include <ansatz/extension/save_best.hpp>
#include <ansatz/termination/combined.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <ansatz/termination/monitor_based.hpp>
#include <ansatz/termination/patience.hpp>
#include <dsl/exceptions.hpp>

#include "../data/temporary_file.hpp"
#include "resumed.hpp"
#include "small_job.hpp"

#include <catch2/catch.hpp>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

// A cost that depends on the order of examples: the mean of (p0 - x)^2.
struct NearRows : Cost {
  constexpr bool supervised() const override { return false; }
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    return mean(square(model.parameters()[0].value - data["features"].value()));
  }
};

// The same, the rows being moved by random numbers, new ones at each evaluation.
struct NearMovedRows : NearRows {
  constexpr bool is_stochastic() const override { return true; }
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    const AnyExpr& x = data["features"].value();
    return mean(square(model.parameters()[0].value - x - 3 * normal_like(x)));
  }
};

// The same with random numbers drawn at every step.
struct NoisyCost : NearRows {
  constexpr bool is_stochastic() const override { return true; }
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    const AnyExpr x = data["features"].value();
    return mean(square(model.parameters()[0].value - x * AnyExpr(bernoulli_like(x, .5).value())));
  }
};

// Interrupted in and between its six epochs.
template <class Job>
void resumes_in_six_epochs(const Job& job, int batches_per_epoch) {
  const int n = batches_per_epoch;
  const ModelFile whole = resumes_to_the_same_bits(job, {1, n, 3 * n - 1, 5 * n});
  CHECK(whole.monitors.back().epochs_seen == 6);
}

}  // namespace

TEST_CASE("resume: SGD with every kind of schedule goes on to the same bits",
          "[training][resume]") {
  resumes_in_six_epochs(
      [](const auto& interrupt) {
        return Train(Rows(10), Ones(),
                     SGD(learning_rate(.2), batch_size(3), NearRows(), Adam(),
                         ExponentialDecay(1.01, .001), monitoring_dataset(Rows(10)),
                         And(EpochCounter(6), MonitorBased(prop_decrease(.5), N(20)))),
                     PolyakAveraging(1), MonitorBasedLRAdjuster(),
                     MonitorBasedSaveBest("objective", store_best_model(true)), interrupt);
      },
      4);
  resumes_in_six_epochs(
      [](const auto& interrupt) {
        return Train(Rows(10), Ones(),
                     SGD(learning_rate(.2), batch_size(3), NearRows(), Momentum(.3),
                         EpochCounter(6), monitoring_dataset(Rows(10))),
                     MomentumAdjustor(.8, 1, 5), CosineDecay(8, warm_up(1.)), interrupt);
      },
      4);
}

TEST_CASE("resume: KeepBestParams goes on with the next random numbers", "[training][resume]") {
  resumes_in_six_epochs(
      [](const auto& interrupt) {
        return Train(
            Rows(10), Ones(), SGD(learning_rate(.2), batch_size(3), NearRows(), EpochCounter(6)),
            KeepBestParams(Shared<Cost>(NearMovedRows()), Shared<Dataset>(Rows(7)), 3), interrupt);
      },
      4);
}

namespace {

// A program that raises a flag at its n-th call, as Ctrl-C does at any time.
class Interrupting final : public AnyProgram {
 public:
  Interrupting(std::unique_ptr<AnyProgram> program, int& left, std::atomic<bool>& flag)
      : program_(std::move(program)), left_(left), flag_(flag) {}
  void call(const Argument* arguments, int count) override {
    if (--left_ == 0) flag_ = true;
    program_->call(arguments, count);
  }
  ElementType precision() const override { return program_->precision(); }
  int results() const override { return program_->results(); }
  std::string_view result_name(int i) const override { return program_->result_name(i); }
  double number(int i) const override { return program_->number(i); }
  ArrayView result(int i) const override { return program_->result(i); }
  Store store() const override { return program_->store(); }
  void bind(const Store& store) override { program_->bind(store); }
  bool has_setting(std::string_view name) const override { return program_->has_setting(name); }
  void set(std::string_view name, double value) override { program_->set(name, value); }
  double get(std::string_view name) const override { return program_->get(name); }
  void seed(std::uint64_t seed) override { program_->seed(seed); }
  std::uint64_t step_count() const override { return program_->step_count(); }
  void step_count(std::uint64_t count) override { program_->step_count(count); }
  void threads(int count) override { program_->threads(count); }
  void check(bool on) override { program_->check(on); }
  const ir::PlanView& plan() const override { return program_->plan(); }
  int loops() const override { return program_->loops(); }
  int compiled_loops() const override { return program_->compiled_loops(); }

 private:
  std::unique_ptr<AnyProgram> program_;
  int& left_;
  std::atomic<bool>& flag_;
};

// A job of BGD after all its epochs, interrupted at the n-th call of its line searches.
ModelFile after_calls(const char* how, int n, bool& within) {
  const TemporaryFolder folder;
  Train job(Rows(10), Ones(),
            BGD(batch_size(4), NearRows(), method(how), EpochCounter(3), conjugate(true),
                updates_per_batch(4), reset_alpha(false), reset_conjugate(false),
                monitoring_dataset(Rows(10))));
  job.save_path = (folder.path() + "/model.ansatz").c_str();
  job.save_freq = 1;
  std::atomic<bool> interrupt{false};
  int left = n;
  const auto run = [&](bool resume) {
    JobPrograms programs = build_programs(job, ElementType::float32);
    for (JobProgram& each : programs)
      if (each.name == "objective" || each.name == "direction")
        each.program = std::make_unique<Interrupting>(std::move(each.program), left, interrupt);
    RunOptions options;
    options.interrupt = &interrupt;
    options.resume = resume;
    Session(job, std::move(programs), options).run();
  };
  run(false);
  while (interrupt) {
    const StateValues values = read_model_file(job.save_path.c_str()).values;
    within = within || state_value<std::int64_t>(values, "algorithm.searches_done") > 0;
    interrupt = false;
    left = 7;  // and again
    run(true);
  }
  ModelFile file = read_model_file(job.save_path.c_str());
  file.job_yaml.clear();
  return file;
}

}  // namespace

TEST_CASE("resume: BGD ends after a line search, and goes on with the next to the same bits",
          "[training][resume]") {
  for (const char* how : {"gradient", "lbfgs"}) {
    bool within = false;
    const ModelFile whole = after_calls(how, 0, within);
    for (const int n : {1, 2, 3, 5, 8, 13, 21, 34}) {
      INFO(how << ", interrupted at call " << n);
      std::string differences;
      for (const std::string& each : compare(whole, after_calls(how, n, within)))
        differences += each + "\n";
      CHECK(differences == "");
    }
    CHECK(within);
  }
}

TEST_CASE("resume: BGD goes on to the same bits", "[training][resume]") {
  for (const char* how : {"gradient", "lbfgs"}) {
    resumes_in_six_epochs(
        [how](const auto& interrupt) {
          return Train(Rows(10), Ones(),
                       BGD(batch_size(4), NearRows(), method(how),
                           And(EpochCounter(6), PatienceBasedTermCrit(.01, 9)), conjugate(true),
                           updates_per_batch(3), reset_alpha(false), reset_conjugate(false),
                           monitoring_dataset(Rows(10))),
                       BacktrackingStepShrinker("objective", .7, .01, scale_up(1.2)), interrupt);
        },
        3);
  }
}

namespace {

// Interrupts before the first batch of the epoch that follows `epoch`.
struct AtEpochStart : RunObserver {
  std::atomic<bool>& interrupt;
  int epoch;
  AtEpochStart(std::atomic<bool>& flag, int number) : interrupt(flag), epoch(number) {}
  void on_epoch_start(Session& session, std::int64_t) override {
    if (session.records().epochs_seen == epoch) interrupt = true;
  }
};

Train drawn_job(const std::string& path, int epochs) {
  return Train(Rows(10), Ones(),
               SGD(learning_rate(.2), batch_size(3), NoisyCost(), EpochCounter(epochs),
                   monitoring_dataset(Rows(10))),
               save_path(path.c_str()), save_freq(1));
}
// Runs the job and returns the file it leaves.
ModelFile file_after(const Train& job, const RunOptions& options) {
  SmallRun(job, ElementType::float32, options).run();
  return read_model_file(job.save_path.c_str());
}

}  // namespace

TEST_CASE("resume: an interrupt before the first batch of an epoch loses and repeats nothing",
          "[training][resume]") {
  const TemporaryFolder folder;
  const ModelFile whole = file_after(drawn_job(folder.path() + "/whole", 4), {});
  const Train job = drawn_job(folder.path() + "/parts", 4);
  std::atomic<bool> interrupt{false};
  AtEpochStart observer(interrupt, 2);
  RunOptions options;
  options.interrupt = &interrupt;
  options.observer = &observer;
  const ModelFile part = file_after(job, options);
  CHECK(part.monitors.back().epochs_seen == 2);
  CHECK(part.monitors.back().at("objective").val_record.size() == 3);
  options = {};
  options.resume = true;
  ModelFile rest = file_after(job, options);
  rest.job_yaml = whole.job_yaml;
  CHECK(compare(whole, rest).empty());
}

TEST_CASE("resume: the seed is that of the saved run; another one is refused",
          "[training][resume]") {
  const TemporaryFolder folder;
  RunOptions options;
  options.seed = 3;
  const ModelFile whole = file_after(drawn_job(folder.path() + "/whole", 4), options);
  const Train job = drawn_job(folder.path() + "/parts", 4);
  options.time_budget = 1e-9;
  CHECK(file_after(job, options).monitors.back().time_budget_exceeded);
  options.time_budget = 0;
  options.resume = true;
  options.seed = 4;
  CHECK_THROWS_WITH(file_after(job, options), Catch::Contains("seed"));
  options.seed.reset();
  ModelFile rest = file_after(job, options);
  rest.job_yaml = whole.job_yaml;
  CHECK(compare(whole, rest).empty());
}

TEST_CASE("resume: a finished run goes on when its job ends later, and says what differs",
          "[training][resume]") {
  struct Warnings : RunObserver {
    std::string text;
    void on_warning(Session&, const std::string& line) override { text += line + "\n"; }
  };
  const TemporaryFolder folder;
  const ModelFile whole = file_after(drawn_job(folder.path() + "/whole", 4), {});
  const std::string path = folder.path() + "/parts";
  file_after(drawn_job(path, 2), {});
  Warnings warnings;
  RunOptions options;
  options.resume = true;
  options.observer = &warnings;
  CHECK(file_after(drawn_job(path, 2), options).monitors.back().epochs_seen == 2);
  CHECK_THAT(warnings.text, Catch::Contains("nothing to resume"));
  warnings.text.clear();
  ModelFile rest = file_after(drawn_job(path, 4), options);
  CHECK_THAT(warnings.text, Catch::Contains("max_epochs: 2") && Catch::Contains("max_epochs: 4"));
  rest.job_yaml = whole.job_yaml;
  CHECK(compare(whole, rest).empty());
}

TEST_CASE("monitor: the sizes of batches are the training's only where none is given",
          "[training][session]") {
  const auto sizes = [](const auto&... options) {
    return Train(Rows(10), Ones(),
                 SGD(learning_rate(.1), batch_size(5), batches_per_iter(2), SumCost(), options...))
        .monitoring_batches();
  };
  CHECK(sizes().batch_size == 5);
  CHECK(sizes().num_batches == 0);
  CHECK(sizes(monitoring_batches(3)).batch_size == 5);
  CHECK(sizes(monitoring_batches(3)).num_batches == 3);
  CHECK(sizes(monitoring_batch_size(4)).batch_size == 4);
  CHECK(sizes(monitoring_batch_size(4)).num_batches == 0);
}

TEST_CASE("resume: numbers that no run can have saved are refused, by name", "[training][resume]") {
  const auto refused = [](const auto& algorithm, const char* name, const StateValue& value) {
    const TemporaryFolder folder;
    Train train(Rows(10), Ones(), algorithm, PolyakAveraging(1));
    train.save_path = (folder.path() + "/model.ansatz").c_str();
    train.save_freq = 1;
    SmallRun(train).run();
    ModelFile file = read_model_file(train.save_path.c_str());
    REQUIRE(file.values.contains(name));
    file.values[name] = value;
    write_model_file(train.save_path.c_str(), file);
    RunOptions options;
    options.resume = true;
    try {
      SmallRun(train, ElementType::float64, options).run();
    } catch (const FileError& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  const SGD sgd(learning_rate(.2), batch_size(3), NearRows(), EpochCounter(2));
  const BGD bgd(batch_size(4), NearRows(), EpochCounter(2));
  const BGD lbfgs(batch_size(4), NearRows(), EpochCounter(2), method("lbfgs"));
  const auto whole = [](std::int64_t n) { return StateValue(n); };
  CHECK_THAT(refused(sgd, "algorithm.batches_done", whole(4)), Contains("batches_done is 4"));
  CHECK_THAT(refused(sgd, "algorithm.batches_done", whole(-1)), Contains("batches_done is -1"));
  CHECK_THAT(refused(sgd, "extensions[0].updates", whole(-1)), Contains("-1 as 'updates'"));
  CHECK_THAT(refused(bgd, "algorithm.steps", std::vector<double>{.5, 0}), Contains("steps has 0"));
  CHECK_THAT(refused(lbfgs, "algorithm.lbfgs_next", whole(10)), Contains("lbfgs_next is 10"));
}
