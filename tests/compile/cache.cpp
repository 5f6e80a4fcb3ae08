#include "cache.hpp"

#include <dsl/build.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/ops/activation/tanh.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/reduce/sum.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace ansatz::testing {

namespace fs = std::filesystem;

namespace {

const Program<float>& program() {
  static const auto made = [] {
    const auto x = input<VectorSpace<5>>("x");
    const auto y = tanh(x) * x + 3;
    return build(function(output("y", y), output("sum", sum(y * y, units))));
  }();
  return made;
}

/// Compiled once, by the compiler of the library.
const std::string& good_object() {
  static const Folder folder;
  static const std::string path = [] {
    const Answer answer = in_child(folder.real());
    if (!answer.complete()) throw std::runtime_error("cannot compile loops: " + answer.text);
    return folder.find(".so");
  }();
  return path;
}

}  // namespace

std::vector<ir::PlanView> plans() { return {program().plan()}; }

Folder::Folder() {
  std::string name = (fs::temp_directory_path() / "ansatz-compile-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
  path_ = name;
}
Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

CompileOptions Folder::real() const {
  CompileOptions options;
  options.cache_folder = cache();
  options.flags = {"-std=c++20", "-O1", "-march=native", "-ffp-contract=off", "-fno-math-errno"};
  return options;
}

CompileOptions Folder::quick(const std::string& line) const {
  const std::string script = path_ + "/compiler";
  if (!fs::exists(script)) {
    write_file(script, "#!/bin/sh\necho run >> " + path_ + "/runs\n" + line +
                           "\nwhile [ \"$1\" != -o ]; do shift; done\nexec cp " + good_object() +
                           " \"$2\"\n");
    fs::permissions(script, fs::perms::owner_all);
  }
  CompileOptions options = real();
  options.compiler = script;
  return options;
}

int Folder::runs() const {
  std::ifstream in(path_ + "/runs");
  int lines = 0;
  for (std::string line; std::getline(in, line);) ++lines;
  return lines;
}

std::string Folder::find(const std::string& ending) const {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(cache(), error))
    if (entry.path().string().ends_with(ending)) return entry.path().string();
  return "";
}

int Folder::count(const std::string& part) const {
  std::error_code error;
  int number = 0;
  for (const auto& entry : fs::directory_iterator(cache(), error))
    number += entry.path().filename().string().find(part) != std::string::npos;
  return number;
}

Child Child::start(const CompileOptions& options) {
  const auto views = plans();
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  const pid_t process = ::fork();
  if (process != 0) {
    ::close(ends[1]);
    return {process, ends[0]};
  }
  std::string answer = "0 0 0 0 0 ";
  try {
    const CompileReport r = compile_missing_loops(views, ElementType::float32, options);
    answer = "0 " + std::to_string(r.made) + " " + std::to_string(r.loops) + " " +
             std::to_string(r.loaded) + " " + std::to_string(r.interpreted) + " ";
    for (const std::string& note : r.notes) answer += note + "\n";
  } catch (const Error& e) {
    answer = std::string("1 0 0 0 0 ") + e.what();
  }
  [[maybe_unused]] const auto written = ::write(ends[1], answer.data(), answer.size());
  ::_exit(0);
}

Answer Child::finish() const {
  std::string text;
  char block[4096];
  for (ssize_t size = 0; (size = ::read(pipe, block, sizeof block)) > 0;)
    text.append(block, static_cast<std::size_t>(size));
  ::close(pipe);
  int status = 0;
  ::waitpid(process, &status, 0);
  Answer answer;
  if (!WIFEXITED(status) || text.empty()) return answer;
  answer.answered = true;
  int threw = 0, made = 0, end = 0;
  std::sscanf(text.c_str(), "%d %d %d %d %d %n", &threw, &made, &answer.loops, &answer.loaded,
              &answer.interpreted, &end);
  answer.threw = threw != 0;
  answer.made = made != 0;
  answer.text = text.substr(static_cast<std::size_t>(end));
  return answer;
}

Answer in_child(const CompileOptions& options) { return Child::start(options).finish(); }

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace ansatz::testing
