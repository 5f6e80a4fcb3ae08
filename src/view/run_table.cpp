#include <ansatz/view/run_table.hpp>

#include <ansatz/base/natural_order.hpp>
#include <ansatz/serial/run_records.hpp>
#include <ansatz/yaml/read.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

namespace ansatz {

namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

/// 0.05 and .05 and 5e-2 are one number.
std::string as_value(const yaml::Node& node) {
  std::string_view text = node.text;
  if (node.quoted || text.empty()) return node.text;
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) return node.text;
  return fmt::format("{}", value);
}

std::string short_class(const yaml::Node& node) {
  const std::string_view name = yaml::object_name(node);
  const std::size_t dot = name.rfind('.');
  return std::string(dot == name.npos ? name : name.substr(dot + 1));
}

/// What an item of a list is called.
std::string item_name(const yaml::Node& list, std::size_t i) {
  const yaml::Node& item = *list.children[i].node;
  if (const yaml::Child* name = item.find("layer_name"); name && !name->node->text.empty())
    return "." + name->node->text;
  const std::string own = short_class(item);
  std::size_t alike = 0;
  for (const yaml::Child& each : list.children) alike += short_class(*each.node) == own;
  return own.empty() || alike != 1 ? fmt::format("[{}]", i) : "." + own;
}

class Flattened {
 public:
  void add(const yaml::Node& node, const std::string& path) {
    paths_.emplace(&node, path);
    if (const std::string own = short_class(node); !own.empty())
      settings.emplace_back(path, "!obj:" + own);
    else if (yaml::is_pickle(node))
      settings.emplace_back(path, "!pkl:" + node.text);
    else if (node.kind == yaml::Kind::scalar)
      settings.emplace_back(path, as_value(node));
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const yaml::Child& child = node.children[i];
      const std::string name = node.kind == yaml::Kind::sequence
                                   ? item_name(node, i)
                                   : (path.empty() ? "" : ".") + child.key;
      const auto known = paths_.find(child.node.get());
      if (known != paths_.end())
        settings.emplace_back(path + name, "*" + known->second);
      else
        add(*child.node, path + name);
    }
  }
  Values settings;

 private:
  std::unordered_map<const yaml::Node*, std::string> paths_;
};

bool is_save_path(std::string_view path) {
  return path == "save_path" || path.ends_with(".save_path");
}

/// Whether one of the paths leads to an object that this one is in.
bool below_one_of(const std::string& path, const std::set<std::string>& paths) {
  for (std::size_t i = 1; i < path.size(); ++i)
    if ((path[i] == '.' || path[i] == '[') && paths.contains(path.substr(0, i))) return true;
  return false;
}

RunScore score_of(const MonitorRecords& records, const std::string& channel) {
  RunScore score;
  const ChannelRecords* const c = records.find(channel);
  if (!c) return score;
  const double sign = larger_is_better(channel) ? -1 : 1;
  for (std::size_t i = 0; i < c->val_record.size(); ++i) {
    const double v = c->val_record[i];
    if (std::isfinite(v) && (!score.known || sign * v < sign * score.best)) {
      score.known = true;
      score.best = v;
      score.best_epoch = records.epoch_record[static_cast<std::size_t>(c->first) + i];
    }
  }
  if (!c->val_record.empty()) score.last = c->val_record.back();
  return score;
}

}  // namespace

Values job_settings(const std::string& text) {
  yaml::Errors errors;
  yaml::Reading reading;
  reading.fill = false;
  const yaml::NodePtr root = yaml::read_text("job", text, errors, reading);
  if (!root) return {};
  Flattened flat;
  flat.add(*root, "");
  return std::move(flat.settings);
}

bool larger_is_better(std::string_view channel) {
  for (const char* end : {"accuracy", "roc_auc", "precision", "recall", "_f1", "lower_bound"})
    if (channel.ends_with(end)) return true;
  return false;
}

RunTable table_of_runs(const std::vector<std::pair<std::string, const ModelFile*>>& runs,
                       const std::vector<std::string>& channels) {
  RunTable table;
  table.channels = channels;
  std::vector<std::map<std::string, std::string>> all;
  std::vector<std::string> order;
  std::set<std::string> seen;
  for (const auto& [path, file] : runs) {
    auto& settings = all.emplace_back();
    for (auto& [key, value] : job_settings(file->job_yaml)) {
      if (is_save_path(key)) continue;
      if (seen.insert(key).second) order.push_back(key);
      settings.emplace(std::move(key), std::move(value));
    }
  }
  const auto value = [&](std::size_t run, const std::string& key) {
    const auto at = all[run].find(key);
    return at == all[run].end() ? std::string() : at->second;
  };
  std::set<std::string> differing;
  for (const std::string& key : order) {
    std::set<std::string> values;
    for (std::size_t i = 0; i < runs.size(); ++i) values.insert(value(i, key));
    if (values.size() < 2) continue;
    // What stands below an object that not all have says nothing more, unless it differs itself.
    const bool all_alike = values.size() == 2 && values.contains("");
    if (!differing.insert(key).second || (all_alike && below_one_of(key, differing))) continue;
    table.keys.push_back(key);
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    RunRow& row = table.rows.emplace_back();
    row.path = runs[i].first;
    for (const std::string& key : table.keys) row.settings.push_back(value(i, key));
    row.scores.resize(channels.size());
    const MonitorRecords* const records = find_monitor(runs[i].second->monitors);
    if (!records) continue;
    row.epochs = records->epochs_seen;
    row.seconds = records->time_record.empty() ? 0 : records->time_record.back();
    for (std::size_t c = 0; c < channels.size(); ++c)
      row.scores[c] = score_of(*records, channels[c]);
  }
  return table;
}

void RunTable::sort_by(std::size_t channel, bool by_last) {
  const double sign = larger_is_better(channels.at(channel)) ? -1 : 1;
  const auto rank = [&](const RunRow& row) {
    const RunScore& score = row.scores[channel];
    const double v = sign * (by_last ? score.last : score.best);
    return !score.known || std::isnan(v) ? INFINITY : v;
  };
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const RunRow& a, const RunRow& b) { return rank(a) < rank(b); });
}

std::vector<std::string> telling_channels(const std::vector<const ModelFile*>& runs) {
  std::set<std::string> names;
  for (const ModelFile* file : runs)
    if (const MonitorRecords* records = find_monitor(file->monitors))
      for (const ChannelRecords& c : records->channels)
        if (is_main_channel(c.name) && !c.val_record.empty()) names.insert(c.name);
  for (const char* set : {"valid_", "test_"}) {
    std::set<std::string> of_set;
    for (const std::string& name : names)
      if (name.starts_with(set)) of_set.insert(name);
    if (of_set.empty()) continue;
    names = of_set;
    break;
  }
  std::vector<std::string> list(names.begin(), names.end());
  std::stable_sort(list.begin(), list.end(), natural_less);
  std::stable_sort(list.begin(), list.end(), [](const std::string& a, const std::string& b) {
    return a.ends_with("misclass") && !b.ends_with("misclass");
  });
  return list;
}

std::vector<std::string> short_names(const std::vector<std::string>& paths) {
  std::vector<std::string> names;
  std::map<std::string, int> ends;  // how many paths have an end
  const auto each_end = [](const std::string& path, auto use) {
    for (std::size_t i = path.size(); i > 0; --i)
      if ((i == path.size() ? false : path[i - 1] == '.') && !use(path.substr(i))) return;
    use(path);
  };
  for (const std::string& path : paths)
    each_end(path, [&](const std::string& end) { return ++ends[end], true; });
  for (const std::string& path : paths) {
    std::string name = path;
    each_end(path, [&](const std::string& end) {
      if (ends[end] != 1) return true;
      name = end;
      return false;
    });
    names.push_back(name);
  }
  return names;
}

}  // namespace ansatz
