#include <ansatz/session/preprocessors.hpp>

#include <ansatz/session/saved_preprocessor.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

constexpr std::string_view prefix = "preprocessor.";
constexpr const char* unfitted =
    "a preprocessor is fitted on no data set; the one that it learns from needs "
    "fit_preprocessor: True";

std::string prefix_of(std::size_t number) { return fmt::format("{}{}.", prefix, number); }

}  // namespace

Preprocessors::Preprocessors(const Train& job) {
  const auto look = [&](const Shared<Dataset>& set) {
    const Preprocessing* const how = set ? set->preprocessing() : nullptr;
    if (!how || !how->preprocessor) return;
    auto at = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& each) {
      return each.description == how->preprocessor;
    });
    if (at == entries_.end()) at = entries_.insert(at, {how->preprocessor, nullptr, nullptr});
    if (!how->fit_preprocessor) return;
    // A copy of the same data set, as programs in C++ make them, says the same.
    if (at->fitted_on && !(at->fitted_on == set) && to_yaml(*at->fitted_on) != to_yaml(*set))
      throw ValueError(
          "two data sets have fit_preprocessor for one preprocessor; it can learn from one");
    if (!at->fitted_on) at->fitted_on = set;
  };
  look(job.dataset);
  if (!entries_.empty()) first_ = entries_[0].description;
  if (job.algorithm)
    for (const MonitoringDataset& each : job.algorithm->monitoring_datasets.list)
      look(each.dataset);
}

void Preprocessors::require_fitted() const {
  for (const Entry& each : entries_)
    if (each.description->learns() && !each.fitted_on && !each.run) throw ValueError(unfitted);
}

void Preprocessors::take(const std::vector<NamedTensor>& state) {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    auto run = entries_[i].description->start();
    if (bring_back(*run, state, prefix_of(i))) entries_[i].run = std::move(run);
  }
}

std::vector<NamedTensor> Preprocessors::learned() const {
  std::vector<NamedTensor> list;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (!entries_[i].run) continue;
    for (NamedTensor& each : learned_by(*entries_[i].run, prefix_of(i)))
      list.push_back(std::move(each));
  }
  return list;
}

void Preprocessors::save_first(const std::string& path) const {
  save_preprocessor(path, entries_.at(0).description, *entries_.at(0).run);
}

bool Preprocessors::owns(std::string_view state) {
  return state.starts_with(prefix) && state.size() > prefix.size() && state[prefix.size()] >= '0' &&
         state[prefix.size()] <= '9';
}

std::shared_ptr<const BatchSource> Preprocessors::apply(const Shared<Preprocessor>& preprocessor,
                                                        std::shared_ptr<const BatchSource> data,
                                                        const Open& open) {
  const auto at = std::find_if(entries_.begin(), entries_.end(),
                               [&](const Entry& each) { return each.description == preprocessor; });
  std::shared_ptr<PreprocessorRun> run = at == entries_.end() ? nullptr : at->run;
  if (!run) {
    run = preprocessor->start();
    const bool fits = at != entries_.end() && at->fitted_on;
    if (preprocessor->learns() && !fits) throw ValueError(unfitted);
    if (fits) run->fit(open(*at->fitted_on));
    if (at != entries_.end()) at->run = run;
  }
  return run->apply(std::move(data));
}

std::shared_ptr<const BatchSource> Preprocessors::apply(const Dataset& set,
                                                        std::shared_ptr<const BatchSource> data,
                                                        const Open& open) {
  const Preprocessing* const how = set.preprocessing();
  if (!how || !how->preprocessor) return data;
  return apply(how->preprocessor, std::move(data), open);
}

std::shared_ptr<const BatchSource> Preprocessors::apply_first(
    std::shared_ptr<const BatchSource> data, const Open& open) {
  return first_ ? apply(first_, std::move(data), open) : data;
}

}  // namespace ansatz
