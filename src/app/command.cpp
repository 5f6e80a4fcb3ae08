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

struct Declared {
  const char *name, *what, *group;
  Command::Fill fill;
};

// Made by the first command, whichever file's that is.
std::multimap<int, Declared>& commands() {
  static std::multimap<int, Declared> all;
  return all;
}

}  // namespace

Command::Command(int place, const char* name, const char* what, Fill fill, const char* group) {
  commands().emplace(place, Declared{name, what, group, fill});
}

void Command::add_to(CLI::App& app, const std::vector<std::string>& arguments, int& exit) {
  for (const auto& [place, each] : commands()) {
    CLI::App* const command = app.add_subcommand(each.name, each.what);
    command->group(each.group);
    if (std::find(arguments.begin(), arguments.end(), each.name) != arguments.end())
      each.fill(command, exit);
  }
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
