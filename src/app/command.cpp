#include "command.hpp"

#include <map>

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

}  // namespace ansatz::app
