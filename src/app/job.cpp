// ansatz job
#include "command.hpp"
#include "json_output.hpp"

#include <ansatz/base/shown.hpp>
#include <ansatz/serial/run_records.hpp>

#include "../base/say.hpp"

#include <fmt/format.h>

#include <memory>

namespace ansatz::app {

namespace {

void comment(const std::string& name, const std::string& value) {
  say(stdout, "# {}: {}\n", printable_name(name), printable_name(value));
}

// The job, and above it what it was trained on and with: a comment, so that all of it is a job.
void show_job(const ModelFile& file) {
  say(stdout, "# written by ansatz {}, {}\n", file.library_version, file.floatX);
  for (const auto& [name, value] : file.environment) comment(name, value);
  for (const auto& [name, value] : file.data) comment(name, value);
  for (const auto& [name, value] : file.variables) comment(fmt::format("${{{}}}", name), value);
  for (const auto& run : file.runs)
    for (const char* name : {"command", "host", "system", "begun", "ansatz", "openblas"})
      if (const auto at = run.find(name); at != run.end()) comment(name, at->second);
  for (const auto& [path, hash] : file.files) comment("SHA-256 of " + path, hash);
  say(stdout, "{}{}", file.job_yaml, file.job_yaml.ends_with('\n') ? "" : "\n");
}

OrderedJson object_of(const std::map<std::string, std::string>& texts) {
  OrderedJson object = OrderedJson::object();
  for (const auto& [name, value] : texts) add_key(object, name, value);
  return object;
}

OrderedJson runs_of(const ModelFile& file) {
  OrderedJson runs = OrderedJson::array();
  for (const auto& run : file.runs) runs.push_back(object_of(run));
  return runs;
}

int job(const std::string& path, bool json) {
  shows_json = json;
  const ModelFile file = read_run_records(path);
  if (file.job_yaml.empty()) throw FileError(fmt::format("{} holds no job", path));
  if (json)
    put_json({{"job", file.job_yaml},
              {"version", file.library_version},
              {"floatX", file.floatX},
              {"environment", object_of(file.environment)},
              {"data", object_of(file.data)},
              {"variables", object_of(file.variables)},
              {"runs", runs_of(file)},
              {"sha256", object_of(file.files)}});
  else
    show_job(file);
  return exit_ok;
}

}  // namespace

const Command job_command(
    85, "job",
    "the job of a model file, and who trained it, where, when, with which versions and data",
    [](CLI::App* c, int& exit) {
      struct Arguments {
        std::string path;
        bool json = false;
      };
      auto a = std::make_shared<Arguments>();
      c->add_option("model", a->path, "model file")->required();
      add_json(*c, a->json);
      c->footer("Example:\n  ansatz job model.pkl > job.yaml && ansatz train job.yaml");
      c->callback([a, &exit] { exit = job(a->path, a->json); });
    });

}  // namespace ansatz::app
