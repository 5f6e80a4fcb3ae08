// What a job writes, before it runs.
#include "loader.hpp"

#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/serial/model_file.hpp>
#include <ansatz/session/loaded_model.hpp>
#include <ansatz/session/origin.hpp>
#include <ansatz/session/output_file.hpp>
#include <ansatz/yaml/scalar.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/files/held_folder.hpp>
#include "../dsl/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

namespace ansatz {

namespace {

class OutputChecker {
 public:
  OutputChecker(const Train& job, Loader& loader, const yaml::Place& place, bool sound)
      : job_(job), loader_(loader), place_(place), sound_(sound) {}

  void check() {
    names();
    for (const OutputFile& each : outputs_of(job_)) {
      const yaml::Place at =
          each.by ? loader_.key_place(each.by, each.key) : place_.find(each.key).value_or(place_);
      file(at.node ? at : place_, each);
      if (at.node) seen_.push_back(at.node.get());
    }
    // Classes of a user need not tell what they write: of theirs the key is looked at.
    for (const Shared<Extension>& each : job_.extensions) {
      if (!each) continue;
      const yaml::Place* const stands = loader_.place_of(each.get());
      const auto key = stands ? stands->find("save_path") : std::nullopt;
      if (!key || yaml::is_null(*key->node) ||
          std::find(seen_.begin(), seen_.end(), key->node.get()) != seen_.end())
        continue;
      yaml::Errors told_before;
      const auto path = yaml::as_path(*key, loader_.environment, told_before);
      if (path && !path->empty())
        file(*key, {each.get(), "save_path", loader_.moved(*path), OutputKind::model});
    }
  }

 private:
  void file(const yaml::Place& at, const OutputFile& out) {
    if (!loader_.options.writes) return;
    const std::filesystem::path folder = std::filesystem::path(out.path).parent_path();
    std::error_code none;
    if (out.kind != OutputKind::folder && !folder.empty() &&
        !std::filesystem::exists(folder, none)) {
      loader_.errors.add(at,
                         fmt::format("the folder '{}' does not exist; make it, or save elsewhere",
                                     folder.string()));
      return;
    }
    const std::string named = serial::file_named(out.path);
    if (two_outputs(at, out, named) || replaces_input(at, out, named)) return;
    const bool refuse = !out.by && !job_.allow_overwrite && !loader_.options.resume;
    try {
      look_at(out, refuse ? Overwrite::refuse : Overwrite::replace, least_bytes());
    } catch (const Error& problem) {
      loader_.errors.add(at, problem.what());
    }
  }

  // A table of records goes on with a model that goes on in the next job of a list.
  bool two_outputs(const yaml::Place& at, const OutputFile& out, const std::string& named) {
    const auto [found, first] = loader_.outputs.emplace(
        named, Loader::Output{fmt::format("{} ({})", out.path, at.position.text()), out.kind,
                              place_.node});
    if (first) return false;
    const Loader::Output& other = found->second;
    const bool goes_on = out.kind == OutputKind::table && other.kind == OutputKind::table &&
                         other.job != place_.node;
    if (goes_on || !exclude_each_other(out.kind, other.kind)) return false;
    loader_.errors.add(at, fmt::format("'{}' is the file of another output, {}; give each its own",
                                       out.path, other.text));
    return true;
  }

  bool replaces_input(const yaml::Place& at, const OutputFile& out, const std::string& named) {
    if (out.kind == OutputKind::folder) return false;
    const bool of_job = !out.by;
    const auto told = [&](const std::string& what) {
      loader_.errors.add(
          at, fmt::format("'{}' is {}, which {} would replace; give another {}", out.path, what,
                          out.kind == OutputKind::model ? "the model" : "the records", out.key));
      return true;
    };
    if (!loader_.job_file.empty() && named == serial::file_named(loader_.job_file))
      return told("the job file");
    std::vector<std::string> of_data;
    add_data_files(job_, of_data);
    for (const std::string& each : of_data)
      if (named == serial::file_named(each)) return told("a file of the data");
    // The model that a job goes on with may be saved where it came from.
    const auto* const goes_on = dynamic_cast<const LoadedModel*>(job_.model.get());
    const auto [first, last] = loader_.inputs.equal_range(named);
    for (auto at_input = first; at_input != last; ++at_input) {
      const Loader::Input& each = at_input->second;
      if (of_job && goes_on && each.model == &goes_on->file()) continue;
      if (of_job && job_.save_freq == 0) continue;  // it is not replaced
      return told(fmt::format("an input of the job ({})", each.place.position.text()));
    }
    return false;
  }

  // Of the parameters alone; state comes on top.
  std::int64_t least_bytes() const {
    std::int64_t count = 0;
    if (!sound_) return 0;
    try {
      for (const ModelParameter& p : job_.model->parameters()) {
        std::int64_t numbers = 1;
        for (int i = 0; i < p.shape().rank; ++i) numbers *= p.shape()[i];
        count += numbers;
      }
    } catch (const Error&) {
      return 0;  // told elsewhere
    }
    return count * element_size(loader_.options.precision);
  }

  // Parameters whose names cannot be names of tensors, or which the format of the model file keeps
  // for something else.
  void names() {
    if (!sound_) return;
    const std::vector<OutputFile> outputs = outputs_of(job_);
    const bool saved = std::any_of(outputs.begin(), outputs.end(), [](const OutputFile& each) {
      return each.kind == OutputKind::model;
    });
    try {
      for (const ModelParameter& p : job_.model->parameters()) {
        const std::string name(p.name.view());
        if (!running::good_name(name))
          refuse_name(
              name, [](std::string_view layer) { return !running::good_name(layer); },
              fmt::format("the parameter '{}' cannot have that name; allowed in names of "
                          "layers that have parameters: A-Z a-z 0-9 _ . / -",
                          name));
        else if (saved && reserved_name(name))
          refuse_name(
              name, [&](std::string_view layer) { return name.starts_with(layer); },
              fmt::format("the parameter '{}' could not be saved: in a model file, what "
                          "begins with state/, random/, monitor/ or wall_clock/ is no "
                          "parameter; rename it",
                          name));
      }
    } catch (const Error&) {
      return;  // told elsewhere
    }
  }
  // Once for each layer, at the one whose name is at fault.
  template <class AtFault>
  void refuse_name(const std::string& parameter, const AtFault& at_fault, const std::string& what) {
    const Layer* found = nullptr;
    const Layered* const layered = job_.model->as_layered();
    for (int i = 0; layered && i < layered->layer_count(); ++i)
      find(layered->layer(i), parameter, at_fault, found);
    yaml::Place at = place_.find("model").value_or(place_);
    if (found) {
      const auto* const nested = dynamic_cast<const NestedMLP*>(found);
      const Object* const stands = nested ? nested->mlp.get() : static_cast<const Object*>(found);
      if (loader_.place_of(stands)) at = loader_.key_place(stands, "layer_name");
    }
    if (refused_.insert(at.position.text()).second) loader_.errors.add(at, what);
  }
  template <class AtFault>
  static void find(const Layer& layer, const std::string& parameter, const AtFault& at_fault,
                   const Layer*& found) {
    const std::string_view name = layer.layer_name.view();
    if (!name.empty() && parameter.find(name) != std::string::npos && at_fault(name) &&
        (!found || name.size() > found->layer_name.view().size()))
      found = &layer;
    for (int i = 0; i < layer.inner_layers(); ++i)
      find(layer.inner_layer(i), parameter, at_fault, found);
  }

  const Train& job_;
  Loader& loader_;
  const yaml::Place& place_;
  bool sound_;
  std::vector<const yaml::Node*> seen_;
  std::set<std::string> refused_;
};

}  // namespace

void check_outputs(const Train& job, Loader& loader, const yaml::Place& place, bool sound) {
  OutputChecker(job, loader, place, sound).check();
}

}  // namespace ansatz
