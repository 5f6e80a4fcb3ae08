#include <catch2/catch.hpp>

#include <cstdio>

#include "data/temporary_file.hpp"
#include "serial/bytes.hpp"
#include "serial/sample_model.hpp"

using namespace ansatz;
using namespace ansatz::testing;

namespace {

/// What a command of the shell prints; its status in `status`.
std::string output_of(const std::string& command, int& status) {
  std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe);
  std::string out;
  char buffer[4096];
  for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
    out.append(buffer, n);
  status = ::pclose(pipe);
  return out;
}

/// The first Python that has NumPy; "" when there is none.
std::string python_with_numpy() {
  for (const std::string python : {"python3", "/usr/bin/python3"}) {
    int status = 0;
    output_of(python + " -c 'import numpy'", status);
    if (status == 0) return python;
  }
  return {};
}

}  // namespace

TEST_CASE("model_file: Python reads it with nothing but NumPy and json", "[serial]") {
  const std::string python = python_with_numpy();
  if (python.empty()) {
    WARN("skipped: no python3 with NumPy (Debian: python3-numpy)");
    return;
  }
  TemporaryFolder folder;
  const std::string path = folder.path() + "/m.pkl", tests = ANSATZ_TESTS_FOLDER "/serial/";
  write_model_file(path, sample_model());
  int status = 0;
  const std::string printed = output_of(
      "PYTHONIOENCODING=utf-8 " + python + " '" + tests + "read_model.py' '" + path + "'", status);
  CAPTURE(printed);
  REQUIRE(status == 0);
  REQUIRE(printed == bytes_of(tests + "read_model.txt"));
}
