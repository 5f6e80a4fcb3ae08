// What a class finds wrong with its own keys.
#pragma once

#include <dsl/exceptions.hpp>

#include <string>
#include <utility>
#include <vector>

namespace ansatz {

/// Thrown by the method `check` of a class: which of its keys are at fault, or parts of them, so
/// that the message can stand there in a job file. Its own message is the first.
class KeyFaults : public ValueError {
 public:
  struct Fault {
    std::string
        key;  ///< "nvis", or "layers[1].layer_name"; what is not in the file stands for less
    std::string what;
  };
  KeyFaults(std::string key, std::string what)
      : KeyFaults(std::vector<Fault>{{std::move(key), std::move(what)}}) {}
  explicit KeyFaults(std::vector<Fault> faults)
      : ValueError(faults.front().what), all(std::move(faults)) {}
  std::vector<Fault> all;
};

}  // namespace ansatz
