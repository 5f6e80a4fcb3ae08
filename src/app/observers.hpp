// What a run shows: text for people, JSON for programs.
#pragma once

#include <ansatz/train/session.hpp>

#include <memory>
#include <string>
#include <vector>

namespace ansatz::app {

struct TextOptions {
  bool quiet = false;                  ///< only errors, no warnings either
  std::string programs;                ///< what the programs are, printed first
  bool verbose = false;                ///< every channel
  std::vector<std::string> channels;   ///< patterns of those to print; none: the main ones
};

/// A progress bar on a terminal, a line an epoch elsewhere.
std::unique_ptr<RunObserver> text_observer(const TextOptions& options);

/// One JSON object a line: start, epoch, save, warning, end.
/// @param programs  what the programs are, part of the first event
std::unique_ptr<RunObserver> json_observer(const std::string& programs);

/// A value as Pylearn2 prints it: "%.3e" from 1e4 on, else the shortest exact text.
std::string channel_text(double value);

}  // namespace ansatz::app
