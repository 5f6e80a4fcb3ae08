// UpdateCallback: what is called after every update of SGD; the schedules of the learning rate.
#pragma once

#include <ansatz/base/options.hpp>

#include <memory>

namespace ansatz {

class Archive;
struct JobFacts;
class Session;

/// A callback at work.
class UpdateCallbackRun {
 public:
  virtual ~UpdateCallbackRun() = default;
  virtual void after_update(Session& session) = 0;
  virtual void state(Archive&) {}
};

/// The description of a callback, such as ExponentialDecay.
class UpdateCallback : public Object {
 public:
  static constexpr const char* kind_name = "update callback";
  static constexpr bool outlives_faults = true;

  /// What it demands of the rest of its job. Throws NameError, ValueError; asked before anything
  /// runs.
  virtual void check_job(const JobFacts&) const {}
  virtual std::unique_ptr<UpdateCallbackRun> start(Session& session) const = 0;
};

}  // namespace ansatz
