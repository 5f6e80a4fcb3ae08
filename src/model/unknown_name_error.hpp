// The error for a name that a model does not know, together with the name.
#pragma once

#include <dsl/exceptions.hpp>

#include <string>
#include <string_view>

namespace ansatz {

class UnknownName : public NameError {
 public:
  UnknownName(const std::string& what, std::string_view unknown) : NameError(what), name(unknown) {}
  std::string name;
};

}  // namespace ansatz
