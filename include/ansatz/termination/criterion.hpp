// TerminationCriterion: when training ends.
#pragma once

#include <ansatz/options.hpp>

#include <memory>

namespace ansatz {

class Archive;
class Session;

/// A criterion at work. Asked after every monitoring step, the one before the first epoch included.
class CriterionRun {
 public:
  virtual ~CriterionRun() = default;
  /// Whether training goes on.
  virtual bool continue_learning(Session& session) = 0;
  /// Saves or restores what it remembers.
  virtual void state(Archive&) {}
};

/// The description of a criterion.
class TerminationCriterion : public Object {
 public:
  virtual std::unique_ptr<CriterionRun> start(Session& session) const = 0;
};

}  // namespace ansatz
