// From a model to the tensors and the metadata of its file.
#include <fmt/format.h>

#include <limits>

#include <ansatz/base/version.hpp>
#include <ansatz/serial/model_file.hpp>
#include <dsl/exceptions.hpp>

#include "json.hpp"
#include "layout.hpp"

namespace ansatz {

using namespace serial;

namespace {

std::int64_t length(const auto& list) { return static_cast<std::int64_t>(list.size()); }

/// The records of all channels that do, or do not, measure time: [channels, moments]. Where a
/// channel has no record stands NaN.
NamedTensor values_of(const MonitorRecords& monitor, bool wall_clock, std::string name) {
  std::vector<double> rows;
  std::int64_t count = 0;
  for (const ChannelRecords& c : monitor.channels) {
    if (c.wall_clock != wall_clock) continue;
    rows.resize(static_cast<std::size_t>(count * monitor.size() + c.first),
                std::numeric_limits<double>::quiet_NaN());
    rows.insert(rows.end(), c.val_record.begin(), c.val_record.end());
    rows.resize(static_cast<std::size_t>(++count * monitor.size()),
                std::numeric_limits<double>::quiet_NaN());
  }
  return {std::move(name), {count, monitor.size()}, rows.data()};
}

void add_monitor(const MonitorRecords& monitor, std::vector<NamedTensor>& out) {
  const std::string fault = monitor.fault();
  if (!fault.empty()) throw ValueError(fmt::format("monitor '{}': {}", monitor.name, fault));
  const std::string prefix = fmt::format("{}{}/", monitor_prefix, monitor.name);
  const std::string clock_prefix = std::string(wall_clock_prefix) + prefix;
  const std::vector<std::int64_t> moments{monitor.size()};
  out.push_back(values_of(monitor, false, prefix + "values"));
  out.emplace_back(prefix + "batches", moments, monitor.batch_record.data());
  out.emplace_back(prefix + "examples", moments, monitor.example_record.data());
  out.emplace_back(prefix + "epochs", moments, monitor.epoch_record.data());
  out.push_back(values_of(monitor, true, clock_prefix + "values"));
  out.emplace_back(clock_prefix + "seconds", moments, monitor.time_record.data());
}

Json json_of(const MonitorRecords& monitor) {
  Json channels = Json::array();
  for (const ChannelRecords& c : monitor.channels)
    channels.push_back({{"name", c.name},
                        {"doc", c.doc},
                        {"dataset", c.dataset},
                        {"wall_clock", c.wall_clock},
                        {"first", c.first},
                        {"count", length(c.val_record)}});
  return {{"name", monitor.name},
          {"batches_seen", monitor.batches_seen},
          {"examples_seen", monitor.examples_seen},
          {"epochs_seen", monitor.epochs_seen},
          {"training_succeeded", monitor.training_succeeded},
          {"time_budget_exceeded", monitor.time_budget_exceeded},
          {"copy_history", monitor.copy_history},
          {"channels", std::move(channels)}};
}

void add_metadata(const ModelFile& model, std::map<std::string, std::string>& out) {
  Json monitors = Json::array();
  for (const MonitorRecords& m : model.monitors) monitors.push_back(json_of(m));
  Json random = Json::object();
  for (const auto& [name, state] : model.random)
    random[name] = {{"position", state.pos},
                    {"has_gauss", state.has_gauss},
                    {"cached_gaussian", serial::json_of(state.cached_gaussian)}};
  const auto values = [](const StateValues& all, const std::string& what) {
    return dump_json(serial::json_of(all), what);
  };
  out = {{key::format, std::to_string(format_version)},
         {key::version, model.library_version.empty() ? library_version() : model.library_version},
         {key::floatX, model.floatX},
         {key::job, model.job_yaml},
         {key::dataset, model.dataset_yaml},
         {key::model, model.model_yaml},
         {key::environment, dump_json(model.environment, "the environment's entries")},
         {key::made_job, model.made_job_yaml},
         {key::variables, dump_json(model.variables, "the variables of the job")},
         {key::data, dump_json(model.data, "what is said of the data")},
         {key::paths, dump_json(model.paths, "the names of parameters")},
         {key::values, values(model.values, "the saved values")},
         {key::random, dump_json(random, "the names of random generators")},
         {key::tags, values(model.tags, "the tags")},
         {key::monitors, dump_json(monitors, "the monitors")},
         {key::wall_clock, values(model.wall_clock, "the times")}};
  if (!model.runs.empty()) {
    out[key::runs] = dump_json(model.runs, "what is said of the runs");
    out[key::files] = dump_json(model.files, "the names of data files");
  }
  // Under a key of its own, so that others need not take JSON out of JSON.
  if (const auto columns = model.data.find(columns_of_data); columns != model.data.end()) {
    out[key::columns] = columns->second;
    std::map<std::string, std::string> others = model.data;
    others.erase(columns_of_data);
    out[key::data] = dump_json(others, "what is said of the data");
  }
}

}  // namespace

bool reserved_name(std::string_view name) {
  for (const std::string_view prefix :
       {state_prefix, random_prefix, monitor_prefix, wall_clock_prefix})
    if (name.starts_with(prefix)) return true;
  return false;
}

TensorFile tensors_of(const ModelFile& model) {
  TensorFile out;
  for (const NamedTensor& t : model.parameters) {
    if (reserved_name(t.name))
      throw NameError(
          fmt::format("parameter '{}' cannot be saved under this name: what begins "
                      "with state/, random/, monitor/ or wall_clock/ is no parameter",
                      t.name));
    out.tensors.push_back(t);
  }
  for (const NamedTensor& t : model.state) {
    out.tensors.push_back(t);
    out.tensors.back().name = std::string(state_prefix) + t.name;
  }
  for (const auto& [name, state] : model.random)
    out.tensors.emplace_back(std::string(random_prefix) + name,
                             std::vector<std::int64_t>{std::ssize(state.key)}, state.key);
  for (const MonitorRecords& m : model.monitors) add_monitor(m, out.tensors);
  add_metadata(model, out.metadata);
  return out;
}

void write_model_file(const std::string& path, const ModelFile& model, Overwrite overwrite) {
  write_tensor_file(path, tensors_of(model), overwrite, Replaces::models);
}

}  // namespace ansatz
