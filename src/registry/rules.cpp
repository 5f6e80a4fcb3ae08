// What holds between the keys of one object, and which numbers a key may have.
#include "loader.hpp"

#include <ansatz/model/dense.hpp>
#include <ansatz/model/initialization.hpp>
#include <ansatz/model/mlp.hpp>

#include <fmt/format.h>

#include <cmath>

namespace ansatz {

namespace {

struct Allowed {
  const char* key;
  double least, most;
  bool open_below, open_above, whole;
  const char* allowed;
};

constexpr double none = std::numeric_limits<double>::infinity();
constexpr Allowed ranges[] = {
    {"dim", 1, none, false, false, true, "whole numbers from 1"},
    {"n_classes", 1, none, false, false, true, "whole numbers from 1"},
    {"num_classes", 0, none, false, false, true, "whole numbers from 0"},
    {"num_units", 1, none, false, false, true, "whole numbers from 1"},
    {"num_pieces", 1, none, false, false, true, "whole numbers from 1"},
    {"num_examples", 1, none, false, false, true, "whole numbers from 1"},
    {"num_channels", 1, none, false, false, true, "whole numbers from 1"},
    {"max_labels", 1, none, false, false, true, "whole numbers from 1"},
    {"block_size", 1, none, false, false, true, "whole numbers from 1"},
    {"nvis", 1, none, false, false, true, "whole numbers from 1"},
    {"batch_size", 1, none, false, false, true, "whole numbers from 1"},
    {"monitoring_batch_size", 1, none, false, false, true, "whole numbers from 1"},
    {"monitoring_batches", 0, none, false, false, true, "whole numbers from 0"},
    {"batches_per_iter", 0, none, false, false, true, "whole numbers from 0"},
    {"updates_per_batch", 1, none, false, false, true, "whole numbers from 1"},
    {"sparse_init", 0, none, false, false, true, "whole numbers from 0"},
    {"save_freq", 0, none, false, false, true, "whole numbers from 0"},
    {"max_epochs", 0, none, false, false, true, "whole numbers from 0"},
    {"start", 0, none, false, false, true, "whole numbers from 0"},
    {"stop", 0, none, false, false, true, "whole numbers from 0"},
    {"req_port", 0, 65535, false, false, true, "ports from 0 to 65535"},
    {"pub_port", 0, 65535, false, false, true, "ports from 0 to 65535"},
    {"learning_rate", 0, none, true, true, false, "numbers above 0"},
    {"init_momentum", 0, 1, false, true, false, "numbers from 0 to below 1"},
    {"final_momentum", 0, 1, false, true, false, "numbers from 0 to below 1"},
    {"irange", 0, none, false, true, false, "numbers from 0"},
    {"istdev", 0, none, false, true, false, "numbers from 0"},
    {"sparse_stdev", 0, none, false, true, false, "numbers from 0"},
    {"include_prob", 0, 1, false, false, false, "probabilities from 0 to 1"},
    {"default_input_include_prob", 0, 1, true, false, false, "probabilities above 0, up to 1"},
    {"max_col_norm", 0, none, true, false, false, "lengths above 0"},
    {"max_row_norm", 0, none, true, false, false, "lengths above 0"},
    {"min_col_norm", 0, none, false, true, false, "lengths from 0"},
    {"clip_norm", 0, none, false, false, false, "lengths from 0"},
    {"W_lr_scale", 0, none, false, true, false, "numbers from 0"},
    {"b_lr_scale", 0, none, false, true, false, "numbers from 0"},
    {"min_lr", 0, none, false, true, false, "numbers from 0"},
};

void check_initialization(const Initialization& how, const yaml::Place& place,
                          yaml::Errors& errors) {
  if (how.given() <= 1) return;
  std::string given;
  for (const std::string_view key : place->keys())
    for (const char* way : {"irange", "istdev", "sparse_init", "glorot_uniform", "glorot_normal",
                            "he_uniform", "he_normal"})
      if (key == way) given += fmt::format("{}{}", given.empty() ? "" : " and ", way);
  errors.add(place, fmt::format("{} say in different ways how the weights begin; give one", given));
}

void check_mlp(const MLPBase& mlp, const yaml::Place& place, yaml::Errors& errors) {
  if (mlp.nvis > 0 && mlp.space.kind != SpaceKind::null)
    errors.add(place.find("nvis").value_or(place),
               "nvis and input_space exclude each other: both say what one example is");
  if (mlp.layers.empty()) {
    errors.add(place.find("layers").value_or(place), "an MLP needs at least one layer");
    return;
  }
  const auto list = place.find("layers");
  if (!list) return;
  const std::vector<yaml::Place> layers = list->children();
  for (int i = 0; i < mlp.layers.size(); ++i)
    for (int k = 0; k < i; ++k) {
      if (mlp.layers[i]->layer_name != mlp.layers[k]->layer_name.view()) continue;
      const auto n = static_cast<std::size_t>(i);
      yaml::Place at = n < layers.size() ? layers[n] : *list;
      if (const auto name = at.find("layer_name")) at = *name;
      errors.add(at, fmt::format("two layers of one MLP have the name '{}'; the other is "
                                 "layers[{}]; names must differ",
                                 mlp.layers[i]->layer_name.view(), k));
      break;
    }
}

}  // namespace

std::string range_fault(std::string_view class_name, std::string_view key, double value) {
  // Of these, a number below 0 or above 1 has a meaning.
  if (class_name == "LinearDecay" || class_name == "Function") return "";
  for (const Allowed& range : ranges) {
    if (key != range.key) continue;
    const bool below = range.open_below ? value <= range.least : value < range.least;
    const bool above = range.open_above ? value >= range.most : value > range.most;
    if (below || above || std::isnan(value)) return range.allowed;
    return "";
  }
  return std::isnan(value) ? "numbers" : "";
}

bool is_path(std::string_view key) {
  return key == "path" || key == "save_path" || key == "init_from" || key == "mask_weights" ||
         key == "file";
}

void check_object(const Object& object, const yaml::Place& place, yaml::Errors& errors) {
  if (const auto* const how = dynamic_cast<const Initialization*>(&object))
    check_initialization(*how, place, errors);
  if (const auto* const mlp = dynamic_cast<const MLPBase*>(&object))
    check_mlp(*mlp, place, errors);
}

}  // namespace ansatz
