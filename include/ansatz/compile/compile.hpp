// Compiles the loops of a job that are not compiled into the process, and keeps them.
#pragma once

#include <ansatz/base/regular_file.hpp>
#include <ansatz/job/train.hpp>
#include <dsl/plan/plan.hpp>
#include <dsl/store.hpp>

#include <functional>
#include <string>
#include <vector>

namespace ansatz {

/// How missing loops are got.
struct CompileOptions {
  /// Whether to start a compiler for what the cache does not hold. False: never throws, what is
  /// wrong with the cache is a note of the report.
  bool make = true;
  std::string cache_folder;  ///< empty: loop_cache_folder()
  std::string compiler;      ///< empty: $ANSATZ_CXX, or the compiler of the library
  /// Flags of it behind those of the library and those of $ANSATZ_CXX_FLAGS.
  std::vector<std::string> flags;
  /// Seconds to wait for another process that compiles the same; then it is compiled here as well.
  double patience = 300;
  /// Hears whom the call waits for. Default: stderr.
  std::function<void(const std::string&)> tell;
};

/// What became of the loops of a job; equal loops are counted once.
struct CompileReport {
  int loops = 0;
  int present = 0;      ///< were compiled into the process, or loaded, before
  int loaded = 0;       ///< came from an object of the cache now, made before or just now
  int interpreted = 0;  ///< have no code still
  bool made = false;    ///< the object was compiled now
  std::string object;   ///< the object in the cache; empty when none is needed
  std::vector<std::string> commands;  ///< command lines of the compilers that were started
  std::vector<std::string> notes;     ///< why loops stay interpreted, what was wrong in the cache
  std::vector<std::string>
      faults;  ///< of the notes, those on the cache: it is not private, or damaged
  double seconds = 0;
};

/// `$XDG_CACHE_HOME/ansatz`, or `~/.cache/ansatz` where that is not set or not absolute.
/// FileError when the home folder is not known either.
std::string loop_cache_folder();

/// Opens a file of that folder, which with O_CREAT is made for this user alone. None where it is
/// not there, or somebody else might have written to it.
serial::Descriptor open_in_loop_cache(const std::string& name, int flags);

/// Finds the loops of a job that no program of the process has compiled, takes them from the cache
/// or compiles them into a shared object there, loads it and lends them to `build` (so call it
/// before build_programs). What was loaded stays until the process ends.
///
/// The key of an object is a hash over the loops' programs, precision, version and headers of the
/// library, compiler, flags and this processor's features. An object that is damaged, or made for
/// another library, is made anew. Ops of a program's own stay interpreted, with a note.
///
/// Errors: FileError (a cache that is not private or cannot be written to; no compiler), Error
/// (the compiler failed; the program does not export the library's functions).
CompileReport compile_missing_loops(const Train& job, ElementType precision,
                                    const CompileOptions& options = {});

/// The same for any plans.
CompileReport compile_missing_loops(const std::vector<ir::PlanView>& plans, ElementType precision,
                                    const CompileOptions& options = {});

/// As compile_missing_loops with `make` false: uses what the cache holds, and starts no compiler.
CompileReport load_cached_loops(const Train& job, ElementType precision,
                                CompileOptions options = {});

}  // namespace ansatz
