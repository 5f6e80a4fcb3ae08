#include "command.hpp"

#include <ansatz/base/shown.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string_view>

namespace ansatz::app {

namespace {

// Made by the first command, whichever file's that is.
std::multimap<int, Command::Add>& commands() {
  static std::multimap<int, Command::Add> all;
  return all;
}

}  // namespace

Command::Command(int place, Add add) { commands().emplace(place, add); }

void Command::add_all(CLI::App& app, int& exit) {
  for (const auto& [place, add] : commands()) add(app, exit);
}

namespace {

// The number that is all of the text behind blanks and a plus sign; nothing if it is none.
template <class T, class... Format>
std::optional<T> number_in(std::string_view text, Format... format) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  // Without this test, from_chars would take the sign in "+-1".
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  T value{};
  const auto [end, code] =
      std::from_chars(text.data(), text.data() + text.size(), value, format...);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string found(const std::string& text, const std::string& allowed) {
  return fmt::format("found {}; allowed: {}", text.empty() ? "nothing" : shown(text), allowed);
}

// Which the conversion takes for octal.
bool begins_with_0(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" +-"), text.size()));
  return text.size() > 1 && text[0] == '0' && text[1] != 'x' && text[1] != 'X';
}

// 0x10, which has been taken from the beginning.
std::optional<std::int64_t> hexadecimal(std::string_view text) {
  if (!text.starts_with("0x") && !text.starts_with("0X")) return std::nullopt;
  if (text.substr(2).starts_with('-')) return std::nullopt;
  return number_in<std::int64_t>(text.substr(2), 16);
}

}  // namespace

CLI::Validator whole_numbers(std::int64_t least, std::int64_t most) {
  using Limits = std::numeric_limits<std::int64_t>;
  const bool all = least == Limits::min() && most == Limits::max();
  const auto check = [=](const std::string& text) -> std::string {
    const std::string allowed = fmt::format("whole numbers from {} to {}", least, most);
    auto value = number_in<std::int64_t>(text);
    if (!value) value = hexadecimal(text);
    if (!value || *value < least || *value > most) return found(text, allowed);
    return begins_with_0(text) ? found(text, allowed + ", without a 0 in front") : "";
  };
  return CLI::Validator(check, all ? "" : fmt::format("INT in [{} - {}]", least, most));
}

CLI::Validator seconds_from_0() {
  const auto check = [](const std::string& text) -> std::string {
    const auto value = number_in<double>(text);
    if (value && std::isfinite(*value) && *value >= 0) return "";
    return found(text, "seconds from 0");
  };
  return CLI::Validator(check, "NONNEGATIVE");
}

CLI::Validator numbers_from_to(double least, double most) {
  const auto check = [=](const std::string& text) -> std::string {
    const auto value = number_in<double>(text);
    if (value && *value >= least && *value <= most) return "";
    return found(text, fmt::format("numbers from {:g} to {:g}", least, most));
  };
  return CLI::Validator(check, fmt::format("FLOAT in [{:g} - {:g}]", least, most));
}

}  // namespace ansatz::app
