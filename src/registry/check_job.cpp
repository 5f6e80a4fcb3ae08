// What holds between the parts of a job.
#include "loader.hpp"

#include <ansatz/model/mlp.hpp>
#include <ansatz/nearest_name.hpp>
#include <ansatz/yaml/scalar.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace ansatz {

namespace {

class Checker {
 public:
  Checker(const Train& job, Loader& loader, const yaml::Place& place)
      : job_(job), loader_(loader), place_(place) {}

  void check() {
    keys();
    datasets();
    if (!job_.model) return;
    if (!job_.algorithm && !job_.model->trains_itself())
      error(place_, "algorithm is null, but the model cannot train itself; name an algorithm");
    const int before = loader_.errors.size();
    if (const MLPBase* const mlp = job_.model->as_mlp())
      layers(*mlp, {mlp->input_space(), ""}, place_of(job_.model.get(), "model"));
    if (loader_.errors.size() == before) classes();
    if (loader_.errors.size() == before && job_.algorithm) functions();
    if (loader_.errors.size() == before && job_.algorithm) monitored_data();
    if (loader_.errors.size() == before && job_.algorithm) channels();
  }

 private:
  void error(const yaml::Place& at, std::string what) { loader_.errors.add(at, std::move(what)); }

  // Where an object of the job stands, or else what of the job it is.
  yaml::Place place_of(const Object* object, std::string_view key) const {
    if (const yaml::Place* const found = loader_.place_of(object)) return *found;
    return place_.find(key).value_or(place_);
  }

  void keys() {
    const std::filesystem::path path(std::string(job_.save_path.view()));
    const std::filesystem::path folder = path.parent_path();
    std::error_code none;
    if (!folder.empty() && !std::filesystem::is_directory(folder, none))
      error(place_.find("save_path").value_or(place_),
            fmt::format("the folder '{}' does not exist; make it, or save elsewhere",
                        folder.string()));
    if (!job_.init_from.empty() && !std::filesystem::exists(job_.init_from.c_str(), none))
      missing(place_.find("init_from").value_or(place_),
              fmt::format("the file '{}' does not exist", job_.init_from.view()));
  }

  void missing(const yaml::Place& at, std::string what) {
    if (loader_.options.check_only)
      loader_.errors.warn(at, std::move(what));
    else
      error(at, std::move(what));
  }

  void datasets() {
    dataset(job_.dataset);
    if (!job_.algorithm) return;
    for (const MonitoringDataset& each : job_.algorithm->monitoring_datasets.list)
      if (!(each.dataset == job_.dataset)) dataset(each.dataset);
  }
  void dataset(const Shared<Dataset>& set) {
    if (!set) return;
    const std::string file = set->missing_file();
    if (!file.empty())
      missing(place_of(set.get(), "dataset"),
              fmt::format("the data file '{}' does not exist; fetch it with `ansatz data fetch`, "
                          "or say where it is with --data",
                          file));
  }

  // One layer after the other, so that the error stands at the layer that refuses its input.
  void layers(const MLPBase& mlp, const Place& from, const yaml::Place& at) {
    if (from.input.kind == SpaceKind::null) {
      error(at, "neither nvis nor input_space says what one example is");
      return;
    }
    SpaceInfo below = from.input;
    for (int i = 0; i < mlp.layers.size(); ++i) {
      const Layer& layer = *mlp.layers[i];
      const yaml::Place* stands = loader_.place_of(&layer);
      if (const auto* const nested = dynamic_cast<const NestedMLP*>(&layer)) {
        stands = loader_.place_of(nested->mlp.get());
        const int before = loader_.errors.size();
        layers(*nested->mlp, {below, ""}, stands ? *stands : at);
        if (loader_.errors.size() != before) return;
      }
      try {
        below = layer.output_space(below);
      } catch (const Error& problem) {
        error(stands ? *stands : at, problem.what());
        return;
      }
    }
  }

  void classes() {
    if (!job_.dataset) return;
    const SpaceInfo wanted = job_.model->target_space();
    const SpaceInfo there = job_.dataset->source_space(job_.model->target_source());
    if (wanted.kind == SpaceKind::index && there.kind == SpaceKind::index &&
        wanted.labels != there.labels)
      error(place_of(job_.model.get(), "model"),
            fmt::format("the data set has {} classes, but the model is made for {}", there.labels,
                        wanted.labels));
  }

  // The graphs of the functions, whose ops check their shapes.
  void functions() {
    for (int i = 0; i < job_.function_count(); ++i) {
      try {
        (void)job_.function(i);
      } catch (const Error& problem) {
        const bool of_cost = i < job_.algorithm->function_count() && job_.algorithm->cost;
        error(of_cost ? place_of(job_.algorithm->cost.get(), "algorithm")
                      : place_of(job_.model.get(), "model"),
              problem.what());
        return;
      }
    }
  }

  // Programs are made for the Spaces of the training data; other data must fit them.
  void monitored_data() {
    const Data data = job_.data();
    for (const MonitoringDataset& set : job_.algorithm->monitoring_datasets.list)
      for (const Data::Entry& read : data.sources()) {
        const SpaceInfo there = set.dataset->source_space(read.source.view());
        const SpaceInfo& wanted = read.signal.space;
        if (there.kind == SpaceKind::null || fits(there, wanted)) continue;
        error(place_of(set.dataset.get(), "algorithm"),
              fmt::format("{} of this data set is {}, but the job reads {}", read.source.view(),
                          to_text(there).view(), to_text(wanted).view()));
      }
  }
  static bool fits(const SpaceInfo& there, const SpaceInfo& wanted) {
    if (wanted.kind == SpaceKind::index)
      return there.kind == SpaceKind::index && there.labels <= wanted.labels &&
             there.total_dimension() == wanted.total_dimension();
    const int width = there.total_dimension() * (there.kind == SpaceKind::index ? there.labels : 1);
    return width == wanted.total_dimension() || there.total_dimension() == wanted.total_dimension();
  }

  // Criteria and extensions may only watch channels there are.
  void channels() {
    if (adds_channels(place_.find("extensions"))) return;
    std::vector<std::string> names = {"training_seconds_this_epoch", "total_seconds_last_epoch"};
    ChannelList settings;
    job_.algorithm->channels(*job_.model, settings);
    for (const Channel& each : settings) names.emplace_back(each.name.view());
    const ChannelList list = job_.channels(job_.data());
    for (const MonitoringDataset& set : job_.algorithm->monitoring_datasets.list)
      for (const Channel& each : list)
        names.push_back((set.name.empty() ? "" : std::string(set.name.view()) + "_") +
                        std::string(each.name.view()));
    known_ = {names.begin(), names.end()};
    for (const char* part : {"algorithm", "extensions"})
      if (const auto at = place_.find(part)) watched(*at);
  }

  // Whether one of the extensions may bring channels of its own.
  static bool adds_channels(const std::optional<yaml::Place>& extensions) {
    if (!extensions) return false;
    for (const yaml::Place& each : extensions->children()) {
      const ClassInfo* const info = registry().find(yaml::object_name(*each.node));
      bool none = false;
      for (const char* name :
           {"MonitorBasedSaveBest", "KeepBestParams", "SharedSetter", "LiveMonitoring",
            "MomentumAdjustor", "LinearDecayOverEpoch", "OneOverEpoch", "MonitorBasedLRAdjuster",
            "CosineDecay", "Warmup", "PolyakAveraging"})
        none = none || (info && info->short_name() == name);
      if (!none) return true;
    }
    return false;
  }

  void watched(const yaml::Place& at) {
    if (yaml::is_pickle(*at.node) || !seen_.insert(at.node.get()).second) return;
    for (const yaml::Place& each : at.children()) watched(each);
    const auto name = at.find("channel_name");
    if (!name || yaml::object_name(*at.node).empty() || yaml::is_null(*name->node)) return;
    if (yaml::object_name(*at.node).ends_with("read_channel")) return;
    yaml::Errors told_before;
    const auto channel = yaml::as_string(*name, loader_.environment, told_before);
    if (!channel || std::find(known_.begin(), known_.end(), *channel) != known_.end()) return;
    std::vector<std::string_view> known(known_.begin(), known_.end());
    const std::string_view near = nearest_name(*channel, known);
    error(*name, fmt::format("the job has no channel '{}'{}{}", *channel,
                             near.empty() ? "; monitoring_dataset says what is watched, and each "
                                            "channel's name begins with the name of its data set"
                                          : "; nearest: ",
                             near));
  }

  std::vector<std::string> known_;
  std::set<const yaml::Node*> seen_;
  const Train& job_;
  Loader& loader_;
  const yaml::Place& place_;
};

}  // namespace

void check_job(const Train& job, Loader& loader, const yaml::Place& place) {
  Checker(job, loader, place).check();
}

}  // namespace ansatz
