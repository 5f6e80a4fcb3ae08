// Short ways to read a text in tests.
#pragma once

#include <ansatz/yaml/read.hpp>

namespace ansatz::testing {

inline yaml::Reading defined(std::vector<std::string> definitions) {
  yaml::Reading out;
  out.definitions = std::move(definitions);
  return out;
}

/// For what to_yaml wrote.
inline yaml::Reading as_written() {
  yaml::Reading out;
  out.fill = false;
  return out;
}

/// The tree of a text without faults; null when there are faults.
inline yaml::NodePtr parse(const std::string& text, const yaml::Reading& reading = {}) {
  yaml::Errors errors;
  auto root = yaml::read_text("job.yaml", text, errors, reading);
  return errors.empty() ? root : nullptr;
}

/// What is wrong with a text; "" if nothing is.
inline std::string faults(const std::string& text, const yaml::Reading& reading = {}) {
  yaml::Errors errors;
  yaml::read_text("job.yaml", text, errors, reading);
  return errors.text();
}

/// The place at a path such as {"model", "0"}; a number is an index in a list.
inline yaml::Place at(const yaml::NodePtr& root, const std::vector<std::string>& path) {
  yaml::Place place(root);
  for (const std::string& step : path)
    place = place->kind == yaml::Kind::sequence ? yaml::Place(place, std::stoul(step))
                                                : place.find(step).value();
  return place;
}

}  // namespace ansatz::testing
