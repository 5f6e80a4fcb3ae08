// A parameter of a session as doubles, whatever its precision.
#pragma once

#include <ansatz/session/session.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

namespace ansatz {

inline std::vector<double> stored_values(Session& session, std::string_view name) {
  Store& store = session.store();
  const auto size = static_cast<std::size_t>(store.shape(name).count());
  if (session.precision() == ElementType::float64)
    return {store.data<double>(name), store.data<double>(name) + size};
  return {store.data<float>(name), store.data<float>(name) + size};
}

inline void store_values(Session& session, std::string_view name,
                         const std::vector<double>& values) {
  Store& store = session.store();
  if (session.precision() == ElementType::float64)
    std::copy(values.begin(), values.end(), store.data<double>(name));
  else
    std::transform(values.begin(), values.end(), store.data<float>(name),
                   [](double v) { return static_cast<float>(v); });
}

}  // namespace ansatz
