// Windows of images that change from epoch to epoch.
#include <ansatz/base/random_state.hpp>
#include <ansatz/data/source_dataset.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/extension/on_event.hpp>
#include <ansatz/extension/window_and_flip.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <dsl/exceptions.hpp>

#include "../data/temporary_file.hpp"
#include "../training/small_job.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <set>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Vector = std::vector<double>;

constexpr int images = 30, rows = 5, columns = 6, colours = 2;

// Every pixel another number.
Vector pixels() {
  Vector x;
  for (int i = 0; i < images * rows * columns * colours; ++i) x.push_back(i + 1);
  return x;
}
SourceDataset photographs() {
  std::vector<std::int32_t> labels;
  for (int i = 0; i < images; ++i) labels.push_back(i % 2);
  return SourceDataset(std::make_shared<const Table>(
      Table({image_column("features", pixels(), rows, columns, colours),
             label_column("targets", labels, 2)})));
}
Vector values(const BatchSource& data, int width) {
  const auto cursor = data.open();
  const RowsView view = cursor->read({0, data.examples(), nullptr});
  Vector x(static_cast<std::size_t>(view.size() * width));
  Table::gather(view.columns[0], view.subset, ElementType::float64, x.data());
  return x;
}

struct Cut {
  int row, column;
  bool flipped;
  bool operator<(const Cut& o) const {
    return std::tuple(row, column, flipped) < std::tuple(o.row, o.column, o.flipped);
  }
};
// Which window of image i it is, 0 being what lies beyond; row 99: none.
Cut found(const Vector& x, int i, int height, int width, int zeros) {
  for (int row = -zeros; row <= rows + zeros - height; ++row)
    for (int column = -zeros; column <= columns + zeros - width; ++column)
      for (const bool flipped : {false, true}) {
        bool same = true;
        for (int r = 0; r < height && same; ++r)
          for (int c = 0; c < width && same; ++c)
            for (int k = 0; k < colours && same; ++k) {
              const int y = row + r, z = column + (flipped ? width - 1 - c : c);
              const bool there = y >= 0 && y < rows && z >= 0 && z < columns;
              const double pixel = there ? ((i * rows + y) * columns + z) * colours + k + 1 : 0;
              same = x[static_cast<std::size_t>(((i * height + r) * width + c) * colours + k)] ==
                     pixel;
            }
        if (same) return {row, column, flipped};
      }
  return {99, 99, false};
}

template <class... O>
Train job_of(int width, int epochs, const O&... parts) {
  return Train(MLP(VectorSpace(width), Softmax("y", 2, irange(.001))),
               SGD(learning_rate(1e-9), batch_size(7), EpochCounter(epochs)), parts...);
}

}  // namespace

TEST_CASE("WindowAndFlip: every window is a crop, flipped or not, and another in each epoch",
          "[extension][window_and_flip]") {
  // Fact 37.
  for (const int zeros : {0, 2}) {
    const Shared<Dataset> train(photographs());
    std::vector<Vector> seen;
    Train job =
        job_of(3 * 4 * colours, 3,
               WindowAndFlip(RowsColumns(3, 4), randomize({train}), pad_randomized(zeros)),
               on_monitor([&](Session& s) { seen.push_back(values(*s.data(), 3 * 4 * colours)); }));
    job.dataset = train;
    SmallRun run(job);
    run.run();
    REQUIRE(seen.size() == 4);
    std::set<Cut> kinds;
    int flipped = 0;
    for (const Vector& x : seen)
      for (int i = 0; i < images; ++i) {
        const Cut cut = found(x, i, 3, 4, zeros);
        REQUIRE(cut.row != 99);
        kinds.insert(cut);
        flipped += cut.flipped;
      }
    CHECK(seen[0] != seen[1]);
    CHECK(seen[1] != seen[2]);
    CHECK(flipped > 40);
    CHECK(flipped < 80);
    // 3 x 3 places, or 7 x 7, each flipped or not.
    CHECK(kinds.size() > (zeros ? 50u : 17u));
    CHECK(in_memory(run.session.data()).column("targets").labels == 2);
  }
}

TEST_CASE("WindowAndFlip: drawn as Pylearn2 draws", "[extension][window_and_flip]") {
  // By the C library's rand_r, from a seed that NumPy's generator gives for each epoch: as in
  // pylearn2.utils._window_flip. The first windows are drawn in setup, others after each record.
  const Shared<Dataset> train(photographs());
  Vector seen;
  Train job = job_of(2 * 2 * colours, 1, WindowAndFlip(RowsColumns(2), randomize({train})),
                     on_monitor([&](Session& s) {
                       if (s.records().epochs_seen == 0) seen = values(*s.data(), 2 * 2 * colours);
                     }));
  // Asked before the extension draws again.
  std::swap(job.extensions[0], job.extensions[1]);
  job.dataset = train;
  SmallRun(job).run();
  RandomState random({2013, 2, 20});
  auto seed = static_cast<unsigned>(random.randint(1, std::int64_t{1} << 32));
  for (int i = 0; i < images; ++i) {
    const int row = rand_r(&seed) % 4, column = rand_r(&seed) % 5;
    const bool flip = rand_r(&seed) % 2;
    const Cut cut = found(seen, i, 2, 2, 0);
    CHECK(cut.row == row);
    CHECK(cut.column == column);
    CHECK(cut.flipped == flip);
  }
}

TEST_CASE("WindowAndFlip: the middle, one window for all epochs, no flips",
          "[extension][window_and_flip]") {
  const Shared<Dataset> train(photographs()), middle{photographs()};
  std::vector<Vector> seen;
  Train job = job_of(
      3 * 4 * colours, 2, WindowAndFlip(RowsColumns(3, 4), randomize_once({train}), flip(false)),
      on_monitor([&](Session& s) { seen.push_back(values(*s.data(), 3 * 4 * colours)); }));
  job.dataset = train;
  SmallRun(job).run();
  CHECK(seen[0] == seen[1]);
  CHECK(seen[1] == seen[2]);
  for (int i = 0; i < images; ++i) CHECK_FALSE(found(seen[0], i, 3, 4, 0).flipped);

  Train centred = job_of(3 * 4 * colours, 1, WindowAndFlip(RowsColumns(3, 4), center({middle})));
  centred.dataset = middle;
  SmallRun run(centred);
  run.run();
  const Vector x = values(*run.session.data(), 3 * 4 * colours);
  for (int i = 0; i < images; ++i) {
    const Cut cut = found(x, i, 3, 4, 0);
    CHECK(cut.row == 1);
    CHECK(cut.column == 1);
    CHECK_FALSE(cut.flipped);
  }
  // Of data that a trained model is given: the middle of what is larger, the rest as it is.
  const WindowAndFlip how(RowsColumns(3, 4));
  const auto raw = photographs().load();
  CHECK(values(*how.read_new(raw), 3 * 4 * colours) == x);
  CHECK(how.read_new(run.session.data()) == run.session.data());
}

TEST_CASE("WindowAndFlip: resumed with the same windows", "[extension][window_and_flip]") {
  const TemporaryFolder folder;
  std::atomic<bool> interrupt{false};
  const auto run_with = [&](int batches, bool resume) {
    const Shared<Dataset> train(photographs());
    std::vector<Vector> seen;
    int count = 0;
    interrupt = false;
    Train job = job_of(3 * 4 * colours, 3,
                       WindowAndFlip(RowsColumns(3, 4), randomize({train}), pad_randomized(1)),
                       on_batch([&](Session& s) {
                         seen.push_back(values(*s.data(), 3 * 4 * colours));
                         interrupt = ++count == batches;
                       }));
    job.dataset = train;
    job.save_path = (folder.path() + "/m.ansatz").c_str();
    job.save_freq = 1;
    RunOptions options;
    options.resume = resume;
    options.interrupt = &interrupt;
    SmallRun run(job, ElementType::float64, options);
    run.session.run();
    return std::pair(seen, Vector{run.value("softmax_W", 0), run.value("softmax_W", 9)});
  };
  const auto whole = run_with(0, false);
  const auto part = run_with(7, false);  // in the second epoch
  CHECK(part.first.size() == 7);
  const auto rest = run_with(0, true);
  std::vector<Vector> both = part.first;
  both.insert(both.end(), rest.first.begin(), rest.first.end());
  CHECK(both == whole.first);
  CHECK(rest.second == whole.second);
}

TEST_CASE("WindowAndFlip: from YAML, and what does not fit", "[extension][window_and_flip]") {
  const auto job = [](const std::string& keys, const char* shape = "[4, 4]") {
    return std::string(R"(
!obj:Train {
  dataset: &train !obj:DenseDesignMatrix {
    topo_view: !obj:numpy.random.normal { size: [20, 6, 6, 3] },
    y: !obj:numpy.random.randint { low: 0, high: 3, size: [20] }, y_labels: 3 },
  model: !obj:MLP {
    input_space: !obj:Conv2DSpace { shape: )") +
           shape + R"(, num_channels: 3 },
    layers: [ !obj:Softmax { layer_name: y, n_classes: 3, irange: .1 } ] },
  algorithm: !obj:SGD { learning_rate: .1, batch_size: 5, monitoring_dataset: {
      train: *train, valid: &valid !obj:DenseDesignMatrix {
        topo_view: !obj:numpy.random.normal { size: [8, 7, 7, 3] },
        y: !obj:numpy.random.randint { low: 0, high: 3, size: [8] }, y_labels: 3 } },
    termination_criterion: !obj:EpochCounter { max_epochs: 2 } },
  extensions: [ !obj:pylearn2.train_extensions.window_flip.WindowAndFlip { )" +
           keys + " } ]\n}\n";
  };
  const Job good = load_job_text(
      "job.yaml",
      job("window_shape: [4, 4], rng: [2013, 2, 20], randomize: [ *train ], center: [ *valid ]"));
  SmallRun run(*good.phases.at(0).train);
  run.run();
  CHECK(run.record("valid_y_nll").size() == 3);
  CHECK_THROWS_WITH(load_job_text("job.yaml", job("window_shape: [4, 4], randomize: [ *train ]")),
                    Contains("monitoring_dataset.valid") && Contains("Conv2DSpace(7, 7, 3)"));
  const Job large = load_job_text(
      "job.yaml", job("window_shape: [9, 9], randomize: [ *train ], center: [ *valid ]", "[9, 9]"));
  CHECK_THROWS_WITH(SmallRun(*large.phases.at(0).train).run(),
                    (Contains("window_shape is 9 x 9") && Contains("7 x 7")) || Contains("6 x 6"));
  CHECK_THROWS_WITH(load_job_text("job.yaml", job("window_shape: [0, 4]")), Contains("0 x 4"));
}
