// ansatz info, ansatz list
#include "command.hpp"

#include <ansatz/compile/compile.hpp>
#include <ansatz/data/path.hpp>
#include <ansatz/registry/listing.hpp>
#include <ansatz/serial/environment.hpp>
#include <ansatz/version.hpp>
#include <compile/settings.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <thread>

namespace ansatz::app {

namespace {

int info() {
  fmt::print("ansatz {}\n", version);
  fmt::print("build type: {}\n", compiling::settings::build_type);
  const bool clang = std::string_view(compiling::settings::compiler_version).starts_with("Clang");
  fmt::print("compiler flags: {} {}\n", compiling::settings::flags,
             clang ? compiling::settings::clang_flags : compiling::settings::gnu_flags);
  for (const auto& [name, value] : current_environment()) fmt::print("{}: {}\n", name, value);
  fmt::print("processors: {}\n", std::thread::hardware_concurrency());
  const std::string variable = data_path_source();
  fmt::print("data path: {} ({})\n", data_path(),
             variable.empty() ? "neither ANSATZ_DATA_PATH nor PYLEARN2_DATA_PATH is set"
                              : "from " + variable);
  try {
    fmt::print("cache of compiled loops: {}\n", loop_cache_folder());
  } catch (const Error& e) {
    fmt::print("cache of compiled loops: none ({})\n", e.what());
  }
  if (const char* pinned = std::getenv("OPENBLAS_CORETYPE"))
    fmt::print("warning: OPENBLAS_CORETYPE={} pins OpenBLAS to one processor's kernels; this "
               "processor may do better without it\n",
               pinned);
  return exit_ok;
}

}  // namespace

void add_info(CLI::App& app, int& exit) {
  CLI::App* c = app.add_subcommand("info", "version, build, processor, BLAS, paths");
  c->footer("Example:\n  ansatz info");
  c->callback([&exit] { exit = info(); });
}

void add_list(CLI::App& app, int& exit) {
  struct Arguments {
    std::string format = "text", name;
    std::vector<std::string> libraries;
  };
  auto a = std::make_shared<Arguments>();
  CLI::App* c = app.add_subcommand("list", "registered classes and configurations");
  c->add_option("name", a->name, "only this class or configuration");
  c->add_option("--format", a->format, "text, json or markdown")
      ->check(CLI::IsMember({"text", "json", "markdown"}));
  c->add_option("--load", a->libraries, "shared object with further classes (.so)");
  c->footer("Examples:\n  ansatz list\n  ansatz list Maxout\n  ansatz list --format json");
  c->callback([a, &exit] {
    load_libraries(a->libraries);
    fmt::print("{}", listing(a->format, a->name));
    exit = exit_ok;
  });
}

}  // namespace ansatz::app
