// The first values that a job takes from a file.
#include "loader.hpp"

#include <ansatz/model/parameter_names.hpp>
#include <ansatz/serial/store_tensors.hpp>
#include <ansatz/session/declared_state.hpp>
#include <ansatz/session/output_file.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/files/held_folder.hpp>

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

// What a file of the model will hold, without the numbers.
StoredParameters stored(const Model& model, ElementType precision) {
  const auto tensors_of = [](const auto& list) {
    std::vector<NamedTensor> tensors;
    for (const InitParameter& each : list) {
      NamedTensor& tensor = tensors.emplace_back();
      tensor.name = each.name;
      tensor.type = each.type;
      tensor.shape = each.shape;
    }
    return tensors;
  };
  return {tensors_of(parameters_of(model, precision)), paths_of_parameters(model), true,
          tensors_of(states_to_begin(model, precision))};
}

// Where the pattern stands in the file.
yaml::Place place_of(const InitPatternError& error, const yaml::Place& job) {
  const yaml::Place key = job.find(error.key).value_or(job);
  for (const yaml::Place& item : key.children())
    if (item->text == error.pattern) return item;
  return key;
}

}  // namespace

bool comes_from_earlier_job(const Train& job, const Loader& loader, const yaml::Place& place) {
  const auto earlier = loader.outputs.find(serial::file_named(job.init_from.c_str()));
  return earlier != loader.outputs.end() && earlier->second.kind == OutputKind::model &&
         earlier->second.job != place.node;
}

void check_parameters(const Train& job, Loader& loader, const yaml::Place& place) {
  const std::string path = job.init_from.c_str();
  std::error_code none;
  if (path.empty()) return;
  // What the file will hold, or what it does.
  const Model* earlier = nullptr;
  if (comes_from_earlier_job(job, loader, place)) {
    const auto saved = loader.saved_models.find(serial::file_named(path));
    if (saved != loader.saved_models.end())
      earlier = dynamic_cast<const Model*>(saved->second.get());
    if (!earlier) return;
  } else if (!std::filesystem::exists(path, none)) {
    return;
  }
  const yaml::Place at = place.find("init_from").value_or(place);
  InitChoice choice;
  for (const String& each : job.init_from_include) choice.include.emplace_back(each.view());
  for (const String& each : job.init_from_exclude) choice.exclude.emplace_back(each.view());
  try {
    const StoredParameters file =
        earlier ? stored(*earlier, loader.options.precision) : read_stored_parameters(path);
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
  } catch (const MemoryError& error) {
    loader.errors.add(at, error.what());
  } catch (const Error&) {
    return;  // parameters that cannot be made are told with the functions that have them
  }
}

}  // namespace ansatz
