// MonitorBasedSaveBest and KeepBestParams: the best model so far.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/cost.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/extension.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Whenever the channel improves, strictly, and at least start_epoch epochs were seen: saves the
/// model to save_path, replacing the file as a whole; with store_best_model, keeps its parameters
/// as state `<tag_key>.best_model.<parameter>`. The model's tags `<tag_key>.channel_name`,
/// `.save_path` and `.best_cost` tell what was kept.
class MonitorBasedSaveBest : public Extension {
 public:
  static constexpr const char* yaml = "pylearn2.train_extensions.best_params.MonitorBasedSaveBest";
  static constexpr const char* doc = "saves the model when a channel is the best so far";
  String channel_name, save_path;
  bool store_best_model = false;
  int start_epoch = 0;
  bool higher_is_better = false;
  String tag_key;

  constexpr MonitorBasedSaveBest() {}
  template <KeyOf<MonitorBasedSaveBest>... O>
  constexpr explicit MonitorBasedSaveBest(const char* channel, const O&... options)
      : channel_name(channel) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using This = MonitorBasedSaveBest;
    key.required("channel_name", &This::channel_name, "channel to watch");
    key("save_path", &This::save_path, "file for the best model; default: none").is_output();
    key("store_best_model", &This::store_best_model, "keep its parameters in the model itself");
    key("start_epoch", &This::start_epoch, "ignore what was before this epoch");
    key("higher_is_better", &This::higher_is_better, "whether the channel should rise");
    key("tag_key", &This::tag_key, "what its tags begin with; default: MonitorBasedSaveBest");
  }

  /// What its tags and its state begin with.
  constexpr String tag() const {
    if (tag_key.empty()) return "MonitorBasedSaveBest";
    return tag_key;
  }
  constexpr void states(const Model& of, StateList& list) const override {
    if (store_best_model) list.add_copies(tag() + ".best_model", of.parameters());
  }
  void check() const;
  void watched(std::vector<WatchedChannel>& list) const override;
  void outputs(std::vector<OutputFile>& list) const override;
  std::unique_ptr<ExtensionRun> start(Session& session) const override;
};

/// Keeps the parameters with the lowest cost on a data set as state `best.<parameter>`, and that
/// cost as the tag `KeepBestParams.best_cost`. The cost is measured after each monitoring step,
/// averaged over the batches, weighted by their sizes.
class KeepBestParams : public Extension {
 public:
  static constexpr const char* yaml = "pylearn2.train_extensions.best_params.KeepBestParams";
  static constexpr const char* doc = "keeps the parameters of the lowest cost on a data set";
  Shared<Model> model;
  Shared<Cost> cost;
  Shared<Dataset> monitoring_dataset;
  int batch_size = 0;

  constexpr KeepBestParams() {}
  constexpr KeepBestParams(const Shared<Cost>& of, const Shared<Dataset>& on, int size)
      : cost(of), monitoring_dataset(on), batch_size(size) {}
  template <class K>
  static constexpr void keys(K& key) {
    using This = KeepBestParams;
    key("model", &This::model, "the model of the job; default");
    key("cost", &This::cost, "what is to be low; default: the training cost");
    key.required("monitoring_dataset", &This::monitoring_dataset, "data to measure it on");
    key.required("batch_size", &This::batch_size, "examples of a batch").at_least(1);
  }

  constexpr void states(const Model& of, StateList& list) const override {
    list.add_copies("best", of.parameters());
  }
  void check() const;
  void check_job(const JobFacts& facts) const override;
  std::unique_ptr<ExtensionRun> start(Session& session) const override;
};

}  // namespace ansatz
