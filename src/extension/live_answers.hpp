// What LiveMonitoring says: records as lines of JSON.
#pragma once

#include <ansatz/serial/monitor_records.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace ansatz::live {

/// The answer to a request, a line without its end. Requests that cannot be answered get an
/// "error"; nothing is thrown.
std::string answer(const MonitorRecords& records, std::string_view request);

/// The last moment, of these channels; of all when `chosen` is empty.
std::string publication(const MonitorRecords& records, const std::vector<std::string>& chosen);

/// The channels that a line of a follower names. False: it is no list of names.
bool read_choice(std::string_view line, std::vector<std::string>& chosen);

}  // namespace ansatz::live
