// What a run shows: text for people, JSON for programs.
#pragma once

#include <ansatz/session/phases.hpp>
#include <ansatz/session/session.hpp>

#include <memory>
#include <string>
#include <vector>

namespace ansatz {

/// What the observers of the program show, and how much.
struct TextOptions {
  bool quiet = false;                      ///< only errors, no warnings either
  std::string programs = {};               ///< what the programs are, printed first; "": nothing
  bool verbose = false;                    ///< every channel
  std::vector<std::string> channels = {};  ///< patterns of those to print; none: the main ones
};

/// A progress bar on a terminal, a line an epoch elsewhere:
///
///     const auto lines = text_observer({.channels = {"*misclass"}});
///     run(job, {.observer = lines.get()});
std::unique_ptr<RunObserver> text_observer(const TextOptions& options = {});

/// One JSON object a line: start, batch (the first and the last of an epoch, and at most ten a
/// second), epoch, save, warning, end. Quiet: the end alone.
std::unique_ptr<RunObserver> json_observer(const TextOptions& options = {});

/// What the folds of a cross-validation came to: mean, deviation, least and greatest of the
/// channels that the options name, a table or an event "folds".
void show_folds(const std::vector<ChannelOfFolds>& channels, const TextOptions& options, bool json);

// What the commands of the program share with them.
namespace observing {

/// Whether a name fits one of the patterns, as the shell matches names of files.
bool matches(const std::vector<std::string>& patterns, const std::string& name);
/// The patterns that fit none of the names: "--channels 'nothing*' fits no channel; nearest: …",
/// a line each; "" where each fits one.
std::string fits_nothing(const std::vector<std::string>& patterns,
                         const std::vector<std::string>& names);
/// Whether a channel is part of the last record. Others are of a run before this one.
bool measured_last(const MonitorRecords& records, const ChannelRecords& channel);

/// Whether the command that runs was asked for JSON, so that its errors are events, too.
inline bool shows_json = false;
/// On the error output, or as an event.
void show_warning(const std::string& text);

/// A value as NumPy and C read it: the shortest exact text, inf, -inf, nan.
std::string csv_number(double value);

/// A value as Pylearn2 prints it: "%.3e" from 1e4 on, else the shortest text that is read back as
/// the same number of the precision in which it was computed.
std::string channel_text(double value, ElementType precision);

}  // namespace observing

}  // namespace ansatz
