// ansatz greet
#include "../base/say.hpp"
#include "command.hpp"

#include <cstdio>
#include <memory>

namespace ansatz::app {

const Command greet_command(130, "greet", "Greets.", [](CLI::App* command, int& exit) {
  const auto name = std::make_shared<std::string>("world");
  command->add_option("NAME", *name, "whom");
  command->callback([name, &exit] {
    say(stdout, "hello, {}\n", *name);
    exit = exit_ok;
  });
});

}  // namespace ansatz::app
