// And, Or, All, Any: criteria made of criteria.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/criterion.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What the four have in common: a list of criteria.
class CombinedCriterion : public TerminationCriterion {
 public:
  ir::List<Shared<TerminationCriterion>> criteria;

  template <class K>
  static constexpr void keys(K& key) {
    key.required("criteria", &CombinedCriterion::criteria, "criteria, asked in this order");
  }
  void check_job(const JobFacts& facts) const override;
  void watched(std::vector<WatchedChannel>& list) const override;

 protected:
  constexpr CombinedCriterion() {}
  template <class... C>
  constexpr void add(const C&... each) {
    (criteria.push_back(Shared<TerminationCriterion>(each)), ...);
  }
};

/// What must hold for the criteria of And, Or, All and Any.
template <class C>
concept IsCriterion = std::is_base_of_v<TerminationCriterion, C>;

/// Goes on while all criteria want to, as Pylearn2's And: it stops as soon as one of them wants to
/// stop, and those after that one are not asked then.
class And : public CombinedCriterion {
 public:
  static constexpr const char* yaml = "pylearn2.termination_criteria.And";
  static constexpr const char* doc =
      "stop when one of the criteria says so, asked in turn up to that one";
  constexpr And() {}
  template <IsCriterion First, IsCriterion... C>
  constexpr explicit And(const First& first, const C&... more) {
    add(first, more...);
  }
  void check() const;
  std::unique_ptr<CriterionRun> start(Session& session) const override;
};

/// Goes on while any criterion wants to, as Pylearn2's Or: those after the first that wants to go
/// on are not asked, so that the countdown of a MonitorBased among them does not advance.
class Or : public CombinedCriterion {
 public:
  static constexpr const char* yaml = "pylearn2.termination_criteria.Or";
  static constexpr const char* doc =
      "stop when all criteria say so, asked in turn up to the first that does not";
  constexpr Or() {}
  template <IsCriterion First, IsCriterion... C>
  constexpr explicit Or(const First& first, const C&... more) {
    add(first, more...);
  }
  void check() const;
  std::unique_ptr<CriterionRun> start(Session& session) const override;
};

/// Stops when all criteria want to stop. Every one is asked each time.
class All : public CombinedCriterion {
 public:
  static constexpr const char* yaml = "ansatz.termination_criteria.All";
  static constexpr const char* doc = "stop when all criteria say so; each is asked";
  constexpr All() {}
  template <IsCriterion First, IsCriterion... C>
  constexpr explicit All(const First& first, const C&... more) {
    add(first, more...);
  }
  void check() const;
  std::unique_ptr<CriterionRun> start(Session& session) const override;
};

/// Stops when any criterion wants to stop. Every one is asked each time.
class Any : public CombinedCriterion {
 public:
  static constexpr const char* yaml = "ansatz.termination_criteria.Any";
  static constexpr const char* doc = "stop when any criterion says so; each is asked";
  constexpr Any() {}
  template <IsCriterion First, IsCriterion... C>
  constexpr explicit Any(const First& first, const C&... more) {
    add(first, more...);
  }
  void check() const;
  std::unique_ptr<CriterionRun> start(Session& session) const override;
};

}  // namespace ansatz
