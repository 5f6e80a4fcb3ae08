#include "watched.hpp"

#include <string_view>
#include <utility>

namespace ansatz::app {

WatchedObserver::WatchedObserver(std::shared_ptr<RunBoard> board, std::string name,
                                 std::unique_ptr<RunObserver> shows)
    : TellingObserver(std::move(shows)), board_(std::move(board)), name_(std::move(name)) {}

// Errors, and observers between it and the session, tell no end.
WatchedObserver::~WatchedObserver() {
  if (run_) run_->set_state("ended");
}

void WatchedObserver::on_start(Session& session) {
  run_ = board_->add(name_, session.model_file());
  run_->publish(session.records());
  TellingObserver::on_start(session);
}

void WatchedObserver::on_monitor(Session& session) {
  if (run_) run_->publish(session.records());
  TellingObserver::on_monitor(session);
}

void WatchedObserver::on_save(Session& session, const std::string& path) {
  if (run_ && session.job().save_path == std::string_view(path)) run_->saved(path);
  TellingObserver::on_save(session, path);
}

void WatchedObserver::on_end(Session& session, RunEnd end) {
  if (run_) {
    run_->publish(session.records());
    run_->set_state(end == RunEnd::interrupted            ? "interrupted"
                    : end == RunEnd::time_budget_exceeded ? "ended by the time budget"
                                                          : "finished");
  }
  run_ = nullptr;
  TellingObserver::on_end(session, end);
}

}  // namespace ansatz::app
