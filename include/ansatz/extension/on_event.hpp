// on_monitor, on_batch, on_save: an extension from a function.
#pragma once

#include <ansatz/job/extension.hpp>

namespace ansatz {

/// When the function of an OnEvent is called.
enum class Event { monitored, trained_on_batch, saving };

/// Calls `function(session)` at each event. See on_monitor.
template <Event When, class F>
class OnEvent : public Extension {
 public:
  F function;
  constexpr explicit OnEvent(const F& f) : function(f) {}

  std::unique_ptr<ExtensionRun> start(Session&) const override {
    return std::make_unique<Run>(function);
  }

 private:
  struct Run final : ExtensionRun {
    F f;
    explicit Run(const F& what) : f(what) {}
    void on_monitor(Session& session) override {
      if constexpr (When == Event::monitored) f(session);
    }
    void on_batch(Session& session) override {
      if constexpr (When == Event::trained_on_batch) f(session);
    }
    void on_save(Session& session) override {
      if constexpr (When == Event::saving) f(session);
    }
  };
};

/// An extension that calls `f(session)` after every monitoring step:
///
///     on_monitor([](Session& s) { if (s.monitor().last("objective") < .1) s.stop(); })
template <class F>
constexpr OnEvent<Event::monitored, F> on_monitor(const F& f) {
  return OnEvent<Event::monitored, F>(f);
}
/// After every batch that was trained on.
template <class F>
constexpr OnEvent<Event::trained_on_batch, F> on_batch(const F& f) {
  return OnEvent<Event::trained_on_batch, F>(f);
}
/// Before the model is saved.
template <class F>
constexpr OnEvent<Event::saving, F> on_save(const F& f) {
  return OnEvent<Event::saving, F>(f);
}

}  // namespace ansatz
