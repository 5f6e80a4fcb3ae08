// ansatz report
#include "command.hpp"
#include "json_output.hpp"
#include "output_option.hpp"

#include <ansatz/serial/model_file.hpp>
#include <ansatz/view/page.hpp>

#include "../base/say.hpp"

#include <fmt/format.h>

#include <list>
#include <memory>

namespace ansatz::app {

namespace {

struct ReportArguments {
  std::vector<std::string> models;
  std::string out;
  bool json = false;
};

int report_runs(const ReportArguments& a) {
  shows_json = a.json;
  settle_output("-o", a.out, a.models, {".html", ".htm"});
  std::list<ModelFile> files;
  std::vector<std::pair<std::string, const ModelFile*>> runs;
  for (const std::string& path : a.models)
    runs.emplace_back(path, &files.emplace_back(read_model_file(path)));
  const std::string page = page_of_runs(runs);
  write_output(a.out, page);
  if (a.json)
    put_json({{"path", a.out}, {"runs", a.models}, {"bytes", page.size()}});
  else
    say(stderr, "{}: {} kB, to be opened in a browser\n", a.out, page.size() / 1000);
  return exit_ok;
}

}  // namespace

const Command report_command(
    68, "report", "one page for a browser: curves, jobs, data, what differs between runs, weights",
    [](CLI::App* c, int& exit) {
      auto a = std::make_shared<ReportArguments>();
      c->add_option("models", a->models, "model files")->required();
      c->add_option("-o,--out", a->out, "page to write, .html")->required();
      add_json(*c, a->json);
      c->footer(
          "Example:\n  ansatz report runs/*.pkl -o runs.html\n"
          "The page needs nothing beside itself: it can be sent as it is.");
      c->callback([a, &exit] { exit = report_runs(*a); });
    });

}  // namespace ansatz::app
