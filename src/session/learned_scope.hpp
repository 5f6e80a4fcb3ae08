// What earlier jobs of a list learned, for the blocks of data sets.
#pragma once

#include <ansatz/session/run_options.hpp>

#include <utility>
#include <vector>

namespace ansatz {

/// While it lives, models that begin to work as blocks in this thread begin with what `learned` has
/// of them: a data set is opened by what knows nothing of the job around it.
class LearnedScope {
 public:
  explicit LearnedScope(const std::vector<LearnedModel>& learned)
      : outer_(std::exchange(current(), &learned)) {}
  ~LearnedScope() { current() = outer_; }
  LearnedScope(const LearnedScope&) = delete;
  LearnedScope& operator=(const LearnedScope&) = delete;

  /// Null: nothing is known.
  static const std::vector<LearnedModel>*& current() {
    static thread_local const std::vector<LearnedModel>* known = nullptr;
    return known;
  }

 private:
  const std::vector<LearnedModel>* outer_;
};

}  // namespace ansatz
