// ansatz diff-monitor
#include "command.hpp"
#include "json_output.hpp"

#include <ansatz/base/natural_order.hpp>
#include <ansatz/base/shown.hpp>
#include <ansatz/serial/run_records.hpp>

#include "../base/say.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>

namespace ansatz::app {

namespace {

struct Difference {
  std::string channel;
  const char* only = "";  // "first" or "second" where the other has no such channel
  std::int64_t record = -1;
  double a = 0, b = 0;
};

// Of equal records, each is the same number or both are none.
bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

double value_at(const ChannelRecords& c, std::int64_t moment) {
  const std::int64_t own = moment - c.first;
  return own >= 0 && own < std::ssize(c.val_record) ? c.val_record[static_cast<std::size_t>(own)]
                                                    : NAN;
}

std::vector<Difference> differences(const MonitorRecords& a, const MonitorRecords& b) {
  std::set<std::string> names;
  for (const MonitorRecords* each : {&a, &b})
    for (const ChannelRecords& c : each->channels) names.insert(c.name);
  std::vector<std::string> order(names.begin(), names.end());
  std::stable_sort(order.begin(), order.end(), natural_less);
  std::vector<Difference> list;
  for (const std::string& name : order) {
    const ChannelRecords *const in_a = a.find(name), *const in_b = b.find(name);
    if (!in_a || !in_b) {
      list.push_back({name, in_a ? "first" : "second"});
      continue;
    }
    if (in_a->wall_clock && in_b->wall_clock) continue;
    for (std::int64_t i = 0; i < std::max(a.size(), b.size()); ++i) {
      const double va = value_at(*in_a, i), vb = value_at(*in_b, i);
      if (same(va, vb)) continue;
      list.push_back({name, "", i, va, vb});
      break;
    }
  }
  return list;
}

const MonitorRecords& records_in(const ModelFile& file, const std::string& path) {
  if (const MonitorRecords* found = find_monitor(file.monitors)) return *found;
  throw ValueError(fmt::format("{}: it has no monitor", path));
}

int diff_monitor(const std::string& first, const std::string& second, bool json) {
  shows_json = json;
  const ModelFile a = read_run_records(first), b = read_run_records(second);
  const MonitorRecords &in_a = records_in(a, first), &in_b = records_in(b, second);
  const auto list = differences(in_a, in_b);
  if (json) {
    OrderedJson channels = OrderedJson::array();
    for (const Difference& d : list)
      channels.push_back(*d.only ? OrderedJson{{"channel", d.channel}, {"only_in", d.only}}
                                 : OrderedJson{{"channel", d.channel},
                                               {"record", d.record},
                                               {"first", json_of(d.a)},
                                               {"second", json_of(d.b)}});
    put_json({{"first", first},
              {"second", second},
              {"records", {in_a.size(), in_b.size()}},
              {"differences", std::move(channels)}});
    return exit_ok;
  }
  say(stdout, "{}: {} records\n{}: {} records\n", printable_name(first), in_a.size(),
      printable_name(second), in_b.size());
  for (const Difference& d : list)
    if (*d.only)
      say(stdout, "{}: only in the {}\n", printable_name(d.channel), d.only);
    else
      say(stdout, "{}: differs from record {} on: {} and {}\n", printable_name(d.channel), d.record,
          csv_number(d.a), csv_number(d.b));
  if (list.empty()) say(stdout, "no difference, times of the runs left aside\n");
  return exit_ok;
}

}  // namespace

const Command diff_monitor_command(85, "diff-monitor", "where the records of two runs differ",
                                   [](CLI::App* c, int& exit) {
                                     struct Arguments {
                                       std::string first, second;
                                       bool json = false;
                                     };
                                     auto a = std::make_shared<Arguments>();
                                     c->add_option("first", a->first, "model file")->required();
                                     c->add_option("second", a->second, "model file")->required();
                                     add_json(*c, a->json);
                                     c->footer("Example:\n  ansatz diff-monitor a.pkl b.pkl");
                                     c->callback([a, &exit] {
                                       exit = diff_monitor(a->first, a->second, a->json);
                                     });
                                   });

}  // namespace ansatz::app
