#include "../../include/ansatz/data/fetch/fetch.hpp"

#include <dsl/exceptions.hpp>

#include "../../src/data/fetch/download.hpp"
#include "../data/temporary_file.hpp"
#include "server.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>

using namespace ansatz;
using ansatz::testing::Server;
using ansatz::testing::TemporaryFolder;
using Catch::Matchers::Contains;

namespace {

namespace fs = std::filesystem;

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Observed final : FetchObserver {
  std::vector<std::string> begun, troubles;
  std::vector<std::int64_t> had;
  std::int64_t done = 0;
  void begin(const std::string& from, std::int64_t have, std::int64_t) override {
    begun.push_back(from);
    had.push_back(have);
  }
  void progress(std::int64_t now, std::int64_t) override { done = now; }
  void trouble(const std::string& what) override { troubles.push_back(what); }
};

/// One folder, one file "a".
struct Fixture {
  const Server& server = Server::running();
  TemporaryFolder folder;
  Observed seen;
  std::string path = folder.path() + "/a", part = path + ".part";
  FetchOptions options{.connect_timeout = 5, .stall_timeout = 2, .attempts = 3};

  bool fetch(const std::vector<std::string>& kinds) {
    std::vector<std::string> urls;
    for (const std::string& kind : kinds) urls.push_back(server.url(kind));
    return fetch_file(urls, path, Server::hash(), Server::size, seen, options);
  }
  std::string failure(const std::vector<std::string>& kinds) {
    try {
      fetch(kinds);
    } catch (const FileError& e) {
      return e.what();
    }
    return "nothing was thrown";
  }
  bool complete() const { return read(path) == Server::content() && !fs::exists(part); }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "fetch: a file arrives whole, once") {
  REQUIRE(fetch({"ok"}));
  REQUIRE(complete());
  REQUIRE(seen.done == Server::size);
  REQUIRE_FALSE(fetch({"ok"}));
  REQUIRE(seen.begun.size() == 1);
}

TEST_CASE_METHOD(Fixture, "fetch: a redirection is followed, to http alone") {
  REQUIRE(fetch({"redirect"}));
  REQUIRE(complete());
  fs::remove(path);
  failure({"elsewhere"});
  REQUIRE_FALSE(fs::exists(path));
  REQUIRE_FALSE(fs::exists(part));
}

TEST_CASE_METHOD(Fixture, "fetch: a connection cut off is taken up where it ended") {
  REQUIRE(fetch({"cutonce"}));
  REQUIRE(complete());
  REQUIRE(seen.had == std::vector<std::int64_t>{0, Server::size / 2});
}

TEST_CASE_METHOD(Fixture, "fetch: what arrived is kept, and the next attempt goes on there") {
  const std::string message = failure({"cut"});
  REQUIRE_THAT(message, Contains("/cut/a") && Contains("262500 bytes are kept"));
  REQUIRE_FALSE(fs::exists(path));
  REQUIRE(read(part) == Server::content().substr(0, 262500));
  REQUIRE(fetch({"ok"}));
  REQUIRE(complete());
  REQUIRE(seen.had.back() == 262500);
}

TEST_CASE_METHOD(Fixture, "fetch: a server that ignores Range begins anew") {
  folder.write("a.part", Server::content().substr(0, 1000));
  REQUIRE(fetch({"norange"}));
  REQUIRE(complete());
}

TEST_CASE_METHOD(Fixture, "fetch: a server that goes on elsewhere is asked for the whole") {
  folder.write("a.part", Server::content().substr(0, 1000));
  REQUIRE(fetch({"shifted"}));
  REQUIRE(complete());
  REQUIRE(seen.had == std::vector<std::int64_t>{1000, 0});
}

TEST_CASE_METHOD(Fixture, "fetch: a beginning that was wrong is thrown away") {
  folder.write("a.part", std::string(1000, 'x'));
  REQUIRE(fetch({"ok"}));
  REQUIRE(complete());
  fs::remove(path);
  folder.write("a.part", std::string(Server::size, 'x'));
  REQUIRE(fetch({"ok"}));
  REQUIRE(complete());
  fs::remove(path);
  folder.write("a.part", std::string(Server::size + 1, 'x'));
  REQUIRE(fetch({"ok"}));
  REQUIRE(complete());
}

TEST_CASE_METHOD(Fixture, "fetch: a finished part that was never renamed needs no server") {
  folder.write("a.part", Server::content());
  REQUIRE(fetch({"404"}));
  REQUIRE(complete());
  REQUIRE(seen.begun.empty());
}

TEST_CASE_METHOD(Fixture, "fetch: mirrors are tried in their order") {
  REQUIRE(fetch({"404", "wrong", "short", "long", "503", "ok"}));
  REQUIRE(complete());
  REQUIRE(seen.begun.back() == server.url("ok"));
  REQUIRE(seen.begun.front() == server.url("404"));
  REQUIRE(seen.troubles.size() >= 5);
}

TEST_CASE_METHOD(Fixture, "fetch: every fault is named, and nothing stays under the name") {
  const auto [kind, words] =
      GENERATE(table<std::string, std::string>({{"404", "404 (no such file)"},
                                                {"503", "503"},
                                                {"wrong", "SHA-256"},
                                                {"short", "1000 of 300000 bytes"},
                                                {"long", "longer than 300000"},
                                                {"endless", "longer than 300000"},
                                                {"headers", "262144 bytes of headers"}}));
  const std::string message = failure({kind});
  REQUIRE_THAT(message, Contains(words) && Contains(path) && Contains(server.url(kind)));
  REQUIRE_FALSE(fs::exists(path));
}

TEST_CASE_METHOD(Fixture,
                 "fetch: of a file whose size is not known no more than a limit is taken") {
  options.most_bytes = 1000000;
  const auto kind = GENERATE(as<std::string>(), "endless", "ok");
  const auto fetch_unknown = [&] {
    return fetch_file({server.url(kind)}, path, Server::hash(), 0, seen, options);
  };
  if (kind == "ok") {
    REQUIRE(fetch_unknown());
    return;
  }
  REQUIRE_THROWS_WITH(fetch_unknown(), Contains("longer than 1000000 bytes"));
  REQUIRE(seen.done <= options.most_bytes);
  REQUIRE_FALSE(fs::exists(path));
  REQUIRE(fs::file_size(part) == 0);
}

TEST_CASE_METHOD(Fixture, "fetch: a server that falls silent is given up") {
  options.attempts = 1;
  options.stall_timeout = 1;
  REQUIRE_THAT(failure({"stalled"}), Contains("5000 bytes are kept"));
  REQUIRE_FALSE(fs::exists(path));
}

TEST_CASE_METHOD(Fixture, "fetch: no server, no name") {
  const auto failing = [&](const std::string& url) {
    try {
      fetch_file({url}, path, Server::hash(), Server::size, seen, options);
    } catch (const FileError& e) {
      return std::string(e.what());
    }
    return std::string("nothing was thrown");
  };
  REQUIRE_THAT(failing("http://127.0.0.1:1/a"), Contains("is there a network?"));
  REQUIRE_THAT(failing("file:///etc/hostname"), Contains("file"));
  REQUIRE_FALSE(fs::exists(path));
  REQUIRE_FALSE(fs::exists(part));
}

TEST_CASE_METHOD(Fixture, "fetch: a different file in its place is left alone") {
  folder.write("a", "mine");
  REQUIRE_THAT(failure({"ok"}), Contains("is another file") && Contains("--to"));
  REQUIRE(read(path) == "mine");
}

TEST_CASE_METHOD(Fixture, "fetch: a download under way is not disturbed") {
  const fetching::PartFile other(part);
  REQUIRE_THAT(failure({"ok"}), Contains("by another process"));
}

TEST_CASE_METHOD(Fixture, "fetch: a disk without room keeps what fits") {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  rlimit small = limit;
  small.rlim_cur = 100000;
  ::setrlimit(RLIMIT_FSIZE, &small);
  const std::string message = failure({"ok", "norange"});
  ::setrlimit(RLIMIT_FSIZE, &limit);
  REQUIRE_THAT(message, Contains("cannot write") && Contains("too large"));
  REQUIRE(read(part) == Server::content().substr(0, 100000));
  REQUIRE_FALSE(fs::exists(path));
  REQUIRE(fetch({"ok"}));
  REQUIRE(complete());
}

TEST_CASE_METHOD(Fixture, "fetch: a killed download leaves a part that is taken up") {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      fetch({"slow"});
    } catch (...) {
    }
    ::_exit(0);
  }
  std::error_code error;
  while (!fs::exists(part) || fs::file_size(part, error) < 6000) ::usleep(2000);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  REQUIRE_FALSE(fs::exists(path));
  const auto have = static_cast<std::int64_t>(fs::file_size(part));
  REQUIRE(have < Server::size);
  REQUIRE(fetch({"ok"}));
  REQUIRE(complete());
  REQUIRE(seen.had.front() == have);
}

TEST_CASE("fetch: a set is fetched file by file, what is there is not fetched again", "[set]") {
  const Server& server = Server::running();
  const TemporaryFolder folder;
  const std::string hashes[] = {Server::hash("a"), Server::hash("b")};
  const std::string mirror = server.folder("ok/");
  const KnownSet set{.name = "letters",
                     .what = "",
                     .licence = "",
                     .cite = "",
                     .mirrors = {mirror},
                     .files = {{"a", Server::size, hashes[0]}, {"b", 0, hashes[1]}}};
  Observed seen;
  REQUIRE(fetch_set(set, folder.path(), "", seen) == 2);
  REQUIRE(read(folder.path() + "/letters/b") == Server::content("b"));
  fs::remove(folder.path() + "/letters/a");
  REQUIRE(fetch_set(set, folder.path(), server.folder("norange"), seen) == 1);
  REQUIRE(seen.begun.back() == server.url("norange", "a"));
}

TEST_CASE("fetch: a folder that cannot be made is named", "[set]") {
  const TemporaryFolder folder;
  const std::string file = folder.write("file", "x");
  Observed seen;
  REQUIRE_THROWS_WITH(fetch_set(known_set("iris"), file, "http://127.0.0.1:1", seen),
                      Contains("cannot make the folder") && Contains("--to"));
  REQUIRE(seen.begun.empty());
}
