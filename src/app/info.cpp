// ansatz info, ansatz list
#include "command.hpp"
#include "json_output.hpp"

#include <ansatz/base/version.hpp>
#include <ansatz/compile/compile.hpp>
#include <ansatz/compile/settings.hpp>
#include <ansatz/data/path.hpp>
#include <ansatz/registry/listing.hpp>
#include <ansatz/serial/environment.hpp>

#include "../base/say.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <thread>

namespace ansatz::app {

namespace {

std::string warning_of_pin() {
  const char* const pinned = std::getenv("OPENBLAS_CORETYPE");
  if (!pinned) return "";
  return fmt::format(
      "OPENBLAS_CORETYPE={} pins OpenBLAS to one processor's kernels; this "
      "processor may do better without it",
      pinned);
}

std::string compiler_flags() {
  const bool clang = std::string_view(compiling::settings::compiler_version).starts_with("Clang");
  return fmt::format("{} {}", compiling::settings::flags,
                     clang ? compiling::settings::clang_flags : compiling::settings::gnu_flags);
}

int info_json() {
  OrderedJson out{{"version", version},
                  {"build_type", compiling::settings::build_type},
                  {"compiler_flags", compiler_flags()}};
  for (const auto& [name, value] : current_environment()) out[name] = value;
  const std::string variable = data_path_source();
  out["processors"] = std::thread::hardware_concurrency();
  out["data_path"] = data_path();
  out["data_path_from"] = variable.empty() ? OrderedJson() : OrderedJson(variable);
  out["warnings"] = OrderedJson::array();
  try {
    out["loop_cache"] = loop_cache_folder();
  } catch (const Error& e) {
    out["loop_cache"] = nullptr;
    out["warnings"].push_back(e.what());
  }
  if (const std::string what = warning_of_pin(); !what.empty()) out["warnings"].push_back(what);
  put_json(out);
  return exit_ok;
}

int info() {
  say(stdout, "ansatz {}\n", version);
  say(stdout, "build type: {}\n", compiling::settings::build_type);
  say(stdout, "compiler flags: {}\n", compiler_flags());
  for (const auto& [name, value] : current_environment()) say(stdout, "{}: {}\n", name, value);
  say(stdout, "processors: {}\n", std::thread::hardware_concurrency());
  const std::string variable = data_path_source();
  say(stdout, "data path: {} ({})\n", data_path(),
      variable.empty() ? "neither ANSATZ_DATA_PATH nor PYLEARN2_DATA_PATH is set"
                       : "from " + variable);
  try {
    say(stdout, "cache of compiled loops: {}\n", loop_cache_folder());
  } catch (const Error& e) {
    say(stdout, "cache of compiled loops: none ({})\n", e.what());
  }
  if (const std::string what = warning_of_pin(); !what.empty()) say(stdout, "warning: {}\n", what);
  return exit_ok;
}

}  // namespace

const Command info_command(120, "info", "version, build, processor, BLAS, paths",
                           [](CLI::App* c, int& exit) {
                             auto json = std::make_shared<bool>();
                             add_json(*c, *json);
                             c->footer("Example:\n  ansatz info");
                             c->callback([json, &exit] { exit = *json ? info_json() : info(); });
                           });

const Command list_command(
    110, "list", "registered classes and configurations", [](CLI::App* c, int& exit) {
      struct Arguments {
        std::string format = "text", name;
        std::vector<std::string> libraries;
        bool json = false;
      };
      auto a = std::make_shared<Arguments>();
      c->add_option("name", a->name, "only this class or configuration");
      CLI::Option* const format = c->add_option("--format", a->format, "text, json or markdown")
                                      ->check(CLI::IsMember({"text", "json", "markdown"}));
      add_json(*c, a->json, "the same as --format json")->excludes(format);
      c->add_option("--load", a->libraries, "shared object with further classes (.so)");
      c->footer("Examples:\n  ansatz list\n  ansatz list Maxout\n  ansatz list --json");
      c->callback([a, &exit] {
        load_libraries(a->libraries);
        say(stdout, "{}", listing(a->json ? "json" : a->format, a->name));
        exit = exit_ok;
      });
    });

}  // namespace ansatz::app
