// What --profile shows of a run.
#pragma once

#include "telling_observer.hpp"

#include <dsl/profile.hpp>

#include <atomic>
#include <memory>
#include <string>

namespace ansatz::app {

/// Times a run's programs, ends it after a number of batches, and shows what each step took.
class ProfilingObserver final : public TellingObserver {
 public:
  /// @param shows   what the run is shown with meanwhile
  /// @param trace   file for the times of all steps; "": none
  ProfilingObserver(std::unique_ptr<RunObserver> shows, int batches, std::string trace);

  /// Asks the run to end.
  const std::atomic<bool>& enough() const { return enough_; }

  void on_start(Session& session) override;
  void on_epoch_start(Session& session, std::int64_t examples) override;
  void on_batch(Session& session, int examples) override;
  void on_end(Session& session, RunEnd end) override;

 private:
  int left_;
  std::string trace_;
  Profile profile_;
  std::atomic<bool> enough_{false};
};

}  // namespace ansatz::app
