// ExampleCounter: a number of examples.
#pragma once

#include <ansatz/job/criterion.hpp>
#include <ansatz/session/session.hpp>

namespace ansatz {

/// Stops at the end of the epoch in which so many examples have been seen.
class ExampleCounter : public TerminationCriterion {
 public:
  static constexpr const char* yaml = "ansatz.termination_criteria.ExampleCounter";
  static constexpr const char* doc = "stop when a number of examples has been seen";
  int max_examples = 0;

  constexpr ExampleCounter() {}
  constexpr explicit ExampleCounter(int most) : max_examples(most) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("max_examples", &ExampleCounter::max_examples, "number of examples").at_least(0);
  }
  std::unique_ptr<CriterionRun> start(Session&) const override {
    struct Run final : CriterionRun {
      const int most;
      explicit Run(int examples) : most(examples) {}
      bool continue_learning(Session& session) override {
        return session.records().examples_seen < most;
      }
    };
    return std::make_unique<Run>(max_examples);
  }
};

}  // namespace ansatz
