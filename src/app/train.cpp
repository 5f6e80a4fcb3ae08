// ansatz train
#include "../base/json_lines.hpp"
#include "../base/say.hpp"
#include "command.hpp"
#include "output_option.hpp"
#include "page_option.hpp"
#include "process.hpp"
#include "profile.hpp"
#include "watched.hpp"

#include <ansatz/compile/compile.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/session/origin.hpp>
#include <ansatz/session/phases.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/in_quotes.hpp>
#include <dsl/threads.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>

namespace ansatz::app {

namespace {

struct TrainArguments {
  JobArguments job;
  bool resume = false, accept_differences = false, json = false, quiet = false, verbose = false;
  bool check = false, compile = false, interpret = false, no_origin = false, watch = false;
  PageArguments page;
  double time_budget = 0;
  std::optional<std::int64_t> seed;
  int threads = 0, overfit = 0, profile = 0;
  std::string trace;
  std::string floatX = "float32";
  std::vector<std::string> channels;
};

std::unique_ptr<RunObserver> observer_of(const TrainArguments& a, const std::string& programs) {
  const TextOptions options{
      .quiet = a.quiet, .programs = programs, .verbose = a.verbose, .channels = a.channels};
  return a.json ? json_observer(options) : text_observer(options);
}

JobPrograms programs_of(const TrainArguments& a, const Train& job, std::string& report) {
  const ElementType precision = precision_of(a.floatX);
  if (a.compile)
    compile_missing_loops(job, precision);
  else if (!a.interpret)
    for (const std::string& fault : load_cached_loops(job, precision).faults)
      if (!a.quiet) show_warning("warning: " + fault);
  return build_programs(job, precision, !a.interpret, &report);
}

RunOptions options_of(const TrainArguments& a) {
  RunOptions options;
  options.resume = a.resume;
  options.accept_differences = a.accept_differences;
  options.time_budget = a.time_budget;
  options.seed = a.seed;
  options.threads = a.threads;
  options.overfit = a.overfit;
  options.save = a.profile == 0;
  options.check = a.check;
  options.interrupt = &asked_to_end();
  if (!a.no_origin) options.origin = origin_of_process();
  return options;
}

void begin_phase(const Phase& phase, std::size_t phases) {
  if (shows_json) {
    put_event("phase", {{"phase", phase.name}, {"phases", phases}, {"place", phase.where}});
    return;
  }
  if (!phase.name.empty()) say(stdout, "{}\n", phase.name);
  if (phase.folds > 0) say(stdout, "fold {} of {}\n", phase.fold + 1, phase.folds);
}

// As the page calls it.
std::string name_of(const Phase& phase, const TrainArguments& a) {
  if (!phase.train->save_path.empty()) return phase.train->save_path.c_str();
  std::string name = a.job.path;
  if (!phase.name.empty()) name += ", " + phase.name;
  if (phase.folds > 0) name += fmt::format(", fold {} of {}", phase.fold + 1, phase.folds);
  return name;
}

// Of each cross-validation among the jobs.
void show_cross_validations(const std::vector<Phase>& phases, const PhasesEnd& end,
                            const TrainArguments& a) {
  for (std::size_t i = 0; i < end.learned.size(); ++i) {
    const auto folds = static_cast<std::size_t>(phases[i].folds);
    if (folds == 0 || phases[i].fold != 0 || i + folds > end.learned.size()) continue;
    std::vector<MonitorRecords> records;
    for (std::size_t k = 0; k < folds; ++k)
      if (const MonitorRecords* found = find_monitor(end.learned[i + k].file->monitors))
        records.push_back(*found);
    const TextOptions options{.quiet = a.quiet, .verbose = a.verbose, .channels = a.channels};
    if (records.size() == folds) show_folds(channels_of_folds(records), options, a.json);
  }
}

// What the environment says where the command line does not.
void take_environment(TrainArguments& a) {
  const char* const threads = std::getenv("ANSATZ_THREADS");
  if (threads && *threads && !a.threads) {
    const std::string_view text = threads;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), a.threads);
    if (fault != std::errc() || end != text.data() + text.size() || a.threads < 1 ||
        a.threads > 1024)
      throw ValueError(fmt::format(
          "ANSATZ_THREADS is {} in the environment; allowed: a whole number from 1 to 1024",
          in_quotes(text)));
  }
  const char* const alone = std::getenv("ANSATZ_NO_ORIGIN");
  if (alone && *alone && std::string_view(alone) != "0") a.no_origin = true;
}

std::vector<std::string> files_of_job(const Job& job) {
  std::vector<std::string> files = job.reads;
  for (const Phase& phase : job.phases)
    if (phase.train) add_data_files(*phase.train, files);
  return files;
}

int train(TrainArguments a) {
  shows_json = a.json;
  take_environment(a);
  if (!a.trace.empty()) settle_output("--trace", a.trace, {a.job.path}, {});
  a.job.writes = a.profile == 0 && a.overfit == 0;
  const Job job = a.job.load(false, precision_of(a.floatX), a.resume);
  if (!a.trace.empty()) settle_output("--trace", a.trace, files_of_job(job), {});
  if (!a.quiet)
    for (const std::string& warning : job.warnings) show_warning(warning);
  // Also starts them, so that nothing is lost where that cannot be.
  if (const std::string fewer = thread_warning(std::max(a.threads, 1)); !a.quiet && !fewer.empty())
    show_warning(fewer);
  ask_to_end_by_signals();
  const auto board = a.watch ? std::make_shared<RunBoard>() : nullptr;
  const auto server = board ? serve(board, a.page) : nullptr;
  std::unique_ptr<RunObserver> observer;
  PhasesOptions options{options_of(a), {}};
  options.start = [&](const Phase& phase, RunOptions& run) {
    if ((!phase.name.empty() || phase.folds > 0) && !a.quiet) begin_phase(phase, job.phases.size());
    std::string report;
    JobPrograms programs = programs_of(a, *phase.train, report);
    observer = nullptr;  // the last one's profile ends before another begins
    observer = observer_of(a, report);
    if (board)
      observer = std::make_unique<WatchedObserver>(board, name_of(phase, a), std::move(observer));
    if (a.profile > 0) {
      auto profiling = std::make_unique<ProfilingObserver>(std::move(observer), a.profile, a.trace);
      run.interrupt = &profiling->enough();
      observer = std::move(profiling);
    }
    run.observer = observer.get();
    if (a.resume && !phase.begun && !a.quiet)
      say(stderr, "{} is of the stage before, from which this job begins\n",
          phase.train->save_path.c_str());
    return programs;
  };
  const PhasesEnd end = run_phases(job.phases, options);
  show_cross_validations(job.phases, end, a);
  if (end.end == RunEnd::time_budget_exceeded) return exit_budget;
  if (end.end != RunEnd::interrupted) return exit_ok;
  if (a.profile > 0 && asking_signal() == 0) return exit_ok;
  if (a.overfit > 0 || a.profile > 0) return 128 + asking_signal();
  const Train& last = *job.phases[end.last].train;
  if (!last.save_path.empty())
    say(stderr, "interrupted; {} is saved. To go on: the same command with --resume\n",
        last.save_path.c_str());
  else
    say(stderr, "interrupted; nothing was saved, as the job has no save_path\n");
  return 128 + asking_signal();
}

}  // namespace

const Command train_command(10, "train", "train the job of a file", [](CLI::App* c, int& exit) {
  auto a = std::make_shared<TrainArguments>();
  a->job.add_to(*c);
  CLI::Option* const resume =
      c->add_flag("--resume", a->resume, "go on with the run saved at the job's save_path");
  c->add_flag("--accept-differences", a->accept_differences,
              "resume on another machine or build, though bits may differ");
  c->add_option("-t,--time-budget", a->time_budget,
                "seconds; no epoch begins after them (0: no limit)")
      ->check(seconds_from_0());
  c->add_option(
       "--overfit", a->overfit,
       "train on so many batches alone, watch these, save nothing, and say whether they can "
       "be learned by heart")
      ->check(whole_numbers(1, 1'000'000))
      ->excludes(resume);
  CLI::Option* const profile =
      c->add_option("--profile", a->profile,
                    "train on so many batches after a first one, save nothing, and show what each "
                    "step takes")
          ->check(whole_numbers(1, 1'000'000))
          ->excludes(resume);
  c->add_option("--trace", a->trace,
                "of --profile: file for every step's times, to be seen in chrome://tracing or "
                "ui.perfetto.dev")
      ->needs(profile);
  c->add_option("--seed", a->seed,
                "of random numbers inside steps (dropout, sampling); default: 0, or with --resume "
                "that of the saved run")
      ->check(whole_numbers(std::numeric_limits<std::int64_t>::min(),
                            std::numeric_limits<std::int64_t>::max()));
  c->add_option("--threads", a->threads,
                "threads of a step; default: ANSATZ_THREADS, or all processors where that pays, "
                "with --resume as many as the saved run had")
      ->check(whole_numbers(1, 1024));
  c->add_option("--floatX", a->floatX, "precision")
      ->check(CLI::IsMember({"float32", "float64"}))
      ->capture_default_str();
  c->add_flag("--no-origin", a->no_origin,
              "do not save command line, host, system, date and the data files' SHA-256 with the "
              "model");
  c->add_flag("--compile", a->compile, "compile loops that are missing, and keep them");
  c->add_flag("--interpret", a->interpret, "use no compiled loop: slow, for comparison");
  c->add_flag("--check-numbers", a->check, "stop at the first value that is not finite; slower");
  CLI::Option* const watched = c->add_flag(
      "--watch", a->watch, "serve a page with curves that grow, to this machine's browsers");
  a->page.add_to(*c, "watch-", watched);
  c->add_flag("--json", a->json,
              "one JSON object a line for each event, instead of text: start, phase, page, batch, "
              "epoch, save, warning, error, end");
  c->add_flag("-q,--quiet", a->quiet, "only errors, and files that are not written");
  c->add_flag("-v,--verbose", a->verbose, "every channel after each epoch, as Pylearn2 does");
  c->add_option("--channels", a->channels, "patterns of channels to show, such as 'valid_*'")
      ->allow_extra_args(false);
  c->footer(
      "Examples:\n"
      "  ansatz train mlp.yaml\n"
      "  ansatz train mlp.yaml algorithm.learning_rate=.02 model.layers.h0.dim=100 --threads 2\n"
      "  ansatz train mlp.yaml --resume --time-budget 3600\n"
      "  ansatz train mlp.yaml --watch\n"
      "  ansatz train mlp.yaml --channels '*_misclass' --json");
  c->callback([a, &exit] { exit = train(*a); });
});

}  // namespace ansatz::app
