// A progress bar.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string_view>

namespace ansatz {

/// Shows how far an epoch is: on a terminal a bar with examples per second and the time left,
/// redrawn at most ten times a second; elsewhere (a file, a pipe, TERM=dumb) nothing but the line
/// that `finish` prints.
///
///     Progress progress("epoch 1/20", train.examples);
///     for (auto part : batches) step({{"x", part.x()}}), progress.advance(part.examples);
///     progress.finish(fmt::format("test error {:.2f} %", error));
class Progress {
 public:
  /// total: examples of the epoch; 0 when it is not known.
  Progress(std::string_view label, std::int64_t total, std::FILE* out = stdout);
  /// An epoch that was not finished, because of an exception perhaps, leaves its bar where it is.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `examples` more are done.
  void advance(std::int64_t examples);

  /// Examples done, and per second from the constructor to the last `advance` (0 before): what
  /// follows, such as the test error, is not counted.
  std::int64_t done() const;
  double examples_per_second() const;

  /// Ends the epoch with one line: label, result, examples per second, time.
  void finish(std::string_view result = {});
  /// Ends the epoch without a line of its own: the bar is gone.
  void erase();

 private:
  struct State;
  State* state_;
};

}  // namespace ansatz
