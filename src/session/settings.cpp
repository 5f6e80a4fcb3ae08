#include <ansatz/session/settings.hpp>

#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <fmt/format.h>

#include <cmath>
#include <vector>

namespace ansatz {

bool Settings::has(std::string_view name) const {
  for (const JobProgram& each : programs_)
    if (each.program->has_setting(name)) return true;
  return own_.contains(name);
}

void Settings::add(std::string_view name, double value) {
  own_.insert_or_assign(std::string(name), value);
}

double Settings::get(std::string_view name) const {
  for (const JobProgram& each : programs_)
    if (each.program->has_setting(name)) return each.program->get(name);
  if (const auto own = own_.find(name); own != own_.end()) return own->second;
  std::vector<std::string> known;
  for (const auto& [own, value] : own_) known.push_back(own);
  for (const JobProgram& each : programs_)
    for (std::string& n : settings_of(each.program->plan())) known.push_back(std::move(n));
  throw NameError(fmt::format("the job has no setting \"{}\"{}", name,
                              allowed_names(name, {known.begin(), known.end()})));
}

void Settings::set(std::string_view name, double value) {
  // Programs of one job have settings in common; a name that none has is an error.
  (void)get(name);
  for (JobProgram& each : programs_)
    if (each.program->has_setting(name)) each.program->set(name, value);
  if (const auto own = own_.find(name); own != own_.end()) own->second = value;
}

void Settings::take(const std::map<std::string, double>& given) {
  for (const auto& [name, value] : given) {
    check_setting(name, value);
    set(name, value);
  }
}

std::map<std::string, double, std::less<>> Settings::all() const {
  std::map<std::string, double, std::less<>> all = own_;
  for (const JobProgram& each : programs_)
    for (const std::string& name : settings_of(each.program->plan()))
      all.emplace(name, each.program->get(name));
  return all;
}

void Settings::state(Archive& archive) {
  archive.enter("settings");
  for (auto& [name, value] : own_) archive(name, value);
  archive.leave();
  for (JobProgram& each : programs_) {
    archive.enter("programs." + each.name);
    // Random numbers are keyed by it, so a resumed run draws what the other would have drawn.
    auto count = static_cast<std::int64_t>(each.program->step_count());
    archive("step_count", count);
    each.program->step_count(static_cast<std::uint64_t>(count));
    for (const std::string& name : settings_of(each.program->plan())) {
      double value = each.program->get(name);
      archive(name, value);
      each.program->set(name, value);
    }
    archive.leave();
  }
}

void check_setting(std::string_view name, double value) {
  const char* const allowed = name == "learning_rate" ? "at least 0"
                              : name == "momentum"    ? "at least 0 and below 1"
                                                      : "a finite number";
  if (std::isfinite(value) && (name != "learning_rate" || value >= 0) &&
      (name != "momentum" || (value >= 0 && value < 1)))
    return;
  throw ValueError(fmt::format("{} must be {}, not {}", name, allowed, value));
}

}  // namespace ansatz
