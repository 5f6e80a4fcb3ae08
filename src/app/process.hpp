// What the program is to the system: descriptors, signals, its end.
#pragma once

#include <atomic>

namespace ansatz::app {

/// Once, first of all. Whichever of stdin, stdout and stderr is closed is opened so that it can be
/// neither read nor written: no file gets its number, so that no message is ever written into one.
/// A file larger than `ulimit -f` is an error, not a signal. Where memory ends in a place that
/// cannot report it, temporary files are removed, and the program ends with its message and code.
void prepare_process();

/// From here on SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGUSR1 and SIGUSR2 ask the training to end, each
/// unless it was ignored when the program began (nohup, `&` in a script); a second SIGINT ends the
/// program at once. A pipe that nobody reads any more ends nothing.
void ask_to_end_by_signals();

/// Whether a signal has asked.
const std::atomic<bool>& asked_to_end();
/// Which was the first; 0: none.
int asking_signal();

}  // namespace ansatz::app
