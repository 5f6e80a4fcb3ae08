#include <ansatz/extension/roc_auc.hpp>

#include <ansatz/data/table.hpp>
#include <ansatz/session/job_facts.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ansatz {

double roc_auc(std::span<const double> scores, std::span<const unsigned char> positive) {
  if (scores.size() != positive.size())
    throw ValueError(
        fmt::format("roc_auc: {} scores, but {} examples", scores.size(), positive.size()));
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (double each : scores)
    if (std::isnan(each)) throw ValueError("roc_auc: a score is not a number");
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
  // Of every group of equal scores: its positives beat the negatives below, and half of its own.
  double wins = 0, negatives = 0, positives = 0;
  for (std::size_t i = 0; i < order.size();) {
    double up = 0, down = 0;
    const double score = scores[order[i]];
    for (; i < order.size() && scores[order[i]] == score; ++i)
      (positive[order[i]] ? up : down) += 1;
    wins += up * (negatives + down / 2);
    positives += up;
    negatives += down;
  }
  if (positives == 0 || negatives == 0)
    throw ValueError(fmt::format("roc_auc: {} positive and {} negative examples; both are needed",
                                 positives, negatives));
  return wins / positives / negatives;
}

namespace {

// The target whose classes are told apart, and the Space of the output that is compared with it.
struct Told {
  std::string target;
  SpaceInfo output;
};

Told told_by(const RocAucChannel& channel, const Model& model) {
  Data input;
  input.add(model.input_source(), model.input_space());
  const Sources targets = model.target_source();
  const Signal whole = model.output(input[model.input_source()]);
  const std::string wanted(channel.target_source.view());
  if (!targets.several()) {
    const std::string only(targets.name.view());
    if (!wanted.empty() && wanted != only)
      throw NameError(
          fmt::format("RocAucChannel: target_source is \"{}\", but the model's target is \"{}\"",
                      wanted, only));
    return {only, whole.space};
  }
  std::vector<std::string_view> names;
  const ir::List<Data::Entry> parts = named_parts(whole, targets);
  for (const Data::Entry& each : parts) {
    if (each.source == std::string_view(wanted)) return {wanted, each.signal.space};
    names.push_back(each.source);
  }
  if (!wanted.empty())
    throw NameError(fmt::format("RocAucChannel: the model has no target \"{}\"{}", wanted,
                                allowed_names(wanted, names)));
  throw ValueError(
      fmt::format("RocAucChannel: the model has several targets, {}; target_source names one",
                  to_text(targets).view()));
}

class RocAucRun final : public ExtensionRun {
 public:
  RocAucRun(const RocAucChannel& description, Session& session)
      : description_(description), predict_(session.program("predict")) {}

  void setup(Session& session) override {
    const Model& model = *session.job().model;
    const std::string source = told_by(description_, model).target;
    if (model.target_source().several())
      while (result_ < predict_.results() && predict_.result_name(result_) != source) ++result_;
    for (const Monitor::WatchedData& each : session.monitor().datasets()) {
      read_classes(each, source);
      readers_.push_back(std::make_unique<BatchReader>(*each.source, predict_));
      session.monitor().add_channel(
          each.prefix + std::string(description_.channel_name_suffix.view()),
          [this, &each, i = readers_.size() - 1] { return measure(each, i); },
          "area under the ROC curve");
    }
  }

 private:
  // Which examples count, and whether as positive ones.
  struct Classes {
    std::vector<std::int64_t> examples;
    std::vector<unsigned char> positive;
  };

  // The whole data set, however much of it the monitor walks over.
  static std::int64_t batch_size(const Monitor::WatchedData& data) {
    return data.batch_size ? data.batch_size : std::max(data.source->examples(), std::int64_t{1});
  }

  void read_classes(const Monitor::WatchedData& data, const std::string& source) {
    const Column& column = data.source->column(source);
    const std::int64_t width = column.width();
    const auto place = static_cast<std::size_t>(&column - data.source->columns().data());
    const bool labels = column.labels && width == 1;
    if (!labels && (column.labels || width == 1))
      throw ValueError(
          fmt::format("RocAucChannel: the source \"{}\" has no class of each example", source));
    std::vector<int> label;
    std::vector<double> numbers;
    for_each_batch(data.source, batch_size(data), [&](const RowsView& rows) {
      const std::size_t before = label.size(), count = static_cast<std::size_t>(rows.size());
      label.resize(before + count);
      if (labels)
        return Table::gather(rows.columns[place], rows.subset, ElementType::int32, &label[before]);
      numbers.resize(count * static_cast<std::size_t>(width));
      Table::gather(rows.columns[place], rows.subset, ElementType::float64, numbers.data());
      for (std::int64_t i = 0; i < rows.size(); ++i) {
        const auto row = numbers.begin() + i * width;
        label[before + static_cast<std::size_t>(i)] =
            static_cast<int>(std::max_element(row, row + width) - row);
      }
    });
    Classes classes;
    for (std::int64_t i = 0; i < std::ssize(label); ++i) {
      const int found = label[static_cast<std::size_t>(i)];
      const bool up = found == description_.positive_class_index;
      if (!up && description_.negative_class_index.value_or(found) != found) continue;
      classes.examples.push_back(i);
      classes.positive.push_back(up);
    }
    const auto ups = std::count(classes.positive.begin(), classes.positive.end(), 1);
    if (ups == 0 || ups == std::ssize(classes.positive))
      throw ValueError(
          fmt::format("RocAucChannel: the data set \"{}\" has no {} example; positive is class {}",
                      data.name, ups ? "negative" : "positive", description_.positive_class_index));
    classes_.push_back(std::move(classes));
  }

  double measure(const Monitor::WatchedData& data, std::size_t index) {
    std::vector<double> scores;
    for_each_batch(data.source, batch_size(data), [&](const RowsView& rows) {
      const std::vector<Argument>& arguments = readers_[index]->arguments(rows);
      predict_.call(arguments.data(), static_cast<int>(arguments.size()));
      add_scores(predict_.result(result_), scores);
    });
    const Classes& classes = classes_[index];
    std::vector<double> chosen;
    for (std::int64_t i : classes.examples) chosen.push_back(scores[static_cast<std::size_t>(i)]);
    return roc_auc(chosen, classes.positive);
  }

  void add_scores(const ArrayView& output, std::vector<double>& scores) const {
    const std::int64_t rows = output.dims[0], width = output.dims.count() / rows;
    const int column = description_.positive_class_index;
    for (std::int64_t i = 0; i < rows; ++i) {
      const std::int64_t at = i * width + column;
      scores.push_back(output.type == ElementType::float64
                           ? static_cast<const double*>(output.data)[at]
                           : static_cast<double>(static_cast<const float*>(output.data)[at]));
    }
  }

  const RocAucChannel& description_;
  AnyProgram& predict_;
  int result_ = 0;  // of its outputs, the one that is compared with the target
  std::vector<Classes> classes_;
  std::vector<std::unique_ptr<BatchReader>> readers_;
};

}  // namespace

void RocAucChannel::check() const {
  if (positive_class_index < 0 || negative_class_index.value_or(0) < 0)
    throw ValueError("RocAucChannel: classes must not be negative numbers");
  if (negative_class_index && *negative_class_index == positive_class_index)
    throw ValueError(fmt::format("RocAucChannel: positive and negative class are both {}",
                                 positive_class_index));
}

void RocAucChannel::check_job(const JobFacts& facts) const {
  const Train& job = facts.job;
  if (!job.algorithm || job.algorithm->monitoring_datasets.list.empty())
    throw ValueError("RocAucChannel: the algorithm has no monitoring_dataset");
  const int outputs = told_by(*this, *job.model).output.total_dimension();
  for (const int wanted : {positive_class_index, negative_class_index.value_or(0)})
    if (wanted >= outputs)
      throw ValueError(fmt::format("RocAucChannel: the model has {} outputs, none for class {}",
                                   outputs, wanted));
}

void RocAucChannel::published(const Train& job, std::vector<std::string>& names) const {
  if (!job.algorithm) return;
  for (const MonitoringDataset& each : job.algorithm->monitoring_datasets.list)
    names.push_back((each.name.empty() ? "" : std::string(each.name.view()) + "_") +
                    std::string(channel_name_suffix.view()));
}

std::unique_ptr<ExtensionRun> RocAucChannel::start(Session& session) const {
  check();
  check_job(session.facts());
  return std::make_unique<RocAucRun>(*this, session);
}

}  // namespace ansatz
