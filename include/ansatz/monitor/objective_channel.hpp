// Which channel is meant by "the objective".
#pragma once

#include <ansatz/serial/monitor_records.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace ansatz {

/// `given` if it is not empty; else "objective" if there is such a channel; else the only channel
/// whose name ends in "objective". NameError, which begins with `who`, when there is none of these
/// names, or several end so.
std::string objective_channel(const MonitorRecords& records, std::string_view given,
                              std::string_view who);

/// The same among channels of these names.
std::string objective_channel(const std::vector<std::string_view>& known, std::string_view given,
                              std::string_view who);

/// `factor` times a value, of which more is always higher: for factors below 1 what lies that
/// proportion of the size below it, whatever its sign is.
inline double in_proportion(double value, double factor) {
  return value < 0 ? (2. - factor) * value : factor * value;
}

/// The last value of a channel. NameError as above; ValueError when there is no record.
double last_value(const MonitorRecords& records, std::string_view channel, std::string_view who);

}  // namespace ansatz
