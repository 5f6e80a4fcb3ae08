// ansatz new
#include "command.hpp"
#include "json_output.hpp"

#include <dsl/nearest_name.hpp>

#include "../base/say.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace ansatz::app {

namespace {

struct FirstJob {
  std::string_view name;
  std::string_view text;  // its first line is "# TITLE"

  std::string_view title() const { return text.substr(2, text.find('\n') - 2); }
};

constexpr FirstJob first_jobs[] = {
#include "first_jobs.inc"
};

int list(bool json) {
  if (json) {
    OrderedJson all = OrderedJson::array();
    for (const FirstJob& job : first_jobs)
      all.push_back({{"name", job.name}, {"title", job.title()}, {"text", job.text}});
    put_json({{"jobs", std::move(all)}});
    return exit_ok;
  }
  std::size_t width = 0;
  for (const FirstJob& job : first_jobs) width = std::max(width, job.name.size());
  for (const FirstJob& job : first_jobs) say(stdout, "{:{}}  {}\n", job.name, width, job.title());
  say(stdout, "\nansatz new NAME > job.yaml writes one.\n");
  return exit_ok;
}

int write(const std::string& name, bool json) {
  std::vector<std::string_view> names;
  for (const FirstJob& job : first_jobs) {
    names.push_back(job.name);
    if (job.name != name) continue;
    if (json)
      put_json({{"name", job.name}, {"title", job.title()}, {"text", job.text}});
    else
      say(stdout, "{}", job.text);
    return exit_ok;
  }
  throw NameError(fmt::format("no job '{}'{}", name, allowed_names(name, names)));
}

}  // namespace

const Command new_command(
    5, "new", "a first job file to start from, with comments", [](CLI::App* c, int& exit) {
      struct Arguments {
        std::string name;
        bool json = false;
      };
      auto a = std::make_shared<Arguments>();
      c->add_option("name", a->name, "which one; without it, they are listed");
      add_json(*c, a->json);
      c->footer("Example:\n  ansatz new mlp > job.yaml && ansatz train job.yaml");
      c->callback([a, &exit] { exit = a->name.empty() ? list(a->json) : write(a->name, a->json); });
    });

}  // namespace ansatz::app
