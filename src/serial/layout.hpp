// Where a model file keeps what: keys of the metadata, prefixes of tensors' names.
#pragma once

#include <string_view>

namespace ansatz::serial {

namespace key {
constexpr const char* format = "ansatz.format";
constexpr const char* version = "ansatz.version";
constexpr const char* floatX = "ansatz.floatX";
constexpr const char* job = "ansatz.job";
constexpr const char* dataset = "ansatz.dataset";
constexpr const char* model = "ansatz.model";
constexpr const char* environment = "ansatz.environment";
// Older files have none of these six, and no model of other data than a Table has columns.
constexpr const char* made_job = "ansatz.made_job";
constexpr const char* variables = "ansatz.variables";
constexpr const char* data = "ansatz.data";
constexpr const char* paths = "ansatz.paths";
constexpr const char* runs = "ansatz.runs";
constexpr const char* files = "ansatz.files";
constexpr const char* columns = "ansatz.columns";
constexpr const char* values = "ansatz.values";
constexpr const char* random = "ansatz.random";
constexpr const char* tags = "ansatz.tags";
constexpr const char* monitors = "ansatz.monitors";
constexpr const char* wall_clock = "ansatz.wall_clock";
}  // namespace key

/// Where ModelFile::data has what the key `columns` has in a file.
constexpr const char* columns_of_data = "columns";

constexpr std::string_view state_prefix = "state/";
constexpr std::string_view random_prefix = "random/";
constexpr std::string_view monitor_prefix = "monitor/";
constexpr std::string_view wall_clock_prefix = "wall_clock/";

}  // namespace ansatz::serial
