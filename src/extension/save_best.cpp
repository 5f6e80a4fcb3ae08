#include <ansatz/extension/save_best.hpp>

#include <ansatz/monitor/watched_channel.hpp>
#include <ansatz/session/job_facts.hpp>
#include <ansatz/session/output_file.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/build.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/monitor/objective_channel.hpp>
#include <ansatz/session/kept_parameters.hpp>

#include <fmt/format.h>

#include <limits>
#include <optional>

namespace ansatz {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

class SaveBestRun final : public ExtensionRun {
 public:
  SaveBestRun(const MonitorBasedSaveBest& description, Session& session)
      : description_(description),
        tag_(description.tag().view()),
        sign_(description.higher_is_better ? -1 : 1),
        best_(sign_ * infinity) {
    if (description.store_best_model) kept_.emplace(session, tag_ + ".best_model");
  }

  void setup(Session& session) override {
    if (session.tags().contains(tag_ + ".best_cost"))
      session.warn(
          fmt::format("the model has a tag \"{}\" already: two MonitorBasedSaveBest need "
                      "different tag_key",
                      tag_));
    set_tags(session);
  }

  void on_monitor(Session& session) override {
    const double value =
        last_value(session.records(), description_.channel_name, "MonitorBasedSaveBest");
    if (!(sign_ * value < sign_ * best_) ||
        session.records().epochs_seen < description_.start_epoch)
      return;
    best_ = value;
    set_tags(session);
    if (kept_) kept_->take();
    if (!description_.save_path.empty()) session.save_to(description_.save_path.c_str());
  }
  // Somebody will look for the file.
  void on_end(Session& session) override {
    if (best_ != sign_ * infinity) return;
    const bool late = session.records().epochs_seen < description_.start_epoch;
    session.tell_fault(fmt::format(
        "MonitorBasedSaveBest: {} was never {}: {}", description_.channel_name.view(),
        late ? fmt::format("recorded at start_epoch {} or later", description_.start_epoch)
             : fmt::format("{} {}", description_.higher_is_better ? "above" : "below",
                           description_.higher_is_better ? "-inf" : "inf"),
        description_.save_path.empty()
            ? std::string("no best model is kept")
            : fmt::format("{} was not saved", description_.save_path.view())));
  }
  void state(Archive& archive) override { archive("best_cost", best_); }

 private:
  void set_tags(Session& session) {
    StateValues& tags = session.tags();
    tags[tag_ + ".channel_name"] = std::string(description_.channel_name.view());
    tags[tag_ + ".save_path"] = std::string(description_.save_path.view());
    tags[tag_ + ".best_cost"] = best_;
  }

  const MonitorBasedSaveBest& description_;
  std::string tag_;
  double sign_, best_;
  std::optional<KeptParameters> kept_;
};

ValueError without_examples() {
  return ValueError("KeepBestParams: the monitoring_dataset has no examples");
}

class KeepBestRun final : public ExtensionRun {
 public:
  KeepBestRun(const KeepBestParams& description, Session& session)
      : kept_(session, "best"), batch_size_(description.batch_size) {
    const Train& job = session.job();
    const Shared<Cost> cost = description.cost ? description.cost : job.cost();
    if (!cost) throw ValueError("KeepBestParams: the model has no cost of its own; name one");
    Data wanted;
    cost->data_specs(*job.model, wanted);
    const Data data = train::as_in(wanted, description.monitoring_dataset.get(), job.extensions);
    const std::optional<AnyExpr> value = cost->expr(*job.model, data);
    if (!value) throw ValueError("KeepBestParams: the cost has no value that can be computed");
    const Function f = function(output("cost", *value));
    if (session.precision() == ElementType::float64)
      program_ = erase(build<double>(f));
    else
      program_ = erase(build<float>(f));
    program_->bind(session.store());
    program_->seed(static_cast<std::uint64_t>(session.seed()));
    program_->threads(session.options().threads);
    program_->check(session.options().check);
    if (description.monitoring_dataset == job.dataset && session.data())
      source_ = session.data();
    else
      source_ = session.read(*description.monitoring_dataset);
    if (source_->examples() == 0) throw without_examples();
    walk_.emplace(source_, BatchOrder{"sequential", batch_size_, 0, nullptr});
    reader_.emplace(*source_, *program_);
  }

  void on_monitor(Session& session) override {
    const double cost = measure();
    if (!(cost < best_)) return;
    best_ = cost;
    session.tags()["KeepBestParams.best_cost"] = best_;
    kept_.take();
  }
  void state(Archive& archive) override {
    archive("best_cost", best_);
    // A cost that draws random numbers draws the next ones.
    auto count = static_cast<std::int64_t>(program_->step_count());
    archive("step_count", count);
    program_->step_count(static_cast<std::uint64_t>(count));
  }

 private:
  double measure() {
    double total = 0;
    const std::int64_t examples = for_each_batch(*walk_, [&](const RowsView& rows) {
      const std::vector<Argument>& arguments = reader_->arguments(rows);
      program_->call(arguments.data(), static_cast<int>(arguments.size()));
      total += program_->number(0) * static_cast<double>(rows.size());
    });
    if (examples == 0) throw without_examples();
    return total / static_cast<double>(examples);
  }

  KeptParameters kept_;
  int batch_size_;
  std::unique_ptr<AnyProgram> program_;
  std::shared_ptr<const BatchSource> source_;
  std::optional<BatchWalk> walk_;
  std::optional<BatchReader> reader_;
  double best_ = infinity;
};

}  // namespace

void MonitorBasedSaveBest::check() const {
  if (start_epoch < 0)
    throw ValueError(
        fmt::format("MonitorBasedSaveBest: start_epoch must not be negative, but is "
                    "{}",
                    start_epoch));
  if (save_path.empty() && !store_best_model)
    throw ValueError(
        "MonitorBasedSaveBest: neither save_path nor store_best_model says where the "
        "best model is kept");
}

void MonitorBasedSaveBest::watched(std::vector<WatchedChannel>& list) const {
  list.push_back({this, "channel_name", channel_name.c_str()});
}

void MonitorBasedSaveBest::outputs(std::vector<OutputFile>& list) const {
  if (!save_path.empty()) list.push_back({this, "save_path", save_path.c_str()});
}

std::unique_ptr<ExtensionRun> MonitorBasedSaveBest::start(Session& session) const {
  check();
  return std::make_unique<SaveBestRun>(*this, session);
}

void KeepBestParams::check() const {
  if (!monitoring_dataset) throw ValueError("KeepBestParams: name a monitoring_dataset");
  if (batch_size < 1)
    throw ValueError(
        fmt::format("KeepBestParams: batch_size must be at least 1, but is {}", batch_size));
}

void KeepBestParams::check_job(const JobFacts& facts) const {
  if (model && model != facts.job.model)
    throw ValueError("KeepBestParams: model must be that of the job");
}

std::unique_ptr<ExtensionRun> KeepBestParams::start(Session& session) const {
  check();
  check_job(session.facts());
  return std::make_unique<KeepBestRun>(*this, session);
}

}  // namespace ansatz
