// Jobs whose data are not in memory.
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/data/dense_design_matrix.hpp>
#include <ansatz/data/source_dataset.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/extension/save_best.hpp>
#include <ansatz/model/layers/rectified_linear.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/session/session.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <dsl/exceptions.hpp>

#include <catch2/catch.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <cstring>
#include <fstream>
#include <vector>

using namespace ansatz;
using Catch::Contains;

namespace {

constexpr int width = 256;

// Numbers of example i: the same whenever they are asked for.
void draw(std::int64_t i, float* x, std::int32_t* label) {
  *label = static_cast<std::int32_t>(i % 3);
  auto state = static_cast<std::uint32_t>(i) * 2654435761u + 12345u;
  for (int k = 0; k < width; ++k) {
    state = state * 1664525u + 1013904223u;
    x[k] = static_cast<float>(state >> 8) * 0x1p-24f + (k % 3 == *label ? .25f : 0);
  }
}

Stream drawn_stream(std::int64_t count, int ahead = 2) {
  Stream out;
  out.columns = {number_column("features", Dims{width}), label_column("targets", 3)};
  out.ahead = ahead;
  out.begin = [count]() -> NextRows {
    return [count, i = std::int64_t{0}](std::int64_t most, std::span<void* const> to) mutable {
      const std::int64_t found = std::min(most, count - i);
      for (std::int64_t row = 0; row < found; ++row, ++i)
        draw(i, static_cast<float*>(to[0]) + row * width, static_cast<std::int32_t*>(to[1]) + row);
      return found;
    };
  };
  return out;
}

template <class Data, class Valid>
Train job_on(const Data& data, const Valid& valid, int epochs) {
  Train job;
  job.dataset = Shared<Dataset>(data);
  job.model = Shared<Model>(
      MLP(VectorSpace(width), RectifiedLinear("h", 8, irange(.05)), Softmax("y", 3, irange(.05))));
  job.algorithm = Shared<TrainingAlgorithm>(
      SGD(learning_rate(.1), batch_size(64), train_iteration_mode("sequential"),
          monitoring_dataset({{"train", data}, {"valid", valid}}),
          termination_criterion(EpochCounter(epochs))));
  return job;
}

struct Outcome {
  std::vector<float> weights;
  std::vector<std::vector<double>> records;
};

Outcome outcome(Session& session) {
  Outcome out;
  const Store& store = session.store();
  const float* w = store.data<float>("h_W");
  out.weights.assign(w, w + store.shape("h_W").count());
  for (const ChannelRecords& each : session.records().channels)
    if (!each.wall_clock) out.records.push_back(each.val_record);
  return out;
}

Outcome trained(const Train& job) {
  Session session(job, build_programs(job, ElementType::float32), {});
  session.run();
  return outcome(session);
}

bool same(const Outcome& a, const Outcome& b) {
  return a.weights == b.weights && a.records == b.records;
}

// Megabytes of memory that are in use now, those of mapped files among them.
double resident() {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  file >> pages >> pages;
  return pages * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

// Notes how much memory there is in use after each batch.
struct Largest final : RunObserver {
  void on_batch(Session&, int) override { most = std::max(most, resident()); }
  void on_monitor(Session&) override { most = std::max(most, resident()); }
  double most = 0;
};

}  // namespace

TEST_CASE("streams: a job on a stream has the numbers of one on a table, bit for bit",
          "[training][source]") {
  constexpr int count = 500;  // not a multiple of the batch
  const SourceDataset streamed{stream(drawn_stream(count))};
  const DenseDesignMatrix table{in_memory(stream(drawn_stream(count)))};
  const Outcome expected = trained(job_on(table, table, 3));
  REQUIRE(expected.records[0].size() == 4);
  CHECK(same(trained(job_on(streamed, streamed, 3)), expected));
  const SourceDataset alone{stream(drawn_stream(count, 0))};
  CHECK(same(trained(job_on(alone, streamed, 3)), expected));
  const SourceDataset shuffled{prefetched(table.load(), 3)};
  CHECK(same(trained(job_on(shuffled, table, 3)), expected));
}

TEST_CASE("streams: a mode that a stream does not have is refused, with what is allowed",
          "[training][source]") {
  const SourceDataset streamed{stream(drawn_stream(100))};
  Train job = job_on(streamed, streamed, 1);
  job.algorithm = Shared<TrainingAlgorithm>(SGD(learning_rate(.1), batch_size(64)));
  RunOptions options;
  options.places[job.dataset.get()] = "job.yaml:3:12: dataset";
  CHECK_THROWS_WITH(trained(job),
                    Contains("train_iteration_mode: shuffled_sequential: the data set can be read "
                             "in its own order only; allowed: sequential, even_sequential"));
}

TEST_CASE("streams: what fails within a stream has the place of its data set",
          "[training][source]") {
  Stream bad = drawn_stream(1000);
  bad.begin = [begin = bad.begin]() -> NextRows {
    return [next = begin(), seen = std::int64_t{0}](std::int64_t most,
                                                    std::span<void* const> to) mutable {
      const std::int64_t found = next(most, to);
      if (seen <= 700 && seen + found > 700)
        static_cast<float*>(to[0])[(700 - seen) * width] = std::nanf("");
      seen += found;
      return found;
    };
  };
  const SourceDataset streamed{stream(bad)};
  Train job = job_on(streamed, DenseDesignMatrix{in_memory(stream(drawn_stream(64)))}, 1);
  RunOptions options;
  options.places[job.algorithm->monitoring_datasets.list[0].dataset.get()] =
      "job.yaml:3:12: dataset";
  Session session(job, build_programs(job, ElementType::float32), options);
  CHECK_THROWS_WITH(session.run(), Contains("job.yaml:3:12: dataset") &&
                                       Contains("the number nan in example 700 is not finite"));
}

TEST_CASE("streams: an epoch of data without end begins where the one before ended",
          "[training][source]") {
  // Three epochs of two batches are one of six.
  const auto run = [](int epochs, int batches) {
    Stream endless = drawn_stream(BatchSource::endless);
    endless.examples = BatchSource::endless;
    const SourceDataset data{stream(endless)};
    Train job;
    job.dataset = Shared<Dataset>(data);
    job.model = job_on(data, data, 1).model;
    job.algorithm = Shared<TrainingAlgorithm>(
        SGD(learning_rate(.1), batch_size(64), batches_per_iter(batches),
            train_iteration_mode("sequential"), termination_criterion(EpochCounter(epochs))));
    return trained(job).weights;
  };
  const std::vector<float> one = run(1, 6);
  CHECK(run(3, 2) == one);
  CHECK(run(2, 2) != one);
}

TEST_CASE("streams: a set much larger than the memory it may take is trained on and monitored",
          "[training][source]") {
  // 150,000 examples are 154 MB; a run may take 24 MB more than it begins with.
  constexpr std::int64_t count = 150'000;
  const SourceDataset large{stream(drawn_stream(count))}, small{stream(drawn_stream(640))};
  Train warm = job_on(small, small, 1);
  (void)trained(warm);
  const double before = resident();
  Train job = job_on(large, large, 1);
  Largest largest;
  RunOptions options;
  options.observer = &largest;
  Session session(job, build_programs(job, ElementType::float32), options);
  session.run();
  const auto& examples = session.records();
  CHECK(examples.examples_seen == count);
  CHECK(examples.at("train_y_misclass").val_record.back() <
        examples.at("train_y_misclass").val_record.front());
  // A sanitizer keeps what was freed, and a shadow of it all.
  if (!ANSATZ_SANITIZED) CHECK(largest.most - before < 24);
  CHECK(static_cast<double>(count) * width * sizeof(float) / 1e6 > 150);
}
