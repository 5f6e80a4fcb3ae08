// ansatz data
#include "command.hpp"
#include "data_look.hpp"
#include "json_output.hpp"

#include <ansatz/data/path.hpp>

#include <ansatz/data/fetch/fetch.hpp>

#include "../base/say.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>

namespace ansatz::app {

namespace {

struct FetchArguments {
  std::string name, from, to;
  bool quiet = false, json = false;
};

std::string size_text(std::int64_t bytes) {
  if (bytes <= 0) return "?";
  const auto b = static_cast<double>(bytes);
  if (b < 1e3) return fmt::format("{} B", bytes);
  if (b < 1e6) return fmt::format("{:.0f} kB", b / 1e3);
  return fmt::format("{:.1f} MB", b / 1e6);
}

int present_files(const KnownSet& set, const std::string& folder) {
  int count = 0;
  for (const KnownFile& file : set.files) count += !where_is(set, file, folder).empty();
  return count;
}

std::string folder_of(const KnownSet& set) {
  return (std::filesystem::path(data_path()) / set.name).string();
}

int list() {
  say(stdout, "{:<20} {:>9}  {:<9} {}\n", "NAME", "SIZE", "PRESENT", "WHAT");
  for (const KnownSet& set : known_sets()) {
    const int present = present_files(set, data_path());
    const int all = static_cast<int>(set.files.size());
    say(stdout, "{:<20} {:>9}  {:<9} {}\n", set.name, size_text(set.bytes()),
        present == all ? "yes"
        : present == 0 ? "no"
                       : fmt::format("{} of {}", present, all),
        set.what);
    say(stdout, "{:<42}licence: {}\n", "", set.licence);
    if (present > 0) say(stdout, "{:<42}{}\n", "", folder_of(set));
  }
  const std::string variable = data_path_source();
  say(stdout, "\nData sets are looked for in {}; {} it.\n", data_path(),
      variable.empty() ? "ANSATZ_DATA_PATH can name" : variable + " names");
  return exit_ok;
}

int list_json() {
  const std::string variable = data_path_source();
  OrderedJson sets = OrderedJson::array();
  for (const KnownSet& set : known_sets()) {
    const std::int64_t bytes = set.bytes();
    const int present = present_files(set, data_path());
    sets.push_back({{"name", set.name},
                    {"bytes", bytes > 0 ? OrderedJson(bytes) : OrderedJson()},
                    {"files", set.files.size()},
                    {"present", present},
                    {"folder", folder_of(set)},
                    {"what", set.what},
                    {"licence", set.licence},
                    {"cite", set.cite}});
  }
  put_json({{"data_path", data_path()},
            {"data_path_from", variable.empty() ? OrderedJson() : OrderedJson(variable)},
            {"sets", std::move(sets)}});
  return exit_ok;
}

int path(const FetchArguments& a) {
  const std::string found = a.name.empty() ? data_path() : folder_of(known_set(a.name));
  if (a.json)
    put_json(OrderedJson::object({{"path", found}}));
  else
    say(stdout, "{}\n", found);
  return exit_ok;
}

/// A line that is redrawn on a terminal; elsewhere a line a file.
class Bar final : public FetchObserver {
 public:
  explicit Bar(bool quiet) : quiet_(quiet), drawn_(!quiet && ::isatty(STDERR_FILENO)) {}
  ~Bar() override { end(); }

  void begin(const std::string& from, std::int64_t have, std::int64_t total) override {
    end();
    have_ = have;
    start_ = Clock::now();
    if (quiet_) return;
    say(stderr, "{}{} ({})\n", from, have > 0 ? fmt::format(", from {} on", size_text(have)) : "",
        size_text(total));
  }
  void progress(std::int64_t done, std::int64_t total) override {
    const auto now = Clock::now();
    if (!drawn_ || (done != total && now - last_ < std::chrono::milliseconds(100))) return;
    last_ = now;
    const double seconds = std::chrono::duration<double>(now - start_).count();
    const double rate = seconds > 0 ? static_cast<double>(done - have_) / seconds : 0;
    constexpr int width = 30;
    std::string bar;
    if (total > 0) {
      const auto full = static_cast<std::size_t>(std::min(done, total) * width / total);
      bar = fmt::format("[{}{}] {:3}%  ", std::string(full, '#'), std::string(width - full, ' '),
                        done * 100 / total);
    }
    draw(stderr, "\r{}{}  {}/s\033[K", bar, size_text(done),
         size_text(static_cast<std::int64_t>(rate)));
    open_ = true;
  }
  void trouble(const std::string& what) override {
    end();
    if (!quiet_) say(stderr, "{}\n", what);
  }

 private:
  using Clock = std::chrono::steady_clock;
  void end() {
    if (open_) say(stderr, "\n");
    open_ = false;
  }
  bool quiet_, drawn_, open_ = false;
  std::int64_t have_ = 0;
  Clock::time_point start_, last_;
};

/// Events: file, progress (at most ten a second), warning.
class FetchEvents final : public FetchObserver {
 public:
  explicit FetchEvents(bool quiet) : quiet_(quiet) {}

  void begin(const std::string& from, std::int64_t have, std::int64_t total) override {
    if (!quiet_) put_event("file", {{"url", from}, {"have", have}, {"bytes", known(total)}});
  }
  void progress(std::int64_t done, std::int64_t total) override {
    const auto now = std::chrono::steady_clock::now();
    if (quiet_ || (done != total && now - last_ < std::chrono::milliseconds(100))) return;
    last_ = now;
    put_event("progress", {{"done", done}, {"bytes", known(total)}});
  }
  void trouble(const std::string& what) override {
    if (!quiet_) put_event("warning", {{"text", what}});
  }

 private:
  static OrderedJson known(std::int64_t total) {
    return total > 0 ? OrderedJson(total) : OrderedJson();
  }

  bool quiet_;
  std::chrono::steady_clock::time_point last_;
};

int fetch(const FetchArguments& a) {
  const KnownSet& set = known_set(a.name);
  const std::string folder = a.to.empty() ? data_path() : a.to;
  int fetched = 0;
  if (a.json) {
    FetchEvents events(a.quiet);
    fetched = fetch_set(set, folder, a.from, events);
    put_event("end", {{"reason", "finished"},
                      {"folder", fmt::format("{}/{}", folder, set.name)},
                      {"fetched", fetched},
                      {"files", set.files.size()},
                      {"licence", set.licence},
                      {"cite", set.cite}});
    return exit_ok;
  }
  {
    Bar bar(a.quiet);
    fetched = fetch_set(set, folder, a.from, bar);
  }
  say(stdout, "{}/{}: {} of {} files fetched, all verified\n", folder, set.name, fetched,
      set.files.size());
  for (const KnownFile& file : set.files)
    if (file.name.ends_with(".tgz") || file.name.ends_with(".tar.gz"))
      say(stdout, "an archive; unpack it: tar -xzf {0}/{1}/{2} -C {0}/{1}\n", folder, set.name,
          file.name);
  say(stdout, "licence: {}\nplease cite: {}\n", set.licence, set.cite);
  return exit_ok;
}

}  // namespace

const Command data_command(
    100, "data", "list, find, download and look at data sets", [](CLI::App* c, int& exit) {
      auto a = std::make_shared<FetchArguments>();
      c->require_subcommand(1);
      c->footer("Examples:\n  ansatz data list\n  ansatz data fetch mnist --to ~/data");

      CLI::App* l = c->add_subcommand("list", "known data sets, and which of them are there");
      l->footer("Example:\n  ansatz data list");
      add_json(*l, a->json);
      l->callback([a, &exit] { exit = a->json ? list_json() : list(); });

      CLI::App* p = c->add_subcommand("path", "the folder of data sets, or of one of them");
      p->add_option("NAME", a->name, "as `ansatz data list` shows it");
      add_json(*p, a->json);
      p->footer("Examples:\n  ansatz data path\n  ansatz data path mnist");
      p->callback([a, &exit] { exit = path(*a); });

      add_data_look(*c, exit);

      CLI::App* f = c->add_subcommand("fetch", "download a data set and verify it");
      f->add_option("NAME", a->name, "as `ansatz data list` shows it")->required();
      f->add_option("--from", a->from, "URL of a folder with its files; default: known mirrors");
      f->add_option("--to", a->to, "folder of data sets; default: ANSATZ_DATA_PATH, or ./data");
      f->add_flag("-q,--quiet", a->quiet, "show no progress");
      add_json(*f, a->json,
               "one JSON object a line for each event: file, progress, warning, error, end");
      f->footer(
          "A download that was cut off goes on where it ended. A proxy is named by http_proxy\n"
          "and https_proxy. Examples:\n  ansatz data fetch mnist\n"
          "  ansatz data fetch mnist --from https://example.org/mirror/mnist --to ~/data");
      f->callback([a, &exit] { exit = fetch(*a); });
    });

}  // namespace ansatz::app
