#include "train_cv.hpp"

#include <ansatz/data/folds/dataset_cv.hpp>
#include <ansatz/extension/csv_logger.hpp>
#include <ansatz/job/train.hpp>
#include <ansatz/yaml/scalar.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include "builtin.hpp"

namespace ansatz {

// What a fold's own job reads: here it is passed on.
struct PassedOn {};
inline bool read_value(const Value&, PassedOn&) { return true; }
inline void write_value(Describer&, const PassedOn&) {}
inline std::string value_type(const PassedOn*) { return "as of Train"; }

namespace {

constexpr const char* train_cv = "pylearn2.cross_validation.TrainCV";
constexpr const char* best_cv =
    "pylearn2.cross_validation.train_cv_extensions.MonitorBasedSaveBestCV";

constexpr const char* transformer_cv =
    "pylearn2.cross_validation.dataset_iterators.TransformerDatasetCV";

// The folds of another, as blocks make them: in a fold's job each of its sets stands in a
// TransformerDataset, and the blocks are those of the fold.
struct TransformerDatasetCV : DatasetFolds {
  static constexpr const char* yaml = transformer_cv;
  Shared<DatasetFolds> dataset_iterator;
  PassedOn transformers;

  template <class K>
  static constexpr void keys(K& key) {
    key.required("dataset_iterator", &TransformerDatasetCV::dataset_iterator,
                 "the data set and how it is divided into folds");
    key.required("transformers", &TransformerDatasetCV::transformers,
                 "the block that makes the features of every fold; of a file (!pkl:) that of the "
                 "fold, with -0, -1, … before its ending, also in StackedBlocksCV");
  }
  const Splits& splits() const override { return dataset_iterator->splits(); }
};
// Those that read the data.
const DatasetFolds& innermost(const DatasetFolds& folds) {
  const auto* const around = dynamic_cast<const TransformerDatasetCV*>(&folds);
  return around && around->dataset_iterator ? innermost(*around->dataset_iterator) : folds;
}

struct TrainCV : Object {
  static constexpr const char* yaml = train_cv;
  static constexpr const char* kind_name = "job";
  static constexpr bool outlives_faults = true;
  Shared<DatasetFolds> dataset_iterator;
  PassedOn model, algorithm, extensions, cv_extensions, allow_overwrite;
  String save_path;
  int save_freq = 0;
  bool save_folds = false;

  template <class K>
  static constexpr void keys(K& key) {
    key.required("dataset_iterator", &TrainCV::dataset_iterator,
                 "the data set and how it is divided into folds");
    key.required("model", &TrainCV::model, "what to train, anew for every fold");
    key("algorithm", &TrainCV::algorithm,
        "how; its monitoring data sets are those of the fold: train, valid, test");
    key("save_path", &TrainCV::save_path,
        "the models of the folds are saved to it, with -0, -1, … before its ending");
    key("save_freq", &TrainCV::save_freq, "with save_folds: save every so many epochs").at_least(0);
    key("extensions", &TrainCV::extensions, "what happens beside the training of every fold");
    key("cv_extensions", &TrainCV::cv_extensions, "the same, such as MonitorBasedSaveBestCV");
    key("allow_overwrite", &TrainCV::allow_overwrite, "whether the files may exist already");
    key("save_folds", &TrainCV::save_folds,
        "whether a fold is saved while it is trained, too, not at its end only");
  }
};

yaml::NodePtr text_node(const yaml::Position& at, std::string text, bool quoted = true) {
  auto node = std::make_shared<yaml::Node>();
  node->kind = yaml::Kind::scalar;
  node->text = std::move(text);
  node->quoted = quoted;
  node->position = at;
  return node;
}

void put(yaml::Node& into, const std::string& key, const yaml::NodePtr& value,
         const yaml::Child* like = nullptr) {
  yaml::Child child;
  if (like) child = *like;
  child.node = value;
  child.key = key;
  if (!like) child.position = child.key_position = value->position;
  for (yaml::Child& each : into.children)
    if (each.key == key) return void(each = child);
  into.children.push_back(child);
}

// "a/b.pkl" to "a/b-3.pkl".
std::string of_fold(const std::string& path, std::int64_t fold) {
  const std::size_t slash = path.rfind('/'), dot = path.rfind('.');
  const std::size_t name = slash == std::string::npos ? 0 : slash + 1;
  // A leading dot is part of the name; one inside ${NAME} is none.
  const bool ending = dot != std::string::npos && dot > name && path.find('}', dot) == path.npos;
  const std::size_t at = ending ? dot : path.size();
  return path.substr(0, at) + fmt::format("-{}", fold) + path.substr(at);
}

std::string class_of(const yaml::Node& node) {
  const std::string_view name = yaml::object_name(node);
  if (name.empty()) return "";
  const ClassInfo* const info = registry().find(name);
  return info ? std::string(info->name()) : std::string(name);
}

// The part of a tree that stands in a fold's job: files that it writes, and models of earlier folds
// that it reads, are those of the fold. Trees that stay as they are stay shared.
class OfFold {
 public:
  explicit OfFold(std::int64_t fold) : fold_(fold) {}

  yaml::NodePtr operator()(const yaml::NodePtr& node) {
    const auto known = made_.find(node.get());
    if (known != made_.end()) return known->second;
    return made_[node.get()] = changed(node);
  }

 private:
  yaml::NodePtr changed(const yaml::NodePtr& node) {
    const std::string name = class_of(*node);
    const bool pretrained = name == "pylearn2.cross_validation.mlp.PretrainedLayerCV";
    const bool stacked = name == "pylearn2.cross_validation.blocks.StackedBlocksCV";
    const bool best = name == best_cv, logger = name == CSVLogger::yaml;
    auto copy = std::make_shared<yaml::Node>(*node);
    bool other = pretrained || stacked || best;
    if (pretrained) copy->tag = "!obj:pylearn2.models.mlp.PretrainedLayer";
    if (stacked) copy->tag = "!obj:pylearn2.blocks.StackedBlocks";
    if (best) copy->tag = "!obj:pylearn2.train_extensions.best_params.MonitorBasedSaveBest";
    for (yaml::Child& child : copy->children) {
      yaml::NodePtr value = (*this)(child.node);
      const bool writes = node->kind == yaml::Kind::mapping &&
                          (child.key == "save_path" || (logger && child.key == "filename"));
      const bool reads = pretrained && child.key == "layer_content" && yaml::is_pickle(*value);
      if ((writes || reads) && value->kind == yaml::Kind::scalar) value = numbered(*value);
      if (stacked && child.key == "layers" && value->kind == yaml::Kind::sequence) {
        auto layers = std::make_shared<yaml::Node>(*value);
        for (yaml::Child& each : layers->children)
          if (yaml::is_pickle(*each.node)) each.node = numbered(*each.node);
        value = layers;
      }
      other = other || value != child.node;
      child.node = value;
    }
    if (best)
      std::erase_if(copy->children,
                    [](const yaml::Child& child) { return child.key == "save_folds"; });
    return other ? yaml::NodePtr(copy) : node;
  }

 public:
  // A path of the fold.
  yaml::NodePtr numbered(const yaml::Node& path) const {
    auto own = std::make_shared<yaml::Node>(path);
    own->text = of_fold(own->text, fold_);
    own->anchor.clear();
    return own;
  }

 private:
  std::int64_t fold_;
  std::map<const yaml::Node*, yaml::NodePtr> made_;
};

yaml::NodePtr fold_node(const yaml::NodePtr& folds, std::int64_t fold, const char* set) {
  auto node = std::make_shared<yaml::Node>();
  node->kind = yaml::Kind::mapping;
  node->tag = std::string("!obj:") + Fold::yaml;
  node->position = folds->position;
  put(*node, "folds", folds);
  put(*node, "fold", text_node(folds->position, std::to_string(fold), false));
  put(*node, "which_set", text_node(folds->position, set));
  // One preprocessor for the sets of a fold, fitted on the first of them.
  for (const char* key : {"preprocessor", "fit_preprocessor"})
    if (const yaml::Child* const given = folds->find(key))
      if (std::string_view(key) == "preprocessor" || std::string_view(set) == "train")
        put(*node, key, given->node, given);
  return node;
}

yaml::NodePtr object_of_class(const char* path, const yaml::NodePtr& at) {
  auto node = std::make_shared<yaml::Node>();
  node->kind = yaml::Kind::mapping;
  node->tag = std::string("!obj:") + path;
  node->position = at->position;
  return node;
}

// A data set as the blocks of the iterators around it make it, the inner ones first.
yaml::NodePtr transformed(const yaml::NodePtr& raw, const std::vector<yaml::NodePtr>& blocks,
                          OfFold& own) {
  yaml::NodePtr made = raw;
  for (const yaml::NodePtr& block : blocks) {
    auto around = std::make_shared<yaml::Node>(
        *object_of_class("pylearn2.datasets.transformer_dataset.TransformerDataset", raw));
    put(*around, "raw", made);
    put(*around, "transformer", yaml::is_pickle(*block) ? own.numbered(*block) : own(block));
    made = around;
  }
  return made;
}

yaml::Place job_of_fold(const yaml::Place& job, const TrainCV& cv, std::int64_t fold) {
  yaml::NodePtr folds = job.find("dataset_iterator")->node;
  std::vector<yaml::NodePtr> blocks;
  while (class_of(*folds) == transformer_cv) {
    blocks.insert(blocks.begin(), folds->find("transformers")->node);
    folds = folds->find("dataset_iterator")->node;
  }
  auto train = std::make_shared<yaml::Node>();
  train->kind = yaml::Kind::mapping;
  train->tag = std::string("!obj:") + Train::yaml;
  train->position = job.node->position;
  OfFold own(fold);
  const auto set = [&](const char* which) {
    return transformed(fold_node(folds, fold, which), blocks, own);
  };
  const yaml::NodePtr training = set("train");
  put(*train, "dataset", training);
  for (const yaml::Child& child : job.node->children) {
    const std::string& key = child.key;
    if (key == "model" || key == "algorithm" || key == "allow_overwrite" || key == "extensions")
      put(*train, key, own(child.node), &child);
    else if (key == "save_path" && !yaml::is_null(*child.node))
      put(*train, key, text_node(child.node->position, of_fold(child.node->text, fold)), &child);
  }
  if (!cv.save_path.empty()) {
    const int every = cv.save_folds && cv.save_freq > 0 ? cv.save_freq : 1000000000;
    put(*train, "save_freq", text_node(job.node->position, std::to_string(every), false));
  }
  if (const yaml::Child* const more = job.node->find("cv_extensions");
      more && more->node->kind == yaml::Kind::sequence) {
    auto all = std::make_shared<yaml::Node>(*own(more->node));
    if (const yaml::Child* const before = train->find("extensions");
        before && before->node->kind == yaml::Kind::sequence)
      all->children.insert(all->children.begin(), before->node->children.begin(),
                           before->node->children.end());
    put(*train, "extensions", all, more);
  }
  if (const yaml::Child* const given = train->find("algorithm");
      given && given->node->kind == yaml::Kind::mapping) {
    auto algorithm = std::make_shared<yaml::Node>(*given->node);
    auto sets = std::make_shared<yaml::Node>();
    sets->kind = yaml::Kind::mapping;
    sets->position = folds->position;
    put(*sets, "train", training);
    if (cv.dataset_iterator->splits().validates()) put(*sets, "valid", set("valid"));
    put(*sets, "test", set("test"));
    put(*algorithm, "monitoring_dataset", sets);
    put(*train, "algorithm", algorithm, given);
  }
  return yaml::Place(train);
}

// Where there are no folds: the job on the whole data set, so that the rest of it can be looked at.
std::vector<yaml::Place> whole_job(const yaml::Place& job) {
  auto iterator = job.find("dataset_iterator");
  while (iterator && class_of(*iterator->node) == transformer_cv)
    iterator = iterator->find("dataset_iterator");
  const auto data = iterator ? iterator->find("dataset") : std::nullopt;
  if (!data) return {};
  auto train = std::make_shared<yaml::Node>();
  train->kind = yaml::Kind::mapping;
  train->tag = std::string("!obj:") + Train::yaml;
  train->position = job.node->position;
  put(*train, "dataset", data->node);
  for (const char* key : {"model", "algorithm", "extensions"})
    if (const yaml::Child* const given = job.node->find(key)) put(*train, key, given->node, given);
  return {yaml::Place(train)};
}

}  // namespace

bool is_cross_validation(const yaml::Node& node) { return class_of(node) == train_cv; }

std::vector<yaml::Place> fold_jobs(const yaml::Place& job, Loader& loader) {
  const Shared<Object> made = Value(job, loader).object("job");
  const auto* const cv = dynamic_cast<const TrainCV*>(made.get());
  if (!cv || !cv->dataset_iterator || loader.hollow(cv)) return whole_job(job);
  if (const auto algorithm = job.find("algorithm"))
    if (const auto given = algorithm->find("monitoring_dataset")) {
      loader.errors.add(*given,
                        "the monitoring data sets of TrainCV are those of its folds; leave it out");
      return {};
    }
  std::int64_t count = cv->dataset_iterator->splits().folds(-1);
  try {
    // What is only checked reads no data: then one stands for as many folds as there are examples.
    if (count < 0)
      count = loader.options.check_only ? 1 : innermost(*cv->dataset_iterator).fold_count();
  } catch (const Error& error) {
    loader.add_error(cv->dataset_iterator.get(), job, error.what());
    return whole_job(job);
  }
  std::vector<yaml::Place> jobs;
  for (std::int64_t i = 0; i < count; ++i) jobs.push_back(job_of_fold(job, *cv, i));
  return jobs;
}

void add_cross_validation(Registry& to) {
  ClassInfo info = class_info<TrainCV>();
  info.doc = "jobs for cross-validation: one a fold";
  info.file = __FILE__;
  to.add(std::move(info));
  ClassInfo transformer = class_info<TransformerDatasetCV>();
  transformer.doc = "folds as a block makes them";
  transformer.file = __FILE__;
  to.add(std::move(transformer));
}

}  // namespace ansatz
