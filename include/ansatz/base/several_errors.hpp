// All that is wrong, where one fault hides none of the others.
#pragma once

#include <dsl/exceptions.hpp>

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace ansatz {

/// More than one error; its message is the first.
class SeveralErrors : public ValueError {
 public:
  explicit SeveralErrors(std::vector<std::string> errors)
      : ValueError(errors.front()), all(std::move(errors)) {}
  std::vector<std::string> all;
};

/// Calls each check. An error as it was thrown; SeveralErrors for more than one.
template <class... Check>
void check_each(const Check&... check) {
  std::vector<std::string> errors;
  std::exception_ptr first;
  const auto run = [&](const auto& one) {
    try {
      one();
    } catch (const SeveralErrors& several) {
      errors.insert(errors.end(), several.all.begin(), several.all.end());
    } catch (const Error& error) {
      if (errors.empty()) first = std::current_exception();
      errors.push_back(error.what());
    }
  };
  (run(check), ...);
  if (errors.size() > 1) throw SeveralErrors(std::move(errors));
  if (first) std::rethrow_exception(first);
}

}  // namespace ansatz
