// ansatz: trains the models of job files, and looks into what was trained.
#include "../base/json_lines.hpp"
#include "../base/say.hpp"
#include "command.hpp"
#include "process.hpp"

#include <ansatz/base/shown.hpp>
#include <ansatz/base/version.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <new>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

void put_error(const std::string& what) {
  ansatz::put_event("error", {{"text", what}});
  ansatz::put_event("end", {{"reason", "failed"}});
}

// A message of several lines begins on its own line, so that editors find FILE:LINE:COLUMN.
void report(const char* what) {
  if (ansatz::app::shows_json) put_error(what);
  // What it speaks of may come from a file of somebody else's.
  const std::string text = ansatz::shown(what);
  ansatz::say(stderr, "{}{}\n", text.find('\n') == std::string::npos ? "ansatz: " : "", text);
}

// What stands where a command should; CLI11 would only say that one is required. "" when there is
// nothing wrong.
std::string unknown_command(const CLI::App& app, int argc, char** argv) {
  const CLI::App* at = &app;
  for (int i = 1; i < argc && argv[i][0] != '-'; ++i) {
    std::vector<std::string_view> names;
    const CLI::App* next = nullptr;
    for (const CLI::App* each : at->get_subcommands([](const CLI::App*) { return true; })) {
      names.push_back(each->get_name());
      if (names.back() == argv[i]) next = each;
    }
    if (names.empty()) return "";
    if (!next)
      return fmt::format("'{}' is no command{}", argv[i], ansatz::allowed_names(argv[i], names));
    at = next;
  }
  return "";
}

// CLI11 takes a value in brackets for a list, and splits it: also the override
// [1].init_from_include=[y_b] and the pattern [a-z]. Before each such value stands a mark.
constexpr char mark = '\x1f';

std::string marked(std::string argument) {
  std::size_t at = 0;  // where a value begins, perhaps
  if (argument.starts_with("--"))
    at = argument.find('=') + 1;
  else if (argument.starts_with('-'))
    at = 2;
  if (argument.size() > at + 1 && argument[at] == '[' && argument.back() == ']')
    argument.insert(at, 1, mark);
  return argument;
}

// Values as they were given. An empty text is no file and no name: what a script hands on that has
// lost its variable. Commands would take it for an option that was not given.
void take_values(CLI::App& app) {
  const auto unmark = [](std::string& text) {
    if (text.starts_with(mark)) text.erase(0, 1);
    return std::string();
  };
  const auto refuse_nothing = [](const std::string& text) {
    return text.empty() ? "found nothing; give a value, or leave it out" : std::string();
  };
  for (CLI::Option* option : app.get_options()) {
    if (option->get_expected_max() == 0) continue;
    option->transform(CLI::Validator(unmark, ""));  // before what the option itself checks
    option->check(CLI::Validator(refuse_nothing, ""));
  }
  for (CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; }))
    take_values(*each);
}

// What CLI11 says, and the option that is most like one that is not known.
std::string explain(const CLI::App* app, const CLI::Error& error) {
  std::string text = CLI::FailureMessage::simple(app, error), what = error.what();
  std::erase(text, mark);
  std::erase(what, mark);
  const std::size_t dash = what.find("expected: --");
  if (dash == std::string::npos) return text;
  const std::string given = what.substr(dash + 10, what.find_first_of(" =", dash + 10) - dash - 10);
  std::vector<std::string> names;
  for (const CLI::App* at = app; at;) {
    for (const CLI::Option* option : at->get_options())
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    const auto chosen = at->get_subcommands();
    at = chosen.empty() ? nullptr : chosen.front();
  }
  const std::string_view near = ansatz::nearest_name(given, {names.begin(), names.end()});
  if (near.empty()) return text;
  const std::string advice = near == given ? "what a command takes stands behind its name"
                                           : fmt::format("nearest: {}", near);
  return fmt::format("{}; {}\n{}", what, advice, text.substr(text.find('\n') + 1));
}

// What was printed may still wait in memory; on a full disk it is lost only now.
int flushed(int exit) {
  const bool before = std::ferror(stdout) != 0;
  if (std::fflush(stdout) == 0 && !before) return exit;
  // The reason of a write that failed before is forgotten; another one has it again.
  if (before && ::write(STDOUT_FILENO, "\n", 1) >= 0) errno = EIO;
  report(fmt::format("the output could not be written: {}", std::strerror(errno)).c_str());
  return exit == ansatz::app::exit_ok ? ansatz::app::exit_failed : exit;
}

// Also of a command line that is wrong, which no command has seen.
bool asks_for_json(int argc, char** argv) {
  for (int i = 1; i < argc && std::strcmp(argv[i], "--") != 0; ++i)
    if (std::strcmp(argv[i], "--json") == 0) return true;
  return false;
}

int run(int argc, char** argv) {
  using namespace ansatz::app;
  shows_json = asks_for_json(argc, argv);
  CLI::App app(
      "Trains the models of job files in Pylearn2's dialect of YAML, and looks into what "
      "was trained.");
  app.set_version_flag("--version", fmt::format("ansatz {}", ansatz::version));
  app.require_subcommand(1);
  // A command line may come from a script, with names of somebody else's files.
  app.failure_message([](const CLI::App* at, const CLI::Error& error) {
    return ansatz::printable(explain(at, error));
  });
  app.footer(
      "Examples:\n"
      "  ansatz check job.yaml\n"
      "  ansatz train job.yaml algorithm.learning_rate=.02\n"
      "  ansatz train job.yaml --resume\n"
      "  ansatz print-monitor model.pkl\n"
      "  ansatz predict model.pkl --data test.csv -o classes.csv\n"
      "Exit codes: 0 done, 1 failed, 2 wrong command line, 3 errors in the job file,\n"
      "            4 ended by the time budget, 130 interrupted (the model was saved),\n"
      "            128 + N ended by signal N, saved as well: 143 SIGTERM, 129 SIGHUP");
  int exit = exit_ok;
  std::vector<std::string> arguments;
  for (int i = 0; i < argc; ++i) arguments.push_back(i == 0 ? argv[i] : marked(argv[i]));
  Command::add_to(app, arguments, exit);
  take_values(app);
  std::vector<const char*> pointers;
  for (const std::string& each : arguments) pointers.push_back(each.c_str());
  try {
    if (const std::string what = unknown_command(app, argc, argv); !what.empty()) {
      report(what.c_str());
      return exit_usage;
    }
    app.parse(argc, pointers.data());
  } catch (const CLI::ParseError& e) {
    const bool help = app.exit(e) == 0;
    std::cout.flush();
    if (!help && shows_json) {
      std::string what = explain(&app, e);
      while (what.ends_with('\n')) what.pop_back();
      put_error(what);
    }
    return flushed(help ? exit_ok : exit_usage);
  }
  return flushed(exit);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace ansatz::app;
  prepare_process();
  try {
    return run(argc, argv);
  } catch (const JobError& e) {
    report(e.what());
    return exit_bad_job;
  } catch (const std::bad_alloc&) {
    report("the memory does not suffice");
    return exit_failed;
  } catch (const std::exception& e) {
    report(e.what());
    return exit_failed;
  }
}
