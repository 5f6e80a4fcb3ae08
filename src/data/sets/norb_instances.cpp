#include <ansatz/data/sets/norb_instances.hpp>

#include <ansatz/data/preprocess/image_maps.hpp>
#include <ansatz/data/sources.hpp>
#include <dsl/exceptions.hpp>

#include "set_keys.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

constexpr std::int64_t of_small = 5, of_big = 11;  // numbers that are known of a pair
constexpr int nothing = 5, toys_of_each = 10;

int toys(std::int64_t facts) { return facts == of_small ? 50 : 51; }

// 0 to 50; nothing where the numbers are no toy's.
std::optional<int> toy_of(float category, float instance) {
  if (category == nothing) return nothing * toys_of_each;
  const float toy = category * toys_of_each + instance;
  const bool known = category >= 0 && category < nothing && instance >= 0 &&
                     instance < toys_of_each && toy == static_cast<float>(static_cast<int>(toy));
  return known ? std::optional(static_cast<int>(toy)) : std::nullopt;
}

}  // namespace

void NorbInstances::check() const {
  data::require_name("label_format", label_format.view(), {"norb", "obj_id", "obj_onehot"});
}

SpaceInfo NorbInstances::source_space(std::string_view source) const {
  const SpaceInfo space = SavedDataset(dataset_path.c_str()).source_space(source);
  if (source == "features" && space.kind == SpaceKind::conv2d && crop_shape.rows > 0)
    return CentralWindow(crop_shape).output_space(space);
  if (source != "targets" || label_format == "norb" || space.kind == SpaceKind::null) return space;
  const int classes = toys(space.total_dimension());
  return label_format == "obj_id" ? index_space(classes) : vector_space(classes);
}

std::shared_ptr<const BatchSource> NorbInstances::open() const {
  check();
  const std::string file = dataset_path.c_str();
  std::shared_ptr<const BatchSource> all = SavedDataset(file.c_str()).open();
  if (crop_shape.rows > 0) all = CentralWindow(crop_shape).start()->apply(all);
  if (label_format == "norb") return all;
  std::vector<Column> columns = all->columns();
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [](const Column& each) { return each.source == "targets"; });
  if (found == columns.end() || found->labels || found->type != ElementType::float32 ||
      (found->width() != of_small && found->width() != of_big))
    throw FileError(
        fmt::format("{}: it has no targets of {} or {} numbers, as NORB with "
                    "multi_target has",
                    file, of_small, of_big));
  const std::int64_t facts = found->width();
  const int classes = toys(facts);
  const auto which = static_cast<std::size_t>(found - columns.begin());
  const bool one_hot = label_format == "obj_onehot";
  *found = one_hot ? number_column("targets", {classes}) : label_column("targets", classes);
  const auto others = columns;
  return transformed(all, columns, [=](std::span<const ArrayView> in, std::span<void* const> out) {
    const std::int64_t examples = in[0].dims[0];
    for (std::size_t k = 0; k < others.size(); ++k) {
      if (k == which) continue;
      const std::int64_t bytes = others[k].width() * element_size(others[k].type);
      std::copy_n(static_cast<const unsigned char*>(in[k].data), examples * bytes,
                  static_cast<unsigned char*>(out[k]));
    }
    if (one_hot) std::fill_n(static_cast<float*>(out[which]), examples * classes, 0.f);
    const auto* known = static_cast<const float*>(in[which].data);
    for (std::int64_t i = 0; i < examples; ++i, known += facts) {
      const std::optional<int> toy = toy_of(known[0], known[1]);
      if (!toy || *toy >= classes)
        throw ValueError(fmt::format("{}: category {} and instance {} are no toy of NORB", file,
                                     known[0], known[1]));
      if (one_hot)
        static_cast<float*>(out[which])[i * classes + *toy] = 1;
      else
        static_cast<std::int32_t*>(out[which])[i] = *toy;
    }
  });
}

std::shared_ptr<const Table> NorbInstances::load() const {
  return std::make_shared<const Table>(in_memory(open()));
}
std::string NorbInstances::missing_file() const {
  return SavedDataset(dataset_path.c_str()).missing_file();
}
void NorbInstances::files(std::vector<std::string>& list) const {
  list.emplace_back(dataset_path.view());
}

}  // namespace ansatz
