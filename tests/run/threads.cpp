// Threads that may not come: a program gives the numbers of the threads it was told, whatever
// OpenMP gives.
#include <dsl/threads.hpp>

#include <omp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include <dsl/exceptions.hpp>

#include "hand_plan.hpp"

using namespace ansatz;
using Catch::Matchers::Contains;

namespace {

constexpr std::size_t rows = 301;
constexpr std::int64_t much_work = 1000000000;

/// Every number of three steps.
std::vector<double> trained(int threads) {
  auto step = hand::Regression(much_work).program<double>();
  step.threads(threads);
  step.store().uniform("W", -1, 1, 5);
  const auto x = hand::numbers<double>(rows * 3);
  const auto label = hand::labels(rows);
  std::vector<double> all;
  for (int i = 0; i < 3; ++i) {
    auto r = step({{"x", view(x.data(), {rows, 3})}, {"label", label}, {"rate", 0.001}});
    for (const char* name : {"y", "total", "sums", "W"})
      all.insert(all.end(), r[name].data(), r[name].data() + r[name].size());
  }
  return all;
}

/// What `trained` gives in a child of this process; nothing when it does not end in 20 seconds.
std::vector<double> trained_in_child(int threads) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    const std::vector<double> all = trained(threads);
    const auto size = static_cast<ssize_t>(all.size() * sizeof(double));
    _exit(write(ends[1], all.data(), static_cast<std::size_t>(size)) == size ? 0 : 1);
  }
  close(ends[1]);
  std::vector<double> all(100000);
  std::size_t bytes = 0;
  for (ssize_t n; (n = read(ends[0], reinterpret_cast<char*>(all.data()) + bytes,
                            all.size() * sizeof(double) - bytes)) > 0;)
    bytes += static_cast<std::size_t>(n);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(status == 0);
  all.resize(bytes / sizeof(double));
  return all;
}

}  // namespace

TEST_CASE("threads: the bits are those of the number asked for, however many come",
          "[run][threads]") {
  const int levels = omp_get_max_active_levels();
  for (int threads : {2, 3, 7}) {
    CAPTURE(threads);
    const std::vector<double> usual = trained(threads);
    omp_set_max_active_levels(0);
    CHECK(available_threads(threads) == 1);
    CHECK_THAT(thread_warning(threads), Contains("OMP_MAX_ACTIVE_LEVELS"));
    const std::vector<double> alone = trained(threads);
    omp_set_max_active_levels(levels);
    CHECK(usual == alone);
    omp_set_dynamic(1);
    CHECK(trained(threads) == usual);
    omp_set_dynamic(0);
  }
  CHECK(available_threads(1) == 1);
  CHECK(thread_warning(1).empty());
}

TEST_CASE("threads: programs called inside a parallel region", "[run][threads]") {
  const std::vector<double> usual = trained(2);
  std::vector<double> inside[2];
#pragma omp parallel num_threads(2)
  {
    const int thread = omp_get_thread_num();
    inside[thread] = trained(2);
    if (omp_get_num_threads() == 1) inside[1] = inside[0];
  }
  CHECK(inside[0] == usual);
  CHECK(inside[1] == usual);
}

TEST_CASE("threads: a process forked after threads were used goes on with one", "[run][threads]") {
  const std::vector<double> usual = trained(2);
  CHECK(trained_in_child(2) == usual);
}

TEST_CASE("threads: a program called from two threads refuses one of them, and counts right",
          "[run][threads]") {
  auto step = hand::Regression(much_work).program<double>();
  const auto x = hand::numbers<double>(rows * 3);
  const auto label = hand::labels(rows);
  std::atomic<int> done{0}, refused{0}, other{0};
  const auto call_often = [&] {
    for (int i = 0; i < 300; ++i) {
      try {
        step({{"x", view(x.data(), {rows, 3})}, {"label", label}, {"rate", 0.001}});
        ++done;
      } catch (const Error& e) {
        ++(std::strstr(e.what(), "in the middle of another call") ? refused : other);
      }
    }
  };
  std::thread first(call_often), second(call_often);
  first.join();
  second.join();
  CHECK(other == 0);
  CHECK(done + refused == 600);
  CHECK(step.step_count() == static_cast<std::uint64_t>(done.load()));
  auto alone = hand::Regression(much_work).program<double>();
  for (int i = 0; i < done; ++i)
    alone({{"x", view(x.data(), {rows, 3})}, {"label", label}, {"rate", 0.001}});
  for (int i = 0; i < 12; ++i)
    REQUIRE(step.store().data<double>("W")[i] == alone.store().data<double>("W")[i]);
}
