// What holds between the keys of one object, and which numbers a key may have.
#include "loader.hpp"

#include <ansatz/job/initialization.hpp>
#include <ansatz/model/layers/dense.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/yaml/scalar.hpp>

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace ansatz {

namespace {

constexpr double none = std::numeric_limits<double>::infinity();

constexpr NumberRange whole_from(double least, const char* allowed) {
  return {least, none, false, true, true, allowed};
}
constexpr NumberRange ones = whole_from(1, "whole numbers from 1"),
                      zeros = whole_from(0, "whole numbers from 0"),
                      // Each is an op of the graph.
    pieces = {1, 4096, false, false, true, "whole numbers from 1 to 4096"},
                      ports = {0, 65535, false, false, true, "ports from 0 to 65535"},
                      above_zero = {0, none, true, true, false, "numbers above 0"},
                      from_zero = {0, none, false, true, false, "numbers from 0"},
                      below_one = {0, 1, false, true, false, "numbers from 0 to below 1"},
                      probability = {0, 1, false, false, false, "probabilities from 0 to 1"},
                      kept = {0, 1, true, false, false, "probabilities above 0, up to 1"},
                      // No limit is infinity.
    length = {0, none, true, false, false, "lengths above 0"},
                      length_or_zero = {0, none, false, false, false, "lengths from 0"},
                      with_infinity = {-none, none, false, false, false, "numbers"},
                      least_length = {0, none, false, true, false, "lengths from 0"},
                      finite = {-none, none, true, true, false, "finite numbers"};

// Where the class itself checks the bounds, the row of a key, or the default, is there for NaN and
// infinities. A class is named where others of its keys' names mean something else; its rows come
// first.
struct KeyRange {
  const char* owner;
  const char* key;
  NumberRange range;
};
constexpr KeyRange ranges[] = {
    // Of these, a number below 0 or above 1 has a meaning.
    {"Function", "", finite},
    {"LinearDecay", "", finite},
    {"uniform", "", finite},
    {"randint", "", finite},
    {"", "dim", ones},
    {"", "n_classes", ones},
    {"", "num_classes", zeros},
    {"", "num_units", ones},
    {"", "num_pieces", pieces},
    {"", "pool_stride", zeros},
    {"", "num_examples", ones},
    {"", "num_channels", ones},
    {"", "num_outputs", ones},
    {"", "max_labels", ones},
    {"", "y_labels", ones},
    {"", "target_labels", zeros},
    {"", "shape", ones},
    {"", "number", zeros},
    {"", "block_size", ones},
    {"", "nvis", ones},
    {"", "batch_size", ones},
    {"", "monitoring_batch_size", ones},
    {"", "monitoring_batches", zeros},
    {"", "batches_per_iter", zeros},
    {"", "updates_per_batch", ones},
    {"", "sparse_init", zeros},
    {"", "save_freq", zeros},
    {"", "max_epochs", zeros},
    {"", "tick_rate", zeros},
    {"", "monitor_rate", zeros},
    {"", "start", zeros},
    {"", "stop", zeros},
    {"", "req_port", ports},
    {"", "pub_port", ports},
    {"", "learning_rate", above_zero},
    {"", "init_momentum", below_one},
    {"", "final_momentum", below_one},
    {"", "seconds", with_infinity},
    {"", "irange", from_zero},
    {"", "istdev", from_zero},
    {"", "sparse_stdev", from_zero},
    {"", "coeffs", from_zero},
    {"", "max_beta", with_infinity},
    {"", "include_prob", probability},
    {"", "default_input_include_prob", kept},
    {"", "input_include_probs", kept},
    {"", "max_col_norm", length},
    {"", "max_row_norm", length},
    {"", "min_col_norm", least_length},
    {"", "clip_norm", length_or_zero},
    {"", "W_lr_scale", from_zero},
    {"", "b_lr_scale", from_zero},
    {"", "min_lr", from_zero},
    {"", "max_lr", with_infinity},
    {"", "max_scaling", with_infinity},
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
  std::map<std::string_view, int> first;
  for (int i = 0; i < mlp.layers.size(); ++i) {
    const auto [before, is_new] = first.emplace(mlp.layers[i]->layer_name.view(), i);
    if (is_new) continue;
    const auto n = static_cast<std::size_t>(i);
    yaml::Place at = n < layers.size() ? layers[n] : *list;
    if (const auto name = at.find("layer_name")) at = *name;
    errors.add(at, fmt::format("two layers of one MLP have the name '{}'; the other is "
                               "layers[{}]; names must differ",
                               before->first, before->second));
  }
}

// A limit from below that lies above the one from above.
void check_limits(const yaml::Place& place, yaml::Errors& errors) {
  for (const auto& [least, most] :
       {std::pair("min_col_norm", "max_col_norm"), std::pair("min_beta", "max_beta"),
        std::pair("reg_min", "reg_max")}) {
    const auto below = place.find(least), above = place.find(most);
    if (!below || !above) continue;
    yaml::Errors told_before;
    const auto from = yaml::as_float(*below, told_before), to = yaml::as_float(*above, told_before);
    if (from && to && std::isfinite(*from) && *from > *to)  // one that is not is told
      errors.add(*below,
                 fmt::format("found {}; allowed: at most {}, which is {}", *from, most, *to));
  }
}

}  // namespace

const NumberRange& range_of(std::string_view class_name, std::string_view key) {
  for (const KeyRange& each : ranges) {
    const std::string_view owner = each.owner, name = each.key;
    if ((owner.empty() || owner == class_name) && (name.empty() || name == key)) return each.range;
  }
  return finite;
}

bool is_path(std::string_view key) {
  return key == "path" || key == "save_path" || key == "init_from" || key == "mask_weights" ||
         key == "file";
}

bool is_output(std::string_view key) { return key == "save_path"; }

void check_object(const Object& object, const yaml::Place& place, yaml::Errors& errors) {
  check_limits(place, errors);
  if (const auto* const how = dynamic_cast<const Initialization*>(&object))
    check_initialization(*how, place, errors);
  if (const auto* const mlp = dynamic_cast<const MLPBase*>(&object)) check_mlp(*mlp, place, errors);
}

}  // namespace ansatz
