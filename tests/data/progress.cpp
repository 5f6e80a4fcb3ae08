#include <ansatz/base/progress.hpp>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>

using namespace ansatz;
using Catch::Contains;
using Catch::Matches;

namespace {

// A terminal of 100 columns without a person: what is written to `out` can be read back.
struct Terminal {
  Terminal() {
    setenv("TERM", "xterm", 1);
    controller = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (controller < 0 || grantpt(controller) || unlockpt(controller)) return;
    out = std::fopen(ptsname(controller), "r+");
    const winsize size{24, 100, 0, 0};
    if (out) ioctl(fileno(out), TIOCSWINSZ, &size);
  }
  ~Terminal() {
    if (out) std::fclose(out);
    if (controller >= 0) close(controller);
  }
  std::string text() {
    std::fflush(out);
    std::string all;
    char some[4096];
    for (ssize_t n; (n = read(controller, some, sizeof some)) > 0;)
      all.append(some, static_cast<std::size_t>(n));
    return all;
  }
  int controller = -1;
  std::FILE* out = nullptr;
};

std::string contents(std::FILE* file) {
  std::rewind(file);
  std::string all;
  for (int c; (c = std::fgetc(file)) != EOF;) all += static_cast<char>(c);
  return all;
}

}  // namespace

TEST_CASE("progress: a file gets one plain line an epoch", "[progress]") {
  std::FILE* file = std::tmpfile();
  REQUIRE(file);
  {
    Progress progress("epoch 1/20", 1000, file);
    for (int i = 0; i < 10; ++i) progress.advance(100);
    REQUIRE(contents(file).empty());
    REQUIRE(progress.done() == 1000);
    REQUIRE(progress.examples_per_second() > 0);
    progress.finish("test error 1.98 %");
    progress.finish("twice");
    Progress("not finished", 10, file).advance(1);
  }
  REQUIRE_THAT(contents(file),
               Matches("epoch 1/20  test error 1\\.98 %  [0-9]+ examples/s  [0-9]+\\.[0-9] s\n"));
  std::fclose(file);
}

TEST_CASE("progress: nothing done is a rate of 0", "[progress]") {
  std::FILE* file = std::tmpfile();
  Progress progress("empty", 0, file);
  REQUIRE(progress.examples_per_second() == 0);
  progress.finish();
  REQUIRE(contents(file) == "empty  0.0 examples/s  0.0 s\n");
  std::fclose(file);
}

TEST_CASE("progress: a terminal gets a bar that the last line replaces", "[progress]") {
  Terminal terminal;
  if (!terminal.out) {
    WARN("no pseudo-terminal here: skipped");
    return;
  }
  Progress progress("epoch 2/20", 100, terminal.out);
  progress.advance(50);
  const std::string bar = terminal.text();
  REQUIRE_THAT(bar, Contains("epoch 2/20  50 %") && Contains("▕") && Contains("█") &&
                        Contains("examples/s") && Contains(" left") && !Contains("\n"));
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  for (int i = 0; i < 10000; ++i) progress.advance(0);
  const auto allowed = (Clock::now() - start) / std::chrono::milliseconds(100) + 1;
  const std::string more = terminal.text();
  REQUIRE(std::count(more.begin(), more.end(), '\r') <= allowed);
  progress.finish("test error 2.00 %");
  REQUIRE_THAT(terminal.text(), Contains("\r\x1b[K"
                                         "epoch 2/20  test error 2.00 %"));
}

TEST_CASE("progress: a dumb terminal gets the last line only", "[progress]") {
  Terminal terminal;
  if (!terminal.out) {
    WARN("no pseudo-terminal here: skipped");
    return;
  }
  setenv("TERM", "dumb", 1);
  Progress progress("epoch", 100, terminal.out);
  progress.advance(50);
  REQUIRE(terminal.text().empty());
  progress.finish();
  REQUIRE_THAT(terminal.text(), Matches("epoch  [^\x1b]*\r?\n"));
}
