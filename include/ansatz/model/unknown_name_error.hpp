// The error for a name that a model does not know, together with the name.
#pragma once

#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ansatz {

class UnknownName : public NameError {
 public:
  /// @param of  what has no such name: "weight_decay: the MLP has no layer"
  UnknownName(std::string_view of, std::string_view unknown, std::vector<std::string> there_are)
      : NameError(text(of, unknown, there_are)),
        name(unknown),
        owner(of),
        known(std::move(there_are)) {}

  std::string name, owner;
  std::vector<std::string> known;

  /// The same of another name.
  std::string text_of(std::string_view other) const { return text(owner, other, known); }

 private:
  static std::string text(std::string_view of, std::string_view unknown,
                          const std::vector<std::string>& known) {
    return std::string(of) + " \"" + std::string(unknown) + "\"" +
           allowed_names(unknown, {known.begin(), known.end()});
  }
};

}  // namespace ansatz
