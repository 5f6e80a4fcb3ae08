// First values of parameters: those the model draws, and those of files.
#pragma once

#include <ansatz/job/store_values.hpp>
#include <ansatz/session/session.hpp>

#include <string_view>
#include <vector>

namespace ansatz {

// First values of a job's parameters: also from its data, and from earlier jobs.
class JobValues final : public StoreValues {
 public:
  JobValues(const Store& store, const Dataset* data, const std::vector<LearnedModel>& learned)
      : StoreValues(store), data_(data), learned_(learned) {}

  const Dataset* training_data() const override { return data_; }
  void set_state(const NamedTensor& values) override { states_.push_back(values); }
  /// State that begins with values of its own, under its names in the job.
  const std::vector<NamedTensor>& states() const { return states_; }
  const ModelFile* learned(const Model& model) const override;

 private:
  const Dataset* data_;
  const std::vector<LearnedModel>& learned_;
  std::vector<NamedTensor> states_;
};

/// Takes parameters from the job's init_from, and tells the session what it took; puts the model's
/// state that the file has into `states`. FileError.
void init_from(const Train& job, Store& store, Session& session, JobValues& states);

}  // namespace ansatz
