#include <ansatz/extension/tensor_board.hpp>

#include "growing_file.hpp"

#include <ansatz/session/output_file.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <optional>

namespace ansatz {

namespace {

// CRC-32C (Castagnoli), reflected: polynomial 0x1EDC6F41.
constexpr std::array<std::uint32_t, 256> crc_table = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t c = i;
    for (int bit = 0; bit < 8; ++bit) c = c & 1 ? c >> 1 ^ 0x82F63B78u : c >> 1;
    table[i] = c;
  }
  return table;
}();

// As TFRecord has it: a checksum of data that hold checksums would be a weak one.
std::uint32_t masked_crc(const std::string& data) {
  std::uint32_t c = ~0u;
  for (const char byte : data) c = crc_table[(c ^ static_cast<unsigned char>(byte)) & 255] ^ c >> 8;
  c = ~c;
  return (c >> 15 | c << 17) + 0xA282EAD8u;
}

// The parts of a message of protocol buffers, little-endian.
template <class T>
std::string bytes_of(T value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}
std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value > 127; value >>= 7) bytes += static_cast<char>((value & 127) | 128);
  return bytes + static_cast<char>(value);
}
enum Wire { number = 0, eight_bytes = 1, counted = 2, four_bytes = 5 };
std::string field(unsigned index, Wire wire) { return varint(index << 3 | wire); }
std::string counted_field(unsigned index, const std::string& content) {
  return field(index, counted) + varint(content.size()) + content;
}

std::string scalar_value(const std::string& tag, double value) {
  return counted_field(
      1, counted_field(1, tag) + field(2, four_bytes) + bytes_of(static_cast<float>(value)));
}

std::string event(double wall_time, std::int64_t step, const std::string& what) {
  return field(1, eight_bytes) + bytes_of(wall_time) + field(2, number) +
         varint(static_cast<std::uint64_t>(step)) + what;
}

const std::string file_version = counted_field(3, "brain.Event:2");

std::string record_of(const std::string& message) {
  const std::string length = bytes_of(static_cast<std::uint64_t>(message.size()));
  return length + bytes_of(masked_crc(length)) + message + bytes_of(masked_crc(message));
}

double now() {
  const auto time = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(time).count();
}

class TensorBoardRun final : public ExtensionRun {
 public:
  explicit TensorBoardRun(const TensorBoard& description) : description_(description) {
    const std::filesystem::path folder = description.log_dir.c_str();
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
      throw FileError(fmt::format("TensorBoard: the folder {} cannot be made: {}", folder.string(),
                                  error.message()));
    try {
      make();
      add("");
    } catch (const FileError& e) {
      throw FileError(fmt::format("TensorBoard: {}", e.what()));
    }
  }

  void on_monitor(Session& session) override {
    const MonitorRecords& records = session.records();
    std::string summary;
    for (const ChannelRecords& c : records.channels)
      if (!c.val_record.empty() && c.first + std::ssize(c.val_record) == records.size())
        summary += scalar_value(c.name, c.val_record.back());
    if (const std::optional<double> loss = session.loss()) summary += scalar_value("loss", *loss);
    const std::string_view step = description_.step;
    const std::int64_t at = step == "batches"    ? records.batches_seen
                            : step == "examples" ? records.examples_seen
                                                 : records.epochs_seen;
    try {
      add(record_of(event(now(), at, counted_field(5, summary))));
    } catch (const Error& e) {
      if (!warned_) session.tell_fault(fmt::format("TensorBoard: {}", e.what()));
      warned_ = true;
    }
  }

 private:
  void make() {
    char host[256] = "localhost";
    (void)gethostname(host, sizeof host - 1);
    static std::atomic<int> files{0};  // of this process: jobs of a list begin within a second
    const std::string name = fmt::format("events.out.tfevents.{:010.0f}.{}.{}.{}",
                                         std::floor(now()), host, getpid(), files++);
    file_.emplace((std::filesystem::path(description_.log_dir.c_str()) / name).string());
    begun_ = false;
    file_->make();
  }
  void add(const std::string& record) {
    const auto append = [&] {
      return file_->append((begun_ ? "" : record_of(event(now(), 0, file_version))) + record);
    };
    // Where the file is gone, or another stands there, a new one goes on: they are read as one.
    if (!append()) {
      make();
      append();
    }
    begun_ = true;
  }

  const TensorBoard& description_;
  std::optional<GrowingFile> file_;
  bool begun_ = false;  // it has its first record
  bool warned_ = false;
};

}  // namespace

void TensorBoard::check() const {
  if (log_dir.empty()) throw ValueError("TensorBoard: log_dir is empty");
  if (step != "epochs" && step != "batches" && step != "examples")
    throw NameError(fmt::format("TensorBoard: step is \"{}\"{}", step.view(),
                                allowed_names(step.view(), {"epochs", "batches", "examples"})));
}

void TensorBoard::outputs(std::vector<OutputFile>& list) const {
  list.push_back({this, "log_dir", log_dir.c_str(), OutputKind::folder});
}

std::unique_ptr<ExtensionRun> TensorBoard::start(Session& session) const {
  check();
  if (!session.saves()) return std::make_unique<ExtensionRun>();
  return std::make_unique<TensorBoardRun>(*this);
}

}  // namespace ansatz
