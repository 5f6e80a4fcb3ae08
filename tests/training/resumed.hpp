// Runs that are interrupted and resumed.
#pragma once

#include <ansatz/extension/on_event.hpp>

#include "../data/temporary_file.hpp"
#include "small_job.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <vector>

namespace ansatz::testing {

/// What a job is at its end; or when it was interrupted after `batches` and resumed.
/// @param job  gets an extension to have among its own
template <class Job>
ModelFile model_after(const Job& job, int batches) {
  const TemporaryFolder folder;
  std::atomic<bool> interrupt{false};
  RunOptions options;
  options.interrupt = &interrupt;
  int seen = 0;
  Train train = job(on_batch([&](Session&) {
    if (++seen == batches) interrupt = true;
  }));
  train.save_path = (folder.path() + "/model.ansatz").c_str();
  train.save_freq = 1;
  SmallRun(train, ElementType::float32, options).run();
  if (batches > 0) {
    interrupt = false;
    options.resume = true;
    SmallRun(train, ElementType::float32, options).run();
  }
  ModelFile file = read_model_file(train.save_path.c_str());
  file.job_yaml.clear();  // it has the folder's name
  return file;
}

/// Interrupted after each of these numbers of batches; returns what it is when it was not.
template <class Job>
ModelFile resumes_to_the_same_bits(const Job& job, const std::vector<int>& interrupted_after) {
  ModelFile whole = model_after(job, 0);
  for (const int batches : interrupted_after) {
    INFO("interrupted after " << batches << " batches");
    CHECK(compare(whole, model_after(job, batches)) == std::vector<std::string>());
  }
  return whole;
}

}  // namespace ansatz::testing
