// Where commands serve their pages.
#pragma once

#include "command.hpp"

#include <ansatz/view/page_server.hpp>

#include <memory>
#include <optional>
#include <string>

namespace ansatz::app {

struct PageArguments {
  std::string host = "127.0.0.1";
  std::optional<int> port;

  /// @param prefix  of the options' names, "watch-" or ""
  /// @param of      the option without which they say nothing; null: none
  void add_to(CLI::App& command, const std::string& prefix, CLI::Option* of = nullptr);
};

/// Serves the board's pages, and says where.
std::unique_ptr<PageServer> serve(const std::shared_ptr<RunBoard>& board, const PageArguments& a);

}  // namespace ansatz::app
