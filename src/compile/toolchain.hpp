// The compiler of missing loops.
#pragma once

#include <ansatz/compile/compile.hpp>

namespace ansatz::compiling {

struct Toolchain {
  std::string compiler;  ///< as it was given
  std::string path;      ///< where that is; empty when there is no such program
  std::vector<std::string> flags;
  std::string headers;  ///< folder with dsl/ and ansatz/; empty when they are gone

  /// Whatever decides which code the compiler makes of a loop: the program (by place, size and
  /// date, since asking it takes longer than a cached object may), flags, the headers' content, the
  /// features of this processor, the library.
  std::string identity() const;
};

/// What options, environment ($ANSATZ_CXX, $ANSATZ_CXX_FLAGS) and the build of the library say.
Toolchain toolchain(const CompileOptions& options);

/// The command that makes the shared object `to` of `source`.
std::vector<std::string> command(const Toolchain& tools, const std::string& source,
                                 const std::string& to);

/// Runs a command without a shell, in `folder`, its output in `log`; what it ended with.
/// @returns  exit code, or 128 + signal
/// Errors: Error when it cannot be started.
int run(const std::vector<std::string>& command, const std::string& folder, const std::string& log);

}  // namespace ansatz::compiling
