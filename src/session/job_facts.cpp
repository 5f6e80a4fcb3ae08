#include <ansatz/session/job_facts.hpp>

#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <fmt/format.h>

#include <set>
#include <vector>

namespace ansatz {

double JobFacts::setting(std::string_view name) const {
  if (const auto found = settings.find(name); found != settings.end()) return found->second;
  std::vector<std::string_view> known;
  for (const auto& [each, value] : settings) known.push_back(each);
  throw NameError(fmt::format("the job has no setting \"{}\"{}", name, allowed_names(name, known)));
}

void JobFacts::add_settings(const Function& of) {
  // By a list of its own: a deep model is a deeper expression than a stack of calls bears.
  std::set<const ir::Term*> seen;
  std::vector<const ir::Term*> left;
  const auto visit = [&](const ir::Value& v) {
    if (v.term() && seen.insert(v.term()).second) left.push_back(v.term());
  };
  for (const ir::NamedOutput& each : of.outputs) visit(each.value);
  for (const ir::Update& each : of.updates) visit(each.value);
  while (!left.empty()) {
    const ir::Term& term = *left.back();
    left.pop_back();
    if (term.op == ir::info_of<ops::NamedScalar>) settings.emplace(term.name.data(), term.attr.x);
    for (const ir::Value& each : term.in) visit(each);
  }
}

}  // namespace ansatz
