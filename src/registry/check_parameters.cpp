// The first values that a job takes from a file.
#include "loader.hpp"

#include <ansatz/model/parameter_names.hpp>
#include <ansatz/serial/store_tensors.hpp>
#include <ansatz/session/declared_state.hpp>
#include <dsl/exceptions.hpp>

#include <algorithm>
#include <filesystem>

namespace ansatz {

namespace {

std::vector<InitParameter> parameters_of(const Model& model, ElementType precision) {
  std::vector<InitParameter> list;
  for (const ModelParameter& p : model.parameters()) {
    InitParameter here{std::string(p.name.view()), precision, {}};
    for (int i = 0; i < p.shape().rank; ++i) here.shape.push_back(p.shape()[i]);
    list.push_back(std::move(here));
  }
  return list;
}

// Where the pattern stands in the file.
yaml::Place place_of(const InitPatternError& error, const yaml::Place& job) {
  const yaml::Place key = job.find(error.key).value_or(job);
  for (const yaml::Place& item : key.children())
    if (item->text == error.pattern) return item;
  return key;
}

}  // namespace

void check_parameters(const Train& job, Loader& loader, const yaml::Place& place) {
  const std::string path = job.init_from.c_str();
  std::error_code none;
  if (path.empty() || !std::filesystem::exists(path, none)) return;
  const yaml::Place at = place.find("init_from").value_or(place);
  InitChoice choice;
  for (const String& each : job.init_from_include) choice.include.emplace_back(each.view());
  for (const String& each : job.init_from_exclude) choice.exclude.emplace_back(each.view());
  try {
    const StoredParameters file = read_stored_parameters(path);
    choice.states = states_to_begin(*job.model, loader.options.precision);
    choice.states_there = file.state;
    choice.paths_here = paths_of_parameters(*job.model);
    choice.paths_there = file.paths;
    choice.knows_paths_there = file.knows_paths;
    choose_parameters(parameters_of(*job.model, loader.options.precision), file.tensors, path,
                      choice);
  } catch (const InitPatternError& error) {
    loader.errors.add(place_of(error, place), error.without_key);
  } catch (const FileError& error) {
    loader.errors.add(at, error.what());
  } catch (const Error&) {
    return;  // parameters that cannot be made are told with the functions that have them
  }
}

}  // namespace ansatz
