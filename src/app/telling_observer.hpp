// An observer that tells another one.
#pragma once

#include <ansatz/session/observers.hpp>

#include <memory>
#include <string>
#include <utility>

namespace ansatz::app {

/// Tells another observer all that it is told; what derives from it does something beside that.
class TellingObserver : public RunObserver {
 public:
  explicit TellingObserver(std::unique_ptr<RunObserver> shows) : shows_(std::move(shows)) {}

  void on_start(Session& session) override { shows_->on_start(session); }
  void on_epoch_start(Session& session, std::int64_t examples) override {
    shows_->on_epoch_start(session, examples);
  }
  void on_batch(Session& session, int examples) override { shows_->on_batch(session, examples); }
  void on_monitor(Session& session) override { shows_->on_monitor(session); }
  void on_save(Session& session, const std::string& path) override {
    shows_->on_save(session, path);
  }
  void on_warning(Session& session, const std::string& text) override {
    shows_->on_warning(session, text);
  }
  void on_fault(Session& session, const std::string& text) override {
    shows_->on_fault(session, text);
  }
  void on_note(Session& session, const std::string& text) override {
    shows_->on_note(session, text);
  }
  void on_end(Session& session, RunEnd end) override { shows_->on_end(session, end); }

 private:
  std::unique_ptr<RunObserver> shows_;
};

}  // namespace ansatz::app
