#include "../base/say.hpp"
#include "command.hpp"

#include <ansatz/program/configuration.hpp>
#include <ansatz/registry/registry.hpp>

#include <fmt/format.h>

#include <ansatz/base/regular_file.hpp>

#include <dlfcn.h>

namespace ansatz::app {

void JobArguments::add_to(CLI::App& command) {
  command.add_option("job", path, "job file (YAML)")->required();
  command.add_option("overrides", overrides,
                     "values that replace the file's, such as algorithm.learning_rate=.05 or "
                     "model.layers.h0.dim=100");
  command.add_option("-D,--define", defines, "name=value, for %(name)s in the file")
      ->allow_extra_args(false);
  command.add_option("--data", data, "FILE=PATH: a data file that has moved")
      ->allow_extra_args(false);
  command.add_option("--load", libraries, "shared object with further classes (.so)")
      ->allow_extra_args(false);
}

Job JobArguments::load(bool check_only, ElementType precision, bool resume) const {
  load_libraries(libraries);
  LoadOptions options;
  options.defines = defines;
  options.overrides = overrides;
  options.check_only = check_only;
  options.precision = precision;
  options.resume = resume;
  options.writes = writes;
  for (const std::string& each : data) {
    const auto at = each.find('=');
    if (at == std::string::npos || at == 0)
      throw CLI::ValidationError("--data", "must be FILE=PATH, not " + each);
    options.data[each.substr(0, at)] = each.substr(at + 1);
  }
  try {
    return load_job(path, options);
  } catch (const FileError& e) {
    throw JobError(e.what());
  }
}

void load_libraries(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    const std::size_t before = registry().names().size() + configurations().size();
    // Without a slash dlopen would search the system's folders.
    const std::string file = path.find('/') == std::string::npos ? "./" + path : path;
    // The loader would wait for a pipe.
    if (const serial::RegularFile opened = serial::open_regular(file); !opened.file)
      throw FileError(fmt::format("--load {}: {}", path, opened.why));
    if (!dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL)) {
      const std::string why = dlerror();
      if (why.find("undefined symbol") == why.npos)
        throw FileError(fmt::format("--load {}: {}", path, why));
      throw FileError(
          fmt::format("--load {}: it was compiled for another version or instruction "
                      "set of ansatz; compile it again ({})",
                      path, why));
    }
    const auto& faults = registry().faults();
    if (!faults.empty()) throw FileError(fmt::format("--load {}: {}", path, faults.front()));
    if (registry().names().size() + configurations().size() == before)
      say(stderr, "warning: --load {}: it brings neither a class nor a configuration\n", path);
  }
}

std::string record_text(double value, ElementType precision, bool full) {
  if (full && precision == ElementType::float32)
    return fmt::format("{}", static_cast<float>(value));
  if (full) return fmt::format("{}", value);
  return fmt::format("{:.6g}", value);
}

ElementType precision_of(const std::string& floatX) {
  return floatX == "float64" ? ElementType::float64 : ElementType::float32;
}

}  // namespace ansatz::app
