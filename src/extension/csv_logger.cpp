#include <ansatz/extension/csv_logger.hpp>

#include <ansatz/files/atomic_file.hpp>
#include <ansatz/serial/records_csv.hpp>
#include <ansatz/session/output_file.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace ansatz {

namespace {

class CsvLoggerRun final : public ExtensionRun {
 public:
  explicit CsvLoggerRun(const CSVLogger& logger) : path_(logger.filename.c_str()) {
    if (!may_hold_records(path_))
      throw FileError(fmt::format(
          "CSVLogger: {} is there and no table of records; it is not written over", path_));
  }

  void on_monitor(Session& session) override {
    if (!session.saves()) return;
    const MonitorRecords& records = session.records();
    std::vector<const ChannelRecords*> channels;
    for (int i : session.monitor().sorted_channels())
      channels.push_back(&records.channels[static_cast<std::size_t>(i)]);
    try {
      std::string header = csv_header(channels);
      if (header != header_) {
        write_all(header, records, channels);
        header_ = std::move(header);
      } else {
        append(csv_row(records, channels, records.size() - 1) + "\n");
      }
    } catch (const Error& e) {
      header_.clear();  // what is missing is written with the next record
      if (!warned_) session.warn(fmt::format("CSVLogger: {}", e.what()));
      warned_ = true;
    }
  }

 private:
  void write_all(const std::string& header, const MonitorRecords& records,
                 const std::vector<const ChannelRecords*>& channels) const {
    AtomicFile file(path_, Overwrite::replace, Replaces::no_models);
    std::string text = header + "\n";
    for (std::int64_t i = 0; i < records.size(); ++i) text += csv_row(records, channels, i) + "\n";
    file.write(text.data(), text.size());
    file.commit();
  }
  void append(const std::string& row) const {
    std::FILE* const file = std::fopen(path_.c_str(), "ae");
    bool good = file && std::fwrite(row.data(), 1, row.size(), file) == row.size();
    int error = errno;
    if (file && std::fclose(file) != 0) good = false, error = errno;
    if (!good)
      throw FileError(fmt::format("{} cannot be written: {}", path_, std::strerror(error)));
  }

  std::string path_, header_;
  bool warned_ = false;
};

}  // namespace

void CSVLogger::outputs(std::vector<OutputFile>& list) const {
  if (!filename.empty()) list.push_back({this, "filename", filename.c_str(), OutputKind::table});
}

std::unique_ptr<ExtensionRun> CSVLogger::start(Session&) const {
  if (filename.empty()) throw ValueError("CSVLogger: filename is empty");
  return std::make_unique<CsvLoggerRun>(*this);
}

}  // namespace ansatz
