#include <ansatz/compile/compile.hpp>

#include <ansatz/program/configuration.hpp>

#include "../base/say.hpp"
#include "../base/sha256.hpp"
#include "cache.hpp"
#include "generate.hpp"
#include "load.hpp"
#include "toolchain.hpp"

#include <dsl/exceptions.hpp>
#include <dsl/passes/lower.hpp>
#include <dsl/plan/loops.hpp>

#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <fstream>
#include <sstream>

namespace ansatz {

namespace compiling {

namespace {

constexpr int lines_shown = 8;

std::string first_lines(const std::string& path) {
  std::ifstream in(path);
  std::string text, line;
  for (int i = 0; i < lines_shown && std::getline(in, line); ++i) text += "\n  " + line;
  return text;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// One job's way to its object.
class Making {
 public:
  Making(const LoopSet& loops, unsigned long precision, const CompileOptions& options,
         CompileReport& report)
      : loops_(loops), precision_(precision), options_(options), report_(report) {}

  void run() {
    tools_ = toolchain(options_);
    key_ =
        sha256_of(fmt::format("{}numbers {}\n{}", tools_.identity(), precision_, loops_.canonical));
    const Cache cache(options_.cache_folder.empty() ? loop_cache_folder() : options_.cache_folder,
                      options_.make);
    if (!cache.exists()) return;
    if (take(cache) || !options_.make) return;
    // Another process may have made it while this one waited.
    const MakeLock lock(cache, key_, {options_.patience, std::min(5., options_.patience)},
                        [&](const std::string& what) {
                          if (options_.tell) return options_.tell(what);
                          say(stderr, "{}\n", what);
                        });
    if (take(cache)) return;
    make(cache, lock.work());
    if (!take(cache))
      throw Error(fmt::format("the loops just compiled cannot be used: {}",
                              report_.notes.empty() ? "they are gone" : report_.notes.back()));
  }

 private:
  /// Loads what the cache has; notes what is wrong with it.
  bool take(const Cache& cache) {
    serial::Descriptor object;
    const Cache::Found found = cache.look(key_, object);
    if (found == Cache::Found::nothing) return false;
    const std::string path = cache.path(key_, "so");
    std::string why = "its content is not what was written";
    if (found == Cache::Found::whole) {
      const int count = load_object_loops(std::move(object), precision_, why);
      if (count >= 0) {
        report_.object = path;
        report_.loaded = count;
        return true;
      }
    }
    const std::string note = fmt::format("{} is not used: {}", path, why);
    if (report_.notes.empty() || report_.notes.back() != note) report_.notes.push_back(note);
    if (report_.faults.empty() || report_.faults.back() != note) report_.faults.push_back(note);
    return false;
  }

  void make(const Cache& cache, const std::string& work) {
    if (tools_.path.empty())
      throw FileError(
          fmt::format("no compiler '{}'; install it, or name another one in the "
                      "environment: ANSATZ_CXX=g++",
                      tools_.compiler));
    if (tools_.headers.empty())
      throw FileError(
          "the headers of the library are neither where it was built nor where it was to be "
          "installed, so nothing can be compiled");
    const std::string object = work + "/loops.so", log = work + "/log";
    cache.place(generate(loops_, precision_), key_, "cpp");
    const std::vector<std::string> line = command(tools_, cache.path(key_, "cpp"), object);
    report_.commands.push_back(joined(line));
    const int code = compiling::run(line, work, log);
    if (code != 0)
      throw Error(fmt::format("the compiler failed (exit code {}): {}{}", code, joined(line),
                              first_lines(log)));
    std::ifstream in(object, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    // The object first: killed between the two, the pair does not agree and is made again.
    cache.place(bytes, key_, "so");
    cache.place(sha256_of(bytes) + "\n", key_, "sha256");
    report_.made = true;
  }

  const LoopSet& loops_;
  const unsigned long precision_;
  const CompileOptions& options_;
  CompileReport& report_;
  Toolchain tools_;
  std::string key_;
};

double now() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace
}  // namespace compiling

CompileReport compile_missing_loops(const std::vector<ir::PlanView>& plans, ElementType precision,
                                    const CompileOptions& options) {
  const double begin = compiling::now();
  const unsigned long size = precision == ElementType::float64 ? 8 : 4;
  CompileReport report;
  const compiling::Census before = compiling::census_of(plans, size);
  report.loops = before.loops;
  report.present = before.loops - before.missing;
  report.interpreted = before.missing;
  for (const std::string& op : before.foreign_ops)
    report.notes.push_back(fmt::format(
        "loops with op {} stay interpreted: it is not one of the library's; compile a program "
        "that uses it",
        op));
  if (!before.to_compile.loops.empty()) {
    try {
      compiling::Making(before.to_compile, size, options, report).run();
    } catch (const std::exception& error) {
      if (options.make) throw;
      report.notes.push_back(error.what());
      report.faults.push_back(error.what());
    }
    report.interpreted = compiling::census_of(plans, size).missing;
  }
  report.seconds = compiling::now() - begin;
  return report;
}

CompileReport compile_missing_loops(const Train& job, ElementType precision,
                                    const CompileOptions& options) {
  const double begin = compiling::now();
  (void)configurations();  // they lend their loops first
  std::vector<ir::Plan> plans;
  std::vector<ir::PlanView> views;
  for (const NamedFunction& each : job.functions()) plans.push_back(ir::lower(each.function));
  for (const ir::Plan& plan : plans) views.push_back(ir::view_of(plan));
  CompileReport report = compile_missing_loops(views, precision, options);
  report.seconds = compiling::now() - begin;
  return report;
}

CompileReport load_cached_loops(const Train& job, ElementType precision, CompileOptions options) {
  options.make = false;
  return compile_missing_loops(job, precision, options);
}

}  // namespace ansatz
