#include <ansatz/monitor/monitor.hpp>

#include <ansatz/natural_order.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace ansatz {

void Monitor::setup(AnyProgram* channels, AnyProgram* parameters, AnyProgram* settings) {
  channels_ = channels;
  parameters_ = parameters;
  settings_ = settings;
  if (!settings) return;
  for (int i = 0; i < settings->results(); ++i)
    setting_channels_.push_back(
        records_.add_channel(std::string(settings->result_name(i)), "a setting of the algorithm"));
  recorded_ = setting_channels_;
}

void Monitor::add_dataset(const WatchedData& data) {
  if (data.table->examples() == 0)
    throw ValueError(
        fmt::format("monitoring data set \"{}\" has no examples to monitor", data.name));
  Source source;
  source.data = data;
  const auto add = [&](const AnyProgram* program) {
    std::vector<std::size_t> added;
    for (int i = 0; program && i < program->results(); ++i) {
      recorded_.push_back(records_.add_channel(
          data.prefix + std::string(program->result_name(i)), "", data.name));
      added.push_back(static_cast<std::size_t>(recorded_.back()));
    }
    return added;
  };
  if (channels_ && channels_->results() > 0) source.reader.emplace(data.table, *channels_);
  source.channels = add(channels_);
  source.parameters = add(parameters_);
  datasets_.push_back(data);
  sources_.push_back(std::move(source));
}

void Monitor::add_channel(const std::string& name, std::function<double()> value,
                          const std::string& doc, bool wall_clock) {
  recorded_.push_back(records_.add_channel(name, doc, "", wall_clock));
  computed_.push_back({recorded_.back(), std::move(value)});
}

void Monitor::measure(Source& source, std::vector<double>& values) {
  if (!source.reader) return;
  RandomState rng(source.data.seed);
  SubsetIterator batches = make_subset_iterator(
      source.data.mode, source.data.table->examples(), source.data.batch_size,
      source.data.num_batches, stochastic(source.data.mode) ? &rng : nullptr);
  std::int64_t seen = 0;
  batches.start();
  for (Subset part; batches.next(part);) {
    for (const auto& call : prereqs_) call(source.data, part);
    const auto& arguments = source.reader->arguments(part);
    channels_->call(arguments.data(), static_cast<int>(arguments.size()));
    for (std::size_t i = 0; i < source.channels.size(); ++i)
      values[source.channels[i]] +=
          channels_->number(static_cast<int>(i)) * static_cast<double>(part.size);
    seen += part.size;
  }
  for (std::size_t channel : source.channels) values[channel] /= static_cast<double>(seen);
}

void Monitor::operator()(double seconds) {
  std::vector<double> values(records_.channels.size(), 0);
  if (settings_ && settings_->results() > 0) {
    settings_->call(nullptr, 0);
    for (std::size_t i = 0; i < setting_channels_.size(); ++i)
      values[static_cast<std::size_t>(setting_channels_[i])] =
          settings_->number(static_cast<int>(i));
  }
  if (parameters_ && parameters_->results() > 0 && !sources_.empty()) {
    parameters_->call(nullptr, 0);
    for (const Source& source : sources_)
      for (std::size_t i = 0; i < source.parameters.size(); ++i)
        values[source.parameters[i]] = parameters_->number(static_cast<int>(i));
  }
  for (Source& source : sources_) measure(source, values);
  // Last, because they may ask for the others.
  for (const Computed& each : computed_)
    values[static_cast<std::size_t>(each.channel)] = each.value();
  std::vector<double> recorded;
  for (int channel : recorded_) recorded.push_back(values[static_cast<std::size_t>(channel)]);
  records_.record(seconds, recorded_, recorded);
}

double Monitor::last(std::string_view channel) const {
  const ChannelRecords& c = records_.at(channel);
  if (c.val_record.empty())
    throw ValueError(fmt::format("channel \"{}\" has no record yet", channel));
  return c.val_record.back();
}

std::vector<int> Monitor::sorted_channels() const {
  std::vector<int> order(records_.channels.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int a, int b) {
    return natural_less(records_.channels[static_cast<std::size_t>(a)].name,
                        records_.channels[static_cast<std::size_t>(b)].name);
  });
  return order;
}

}  // namespace ansatz
