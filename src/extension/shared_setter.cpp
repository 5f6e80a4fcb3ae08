#include <ansatz/extension/shared_setter.hpp>

#include <ansatz/session/job_facts.hpp>
#include <ansatz/session/session.hpp>
#include <ansatz/session/settings.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ansatz {

namespace {

void require_variable(const JobFacts& facts, std::string_view name) {
  if (facts.has_setting(name)) return;
  std::vector<std::string> known;
  for (const ModelParameter& p : facts.job.model->parameters()) known.emplace_back(p.name.view());
  for (const auto& [setting, value] : facts.settings) known.push_back(setting);
  std::sort(known.begin(), known.end());
  if (std::binary_search(known.begin(), known.end(), name)) return;
  throw NameError(fmt::format("SharedSetter: the job has no variable \"{}\"{}", name,
                              allowed_names(name, {known.begin(), known.end()})));
}

class SetterRun final : public ExtensionRun {
 public:
  explicit SetterRun(const SharedSetter& description) : description_(description) {}

  void on_monitor(Session& session) override {
    for (const EpochUpdate& each : description_.epoch_updates) {
      if (each.epoch != session.records().epochs_seen) continue;
      // In Pylearn2 both are shared variables; here named numbers and parameters differ.
      if (session.has_setting(each.variable))
        session.set_setting(each.variable, each.value);
      else
        session.store().fill(each.variable, each.value);
    }
  }

 private:
  const SharedSetter& description_;
};

}  // namespace

void SharedSetter::check() const {
  for (const EpochUpdate& each : epoch_updates)
    if (each.epoch < 0 || !std::isfinite(each.value))
      throw ValueError(fmt::format("SharedSetter: epoch {} and value {} of \"{}\" are not allowed",
                                   each.epoch, each.value, each.variable.view()));
}

void SharedSetter::check_job(const JobFacts& facts) const {
  for (const EpochUpdate& each : epoch_updates) {
    require_variable(facts, each.variable);
    if (!facts.has_setting(each.variable)) continue;
    try {
      check_setting(each.variable, each.value);
    } catch (const ValueError& error) {
      throw ValueError(fmt::format("SharedSetter: at epoch {}, {}", each.epoch, error.what()));
    }
  }
}

std::unique_ptr<ExtensionRun> SharedSetter::start(Session& session) const {
  check();
  check_job(session.facts());
  return std::make_unique<SetterRun>(*this);
}

}  // namespace ansatz
