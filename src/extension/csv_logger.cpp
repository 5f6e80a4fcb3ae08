#include <ansatz/extension/csv_logger.hpp>

#include "growing_file.hpp"

#include <ansatz/files/atomic_file.hpp>
#include <ansatz/serial/records_csv.hpp>
#include <ansatz/session/output_file.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <iterator>

namespace ansatz {

namespace {

class CsvLoggerRun final : public ExtensionRun {
 public:
  explicit CsvLoggerRun(const CSVLogger& logger) : file_(logger.filename.c_str()) {
    try {
      require_table();
    } catch (const FileError& e) {
      throw FileError(fmt::format("CSVLogger: {}", e.what()));
    }
  }

  void on_monitor(Session& session) override {
    if (session.records().size() >= next_try_) write(session);
  }
  void on_save(Session& session) override {
    if (next_try_ > 0 && header_.empty()) write(session);
  }

 private:
  void write(Session& session) {
    const MonitorRecords& records = session.records();
    std::vector<const ChannelRecords*> channels;
    for (int i : session.monitor().sorted_channels())
      channels.push_back(&records.channels[static_cast<std::size_t>(i)]);
    try {
      std::string header = csv_header(channels);
      if (header != header_ ||
          !file_.append(csv_row(records, channels, records.size() - 1) + "\n")) {
        header_.clear();
        write_all(header, records, channels);
        header_ = std::move(header);
      }
      pause_ = 1;
    } catch (const Error& e) {
      header_.clear();  // what is missing is written with a later record
      next_try_ = records.size() + pause_;
      pause_ *= 2;
      if (!warned_) session.tell_fault(fmt::format("CSVLogger: {}", e.what()));
      warned_ = true;
    }
  }

  void require_table() const {
    if (!may_hold_records(file_.path()))
      throw FileError(
          fmt::format("{} is there and no table of records; it is not written over", file_.path()));
  }
  void write_all(const std::string& header, const MonitorRecords& records,
                 const std::vector<const ChannelRecords*>& channels) {
    require_table();
    AtomicFile file(file_.path(), Overwrite::replace, Replaces::no_models);
    std::string text = header + "\n";
    for (std::int64_t i = 0; i < records.size(); ++i) text += csv_row(records, channels, i) + "\n";
    file.write(text.data(), text.size());
    file.commit();
    file_.take(std::ssize(text));
  }

  GrowingFile file_;
  std::string header_;
  bool warned_ = false;
  // What fails again and again is tried ever more rarely: all rows would be written each time.
  std::int64_t next_try_ = 0, pause_ = 1;
};

}  // namespace

void CSVLogger::outputs(std::vector<OutputFile>& list) const {
  if (!filename.empty()) list.push_back({this, "filename", filename.c_str(), OutputKind::table});
}

std::unique_ptr<ExtensionRun> CSVLogger::start(Session& session) const {
  if (filename.empty()) throw ValueError("CSVLogger: filename is empty");
  if (!session.saves()) return std::make_unique<ExtensionRun>();
  return std::make_unique<CsvLoggerRun>(*this);
}

}  // namespace ansatz
