#include <ansatz/monitor/monitor.hpp>

#include <ansatz/base/natural_order.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace ansatz {

namespace {

BatchOrder order_of(const Monitor::WatchedData& data, RandomState& rng) {
  return {data.mode, data.batch_size, data.num_batches, stochastic(data.mode) ? &rng : nullptr};
}

ValueError without_examples(const std::string& name) {
  return ValueError(fmt::format("monitoring data set \"{}\" has no examples to monitor", name));
}

// Adds the elements of a result, times `factor`.
void add_result(const AnyProgram& program, int index, double factor, std::vector<double>& sum) {
  const ArrayView result = program.result(index);
  const auto count = static_cast<std::size_t>(result.dims.count());
  sum.resize(count);
  const auto add = [&](const auto* values) {
    for (std::size_t i = 0; i < count; ++i) sum[i] += static_cast<double>(values[i]) * factor;
  };
  if (result.type == ElementType::float64)
    add(static_cast<const double*>(result.data));
  else
    add(static_cast<const float*>(result.data));
}

// What is left when `ending` is taken off; null where the name does not end in it.
std::optional<std::string> without(std::string_view name, std::string_view ending) {
  if (ending.empty() || !name.ends_with(ending)) return std::nullopt;
  return std::string(name.substr(0, name.size() - ending.size()));
}

double gathered(Gathered how, const std::vector<double>& values, const std::vector<double>& per,
                double examples) {
  if (how == Gathered::mean) return values[0] / examples;
  if (how == Gathered::sum) return values[0];
  std::vector<double> ratios;
  for (std::size_t i = 0; i < values.size(); ++i)
    ratios.push_back(per[i] == 0 ? 0 : values[i] / per[i]);
  if (how == Gathered::ratio_max) return *std::max_element(ratios.begin(), ratios.end());
  if (how == Gathered::ratio_min) return *std::min_element(ratios.begin(), ratios.end());
  return std::accumulate(ratios.begin(), ratios.end(), 0.) / static_cast<double>(ratios.size());
}

}  // namespace

void Monitor::setup(AnyProgram* channels, AnyProgram* parameters, AnyProgram* settings) {
  channels_ = channels;
  parameters_ = parameters;
  settings_ = settings;
  for (int i = 0; channels && i < channels->results(); ++i) {
    const std::string_view name = channels->result_name(i);
    // Behind the values.
    if (without(name, Channel::divisor_ending)) {
      parts_.back().per = i;
      continue;
    }
    Part part{std::string(name), Gathered::mean, i, 0};
    for (std::size_t k = 1; k < std::size(Channel::endings); ++k)
      if (const auto found = without(name, Channel::endings[k]))
        part.name = *found, part.how = static_cast<Gathered>(k);
    parts_.push_back(std::move(part));
  }
  if (!settings) return;
  for (int i = 0; i < settings->results(); ++i)
    setting_channels_.push_back(
        records_.add_channel(std::string(settings->result_name(i)), "a setting of the algorithm"));
  recorded_ = setting_channels_;
}

void Monitor::add_dataset(const WatchedData& data) {
  const std::int64_t examples = data.source->examples();
  if (examples == 0) throw without_examples(data.name);
  if (channels_ && channels_->results() > 0) {
    RandomState rng(data.seed);
    const BatchWalk batches(data.source, order_of(data, rng));
    if (batches.num_batches() == 0)
      throw ValueError(
          fmt::format("monitoring data set \"{}\": {} examples give no batch of {} in "
                      "the iteration mode {}",
                      data.name, examples, batches.batch_size(), data.mode));
  }
  Source source;
  source.data = data;
  const auto add = [&](const std::string& name, std::vector<int>& to) {
    recorded_.push_back(records_.add_channel(data.prefix + name, "", data.name));
    to.push_back(recorded_.back());
  };
  if (channels_ && channels_->results() > 0) source.reader.emplace(*data.source, *channels_);
  for (const Part& part : parts_) add(part.name, source.channels);
  for (int i = 0; parameters_ && i < parameters_->results(); ++i)
    add(std::string(parameters_->result_name(i)), source.parameters);
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
  BatchWalk batches(source.data.source, order_of(source.data, rng));
  std::vector<std::vector<double>> values(parts_.size()), per(parts_.size());
  const std::int64_t seen = for_each_batch(batches, [&](const RowsView& rows) {
    for (const auto& call : prereqs_) call(source.data, rows);
    const auto& arguments = source.reader->arguments(rows);
    channels_->call(arguments.data(), static_cast<int>(arguments.size()));
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      const bool mean = parts_[i].how == Gathered::mean;
      add_result(*channels_, parts_[i].value, mean ? static_cast<double>(rows.size()) : 1,
                 values[i]);
      if (parts_[i].how >= Gathered::ratio) add_result(*channels_, parts_[i].per, 1, per[i]);
    }
  });
  if (seen == 0) throw without_examples(source.data.name);
  for (std::size_t i = 0; i < parts_.size(); ++i)
    value_of(source.channels[i]) =
        gathered(parts_[i].how, values[i], per[i], static_cast<double>(seen));
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
