// JobFacts: what the parts of a job may know of each other before it runs.
#pragma once

#include <ansatz/job/train.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace ansatz {

/// A job, and the first values of its named numbers, such as "learning_rate" or "momentum".
struct JobFacts {
  const Train& job;
  std::map<std::string, double, std::less<>> settings = {};

  bool has_setting(std::string_view name) const { return settings.contains(name); }
  /// NameError, with the nearest name, when there is none.
  double setting(std::string_view name) const;
  /// Adds the named numbers of one of the job's functions.
  void add_settings(const Function& of);
};

}  // namespace ansatz
