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
  const ModelFile* learned(const Model& model) const override;

 private:
  const Dataset* data_;
  const std::vector<LearnedModel>& learned_;
};

/// Takes parameters from the job's init_from, and tells the session what it took. FileError.
void init_from(const Train& job, Store& store, Session& session);

}  // namespace ansatz
