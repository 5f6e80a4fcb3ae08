// ansatz train
#include "../base/say.hpp"
#include "command.hpp"
#include "process.hpp"

#include <ansatz/base/json.hpp>
#include <ansatz/compile/compile.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/threads.hpp>

#include <fmt/format.h>

#include <memory>

namespace ansatz::app {

namespace {

struct TrainArguments {
  JobArguments job;
  bool resume = false, accept_differences = false, json = false, quiet = false, verbose = false;
  bool check = false, compile = false, interpret = false;
  double time_budget = 0;
  std::optional<std::int64_t> seed;
  int threads = 1;
  std::string floatX = "float32";
  std::vector<std::string> channels;
};

std::unique_ptr<RunObserver> observer_of(const TrainArguments& a, const std::string& programs) {
  const TextOptions options{
      .quiet = a.quiet, .programs = programs, .verbose = a.verbose, .channels = a.channels};
  return a.json ? json_observer(options) : text_observer(options);
}

// What the phases before have trained; adds what this one did.
RunEnd train_phase(const TrainArguments& a, const Phase& phase,
                   std::vector<LearnedModel>& learned) {
  const ElementType precision = precision_of(a.floatX);
  if (a.compile)
    compile_missing_loops(*phase.train, precision);
  else if (!a.interpret)
    for (const std::string& fault : load_cached_loops(*phase.train, precision).faults)
      if (!a.quiet) show_warning("warning: " + fault);
  std::string programs;
  JobPrograms compiled = build_programs(*phase.train, precision, !a.interpret, &programs);
  const auto observer = observer_of(a, programs);
  RunOptions options;
  options.resume = a.resume && phase.begun;
  options.accept_differences = a.accept_differences;
  options.time_budget = a.time_budget;
  options.seed = a.seed;
  options.learned = learned;
  options.threads = a.threads;
  options.check = a.check;
  options.places = *phase.places;
  options.job_yaml = phase.job_yaml;
  options.model_yaml = phase.model_yaml;
  options.variables = phase.variables;
  options.observer = observer.get();
  options.interrupt = &asked_to_end();
  if (a.resume && !phase.begun && !a.quiet)
    say(stderr, "{} is of the stage before, from which this job begins\n",
        phase.train->save_path.c_str());
  Session session(*phase.train, std::move(compiled), options);
  const RunEnd end = session.run();
  learned.push_back(
      {phase.train->model.get(), std::make_shared<const ModelFile>(session.model_file())});
  return end;
}

void begin_phase(const Phase& phase, std::size_t phases) {
  if (!shows_json)
    say(stdout, "{}\n", phase.name);
  else
    put_event("phase", fmt::format("\"phase\":{},\"phases\":{},\"place\":{}",
                                   json_string(phase.name), phases, json_string(phase.where)));
}

int train(const TrainArguments& a) {
  shows_json = a.json;
  const Job job = a.job.load(false, precision_of(a.floatX), a.resume);
  if (!a.quiet)
    for (const std::string& warning : job.warnings) show_warning(warning);
  // Also starts them, so that nothing is lost where that cannot be.
  const std::string fewer = thread_warning(a.threads);
  if (!a.quiet && !fewer.empty()) show_warning(fewer);
  ask_to_end_by_signals();
  std::vector<LearnedModel> learned;
  for (const Phase& phase : job.phases) {
    if (!phase.name.empty() && !a.quiet) begin_phase(phase, job.phases.size());
    const RunEnd end = train_phase(a, phase, learned);
    if (end == RunEnd::interrupted) {
      if (!phase.train->save_path.empty())
        say(stderr, "interrupted; {} is saved. To go on: the same command with --resume\n",
            phase.train->save_path.c_str());
      else
        say(stderr, "interrupted; nothing was saved, as the job has no save_path\n");
      return 128 + asking_signal();
    }
    if (end == RunEnd::time_budget_exceeded) return exit_budget;
  }
  return exit_ok;
}

}  // namespace

void add_train(CLI::App& app, int& exit) {
  auto a = std::make_shared<TrainArguments>();
  CLI::App* c = app.add_subcommand("train", "train the job of a file");
  a->job.add_to(*c);
  c->add_flag("--resume", a->resume, "go on with the run saved at the job's save_path");
  c->add_flag("--accept-differences", a->accept_differences,
              "resume on another machine or build, though bits may differ");
  c->add_option("-t,--time-budget", a->time_budget,
                "seconds; no epoch begins after them (0: no limit)")
      ->check(CLI::NonNegativeNumber)
      // nan compares with nothing, so that it lies in any range.
      ->check([](const std::string& text) {
        return text.find_first_of("nN") == 0 ? "found " + text + "; allowed: seconds from 0" : "";
      });
  c->add_option("--seed", a->seed,
                "of random numbers inside steps (dropout, sampling); default: 0, or with --resume "
                "that of the saved run");
  c->add_option("--threads", a->threads, "threads of a step")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  c->add_option("--floatX", a->floatX, "precision")
      ->check(CLI::IsMember({"float32", "float64"}))
      ->capture_default_str();
  c->add_flag("--compile", a->compile, "compile loops that are missing, and keep them");
  c->add_flag("--interpret", a->interpret, "use no compiled loop: slow, for comparison");
  c->add_flag("--check-numbers", a->check, "stop at the first value that is not finite; slower");
  c->add_flag("--json", a->json,
              "one JSON object a line for each event, instead of text: start, phase, batch, epoch, "
              "save, warning, error, end");
  c->add_flag("-q,--quiet", a->quiet, "only errors");
  c->add_flag("-v,--verbose", a->verbose, "every channel after each epoch, as Pylearn2 does");
  c->add_option("--channels", a->channels, "patterns of channels to show, such as 'valid_*'")
      ->allow_extra_args(false);
  c->footer(
      "Examples:\n"
      "  ansatz train mlp.yaml\n"
      "  ansatz train mlp.yaml -D max_epochs=10 algorithm.learning_rate=.05 --threads 2\n"
      "  ansatz train mlp.yaml --resume --time-budget 3600\n"
      "  ansatz train mlp.yaml --channels '*_misclass' --json");
  c->callback([a, &exit] { exit = train(*a); });
}

}  // namespace ansatz::app
