#include <ansatz/monitor/monitor.hpp>

#include <ansatz/natural_order.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace ansatz {

namespace {

SubsetIterator batches_of(const Monitor::WatchedData& data, RandomState& rng) {
  return make_subset_iterator(data.mode, data.table->examples(), data.batch_size, data.num_batches,
                              stochastic(data.mode) ? &rng : nullptr);
}

}  // namespace

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
  if (channels_ && channels_->results() > 0) {
    RandomState rng(data.seed);
    const SubsetIterator batches = batches_of(data, rng);
    if (batches.num_batches() == 0)
      throw ValueError(fmt::format("monitoring data set \"{}\": {} examples give no batch of {} in "
                                   "the iteration mode {}",
                                   data.name, data.table->examples(), batches.batch_size(),
                                   data.mode));
  }
  Source source;
  source.data = data;
  const auto add = [&](const AnyProgram* program) {
    std::vector<int> added;
    for (int i = 0; program && i < program->results(); ++i) {
      recorded_.push_back(records_.add_channel(
          data.prefix + std::string(program->result_name(i)), "", data.name));
      added.push_back(recorded_.back());
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

void Monitor::measure(Source& source) {
  if (!source.reader) return;
  RandomState rng(source.data.seed);
  SubsetIterator batches = batches_of(source.data, rng);
  std::int64_t seen = 0;
  for (int channel : source.channels) value_of(channel) = 0;
  batches.start();
  for (Subset part; batches.next(part);) {
    for (const auto& call : prereqs_) call(source.data, part);
    const auto& arguments = source.reader->arguments(part);
    channels_->call(arguments.data(), static_cast<int>(arguments.size()));
    for (std::size_t i = 0; i < source.channels.size(); ++i)
      value_of(source.channels[i]) +=
          channels_->number(static_cast<int>(i)) * static_cast<double>(part.size);
    seen += part.size;
  }
  for (int channel : source.channels) value_of(channel) /= static_cast<double>(seen);
}

void Monitor::operator()(double seconds) {
  current_.assign(records_.channels.size(), std::numeric_limits<double>::quiet_NaN());
  if (settings_ && settings_->results() > 0) {
    settings_->call(nullptr, 0);
    for (std::size_t i = 0; i < setting_channels_.size(); ++i)
      value_of(setting_channels_[i]) = settings_->number(static_cast<int>(i));
  }
  if (parameters_ && parameters_->results() > 0 && !sources_.empty()) {
    parameters_->call(nullptr, 0);
    for (const Source& source : sources_)
      for (std::size_t i = 0; i < source.parameters.size(); ++i)
        value_of(source.parameters[i]) = parameters_->number(static_cast<int>(i));
  }
  for (Source& source : sources_) measure(source);
  // Last, because they may ask for the others.
  for (const Computed& each : computed_) value_of(each.channel) = each.value();
  std::vector<double> recorded;
  for (int channel : recorded_) recorded.push_back(value_of(channel));
  current_.clear();
  records_.record(seconds, recorded_, recorded);
}

double Monitor::last(std::string_view channel) const {
  const ChannelRecords& c = records_.at(channel);
  if (c.val_record.empty())
    throw ValueError(fmt::format("channel \"{}\" has no record yet", channel));
  return c.val_record.back();
}

double Monitor::current(std::string_view channel) const {
  const auto index = static_cast<std::size_t>(&records_.at(channel) - records_.channels.data());
  if (index >= current_.size())
    throw ValueError(fmt::format("channel \"{}\" is not being recorded now", channel));
  return current_[index];
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
