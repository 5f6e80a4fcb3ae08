// ansatz compile
#include "command.hpp"

#include <ansatz/compile/compile.hpp>

#include "../base/json_lines.hpp"
#include "../base/say.hpp"

#include <fmt/format.h>

#include <memory>

namespace ansatz::app {

namespace {

struct CompileArguments {
  JobArguments job;
  std::string floatX = "float32";
  CompileOptions options;
  bool verbose = false, quiet = false, json = false;
};

void put(const CompileReport& r) {
  for (const std::string& line : r.commands) put_event("command", {{"command", line}});
  for (const std::string& note : r.notes) put_event("note", {{"text", note}});
  put_event("compiled", {{"loops", r.loops},
                         {"present", r.present},
                         {"loaded", r.loaded},
                         {"made", r.made},
                         {"interpreted", r.interpreted},
                         {"seconds", r.seconds},
                         {"object", r.object}});
}

void print(const CompileReport& r, const CompileArguments& a) {
  if (a.json && !a.quiet) put(r);
  if (a.json || a.quiet) return;
  if (a.verbose)
    for (const std::string& line : r.commands) say(stdout, "{}\n", line);
  for (const std::string& note : r.notes) say(stdout, "note: {}\n", note);
  const char* source = r.made ? "compiled now" : "from the cache";
  say(stdout, "{} loops: {} in the program", r.loops, r.present);
  if (r.loaded > 0) say(stdout, ", {} {}", r.loaded, source);
  say(stdout, ", {} interpreted ({:.2f} s)\n", r.interpreted, r.seconds);
  if (!r.object.empty()) say(stdout, "{}\n", r.object);
}

int compile_job(const CompileArguments& a) {
  shows_json = a.json;
  JobArguments looked_at = a.job;
  looked_at.writes = false;
  const Job job = looked_at.load(true);
  if (!a.quiet)
    for (const std::string& warning : job.warnings) show_warning(warning);
  int without = 0;
  for (const Phase& phase : job.phases) {
    if (phase.fold > 0) continue;  // folds are alike
    if (!phase.name.empty() && !a.quiet && !a.json) say(stdout, "{}\n", phase.name);
    if (phase.train && phase.train->algorithm)
      print(compile_missing_loops(*phase.train, precision_of(a.floatX), a.options), a);
    else if (phase.train && (a.quiet || a.json))
      continue;
    else if (phase.train)
      say(stdout, "the model trains itself: there is nothing to compile\n");
    else
      ++without;
  }
  if (without > 0)
    throw FileError(fmt::format("{} of {} jobs cannot be made while a file is missing, see above",
                                without, job.phases.size()));
  if (a.json) put_event("end", {{"reason", "finished"}});
  return exit_ok;
}

}  // namespace

const Command compile_command(
    30, "compile", "compile the loops of a job that are not yet", [](CLI::App* c, int& exit) {
      auto a = std::make_shared<CompileArguments>();
      a->job.add_to(*c);
      c->add_option("--floatX", a->floatX, "precision")
          ->check(CLI::IsMember({"float32", "float64"}))
          ->capture_default_str();
      c->add_option("--compiler", a->options.compiler,
                    "program; default: $ANSATZ_CXX, or the library's own compiler");
      c->add_option("--flag", a->options.flags,
                    "a further flag of it (--flag=-O1), behind the library's own and those of "
                    "$ANSATZ_CXX_FLAGS; several times")
          ->allow_extra_args(false);
      c->add_option("--cache", a->options.cache_folder,
                    "folder of compiled loops; default: $XDG_CACHE_HOME/ansatz or ~/.cache/ansatz");
      c->add_flag("-v,--verbose", a->verbose, "show the compiler's command line");
      c->add_flag("-q,--quiet", a->quiet, "only errors");
      c->add_flag("--json", a->json, "one JSON object a line for each event, instead of text");
      c->footer(
          "`ansatz train` finds what is in the default folder; give it another compiler or flags\n"
          "through the environment, so that both agree.\n"
          "Example:\n  ansatz compile mlp.yaml && ansatz train mlp.yaml");
      c->callback([a, &exit] { exit = compile_job(*a); });
    });

}  // namespace ansatz::app
