// A second copy of a model's parameters, in state that its owner declares: StateList::add_copies.
#pragma once

#include <ansatz/serial/model_file.hpp>

#include <string>

namespace ansatz {

class Session;

class KeptParameters {
 public:
  /// Of the state `<prefix>.<parameter>` of each parameter.
  KeptParameters(Session& session, std::string prefix);

  /// Copies the parameters as they are now.
  void take();
  /// Copies them back.
  void give_back();
  /// mean <- mean - (mean - parameter) / t, in the precision of the parameters.
  void average(double t);
  /// The session's model file, but with these values as parameters.
  ModelFile model_file() const;

 private:
  std::string name(std::string_view parameter) const;

  Session& session_;
  std::string prefix_;
};

}  // namespace ansatz
