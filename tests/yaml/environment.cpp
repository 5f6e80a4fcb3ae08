#include <ansatz/yaml/environment.hpp>
#include <ansatz/yaml/scalar.hpp>
#include <dsl/exceptions.hpp>

#include "../data/temporary_file.hpp"
#include "reading.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>

using namespace ansatz;
using namespace ansatz::testing;
using namespace ansatz::yaml;
using Catch::Contains;

namespace {

// Sets or unsets a variable of the process, and puts the old value back.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old, had_ = true;
    value ? setenv(name, value, 1) : unsetenv(name);
  }
  ~Variable() { had_ ? setenv(name_, old_.c_str(), 1) : unsetenv(name_); }
  Variable(const Variable&) = delete;

 private:
  const char* name_;
  std::string old_;
  bool had_ = false;
};

}  // namespace

TEST_CASE("yaml environment: variables are replaced wherever they stand", "[yaml][environment]") {
  const Variable process("ANSATZ_TEST_A", "process");
  Environment environment;
  CHECK(expand("x", environment) == "x");
  CHECK(expand("${ANSATZ_TEST_A}/b${ANSATZ_TEST_A}}$", environment) == "process/bprocess}$");
  environment.set("ANSATZ_TEST_A", "own ${ANSATZ_TEST_A}");
  CHECK(expand("${ANSATZ_TEST_A}", environment) == "own ${ANSATZ_TEST_A}");
  CHECK(expand("$HOME {} $", environment) == "$HOME {} $");
}

TEST_CASE("yaml environment: faults name the variable and the nearest one", "[yaml][environment]") {
  const Variable process("ANSATZ_TEST_A", "process");
  const Environment environment;
  CHECK(message_of<NameError>([&] { expand("${ANSATZ_TSET_A}", environment); }) ==
        "Unrecognized environment variable \"ANSATZ_TSET_A\". Did you mean ANSATZ_TEST_A?");
  for (const char* text : {"a ${b", "${", "${a ${HOME}", "${a${HOME}}"})
    CHECK_THAT(message_of<ValueError>([&] { expand(text, environment); }),
               Contains("\"${\" has no \"}\""));
}

TEST_CASE("yaml environment: the two data paths are one", "[yaml][environment]") {
  const Variable ours("ANSATZ_DATA_PATH", nullptr), pylearn2("PYLEARN2_DATA_PATH", nullptr);
  const TemporaryFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  for (const char* text : {"${ANSATZ_DATA_PATH}/x", "${PYLEARN2_DATA_PATH}/x"})
    CHECK_THAT(message_of<NameError>([&] { expand(text, {}); }),
               Contains("is not set; it names the folder with the data sets: export "));
  std::filesystem::create_directory("data");
  CHECK(expand("${PYLEARN2_DATA_PATH}", {}) == "./data");
  std::filesystem::current_path(before);
  {
    const Variable set("PYLEARN2_DATA_PATH", "/p");
    CHECK(expand("${ANSATZ_DATA_PATH} ${PYLEARN2_DATA_PATH}", {}) == "/p /p");
    const Variable both("ANSATZ_DATA_PATH", "/a");
    CHECK(expand("${ANSATZ_DATA_PATH} ${PYLEARN2_DATA_PATH}", {}) == "/a /a");
    Environment environment;
    environment.set("PYLEARN2_DATA_PATH", "/own");
    CHECK(expand("${ANSATZ_DATA_PATH} ${PYLEARN2_DATA_PATH}", environment) == "/own /own");
  }
}

TEST_CASE("yaml environment: a job knows the parts of its path", "[yaml][environment]") {
  const auto all = [](const std::string& path) {
    return expand(
        "${PYLEARN2_TRAIN_FILE_FULL_STEM} ${PYLEARN2_TRAIN_DIR} ${PYLEARN2_TRAIN_BASE_NAME} "
        "${PYLEARN2_TRAIN_FILE_STEM}",
        Environment::of_job(path));
  };
  CHECK(all("a/b.c/mlp.yaml") == "a/b.c/mlp a/b.c/ mlp.yaml mlp");
  CHECK(all("mlp.yaml") == "mlp  mlp.yaml mlp");
  CHECK(all("/x/mlp.yml") == "/x/mlp /x/ mlp.yml mlp");
  CHECK(all("a.b/mlp") == "a.b/mlp a.b/ mlp mlp");
  // An earlier name of the first.
  CHECK(expand("${PYLEARN2_TRAIN_FILE_NAME}", Environment::of_job("a/mlp.yaml")) == "a/mlp");
}

TEST_CASE("yaml environment: a path may begin at home", "[yaml][environment]") {
  const Variable home("HOME", "/home/me");
  CHECK(expand_path("~", {}) == "/home/me");
  CHECK(expand_path("~/x", {}) == "/home/me/x");
  CHECK(expand_path("a/~/x", {}) == "a/~/x");
  CHECK(expand_path("~no such user/x", {}) == "~no such user/x");
  CHECK(expand_path("${HOME}/~", {}) == "/home/me/~");
}

TEST_CASE("yaml environment: strings of a job are replaced late, with its errors",
          "[yaml][environment]") {
  const NodePtr root = parse("a: '${ANSATZ_LATE}/x'\nb: '${ANSATZ_LATE_NOT'\nc: ~/x\n");
  Environment environment;
  environment.set("ANSATZ_LATE", "now");
  Errors errors;
  CHECK(as_string(at(root, {"a"}), errors) == "${ANSATZ_LATE}/x");
  CHECK(as_string(at(root, {"a"}), environment, errors) == "now/x");
  environment.set("ANSATZ_LATE", "later");
  CHECK(as_string(at(root, {"a"}), environment, errors) == "later/x");
  const Variable home("HOME", "/h");
  CHECK(as_path(at(root, {"c"}), environment, errors) == "/h/x");
  CHECK(as_string(at(root, {"c"}), environment, errors) == "~/x");
  CHECK(errors.empty());
  CHECK_FALSE(as_string(at(root, {"b"}), environment, errors));
  CHECK_THAT(errors.text(), Contains("job.yaml:2:4: b: \"${\" has no \"}\""));
}
