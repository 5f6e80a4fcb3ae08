#include "followed_runs.hpp"

#include "page_parts.hpp"

#include <ansatz/base/regular_file.hpp>
#include <ansatz/serial/records_csv.hpp>
#include <ansatz/serial/run_records.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace ansatz::drawing {

namespace fs = std::filesystem;

namespace {

constexpr int deepest_folder = 4;
constexpr int most_entries = 20000;  // of folders, that are looked at
constexpr std::size_t most_runs = 500;
// Larger models are shown without pictures of their weights, which would have to be read.
constexpr std::int64_t largest_read_whole = std::int64_t{256} << 20;
constexpr std::int64_t largest_table = std::int64_t{256} << 20;

/// The fields of a line of CSV (RFC 4180).
std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"')
      fields.back() += line[i++];
    else if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      fields.emplace_back();
    else
      fields.back() += c;
  }
  return fields;
}

template <class T>
bool read_number(std::string_view text, T& value) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc{} && end == text.data() + text.size();
}

/// The set that a channel is of, as far as its name says.
std::string set_in(std::string_view channel) {
  for (const char* set : {"train", "valid", "test"})
    if (channel.starts_with(std::string(set) + "_")) return set;
  return "";
}

constexpr std::size_t first_channel = 4;  // behind the counters and the time

void add_row(const std::vector<std::string>& fields, MonitorRecords& records) {
  double seconds = 0;
  if (fields.size() != first_channel + records.channels.size() ||
      !read_number(fields[0], records.epochs_seen) ||
      !read_number(fields[1], records.batches_seen) ||
      !read_number(fields[2], records.examples_seen) || !read_number(fields[3], seconds))
    return;
  std::vector<int> which;
  std::vector<double> values;
  for (std::size_t i = first_channel; i < fields.size(); ++i) {
    double value = std::numeric_limits<double>::quiet_NaN();
    read_number(fields[i], value);
    which.push_back(static_cast<int>(i - first_channel));
    values.push_back(value);
  }
  records.record(seconds, which, values);
}

// What only the model says of the channels.
void describe_by(const MonitorRecords& model, MonitorRecords& table) {
  std::map<std::string_view, const ChannelRecords*> known;
  for (const ChannelRecords& c : model.channels) known.emplace(c.name, &c);
  for (ChannelRecords& c : table.channels) {
    const auto found = known.find(c.name);
    if (found == known.end()) continue;
    c.doc = found->second->doc;
    c.dataset = found->second->dataset;
  }
}

std::string stem_of(const std::string& path) {
  const fs::path p(path);
  return (p.parent_path() / p.stem()).string();
}

}  // namespace

std::optional<std::string> facts_of_file(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (error || size > static_cast<std::uintmax_t>(largest_read_whole)) return std::nullopt;
  try {
    return json_text(facts_json(read_model_file(path)));
  } catch (const Error&) {
    return std::nullopt;
  }
}

namespace {

/// The next line with its end; false: there is none, or it is still being written.
bool next_line(std::FILE* in, std::string& line) {
  line.clear();
  char piece[4096];
  while (std::ssize(line) <= largest_table && std::fgets(piece, sizeof piece, in)) {
    line += piece;
    if (line.ends_with('\n')) return true;
  }
  return false;
}

std::string_view without_end(std::string_view line) {
  return line.substr(0, line.find_last_not_of("\r\n") + 1);
}

}  // namespace

void FollowedRuns::read_table(std::FILE* in, const std::string& path, File& file, bool goes_on) {
  std::string line;
  if (goes_on) {
    // Another table may have taken the place and even the inode of the one that was read.
    goes_on = next_line(in, line) && line == file.first_line &&
              std::fseek(in, file.read - std::ssize(file.last_line), SEEK_SET) == 0 &&
              next_line(in, line) && line == file.last_line;
  }
  if (!goes_on) {
    MonitorRecords records;
    std::rewind(in);
    if (!next_line(in, line)) line.clear();
    const std::vector<std::string> fields = fields_of(without_end(line));
    std::set<std::string_view> names;
    for (std::size_t i = first_channel; i < fields.size(); ++i) {
      if (!names.insert(fields[i]).second)
        throw FileError(fmt::format("{}: two columns are named {}", path, fields[i]));
      records.channels.push_back({fields[i], "", set_in(fields[i]), false, 0, {}});
    }
    file.records = std::move(records);
    file.read = std::ssize(line);
    file.first_line = file.last_line = line;
  }
  while (file.read < largest_table && next_line(in, line)) {
    file.read += std::ssize(line);
    add_row(fields_of(without_end(line)), file.records);
    file.last_line.swap(line);
  }
}

void FollowedRuns::read(const std::string& path, File& file, const Mark& mark) {
  const Mark before = std::exchange(file.mark, mark);
  file.fault.clear();
  serial::RegularFile opened = serial::open_regular(path);
  if (opened.error && !opened.missing()) {
    file.kind = Kind::other;
    file.fault = fmt::format("{} cannot be read: {}", path, std::strerror(opened.error));
    return;
  }
  const serial::Stream in = serial::stream_of(std::move(opened));
  char head[64] = {};
  const std::string_view begin(head, in ? std::fread(head, 1, sizeof head - 1, in.get()) : 0);
  try {
    if (begin.starts_with(csv_header({}))) {
      if (mark.size > largest_table)
        throw FileError(fmt::format("{}: a table of {} MB is not followed", path, mark.size >> 20));
      const bool goes_on = file.kind == Kind::table && file.read > 0 &&
                           before.device == mark.device && before.inode == mark.inode &&
                           file.read <= mark.size;
      std::rewind(in.get());
      read_table(in.get(), path, file, goes_on);
      file.kind = Kind::table;
      file.fresh = true;
    } else if (begin.size() > 8 && begin[8] == '{') {
      const bool whole = mark.size <= largest_read_whole;
      ModelFile model = whole ? read_model_file(path) : read_run_records(path);
      const MonitorRecords* const found = find_monitor(model.monitors);
      file.records = found ? *found : MonitorRecords();
      file.facts = json_text(facts_json(model));
      drop_contents(model);
      file.model = std::move(model);
      file.kind = Kind::model;
      file.fresh = true;
    } else {
      file.kind = Kind::other;
      file.fault = path + " is neither a model nor a table of CSVLogger";
    }
  } catch (const Error& e) {
    // Of a file that was read before, that is what is shown on.
    file.fault = e.what();
  }
}

void FollowedRuns::look_at(const std::string& path) {
  struct stat s {};
  if (::stat(path.c_str(), &s) != 0 || !S_ISREG(s.st_mode)) return;
  const Mark mark{s.st_dev, s.st_ino, s.st_size,
                  std::int64_t{s.st_mtim.tv_sec} * 1'000'000'000 + s.st_mtim.tv_nsec};
  File& file = known_[path];
  file.seen = true;
  if (file.mark != mark) read(path, file, mark);
}

void FollowedRuns::look_through(const std::string& folder) {
  std::error_code error;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
  std::vector<std::string> found;
  for (int i = 0; !error && at != fs::recursive_directory_iterator() && i < most_entries; ++i) {
    const bool hidden = at->path().filename().string().starts_with('.');
    std::error_code ignored;
    if (hidden || at.depth() + 1 >= deepest_folder) at.disable_recursion_pending();
    if (!hidden && at->is_regular_file(ignored)) found.push_back(at->path().string());
    at.increment(error);
  }
  for (const std::string& path : found) look_at(path);
}

void FollowedRuns::add(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    folders_.push_back(path);
    return;
  }
  if (!fs::exists(path, error)) throw FileError(fmt::format("there is no file or folder {}", path));
  look_at(path);
  const auto file = known_.find(path);
  if (file == known_.end()) throw FileError(fmt::format("{} is neither a file nor a folder", path));
  if (!file->second.fault.empty()) throw FileError(file->second.fault);
  files_.push_back(path);
}

FollowedRuns::Changes FollowedRuns::look() {
  for (auto& [path, file] : known_) file.seen = false;
  for (const std::string& path : files_) look_at(path);
  for (const std::string& folder : folders_) look_through(folder);
  std::erase_if(known_, [](const auto& each) { return !each.second.seen; });

  struct Run {
    std::string model, table;
    std::int64_t changed = 0;
  };
  std::map<std::string, Run> runs;  // by their stems
  for (const auto& [path, file] : known_) {
    if (file.kind == Kind::other) continue;
    // Of two models of one stem each is a run of its own.
    std::string stem = stem_of(path);
    if (file.kind == Kind::model && !runs[stem].model.empty()) stem = path;
    Run& run = runs[stem];
    (file.kind == Kind::model ? run.model : run.table) = path;
    run.changed = std::max(run.changed, file.mark.nanoseconds);
  }
  if (runs.size() > most_runs) {
    std::vector<std::pair<std::int64_t, std::string>> newest;
    for (const auto& [stem, run] : runs) newest.emplace_back(-run.changed, stem);
    std::nth_element(newest.begin(), newest.begin() + most_runs, newest.end());
    for (std::size_t i = most_runs; i < newest.size(); ++i) runs.erase(newest[i].second);
  }

  Changes changes;
  for (auto& [stem, path] : shown_) {
    const auto run = runs.find(stem);
    const bool there = run != runs.end() &&
                       (run->second.model.empty() ? run->second.table : run->second.model) == path;
    if (!there) changes.gone.push_back(std::exchange(path, ""));
  }
  std::erase_if(shown_, [](const auto& each) { return each.second.empty(); });
  for (const auto& [stem, run] : runs) {
    File* const model = run.model.empty() ? nullptr : &known_[run.model];
    File* const table = run.table.empty() ? nullptr : &known_[run.table];
    const std::string& path = model ? run.model : run.table;
    const bool is_new = shown_.emplace(stem, path).second;
    const bool fresh = (model && model->fresh) || (table && table->fresh);
    if (!is_new && !fresh) continue;
    FollowedRun out;
    out.path = path;
    out.changed = static_cast<double>(run.changed) / 1e9;
    if (model && (is_new || model->fresh)) out.facts = model->facts;
    if (!model && is_new) out.facts = json_text(facts_json({}));
    if (model) out.file = model->model;
    const bool by_table = table && (!model || table->mark.nanoseconds >= model->mark.nanoseconds);
    if (by_table && model) describe_by(model->records, table->records);
    out.file.monitors.push_back(by_table ? table->records : model->records);
    changes.runs.push_back(std::move(out));
  }
  for (auto& [path, file] : known_) file.fresh = false;
  return changes;
}

}  // namespace ansatz::drawing
