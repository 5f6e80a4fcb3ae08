// The history of L-BFGS, and the direction that follows from it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ansatz {

class Archive;
class Session;

/// Reads `<parameter>.gradient` and writes `<parameter>.direction`; the last steps and changes of
/// the gradient are the states `lbfgs.steps` and `lbfgs.changes` [history, elements].
class Lbfgs {
 public:
  Lbfgs(Session& session, int history);

  void forget() { count_ = next_ = 0; }
  bool empty() const { return count_ == 0; }
  /// Remembers the gradient, to which `add_step` compares the next one.
  void remember_gradient();
  /// Adds the step from `<parameter>.saved` to the parameters. Not where the curvature along it is
  /// not positive, as N. & W. section 6.1 has it.
  void add_step();
  /// Algorithm 7.4, from 7.20 for the first matrix. The gradient itself while there is no history.
  void compute_direction();
  /// The derivative of the objective along the way that is gone: -gradient direction.
  double slope() const;
  void state(Archive& archive);

 private:
  struct Part {
    std::string parameter, saved, gradient, direction;
    std::int64_t offset, count;
  };
  template <class T>
  void add_step_as();
  template <class T>
  void direction_as();
  template <class T>
  T* row(const char* tensor, std::int64_t index);

  Session& session_;
  std::int64_t history_;
  std::int64_t elements_ = 0;
  std::vector<Part> parts_;
  std::vector<double> old_gradient_;
  std::int64_t count_ = 0, next_ = 0;  // pairs there are; row of the next one
};

}  // namespace ansatz
