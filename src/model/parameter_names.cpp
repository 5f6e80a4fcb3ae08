#include <ansatz/model/parameter_names.hpp>

#include <ansatz/job/layered.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <set>
#include <string_view>

namespace ansatz {

std::map<std::string, std::string> paths_of_parameters(const Model& model) {
  std::map<std::string, std::string> paths;
  const Layered* const layered = model.as_layered();
  if (!layered) return paths;
  // Parameters are listed twice, under the names of the files and under full ones: only the layers
  // themselves know what they make of a place.
  const Place from = layered->root();
  Place by_path = from;
  by_path.named = {};
  ir::List<part_names::Standing> layers;
  for (int i = 0; i < layered->layer_count(); ++i)
    part_names::walk(layered->layer(i), "", "", layers);
  for (const part_names::Standing& each : layers) {
    const bool says = each.path == each.place;
    const String path = says ? each.place : each.place + "_" + each.layer->stem();
    by_path.named.push_back({each.part, path, each.place});
  }
  for (const NamedPart& known : from.named)
    for (NamedPart& each : by_path.named)
      if (each.part == known.part) each = known;
  ir::List<ModelParameter> names, full;
  layered->parameters(from, names);
  layered->parameters(by_path, full);
  for (int i = 0; i < names.size(); ++i)
    if (names[i].name != full[i].name) paths[names[i].name.c_str()] = full[i].name.c_str();
  return paths;
}

std::map<std::string, std::string> layers_of_parameters(const Model& model) {
  std::map<std::string, std::string> layers;
  const Layered* const layered = model.as_layered();
  if (!layered) return layers;
  const ir::List<Place> at = layered->places(layered->root());
  for (int i = 0; i < at.size(); ++i) {
    ir::List<ModelParameter> own;
    layered->layer(i).parameters(at[i], own);
    for (const ModelParameter& p : own)
      layers.emplace(p.name.view(), layered->layer(i).layer_name.view());
  }
  return layers;
}

void require_names_once(const std::vector<ModelParameter>& parameters) {
  std::set<std::string_view> names;
  for (const ModelParameter& p : parameters)
    if (!names.insert(p.name.view()).second)
      throw NameError(
          fmt::format("two parameters of the model have the name \"{}\"; give the layers "
                      "or models they belong to others",
                      p.name.view()));
}

}  // namespace ansatz
