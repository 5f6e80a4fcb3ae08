#include <ansatz/serial/saved_state.hpp>

#include <fmt/format.h>

#include <bit>
#include <cmath>

#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include "../dsl/text.hpp"

namespace ansatz {

namespace {

// In the order of StateValue.
constexpr const char* kinds[] = {"a truth value", "an integer",         "a number",
                                 "a text",        "a list of integers", "a list of numbers"};

template <class T>
constexpr std::size_t kind_of() {
  return StateValue(std::in_place_type<T>).index();
}

bool same_bits(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

}  // namespace

template <class T>
const T& state_value(const StateValues& values, std::string_view name) {
  const auto at = values.find(name);
  if (at == values.end()) {
    std::vector<std::string_view> known;
    for (const auto& entry : values) known.push_back(entry.first);
    const std::string_view nearest = nearest_name(name, known);
    throw FileError(fmt::format("the saved state has no '{}'{}{}", name,
                                nearest.empty() ? "" : "; nearest: ", nearest));
  }
  if (const T* value = std::get_if<T>(&at->second)) return *value;
  throw FileError(fmt::format("the saved state has {} as '{}', where {} belongs",
                              kinds[at->second.index()], name, kinds[kind_of<T>()]));
}

template const bool& state_value(const StateValues&, std::string_view);
template const std::int64_t& state_value(const StateValues&, std::string_view);
template const double& state_value(const StateValues&, std::string_view);
template const std::string& state_value(const StateValues&, std::string_view);
template const std::vector<std::int64_t>& state_value(const StateValues&, std::string_view);
template const std::vector<double>& state_value(const StateValues&, std::string_view);

bool same_value(const StateValue& a, const StateValue& b) {
  if (a.index() != b.index()) return false;
  if (const double* x = std::get_if<double>(&a)) return same_bits(*x, std::get<double>(b));
  if (const auto* list = std::get_if<std::vector<double>>(&a)) {
    const auto& other = std::get<std::vector<double>>(b);
    return std::equal(list->begin(), list->end(), other.begin(), other.end(), same_bits);
  }
  return a == b;
}

std::string text_of(const StateValue& value) {
  const auto list = [](const auto& values, const auto& text) {
    std::string out = "[";
    for (const auto& each : values) out += (out.size() > 1 ? ", " : "") + text(each);
    return out + "]";
  };
  const auto integer = [](std::int64_t n) { return std::to_string(n); };
  switch (value.index()) {
    case 0:
      return std::get<bool>(value) ? "true" : "false";
    case 1:
      return integer(std::get<std::int64_t>(value));
    case 2:
      return running::real_text(std::get<double>(value));
    case 3:
      return fmt::format("'{}'", std::get<std::string>(value));
    case 4:
      return list(std::get<std::vector<std::int64_t>>(value), integer);
    default:
      return list(std::get<std::vector<double>>(value), running::real_text);
  }
}

}  // namespace ansatz
