#include <ansatz/extension/on_event.hpp>
#include <ansatz/extension/save_best.hpp>
#include <ansatz/termination/combined.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <ansatz/termination/monitor_based.hpp>
#include <ansatz/termination/patience.hpp>
#include <ansatz/training/adam.hpp>
#include <ansatz/training/bgd.hpp>
#include <ansatz/training/cosine_decay.hpp>
#include <ansatz/training/decay.hpp>
#include <ansatz/training/epoch_schedules.hpp>
#include <ansatz/training/polyak_averaging.hpp>
#include <ansatz/training/step_scale.hpp>

#include "../data/temporary_file.hpp"
#include "small_job.hpp"

#include <catch2/catch.hpp>

using namespace ansatz;
using namespace ansatz::testing;

namespace {

// A cost that depends on the order of examples: the mean of (p0 - x)^2.
struct NearRows : Cost {
  constexpr bool supervised() const override { return false; }
  constexpr AnyExpr expr(const Model& model, const Data& data) const override {
    return mean(square(model.parameters()[0].value - data["features"].value()));
  }
};

// What a job is after six epochs; or when it was interrupted after `batches` and resumed.
template <class Job>
ModelFile model_after(const Job& job, int batches) {
  const TemporaryFolder folder;
  std::atomic<bool> interrupt{false};
  RunOptions options;
  options.interrupt = &interrupt;
  int seen = 0;
  Train train = job(on_batch([&](Session&) {
    if (++seen == batches) interrupt = true;
  }));
  train.save_path = (folder.path() + "/model.ansatz").c_str();
  train.save_freq = 1;
  SmallRun(train, ElementType::float32, options).run();
  if (batches > 0) {
    interrupt = false;
    options.resume = true;
    SmallRun(train, ElementType::float32, options).run();
  }
  ModelFile file = read_model_file(train.save_path.c_str());
  file.job_yaml.clear();  // it has the folder's name
  return file;
}

template <class Job>
void resumes_to_the_same_bits(const Job& job, int batches_per_epoch) {
  const ModelFile whole = model_after(job, 0);
  CHECK(whole.monitors.back().epochs_seen == 6);
  for (const int batches : {1, batches_per_epoch, 3 * batches_per_epoch - 1,
                            5 * batches_per_epoch}) {
    INFO("interrupted after " << batches << " batches");
    std::string differences;
    for (const std::string& each : compare(whole, model_after(job, batches)))
      differences += each + "\n";
    CHECK(differences == "");
  }
}

}  // namespace

TEST_CASE("resume: SGD with every kind of schedule goes on to the same bits",
          "[training][resume]") {
  resumes_to_the_same_bits(
      [](const auto& interrupt) {
        return Train(Rows(10), Ones(),
                     SGD(learning_rate(.2), batch_size(3), NearRows(), Adam(),
                         ExponentialDecay(1.01, .001), monitoring_dataset(Rows(10)),
                         And(EpochCounter(6), MonitorBased(prop_decrease(.5), N(20)))),
                     PolyakAveraging(1),
                     MonitorBasedLRAdjuster(),
                     MonitorBasedSaveBest("objective", store_best_model(true)), interrupt);
      },
      4);
  resumes_to_the_same_bits(
      [](const auto& interrupt) {
        return Train(Rows(10), Ones(),
                     SGD(learning_rate(.2), batch_size(3), NearRows(), Momentum(.3),
                         EpochCounter(6), monitoring_dataset(Rows(10))),
                     MomentumAdjustor(.8, 1, 5), CosineDecay(8, warm_up(1.)), interrupt);
      },
      4);
}

TEST_CASE("resume: BGD goes on to the same bits", "[training][resume]") {
  for (const char* how : {"gradient", "lbfgs"}) {
    resumes_to_the_same_bits(
        [how](const auto& interrupt) {
          return Train(Rows(10), Ones(),
                       BGD(batch_size(4), NearRows(), method(how),
                           And(EpochCounter(6), PatienceBasedTermCrit(.01, 9)),
                           conjugate(true), updates_per_batch(3), reset_alpha(false),
                           reset_conjugate(false), monitoring_dataset(Rows(10))),
                       BacktrackingStepShrinker("objective", .7, .01, scale_up(1.2)), interrupt);
        },
        3);
  }
}
