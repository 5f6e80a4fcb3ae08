// What --watch shows of a run.
#pragma once

#include "telling_observer.hpp"

#include <ansatz/view/run_board.hpp>

#include <memory>
#include <string>

namespace ansatz::app {

/// Puts a run on a board, and tells another observer all of it.
class WatchedObserver final : public TellingObserver {
 public:
  /// @param name   of the run, on the page
  /// @param shows  what the run is shown with beside it
  WatchedObserver(std::shared_ptr<RunBoard> board, std::string name,
                  std::unique_ptr<RunObserver> shows);
  ~WatchedObserver() override;

  void on_start(Session& session) override;
  void on_monitor(Session& session) override;
  void on_save(Session& session, const std::string& path) override;
  void on_end(Session& session, RunEnd end) override;

 private:
  std::shared_ptr<RunBoard> board_;
  std::string name_;
  std::shared_ptr<BoardRun> run_;
};

}  // namespace ansatz::app
