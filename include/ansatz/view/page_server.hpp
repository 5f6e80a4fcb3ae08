// Serves the page of a RunBoard to browsers.
#pragma once

#include <ansatz/view/run_board.hpp>

#include <memory>
#include <string>

namespace ansatz {

/// Where a PageServer listens.
struct PageAddress {
  /// Of this machine. 127.0.0.1, as localhost, is reached from this machine alone. With any other
  /// one, such as 0.0.0.0 (every network of this machine), everybody who reaches it sees the runs
  /// with their jobs and paths: there is neither a password nor encryption.
  std::string host = "127.0.0.1";
  int port = 8400;
  /// Whether no other port will do: else, where it is taken, one of the `others` after it. Port 0
  /// is any.
  bool exact = false;
  static constexpr int others = 19;
};

/// Answers browsers in threads of its own, at a low priority. It reads nothing but the address
/// that is asked for: nobody can change anything by it. Requests that name another host than the
/// server's (a page of somebody else's whose name leads here, "DNS rebinding"), or that a page from
/// elsewhere makes, are refused. At most 16 requests are answered at a time, for 30 seconds each,
/// of at most 16 kB, and 256 wait; who comes then waits for these.
class PageServer {
 public:
  /// ValueError where it cannot listen there; FileError where pages cannot be made.
  PageServer(std::shared_ptr<RunBoard> board, const PageAddress& address);
  /// Where pages have asked within the last three seconds, and runs of this program are on the
  /// board, waits half as long, so that they learn how these ended.
  ~PageServer();
  PageServer(const PageServer&) = delete;

  /// "http://127.0.0.1:8400/"
  std::string address() const;
  /// Whether programs of this machine alone reach it.
  bool of_this_machine() const;

 private:
  class Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace ansatz
