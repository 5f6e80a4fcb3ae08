// The commands of `ansatz`: each file of them adds its own to the command line.
#pragma once

#include <ansatz/registry/job.hpp>
#include <ansatz/session/observers.hpp>
#include <dsl/array.hpp>
#include <dsl/exceptions.hpp>

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace ansatz::app {

using namespace observing;

/// What the program returns to the shell.
enum Exit : int {
  exit_ok = 0,
  exit_failed = 1,        ///< an error while running: data, numbers, files
  exit_usage = 2,         ///< the command line is wrong
  exit_bad_job = 3,       ///< the job file has errors
  exit_budget = 4,        ///< the time budget ended the run
  exit_interrupted = 130  ///< Ctrl-C; the model was saved. Of other signals: 128 + their number
};

/// The group of commands, in the help, that have Pylearn2's names.
inline constexpr const char* pylearn2_names = "As Pylearn2 names them";

/// Puts a command into the program. Its file says, and no other knows of it:
///
///     const Command train_command(10, "train", "train the job of a file",
///                                 [](CLI::App* command, int& exit) { … });
///
/// The function gives the command its options and its callback, which does the work and sets
/// `exit`; what it throws is printed by main. The help lists commands by their places.
class Command {
 public:
  using Fill = void (*)(CLI::App* command, int& exit);
  Command(int place, const char* name, const char* what, Fill fill,
          const char* group = "Subcommands");
  /// Adds all of them, with their options those of which the command line speaks: to declare the
  /// options of all takes longer than to find what one of them asks for.
  static void add_to(CLI::App& app, const std::vector<std::string>& arguments, int& exit);
};

/// The job file has errors.
class JobError : public Error {
 public:
  using Error::Error;
};

/// The arguments that all commands with a job file share.
struct JobArguments {
  std::string path;
  std::vector<std::string> defines, overrides, data, libraries;
  bool writes = true;  ///< the job is to be run, not only looked at

  void add_to(CLI::App& command);
  /// Loads the libraries, then the job. JobError for errors of the job file.
  /// @param precision  of what is computed while the file is read
  /// @param resume     see LoadOptions
  Job load(bool check_only = false, ElementType precision = ElementType::float32,
           bool resume = false) const;
};

/// What an option takes: a whole number from `least` to `most`, as people write it.
CLI::Validator whole_numbers(std::int64_t least, std::int64_t most);
/// A number of a range.
CLI::Validator numbers_from_to(double least, double most);
/// Or a number of seconds from 0, which is finite.
CLI::Validator seconds_from_0();

/// "float32" or "float64" as --floatX takes them.
ElementType precision_of(const std::string& floatX);

/// A record as people read it: six digits, or with --full all that its precision has.
std::string record_text(double value, ElementType precision, bool full);

/// Loads shared objects with classes and configurations of the user. FileError.
void load_libraries(const std::vector<std::string>& paths);

}  // namespace ansatz::app
