#include <ansatz/session/preprocessors.hpp>

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

class Saving final : public LearnedArrays {
 public:
  Saving(std::string before, std::vector<NamedTensor>& to) : before_(std::move(before)), to_(to) {}
  void operator()(std::string_view name, LearnedArray& array) override {
    to_.emplace_back(before_ + std::string(name), array.shape, array.values.data());
  }

 private:
  std::string before_;
  std::vector<NamedTensor>& to_;
};

class Restoring final : public LearnedArrays {
 public:
  Restoring(std::string before, const std::vector<NamedTensor>& from)
      : before_(std::move(before)), from_(from) {}
  void operator()(std::string_view name, LearnedArray& array) override {
    const std::string whole = before_ + std::string(name);
    const auto found = std::find_if(from_.begin(), from_.end(),
                                    [&](const NamedTensor& t) { return t.name == whole; });
    if (found == from_.end() || found->type != ElementType::float64) {
      complete = false;
      return;
    }
    array.shape = found->shape;
    array.values.assign(found->data<double>(), found->data<double>() + found->size());
  }
  bool complete = true;

 private:
  std::string before_;
  const std::vector<NamedTensor>& from_;
};

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
  for (const Entry& each : entries_)
    if (each.description->learns() && !each.fitted_on) throw ValueError(unfitted);
}

void Preprocessors::take(const std::vector<NamedTensor>& state) {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    auto run = entries_[i].description->start();
    Restoring restoring(prefix_of(i), state);
    run->learned(restoring);
    if (restoring.complete) entries_[i].run = std::move(run);
  }
}

std::vector<NamedTensor> Preprocessors::learned() const {
  std::vector<NamedTensor> list;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    Saving saving(prefix_of(i), list);
    if (entries_[i].run) entries_[i].run->learned(saving);
  }
  return list;
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
