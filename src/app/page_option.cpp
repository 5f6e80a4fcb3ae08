#include "page_option.hpp"

#include "../base/json_lines.hpp"
#include "../base/say.hpp"
#include "output_option.hpp"

#include <fmt/format.h>

namespace ansatz::app {

void PageArguments::add_to(CLI::App& command, const std::string& prefix, CLI::Option* of) {
  const PageAddress usual;
  CLI::Option* const port_option =
      command
          .add_option(fmt::format("--{}port", prefix), port,
                      fmt::format("of the page; 0: any; default: the first free one of {} to {}",
                                  usual.port, usual.port + PageAddress::others))
          ->check(whole_numbers(0, 65535));
  CLI::Option* const host_option =
      command
          .add_option(fmt::format("--{}host", prefix), host,
                      "address of this machine to serve the page at. 127.0.0.1: programs of this "
                      "machine alone reach it; another, or 0.0.0.0 for all: everybody on that "
                      "network reads the runs, without a password")
          ->capture_default_str();
  if (!of) return;
  port_option->needs(of);
  host_option->needs(of);
}

std::unique_ptr<PageServer> serve(const std::shared_ptr<RunBoard>& board, const PageArguments& a) {
  PageAddress address;
  address.host = a.host;
  if (a.port) address.port = *a.port, address.exact = true;
  auto server = std::make_unique<PageServer>(board, address);
  if (shows_json)
    put_event("page", {{"address", server->address()}});
  else
    say(stderr, "curves at {}\n", server->address());
  if (!server->of_this_machine())
    warn(fmt::format("everybody who reaches {} reads the runs, their jobs and paths", a.host));
  return server;
}

}  // namespace ansatz::app
