#include <ansatz/base/regular_file.hpp>
#include <ansatz/base/shown.hpp>
#include <ansatz/serial/records_csv.hpp>

#include <fmt/format.h>

#include "../dsl/text.hpp"

namespace ansatz {

std::string csv_field(std::string_view text) {
  const std::string line = printable_name(text);
  if (line.find_first_of(",\"") == std::string::npos) return line;
  std::string out = "\"";
  for (const char c : line) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

std::string csv_header(const std::vector<const ChannelRecords*>& channels) {
  std::string text = "epochs_seen,batches_seen,examples_seen,seconds";
  for (const ChannelRecords* c : channels) text += "," + csv_field(c->name);
  return text;
}

std::string csv_row(const MonitorRecords& records,
                    const std::vector<const ChannelRecords*>& channels, std::int64_t index) {
  const auto at = static_cast<std::size_t>(index);
  std::string text =
      fmt::format("{},{},{},{}", records.epoch_record[at], records.batch_record[at],
                  records.example_record[at], running::real_text(records.time_record[at]));
  for (const ChannelRecords* c : channels) {
    const std::int64_t own = index - c->first;
    text += ",";
    if (own >= 0 && own < std::ssize(c->val_record))
      text += running::real_text(c->val_record[static_cast<std::size_t>(own)]);
  }
  return text;
}

bool may_hold_records(const std::string& path) {
  const std::string header = csv_header({});
  const serial::FileBeginning begin = serial::beginning_of(path, header.size());
  if (!begin.why.empty()) return begin.missing;
  return begin.bytes.empty() || begin.bytes == header;
}

}  // namespace ansatz
