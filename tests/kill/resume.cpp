// A run is killed again and again, at random and while it saves, and goes on each time; what comes
// out is what comes out of a run that was left alone. ANSATZ_TEST_KILLS: so many kills.
#include <catch2/catch.hpp>

#include <ansatz/algorithm/schedules/decay.hpp>
#include <ansatz/algorithm/schedules/epoch_schedules.hpp>
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/cost/supervised/dropout.hpp>
#include <ansatz/data/dense_design_matrix.hpp>
#include <ansatz/data/sets/digit_stream.hpp>
#include <ansatz/data/tables.hpp>
#include <ansatz/files/atomic_file.hpp>
#include <ansatz/model/layers/rectified_linear.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/session/session.hpp>
#include <ansatz/termination/epoch_counter.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <random>
#include <string>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ansatz;

namespace {

// What the run tells the test that kills it, in memory both have.
struct Shared_ {
  volatile int instant = -1;  // of the save under way; -1: it trains
  volatile int wanted = -1;   // the instant at which the run waits to be killed; -1: none
  volatile int skip = 0;      // so many such instants are let pass
  volatile int waits = 0;
  volatile int tasks = 0;  // threads at the end of a run
};
Shared_* shared = nullptr;

int observe(SaveInstant instant, std::int64_t) {
  const int now = static_cast<int>(instant);
  shared->instant = instant == SaveInstant::finished ? -1 : now;
  if (now != shared->wanted) return 0;
  const int left = shared->skip;
  shared->skip = left - 1;
  if (left <= 0) {
    shared->waits = 1;
    for (;;) pause();
  }
  return 0;
}

struct Silent : RunObserver {};

Train job_of(const DenseDesignMatrix& data, const std::string& path, int units, int batch) {
  return Train(data,
               MLP(VectorSpace(784), RectifiedLinear("h0", units, irange(.05)),
                   Softmax("y", 10, irange(0.))),
               SGD(learning_rate(.05), batch_size(batch), Momentum(.5), EpochCounter(8), Dropout(),
                   ExponentialDecay(1.001, 1e-5), monitoring_dataset(data)),
               MomentumAdjustor(.9, 1, 6), save_path(path.c_str()), save_freq(1));
}

int tasks_of_this_process() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return static_cast<int>(std::distance(begin(tasks), end(tasks)));
}

void run_once(const Train& job, bool resume, int threads) {
  Silent silent;
  RunOptions options;
  options.resume = resume;
  options.seed = 7;
  options.threads = threads;
  options.observer = &silent;
  Session session(job, build_programs(job, ElementType::float32), options);
  session.run();
  shared->tasks = tasks_of_this_process();
}

enum class Ended { finished, killed };

// Runs in a process of its own, where OpenMP may have threads that no fork has seen, and kills it
// after `microseconds`, or at the wanted instant. never: it is left alone.
constexpr int never = -1;
Ended run_and_kill(const Train& job, bool resume, int threads, int microseconds) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    AtomicFile::observe(observe);
    try {
      run_once(job, resume, threads);
    } catch (const std::exception& e) {
      std::fprintf(stderr, "the run failed: %s\n", e.what());
      _exit(1);
    }
    _exit(0);
  }
  int status = 0;
  if (microseconds == never) {
    waitpid(child, &status, 0);
    REQUIRE(WIFEXITED(status));
    REQUIRE(WEXITSTATUS(status) == 0);
    return Ended::finished;
  }
  if (shared->wanted >= 0) {
    while (!shared->waits && waitpid(child, &status, WNOHANG) == 0) usleep(200);
  } else {
    usleep(static_cast<useconds_t>(microseconds));
  }
  if (shared->waits || waitpid(child, &status, WNOHANG) == 0) {
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
  }
  if (WIFSIGNALED(status)) {
    REQUIRE(WTERMSIG(status) == SIGKILL);
    return Ended::killed;
  }
  REQUIRE(WEXITSTATUS(status) == 0);
  return Ended::finished;
}

// The number asked for, or another by the environment.
int kills_wanted(int by_default) {
  const char* const set = std::getenv("ANSATZ_TEST_KILLS");
  return set ? std::max(std::atoi(set), 1) : by_default;
}

void kill_and_resume(int threads, int wanted, int units, int batch) {
  void* memory =
      mmap(nullptr, sizeof(Shared_), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  shared = new (memory) Shared_;

  const auto folder =
      std::filesystem::temp_directory_path() / ("ansatz-kill-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  const std::string alone = (folder / "alone.ansatz").string();
  const std::string path = (folder / "killed.ansatz").string();
  const DenseDesignMatrix data(digits_table(DigitStream(3).digits(0, 400)));
  run_and_kill(job_of(data, alone, units, batch), false, threads, never);
  const ModelFile expected = read_model_file(alone);
  const Train job = job_of(data, path, units, batch);

  constexpr int instants = 6;
  std::array<int, instants + 1> fell{};  // the last: while training
  std::mt19937 random(11);
  int kills = 0, whole_runs = 0, tasks = 0;
  const auto left_over = [&] {
    int n = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      n += entry.path().filename().string().starts_with(".killed");
    return n;
  };
  for (int attempt = 0; attempt < 10 * wanted && (kills < wanted || whole_runs < 3); ++attempt) {
    *shared = Shared_{};
    const bool kill = kills < wanted;
    // Every second one is aimed at an instant between the opening of the temporary file and the
    // end of the renaming; the others fall where they fall.
    if (attempt % 2 == 0 && kill) {
      shared->wanted = static_cast<int>(random() % (instants - 1));
      shared->skip = static_cast<int>(random() % 2);
    }
    const int delay = kill ? static_cast<int>(random() % 60'000) : never;
    const Ended ended = run_and_kill(job, true, threads, delay);
    tasks = std::max(tasks, int{shared->tasks});
    if (ended == Ended::killed) {
      ++kills;
      ++fell[static_cast<std::size_t>(shared->instant < 0 ? instants : shared->instant)];
      if (std::filesystem::exists(path)) REQUIRE_NOTHROW(read_model_file(path));
      continue;
    }
    ++whole_runs;
    ModelFile found = read_model_file(path);
    found.job_yaml = expected.job_yaml;  // which names another save_path
    const auto differences = compare(expected, found);
    for (const std::string& line : differences) UNSCOPED_INFO(line);
    REQUIRE(differences.empty());
    std::filesystem::remove(path);
  }
  const char* names[] = {"opened", "writing", "written", "synced", "renamed", "finished"};
  int in_save = 0;
  for (int i = 0; i < instants; ++i) {
    std::printf("%d threads: killed after \"%s\": %d\n", threads, names[i],
                fell[static_cast<std::size_t>(i)]);
    in_save += fell[static_cast<std::size_t>(i)];
  }
  std::printf("%d threads: %d kills, %d of them while training; runs that came to their end: %d\n",
              threads, kills, fell[instants], whole_runs);
  CHECK(kills >= wanted);
  CHECK(in_save >= wanted * 3 / 10);
  CHECK(whole_runs >= 3);
  CHECK(tasks >= threads);
  // What the last kill left behind goes with the next save. The last run may have been a killed
  // one, whose wish must not hold for this.
  *shared = Shared_{};
  run_and_kill(job, true, threads, never);
  CHECK(left_over() == 0);
  std::filesystem::remove_all(folder);
  munmap(memory, sizeof(Shared_));
}

}  // namespace

TEST_CASE("resume: a run killed 200 times ends as one that was left alone", "[kill]") {
  kill_and_resume(1, kills_wanted(200), 40, 20);
}

TEST_CASE("resume: so does one of two threads", "[kill]") {
  kill_and_resume(2, kills_wanted(60), 100, 100);
}
