#include <ansatz/serial/records_feed.hpp>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

namespace ansatz {

namespace {

RecordsFeed::Moment moment_of(const MonitorRecords& records, std::int64_t index) {
  const auto at = static_cast<std::size_t>(index);
  RecordsFeed::Moment moment{records.batch_record[at],
                             records.example_record[at],
                             records.epoch_record[at],
                             records.time_record[at],
                             {}};
  for (const ChannelRecords& c : records.channels)
    moment.values.push_back(c.val_record[static_cast<std::size_t>(index - c.first)]);
  return moment;
}

}  // namespace

void RecordsFeed::Moment::add_to(MonitorRecords& records) const {
  records.batches_seen = batches;
  records.examples_seen = examples;
  records.epochs_seen = epochs;
  std::vector<int> which(values.size());
  std::iota(which.begin(), which.end(), 0);
  records.record(seconds, which, values);
}

void RecordsFeed::News::add_to(MonitorRecords& records) {
  if (all) records = std::move(*all);
  for (const Moment& each : moments) each.add_to(records);
}

void RecordsFeed::publish(const MonitorRecords& records) {
  const std::size_t channels = records.channels.size();
  News more;
  // A channel that came later than others, or went away: not what a moment can tell.
  const bool whole = std::all_of(records.channels.begin(), records.channels.end(), [&](auto& c) {
    return c.first + std::ssize(c.val_record) == records.size();
  });
  if (!whole || sent_moments_ < 0 || channels != sent_channels_ || records.size() <= sent_moments_)
    more.all = records;
  else  // several, when some were recorded within an epoch
    for (std::int64_t i = sent_moments_; i < records.size(); ++i)
      more.moments.push_back(moment_of(records, i));
  sent_channels_ = channels;
  sent_moments_ = records.size();
  const std::lock_guard lock(mutex_);
  if (more.all)
    std::swap(news_, more);  // what was there is freed when nobody waits any more
  else
    std::move(more.moments.begin(), more.moments.end(), std::back_inserter(news_.moments));
}

RecordsFeed::News RecordsFeed::take() {
  News news;
  const std::lock_guard lock(mutex_);
  std::swap(news, news_);
  return news;
}

}  // namespace ansatz
