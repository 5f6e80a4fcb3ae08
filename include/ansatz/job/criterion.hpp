// TerminationCriterion: when training ends.
#pragma once

#include <ansatz/base/options.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ansatz {

class Archive;
struct JobFacts;
class Session;
struct WatchedChannel;

/// A criterion at work. Asked after every monitoring step, the one before the first epoch included.
class CriterionRun {
 public:
  virtual ~CriterionRun() = default;
  /// Whether training goes on.
  virtual bool continue_learning(Session& session) = 0;
  /// Why its last answer was that it ends, as a clause: "20 epochs".
  virtual std::string why() const { return "the termination criterion"; }
  /// The most epochs that are still to come; -1: nobody knows.
  virtual std::int64_t epochs_left(const Session&) const { return -1; }
  /// Saves or restores what it remembers.
  virtual void state(Archive&) {}
};

/// The description of a criterion.
class TerminationCriterion : public Object {
 public:
  static constexpr const char* kind_name = "termination criterion";
  static constexpr bool outlives_faults = true;

  /// What it demands of the rest of its job. Throws NameError, ValueError; asked by a check.
  virtual void check_job(const JobFacts&) const {}
  /// Adds the channels whose records it reads.
  virtual void watched(std::vector<WatchedChannel>&) const {}
  virtual std::unique_ptr<CriterionRun> start(Session& session) const = 0;
};

}  // namespace ansatz
