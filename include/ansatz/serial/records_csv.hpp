// Records of channels as CSV.
#pragma once

#include <ansatz/serial/monitor_records.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ansatz {

/// A field of a .csv file, as RFC 4180 has it: on one line, in quotes where it holds a comma or a
/// quote.
std::string csv_field(std::string_view text);

/// "epochs_seen,batches_seen,examples_seen,seconds" and the names of the channels, without the end
/// of the line.
std::string csv_header(const std::vector<const ChannelRecords*>& channels);

/// A record; the field of a channel that was not measured is empty. Numbers are the shortest text
/// that is read back as the same: inf, -inf, nan where there is none.
std::string csv_row(const MonitorRecords& records,
                    const std::vector<const ChannelRecords*>& channels, std::int64_t index);

/// Whether nothing but such a table, or nothing at all, would be lost if one were written there.
bool may_hold_records(const std::string& path);

}  // namespace ansatz
