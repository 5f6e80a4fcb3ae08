// From the tensors and the metadata of a file to a model.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include <ansatz/serial/model_file.hpp>
#include <ansatz/serial/run_records.hpp>
#include <ansatz/serial/upgrade.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/in_quotes.hpp>

#include <ansatz/files/tensor_header.hpp>
#include "json.hpp"
#include "layout.hpp"

namespace ansatz {

using namespace serial;

namespace {

// upgrades[i] turns format i + 1 into i + 2: a new format comes with the step from the one before.
constexpr std::array<Upgrade, format_version - 1> upgrades{};
static_assert(std::none_of(upgrades.begin(), upgrades.end(), [](Upgrade u) { return !u; }));

class Decoder {
 public:
  Decoder(TensorFile file, const std::string& path) : file_(std::move(file)), path_(path) {}

  ModelFile decode() {
    out_.library_version = text(key::version);
    out_.floatX = text(key::floatX);
    if (out_.floatX != "float32" && out_.floatX != "float64")
      fail(fmt::format("floatX is {}; allowed: float32, float64", in_quotes(out_.floatX)));
    out_.job_yaml = text(key::job);
    out_.dataset_yaml = text(key::dataset);
    out_.model_yaml = text(key::model);
    share_out_tensors();
    read(key::environment, [&](const Json& json) { texts(json, out_.environment); });
    if (file_.metadata.contains(key::made_job)) out_.made_job_yaml = text(key::made_job);
    out_.has_paths = file_.metadata.contains(key::paths);
    for (const auto& [key, to] : {std::pair{key::variables, &out_.variables},
                                  {key::data, &out_.data},
                                  {key::paths, &out_.paths},
                                  {key::files, &out_.files}})
      if (file_.metadata.contains(key))
        read(key, [&, to = to](const Json& json) { texts(json, *to); });
    if (file_.metadata.contains(key::runs))
      read(key::runs, [&](const Json& json) {
        if (!json.is_array()) throw JsonFault{"no list"};
        for (const Json& each : json) texts(each, out_.runs.emplace_back());
      });
    if (file_.metadata.contains(key::columns)) out_.data[columns_of_data] = text(key::columns);
    read(key::values, [&](const Json& json) { out_.values = state_values_of(json); });
    read(key::tags, [&](const Json& json) { out_.tags = state_values_of(json); });
    read(key::wall_clock, [&](const Json& json) { out_.wall_clock = state_values_of(json); });
    read(key::random, [&](const Json& json) { random(json); });
    read(key::monitors, [&](const Json& json) { monitors(json); });
    if (!others_.empty())
      fail(fmt::format("tensor {} belongs to nothing", in_quotes(others_.begin()->first)));
    return std::move(out_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw FileError(fmt::format("{}: {}", path_, what));
  }

  const std::string& text(const char* key) const {
    const auto at = file_.metadata.find(key);
    if (at == file_.metadata.end()) fail(fmt::format("the metadata '{}' is missing", key));
    return at->second;
  }

  /// Parses the JSON under a key and hands it to `take`.
  template <class Take>
  void read(const char* key, Take&& take) {
    const std::string& json = text(key);
    try {
      take(parse_json(json));
    } catch (const JsonFault& fault) {
      fail(fmt::format("the metadata '{}' is not what it should be: {}", key, fault.what));
    }
  }

  void share_out_tensors() {
    for (NamedTensor& t : file_.tensors) {
      if (!reserved_name(t.name)) {
        out_.parameters.push_back(std::move(t));
      } else if (t.name.starts_with(state_prefix)) {
        t.name.erase(0, state_prefix.size());
        out_.state.push_back(std::move(t));
      } else {
        std::string name = t.name;
        others_.emplace(std::move(name), std::move(t));
      }
    }
  }

  /// Takes a tensor with elements of type E that others than parameters and state need.
  template <class E>
  std::vector<E> take(const std::string& name, const std::vector<std::int64_t>& shape) {
    const auto at = others_.find(name);
    if (at == others_.end()) fail(fmt::format("tensor {} is missing", in_quotes(name)));
    const NamedTensor& t = at->second;
    if (t.type != element_type_of<E>() || t.shape != shape)
      fail(fmt::format("tensor {} is {} of shape {}, where {} of shape {} belongs", in_quotes(name),
                       safetensors_type(t.type), t.shape, safetensors_type(element_type_of<E>()),
                       shape));
    std::vector<E> out(t.data<E>(), t.data<E>() + t.size());
    others_.erase(at);
    return out;
  }

  static void texts(const Json& json, std::map<std::string, std::string>& to) {
    if (!json.is_object()) throw JsonFault{"no object"};
    for (const auto& [name, value] : json.items()) to[name] = string_of(value);
  }

  void random(const Json& json) {
    if (!json.is_object()) throw JsonFault{"no object"};
    for (const auto& [name, entry] : json.items()) {
      RandomState::State& state = out_.random[name];
      const auto key =
          take<std::uint32_t>(std::string(random_prefix) + name, {std::ssize(state.key)});
      std::copy(key.begin(), key.end(), state.key);
      const std::int64_t position = integer_of(member(entry, "position"));
      if (position < 0 || position > std::ssize(state.key))
        throw JsonFault{
            fmt::format("random generator {} is at position {}, where 0 to {} are "
                        "allowed",
                        in_quotes(name), position, std::ssize(state.key))};
      state.pos = static_cast<std::int32_t>(position);
      state.has_gauss = bool_of(member(entry, "has_gauss"));
      state.cached_gaussian = double_of(member(entry, "cached_gaussian"));
      if (!std::isfinite(state.cached_gaussian))
        throw JsonFault{
            fmt::format("random generator {} keeps a number that is not finite", in_quotes(name))};
    }
  }

  void monitors(const Json& json) {
    if (!json.is_array()) throw JsonFault{"no list"};
    for (const Json& each : json) {
      const std::string& name = string_of(member(each, "name"));
      if (find_monitor(out_.monitors, name))
        throw JsonFault{fmt::format("two monitors are named {}", in_quotes(name))};
      MonitorRecords& m = out_.monitors.emplace_back();
      m.name = name;
      monitor(each, m);
    }
  }

  void monitor(const Json& json, MonitorRecords& m) {
    m.batches_seen = integer_of(member(json, "batches_seen"));
    m.examples_seen = integer_of(member(json, "examples_seen"));
    m.epochs_seen = integer_of(member(json, "epochs_seen"));
    m.training_succeeded = bool_of(member(json, "training_succeeded"));
    m.time_budget_exceeded = bool_of(member(json, "time_budget_exceeded"));
    m.copy_history = bool_of(member(json, "copy_history"));
    const std::string prefix = fmt::format("{}{}/", monitor_prefix, m.name);
    const std::string clock_prefix = std::string(wall_clock_prefix) + prefix;
    const auto batches = others_.find(prefix + "batches");
    const std::int64_t moments = batches == others_.end() ? 0 : batches->second.size();
    m.batch_record = take<std::int64_t>(prefix + "batches", {moments});
    m.example_record = take<std::int64_t>(prefix + "examples", {moments});
    m.epoch_record = take<std::int64_t>(prefix + "epochs", {moments});
    m.time_record = take<double>(clock_prefix + "seconds", {moments});

    const Json& list = member(json, "channels");
    if (!list.is_array()) throw JsonFault{"channels are no list"};
    std::int64_t count[2] = {0, 0};
    for (const Json& each : list) ++count[bool_of(member(each, "wall_clock"))];
    const std::vector<double> values[2] = {
        take<double>(prefix + "values", {count[0], moments}),
        take<double>(clock_prefix + "values", {count[1], moments})};
    const double* rows[2] = {values[0].data(), values[1].data()};
    for (const Json& each : list) {
      ChannelRecords& c = m.channels.emplace_back();
      c.name = string_of(member(each, "name"));
      c.doc = string_of(member(each, "doc"));
      c.dataset = string_of(member(each, "dataset"));
      c.wall_clock = bool_of(member(each, "wall_clock"));
      c.first = integer_of(member(each, "first"));
      const std::int64_t records = integer_of(member(each, "count"));
      if (c.first < 0 || c.first > moments || records < 0 || records > moments - c.first)
        throw JsonFault{fmt::format("channel {} has {} records from index {} on, of {}",
                                    in_quotes(c.name), records, c.first, moments)};
      const double*& row = rows[c.wall_clock];
      if (records > 0) c.val_record.assign(row + c.first, row + c.first + records);
      for (double& value : c.val_record) value = without_sign_of_nan(value);
      row += moments;
    }
    const std::string fault = m.fault();
    if (!fault.empty()) throw JsonFault{fault};
  }

  TensorFile file_;
  const std::string& path_;
  ModelFile out_;
  std::map<std::string, NamedTensor> others_;
};

}  // namespace

ModelFile model_of(TensorFile file, const std::string& path) {
  upgrade(file, upgrades, path);
  return Decoder(std::move(file), path).decode();
}

ModelFile read_model_file(const std::string& path, Checksums checksums) {
  return model_of(read_tensor_file(path, checksums), path);
}

ModelFile read_run_records(const std::string& path) {
  return model_of(read_tensors(path,
                               [](std::string_view name) {
                                 return reserved_name(name) && !name.starts_with(state_prefix);
                               }),
                  path);
}

bool is_main_channel(std::string_view name) {
  for (const char* end : {"objective", "misclass", "reconstruction_error", "_mse"})
    if (name.ends_with(end)) return true;
  return false;
}

}  // namespace ansatz
