#include "first_values.hpp"

#include <ansatz/model/parameter_names.hpp>
#include <ansatz/serial/store_tensors.hpp>
#include <ansatz/session/declared_state.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace ansatz {

const ModelFile* JobValues::learned(const Model& model) const {
  const ModelFile* last = nullptr;
  for (const LearnedModel& each : learned_)
    if (each.model == &model) last = each.file.get();
  return last;
}

void init_from(const Train& job, Store& store, Session& session, JobValues& states) {
  const std::string path = job.init_from.c_str();
  InitChoice choice;
  for (const String& each : job.init_from_include) choice.include.emplace_back(each.view());
  for (const String& each : job.init_from_exclude) choice.exclude.emplace_back(each.view());
  choice.paths_here = paths_of_parameters(*job.model);
  const StoredParameters file = read_stored_parameters(path);
  choice.states = states_to_begin(*job.model, session.precision());
  choice.states_there = file.state;
  choice.paths_there = file.paths;
  choice.knows_paths_there = file.knows_paths;
  const InitReport report = init_parameters(store, file.tensors, path, choice);
  std::vector<std::string> taken = report.taken;
  for (const NamedTensor& each : report.states) {
    states.set_state(each);
    taken.push_back(each.name);
  }
  const auto full = [](const std::map<std::string, std::string>& paths, const std::string& name) {
    const auto found = paths.find(name);
    return found == paths.end() ? name : found->second;
  };
  session.note(taken.empty()
                   ? fmt::format("init_from {}: nothing is taken", path)
                   : fmt::format("init_from {}: {} {} taken", path, fmt::join(taken, ", "),
                                 taken.size() == 1 ? "is" : "are"));
  if (!report.left_out.empty())
    session.note(fmt::format("init_from {}: left out: {}", path, fmt::join(report.left_out, ", ")));
  for (const auto* list : {&report.kept, &report.kept_states})
    for (const std::string& kept : *list)
      session.warn(fmt::format(
          "init_from {}: the file has no \"{}\", which keeps its own first values", path, kept));
  for (const std::string& name : report.of_other_layer)
    session.warn(
        fmt::format("init_from {}: \"{}\" keeps its own first values, as that of the file is of "
                    "another layer: there {}, here {}; init_from_include takes it all the same",
                    path, name, full(choice.paths_there, name), full(choice.paths_here, name)));
  for (const std::string& name : report.of_unknown_layer)
    session.warn(
        fmt::format("init_from {}: \"{}\" is taken for {}; the file does not say of which layer it "
                    "is (init_from_exclude leaves it out)",
                    path, name, full(choice.paths_here, name)));
  for (const std::string& unused : report.unused) {
    const auto& of_other = report.of_other_layer;
    if (std::find(of_other.begin(), of_other.end(), unused) == of_other.end() &&
        std::find(report.left_out.begin(), report.left_out.end(), unused) == report.left_out.end())
      session.warn(fmt::format("init_from {}: \"{}\" is no parameter of this model", path, unused));
  }
}

}  // namespace ansatz
