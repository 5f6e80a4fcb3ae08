// What pages of runs are made of: those of files and those that follow.
#pragma once

#include <ansatz/serial/model_file.hpp>

#include "../base/json_lines.hpp"

#include <string>
#include <utility>
#include <vector>

namespace ansatz::drawing {

/// Of a run all but its records: job, data, environment, and its weights as pictures where they are
/// images and the file has them.
OrderedJson facts_json(const ModelFile& file);

/// Leaves what pages tell of a run.
void drop_contents(ModelFile& file);

/// Moments and channels of the records; of long ones as many points as a screen shows.
OrderedJson records_json(const MonitorRecords& records);
/// The records from a moment on, all of them, of the channels that began before it.
OrderedJson records_since(const MonitorRecords& records, std::int64_t first);

/// The table of runs and what differs between their jobs, the best first.
OrderedJson table_json(const std::vector<std::pair<std::string, const ModelFile*>>& runs);

/// A page of these data; FileError where the library was built without dygraphs.
std::string page_text(OrderedJson data);

}  // namespace ansatz::drawing
