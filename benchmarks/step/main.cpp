// bench_step: training steps in Ansatz, by hand and in PyTorch, side by side. See ../README.md.
#include <omp.h>
#include <unistd.h>
#include <dsl/kernels/gemm.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <stdexcept>

#include "allocations.hpp"
#include "hand.hpp"
#include "timing.hpp"
#include "workload.hpp"

namespace bench {

namespace {

struct Options {
  std::vector<std::string> only;
  std::vector<int> threads = {1, 2};
  Protocol protocol;
  std::string csv, python = "/usr/bin/python3";
  bool torch = true;
};

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts(1);
  for (char c : text)
    if (c == ',')
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

Options options_of(int argc, char** argv) {
  Options o;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--no-torch") {
      o.torch = false;
      continue;
    }
    if (name == "--cpu-time") {
      o.protocol.cpu_time = true;
      continue;
    }
    if (++i == argc) throw std::runtime_error(name + " needs a value");
    const std::string value = argv[i];
    if (name == "--only") {
      o.only = split(value);
    } else if (name == "--threads") {
      o.threads.clear();
      for (const std::string& n : split(value)) o.threads.push_back(std::stoi(n));
    } else if (name == "--rounds") {
      o.protocol.rounds = std::stoi(value);
    } else if (name == "--sample") {
      o.protocol.sample_seconds = std::stod(value) * 1e-3;
    } else if (name == "--csv") {
      o.csv = value;
    } else if (name == "--python") {
      o.python = value;
    } else {
      throw std::runtime_error("unknown option " + name +
                               "; allowed: --only a100,b --threads 1,2 "
                               "--rounds N --sample MILLISECONDS --csv FILE --python PATH "
                               "--no-torch --cpu-time");
    }
  }
  if (o.protocol.cpu_time && o.threads != std::vector<int>{1})
    throw std::runtime_error("--cpu-time is of one thread: --threads 1");
  return o;
}

// Everybody runs without the pin, since it halves the speed of some contestants only.
void without_pin(char** argv) {
  const char* warning = ansatz::blas_warning();
  if (!*warning) return;
  std::printf("%s\nstarting again without it\n", warning);
  std::fflush(stdout);
  unsetenv("OPENBLAS_CORETYPE");
  execv("/proc/self/exe", argv);
  throw std::runtime_error("could not start again; unset OPENBLAS_CORETYPE");
}

struct Entry {
  const char* name;
  std::unique_ptr<Contestant> contestant;
  Samples samples;
  double ours = 0, all = 0;  ///< allocations a step
};

// |a - b| relative to how far `a` has moved from where it started.
double distance(const std::vector<Parameter>& a, const std::vector<Parameter>& b,
                const std::vector<std::vector<float>>& start) {
  double apart = 0, moved = 0;
  for (std::size_t p = 0; p < a.size(); ++p) {
    const auto same = std::find_if(b.begin(), b.end(),
                                   [&](const Parameter& other) { return other.name == a[p].name; });
    if (same == b.end() || same->size != a[p].size)
      throw std::runtime_error("parameters differ: " + a[p].name);
    for (std::int64_t i = 0; i < a[p].size; ++i) {
      apart += std::pow(double(a[p].data[i]) - same->data[i], 2);
      moved += std::pow(double(a[p].data[i]) - start[p][std::size_t(i)], 2);
    }
  }
  return std::sqrt(apart / moved);
}

// Five steps from the same start must give the same costs and the same parameters.
void check_numbers(std::vector<Entry>& entries, const Workload& w, const Data& data, int threads) {
  constexpr int steps = 5;
  const double tolerance = w.tolerance;  // a draw that falls on the other side moves one unit
  const auto by_hand = w.hand(threads, philox(threads));
  initialise(*by_hand, w);
  std::vector<std::vector<float>> start;
  for (const Parameter& p : by_hand->parameters()) start.emplace_back(p.data, p.data + p.size);
  const double expected = by_hand->run(data, 0, steps);
  for (Entry& e : entries) {
    initialise(*e.contestant, w);
    const double cost = e.contestant->run(data, 0, steps);
    const auto parameters = e.contestant->parameters();
    const bool other_draws = w.random && (parameters.empty() || std::strcmp(e.name, "hand") == 0);
    const double apart =
        parameters.empty() || other_draws ? 0 : distance(by_hand->parameters(), parameters, start);
    const double allowed = other_draws ? 0.25 : tolerance;
    if (std::abs(cost - expected) > allowed * std::abs(expected) || !(apart <= tolerance))
      throw std::runtime_error(w.name + ": after 5 steps " + e.name + " has the cost " +
                               std::to_string(cost) + ", by hand it is " +
                               std::to_string(expected) + "; parameters are " +
                               std::to_string(apart) + " apart");
  }
}

void count_allocations(Entry& e, const Data& data) {
  constexpr int steps = 20;
  e.contestant->run(data, 0, 5);
  const Allocations before = allocations();
  e.contestant->run(data, 5, steps);
  const Allocations after = allocations();
  e.ours = double(after.ours - before.ours) / steps;
  e.all = double(after.all - before.all) / steps;
}

std::vector<Entry> entries_of(const Workload& w, const Options& o, int threads) {
  std::vector<Entry> all;
  const auto add = [&](const char* name, std::unique_ptr<Contestant> c) {
    if (c) all.push_back({name, std::move(c), {}});
  };
  add("hand", w.hand(threads, hand::xorshift(threads)));
  add("compiled", program_contestant(w.compiled(), w, threads));
  auto built = ansatz::build(w.function());
  if (built.compiled_loops() != built.loops())
    throw std::runtime_error(w.name + ": not all loops are precompiled");
  add("run-time", program_contestant(std::move(built), w, threads));
  add("interpreted",
      program_contestant(ansatz::build(w.function(), {.compiled_loops = false}), w, threads));
  if (o.torch) add("torch", torch_contestant(o.python, w, threads));
  return all;
}

void print_row(const Workload& w, int threads, const std::vector<Entry>& entries) {
  std::printf("%-9s %d", w.name.c_str(), threads);
  const Samples& by_hand = entries[0].samples;
  for (const Entry& e : entries) {
    std::printf("  %10.5g (%.5g)", 1e3 * e.samples.median(), 1e3 * e.samples.fastest());
    if (&e != &entries[0])
      std::printf(" %5.2f|%.2f", ratio_of_medians(e.samples, by_hand),
                  e.samples.fastest() / by_hand.fastest());
  }
  std::printf("  %g, %g\n", entries[1].ours, entries[1].all);
  std::fflush(stdout);
}

void write_rows(std::FILE* csv, const Workload& w, int threads, const std::vector<Entry>& entries) {
  for (const Entry& e : entries)
    std::fprintf(csv, "%s,%d,%s,%d,%.6g,%.6g,%.6g,%.4f,%.4f,%g,%g\n", w.name.c_str(), threads,
                 e.name, w.batch, 1e3 * e.samples.median(), 1e3 * e.samples.fastest(),
                 1e3 * e.samples.slowest(), ratio_of_medians(e.samples, entries[0].samples),
                 e.samples.fastest() / entries[0].samples.fastest(), e.ours, e.all);
  std::fflush(csv);
}

void compare(const Workload& w, const Options& o, int threads, std::FILE* csv) {
  const Data data = make_data(w);
  std::vector<Entry> entries = entries_of(w, o, threads);
  check_numbers(entries, w, data, threads);
  for (Entry& e : entries) count_allocations(e, data);
  std::vector<Contestant*> contestants;
  for (const Entry& e : entries) contestants.push_back(e.contestant.get());
  std::vector<Samples> samples = measure(contestants, data, o.protocol);
  for (std::size_t i = 0; i < entries.size(); ++i) entries[i].samples = std::move(samples[i]);
  print_row(w, threads, entries);
  if (csv) write_rows(csv, w, threads, entries);
}

void run(int argc, char** argv) {
  without_pin(argv);
  const Options o = options_of(argc, argv);
  omp_set_num_threads(1);  // products outside a team run on one thread
  std::printf("BLAS kernels: %s\n", ansatz::blas_kernels());
  std::printf(
      "milliseconds%s a step: median (fastest) of %d samples of %g ms, all contestants in "
      "each round;\nratios to hand: median of the rounds' | of the fastest\n",
      o.protocol.cpu_time ? " of CPU time" : "", o.protocol.rounds,
      1e3 * o.protocol.sample_seconds);
  std::printf(
      "workload, threads: hand, compiled, run-time plan, interpreted loops%s; allocations "
      "of a compiled step: our own, all\n\n",
      o.torch ? ", torch" : "");
  std::FILE* csv = o.csv.empty() ? nullptr : std::fopen(o.csv.c_str(), "w");
  if (!o.csv.empty() && !csv) throw std::runtime_error("cannot write " + o.csv);
  if (csv)
    std::fprintf(csv,
                 "workload,threads,contestant,batch,median_ms,fastest_ms,slowest_ms,"
                 "to_hand_median,to_hand_fastest,own_allocations,allocations\n");
  std::vector<Workload> all = workloads();
  for (const std::string& name : o.only)
    if (std::none_of(all.begin(), all.end(), [&](const Workload& w) { return w.name == name; }))
      throw std::runtime_error("unknown workload " + name);
  for (const Workload& w : all) {
    if (!o.only.empty() && std::count(o.only.begin(), o.only.end(), w.name) == 0) continue;
    for (int threads : o.threads) compare(w, o, threads, csv);
  }
  if (csv) std::fclose(csv);
  stop_torch();
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  try {
    bench::run(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_step: %s\n", e.what());
    return 1;
  }
}
