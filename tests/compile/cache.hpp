// A cache of compiled loops in a folder of its own, used by processes of their own: what one loads
// no other has.
#pragma once

#include <ansatz/compile/compile.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace ansatz::testing {

/// What a process that compiled the loops of `plans()` had to say.
struct Answer {
  bool answered = false;  ///< false: it was killed
  bool threw = false;
  bool made = false;
  int loops = 0, loaded = 0, interpreted = 0;
  std::string text;  ///< notes, or what was thrown

  bool complete() const { return answered && !threw && loaded == loops && interpreted == 0; }
};

/// A small function with a loop that no program has compiled.
std::vector<ir::PlanView> plans();

class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;

  std::string cache() const { return path_ + "/cache"; }
  std::string path() const { return path_; }

  /// Options with this cache and the compiler of the library, told to hurry.
  CompileOptions real() const;
  /// Options with a compiler that puts an object compiled before in its place, and keeps a list of
  /// its runs; before that it runs `line`.
  CompileOptions quick(const std::string& line = "") const;
  /// Runs of the quick compiler.
  int runs() const;

  /// The one file of the cache with this ending, or "".
  std::string find(const std::string& ending) const;
  /// Names of the cache's files with `part` in them.
  int count(const std::string& part) const;

 private:
  std::string path_;
};

/// Starts a process that compiles the loops of plans(); `finish` waits for it.
struct Child {
  int process = 0, pipe = -1;
  static Child start(const CompileOptions& options);
  Answer finish() const;
};
Answer in_child(const CompileOptions& options);

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& text);

}  // namespace ansatz::testing
