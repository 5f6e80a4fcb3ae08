#include <ansatz/view/run_board.hpp>

#include <dsl/exceptions.hpp>

#include "followed_runs.hpp"
#include "page_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <deque>
#include <list>
#include <optional>
#include <random>
#include <utility>
#include <vector>

namespace ansatz {

using Steady = std::chrono::steady_clock;

namespace {

// Between two looks at the files.
constexpr auto looking_pause = std::chrono::milliseconds(700);
// A page that asks as rarely as that gets the whole again.
constexpr std::size_t most_remembered = 256;

double since_1970() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

bool same_number(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

/// Whether `now` is `before` and more moments.
bool grew(const MonitorRecords& before, const MonitorRecords& now) {
  const std::int64_t n = before.size();
  if (now.size() < n || before.channels.size() != now.channels.size()) return false;
  for (std::size_t i = 0; i < before.channels.size(); ++i) {
    const ChannelRecords &a = before.channels[i], &b = now.channels[i];
    if (a.name != b.name || a.first != b.first || a.dataset != b.dataset) return false;
    const std::size_t last = a.val_record.size();
    if (b.val_record.size() < last || (last == 0 && !b.val_record.empty())) return false;
    if (last > 0 && !same_number(a.val_record[last - 1], b.val_record[last - 1])) return false;
    if (last > 0 && !same_number(a.val_record[0], b.val_record[0])) return false;
  }
  if (n == 0) return now.size() == 0;
  const auto last = static_cast<std::size_t>(n - 1);
  return before.batch_record[last] == now.batch_record[last];
}

}  // namespace

void BoardRun::set_state(std::string state) {
  const std::lock_guard lock(mutex_);
  state_ = std::move(state);
}

void BoardRun::saved(std::string path) {
  const std::lock_guard lock(mutex_);
  saved_ = std::move(path);
}

class RunBoard::Inside {
 public:
  Inside() {
    std::random_device random;
    name_ = fmt::format("{:08x}{:08x}", random(), random());
  }

  std::shared_ptr<BoardRun> add(const std::string& name, const ModelFile& what) {
    auto run = std::make_shared<BoardRun>();
    OrderedJson facts = drawing::facts_json(what);
    facts["filters"] = OrderedJson::array();  // what nobody has trained is no picture
    Arrival arrival{name, json_text(facts), what, run};
    drawing::drop_contents(arrival.file);
    const std::lock_guard lock(door_);
    arrivals_.push_back(std::move(arrival));
    has_own_runs = true;
    return run;
  }
  void follow(const std::string& path) {
    const std::lock_guard lock(mutex_);
    followed_.add(path);
    follows_ = true;
  }
  std::string news(std::string_view board, std::uint64_t since);
  std::atomic<bool> has_own_runs{false};

 private:
  struct Arrival {
    std::string name, facts;
    ModelFile file;
    std::shared_ptr<BoardRun> run;
  };
  // Each thing with the version that brought it.
  struct Entry {
    int id = 0;
    std::string name;
    ModelFile file;  // without tensors; its one monitor has the records
    std::string facts, state;
    double changed = 0;
    std::uint64_t facts_version = 0, state_version = 0, whole_version = 0;
    std::deque<std::pair<std::uint64_t, std::int64_t>> sizes;  // of the records, since the whole
    std::string whole;  // the records in JSON, as of the version
    std::uint64_t whole_text_version = 0;
    std::shared_ptr<BoardRun> run;  // null: of another program

    MonitorRecords& records() { return file.monitors[0]; }
  };

  void gather();
  void take_arrivals();
  void take_records(Entry& entry);
  void take_saved(Entry& entry, const std::string& path);
  void take_files();
  void set_records(Entry& entry, MonitorRecords records);
  void make_table();
  std::string text_of(Entry& entry, std::uint64_t since);
  std::string free_name(const std::string& wanted) const;

  std::mutex door_;  // of arrivals_ alone: who trains does not wait for who looks
  std::vector<Arrival> arrivals_;

  std::mutex mutex_;  // of all that follows
  std::string name_;
  std::uint64_t version_ = 1;
  int ids_ = 0;
  std::list<Entry> entries_;
  std::deque<std::pair<std::uint64_t, int>> gone_;
  drawing::FollowedRuns followed_;
  bool follows_ = false;
  std::optional<Steady::time_point> looked_;
  std::string table_;
  std::uint64_t table_version_ = 0, table_of_ = 0;
  Steady::time_point table_next_{};
};

std::string RunBoard::Inside::free_name(const std::string& wanted) const {
  std::string name = wanted;
  for (int i = 2; std::any_of(entries_.begin(), entries_.end(),
                              [&](const Entry& e) { return e.name == name; });
       ++i)
    name = fmt::format("{} ({})", wanted, i);
  return name;
}

void RunBoard::Inside::set_records(Entry& entry, MonitorRecords records) {
  const bool more = entry.whole_version > 0 && grew(entry.records(), records);
  if (more && records.size() == entry.records().size()) return;
  entry.records() = std::move(records);
  ++version_;
  if (!more) {
    entry.whole_version = version_;
    entry.sizes.clear();
  }
  entry.sizes.emplace_back(version_, entry.records().size());
  if (entry.sizes.size() > most_remembered) entry.sizes.pop_front();
}

void RunBoard::Inside::take_arrivals() {
  std::vector<Arrival> arrived;
  {
    const std::lock_guard lock(door_);
    std::swap(arrived, arrivals_);
  }
  for (Arrival& each : arrived) {
    Entry& entry = entries_.emplace_back();
    entry.id = ++ids_;
    entry.name = free_name(each.name);
    entry.file = std::move(each.file);
    entry.file.monitors.emplace_back();
    entry.facts = std::move(each.facts);
    entry.run = std::move(each.run);
    entry.changed = since_1970();
    entry.facts_version = ++version_;
    set_records(entry, {});
  }
}

void RunBoard::Inside::take_records(Entry& entry) {
  std::string state, saved;
  {
    const std::lock_guard lock(entry.run->mutex_);
    state = entry.run->state_;
    saved.swap(entry.run->saved_);
  }
  if (!saved.empty()) take_saved(entry, saved);
  RecordsFeed::News news = entry.run->feed_.take();
  if (news.all || !news.moments.empty()) {
    MonitorRecords records = news.all ? MonitorRecords() : entry.records();
    news.add_to(records);
    set_records(entry, std::move(records));
    entry.changed = since_1970();
  }
  if (state != entry.state) {
    entry.state = std::move(state);
    entry.state_version = ++version_;
  }
}

void RunBoard::Inside::take_saved(Entry& entry, const std::string& path) {
  std::optional<std::string> facts = drawing::facts_of_file(path);
  if (!facts || *facts == entry.facts) return;
  entry.facts = std::move(*facts);
  entry.facts_version = ++version_;
}

void RunBoard::Inside::take_files() {
  drawing::FollowedRuns::Changes changes = followed_.look();
  for (const std::string& path : changes.gone) {
    const auto entry = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& e) { return !e.run && e.name == path; });
    if (entry == entries_.end()) continue;
    gone_.emplace_back(++version_, entry->id);
    entries_.erase(entry);
    if (gone_.size() > most_remembered) gone_.pop_front();
  }
  for (drawing::FollowedRun& each : changes.runs) {
    const auto known = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& e) { return !e.run && e.name == each.path; });
    Entry& entry = known == entries_.end() ? entries_.emplace_back() : *known;
    if (entry.id == 0) entry.id = ++ids_;
    entry.name = each.path;
    MonitorRecords records = std::move(each.file.monitors[0]);
    MonitorRecords before;
    if (!entry.file.monitors.empty()) before = std::move(entry.records());
    if (!each.facts.empty()) {
      entry.file = std::move(each.file);
      entry.file.monitors.clear();
      entry.file.monitors.emplace_back();
      if (entry.facts != each.facts) entry.facts_version = ++version_;
      entry.facts = std::move(each.facts);
    }
    entry.records() = std::move(before);
    if (entry.changed != each.changed) entry.state_version = ++version_;
    entry.changed = each.changed;
    set_records(entry, std::move(records));
  }
}

void RunBoard::Inside::gather() {
  take_arrivals();
  for (Entry& entry : entries_)
    if (entry.run) take_records(entry);
  const auto now = Steady::now();
  if (follows_ && (!looked_ || now - *looked_ >= looking_pause)) {
    take_files();
    looked_ = Steady::now();
  }
  make_table();
}

// Of many runs that takes long: a tenth of the time at most.
void RunBoard::Inside::make_table() {
  const auto begin = Steady::now();
  if (table_of_ == version_ || begin < table_next_) return;
  std::vector<std::pair<std::string, const ModelFile*>> runs;
  for (const Entry& e : entries_) runs.emplace_back(e.name, &e.file);
  std::string table = json_text(drawing::table_json(runs));
  if (table != table_) table_version_ = ++version_;
  table_ = std::move(table);
  table_of_ = version_;
  table_next_ = begin + 10 * (Steady::now() - begin);
}

std::string RunBoard::Inside::text_of(Entry& entry, std::uint64_t since) {
  std::string text;
  const auto put = [&](const char* key, const std::string& json) {
    text += fmt::format("{}\"{}\":{}", text.empty() ? "" : ",", key, json);
  };
  if (entry.facts_version > since) {
    put("path", json_text(entry.name));
    put("facts", entry.facts);
  }
  if (entry.facts_version > since || entry.state_version > since ||
      entry.sizes.back().first > since) {
    put("state", json_text(entry.state));
    put("changed", fmt::format("{:.3f}", entry.changed));
  }
  // How many records the page has: those of the last version that it knows.
  std::int64_t has = -1;
  for (const auto& [version, size] : entry.sizes)
    if (version <= since) has = size;
  if (entry.whole_version > since || has < 0) {
    if (entry.whole_text_version != entry.sizes.back().first) {
      entry.whole = json_text(drawing::records_json(entry.records()));
      entry.whole_text_version = entry.sizes.back().first;
    }
    put("records", entry.whole);
  } else if (has < entry.records().size()) {
    put("more", json_text(drawing::records_since(entry.records(), has)));
  }
  return text.empty() ? text : fmt::format("{{\"id\":{},{}}}", entry.id, text);
}

std::string RunBoard::Inside::news(std::string_view board, std::uint64_t since) {
  const std::lock_guard lock(mutex_);
  gather();
  // What went away is not remembered for ever.
  const bool forgotten = gone_.size() >= most_remembered && gone_.front().first > since;
  if (board != name_ || since > version_ || forgotten) since = 0;
  std::string text = fmt::format("{{\"board\":\"{}\",\"version\":{},\"all\":{},\"now\":{:.3f}",
                                 name_, version_, since == 0, since_1970());
  if (table_version_ > since) text += ",\"table\":" + table_;
  std::string runs, gone;
  for (Entry& entry : entries_)
    if (const std::string one = text_of(entry, since); !one.empty())
      runs += (runs.empty() ? "" : ",") + one;
  for (const auto& [version, id] : gone_)
    if (version > since && since > 0) gone += fmt::format("{}{}", gone.empty() ? "" : ",", id);
  return text + ",\"runs\":[" + runs + "],\"gone\":[" + gone + "]}";
}

RunBoard::RunBoard() : inside_(std::make_unique<Inside>()) {}
RunBoard::~RunBoard() = default;

std::shared_ptr<BoardRun> RunBoard::add(const std::string& name, const ModelFile& what) {
  return inside_->add(name, what);
}
void RunBoard::follow(const std::string& path) { inside_->follow(path); }
bool RunBoard::has_own_runs() const { return inside_->has_own_runs; }
std::string RunBoard::page() const {
  return drawing::page_text(
      {{"live", true}, {"table", drawing::table_json({})}, {"runs", OrderedJson::array()}});
}
std::string RunBoard::news(std::string_view board, std::uint64_t version) {
  return inside_->news(board, version);
}

}  // namespace ansatz
