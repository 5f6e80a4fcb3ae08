// The server of server.py, for as long as a test runs.
#pragma once

#include "../../src/base/sha256.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace ansatz::testing {

class Server {
 public:
  static constexpr int size = 300000;  ///< of every file

  Server() {
    ::setenv("no_proxy", "127.0.0.1", 1);
    int in[2], out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0)
      throw std::runtime_error("no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    std::string script = std::string(ANSATZ_TESTS_FOLDER) + "/fetch/server.py", python = "python3";
    char* arguments[] = {python.data(), script.data(), nullptr};
    const int error = ::posix_spawnp(&process_, "python3", &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    pipe_ = in[1];
    if (error != 0) throw std::runtime_error("no python3");
    char c = 0;
    while (::read(out[0], &c, 1) == 1 && c != '\n') port_ += c;
    ::close(out[0]);
    if (port_.empty()) throw std::runtime_error("the server does not start");
  }
  ~Server() {
    ::close(pipe_);
    ::waitpid(process_, nullptr, 0);
  }
  Server(const Server&) = delete;

  /// One for all tests.
  static const Server& running() {
    static const Server server;
    return server;
  }

  /// `kind` is the fault it has, or "ok".
  std::string folder(const std::string& kind) const {
    return "http://127.0.0.1:" + port_ + "/" + kind;
  }
  std::string url(const std::string& kind, const std::string& name = "a") const {
    return folder(kind) + "/" + name;
  }

  static std::string content(const std::string& name = "a") {
    int seed = 0;
    for (const char c : name) seed += c;
    std::string text(size, '\0');
    for (int i = 0; i < size; ++i)
      text[static_cast<std::size_t>(i)] = static_cast<char>((seed + i * 31 + i / 251) % 256);
    return text;
  }
  static std::string hash(const std::string& name = "a") { return sha256_of(content(name)); }

 private:
  pid_t process_ = 0;
  int pipe_ = -1;
  std::string port_;
};

}  // namespace ansatz::testing
