#include <ansatz/termination/patience.hpp>

#include <ansatz/base/shown.hpp>
#include <ansatz/monitor/watched_channel.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/monitor/objective_channel.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace ansatz {

namespace {

class PatienceRun final : public CriterionRun {
 public:
  explicit PatienceRun(const PatienceBasedTermCrit& description)
      : description_(description), patience_(description.initial_patience) {}

  bool continue_learning(Session& session) override {
    if (channel_.empty())
      channel_ =
          objective_channel(session.records(), description_.channel_name, "PatienceBasedTermCrit");
    const double value = last_value(session.records(), channel_, "PatienceBasedTermCrit");
    const auto records = static_cast<double>(session.records().at(channel_).val_record.size());
    // By the absolute value: Pylearn2's factor would ask a negative channel to rise.
    if (value < in_proportion(best_, 1. - description_.prop_decrease)) {
      patience_ = std::max(patience_, records * description_.patience_increase);
      best_ = value;
    }
    return records < patience_;
  }
  std::string why() const override {
    return fmt::format("{} did not fall by {:g} % within {:g} records", printable_name(channel_),
                       100 * description_.prop_decrease, patience_);
  }
  void state(Archive& archive) override {
    archive("best_value", best_);
    archive("patience", patience_);
  }

 private:
  const PatienceBasedTermCrit& description_;
  std::string channel_;
  double best_ = std::numeric_limits<double>::infinity();
  double patience_;
};

}  // namespace

void PatienceBasedTermCrit::check() const {
  if (!(prop_decrease >= 0 && prop_decrease < 1))
    throw ValueError(
        fmt::format("PatienceBasedTermCrit: prop_decrease must be at least 0 and "
                    "below 1, but is {}",
                    prop_decrease));
  if (!(initial_patience > 0))
    throw ValueError(
        fmt::format("PatienceBasedTermCrit: initial_patience must be above 0, but is "
                    "{}",
                    initial_patience));
  if (!(patience_increase >= 0))
    throw ValueError(
        fmt::format("PatienceBasedTermCrit: patience_increase must not be negative, "
                    "but is {}",
                    patience_increase));
}

void PatienceBasedTermCrit::watched(std::vector<WatchedChannel>& list) const {
  list.push_back({this, "channel_name", channel_name.c_str()});
}

std::unique_ptr<CriterionRun> PatienceBasedTermCrit::start(Session&) const {
  check();
  return std::make_unique<PatienceRun>(*this);
}

}  // namespace ansatz
