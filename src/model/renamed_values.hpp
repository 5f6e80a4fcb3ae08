// First values of a model that stands inside another one.
#pragma once

#include <ansatz/job/model.hpp>
#include <ansatz/serial/model_file.hpp>

#include <map>
#include <string>

namespace ansatz {

/// Passes values on under the names that the model's parameters and state have where it stands: the
/// two lists of each are in one order.
class RenamedValues final : public InitialValues {
 public:
  RenamedValues(InitialValues& to, const ir::List<ModelParameter>& from_list,
                const ir::List<ModelParameter>& to_list, const StateList& from_states,
                const StateList& to_states)
      : to_(to) {
    for (int i = 0; i < from_list.size(); ++i)
      names_.emplace(from_list[i].name.view(), to_list[i].name.view());
    for (int i = 0; i < from_states.size(); ++i)
      states_.emplace(from_states[i].name.view(), to_states[i].name.view());
  }
  void set(std::string_view parameter, const double* values, std::int64_t count) override {
    to_.set(name(parameter), values, count);
  }
  void fill(std::string_view parameter, double value) override { to_.fill(name(parameter), value); }
  void set_state(const NamedTensor& values) override {
    const auto found = states_.find(values.name);
    if (found == states_.end()) return;
    NamedTensor renamed = values;
    renamed.name = found->second;
    to_.set_state(renamed);
  }
  const ModelFile* learned(const Model& model) const override { return to_.learned(model); }
  const Dataset* training_data() const override { return to_.training_data(); }

 private:
  const std::string& name(std::string_view parameter) const {
    return names_.find(parameter)->second;
  }

  InitialValues& to_;
  std::map<std::string, std::string, std::less<>> names_, states_;
};

}  // namespace ansatz
