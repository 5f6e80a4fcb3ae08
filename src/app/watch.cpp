// ansatz watch
#include "json_output.hpp"
#include "page_option.hpp"

#include "../base/say.hpp"

#include <csignal>
#include <memory>

namespace ansatz::app {

namespace {

struct WatchArguments {
  std::vector<std::string> paths;
  PageArguments page;
  bool json = false;
};

// Those that end the program; what was to be ignored when it began still is.
sigset_t ending_signals() {
  sigset_t ending;
  sigemptyset(&ending);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction now {};
    if (::sigaction(signal, nullptr, &now) == 0 && now.sa_handler != SIG_IGN)
      sigaddset(&ending, signal);
  }
  return ending;
}

int watch_runs(const WatchArguments& a) {
  shows_json = a.json;
  const auto board = std::make_shared<RunBoard>();
  for (const std::string& path : a.paths) board->follow(path);
  // Before there are threads; what is read until then may take long, and a signal ends it.
  const sigset_t ending = ending_signals();
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  const auto server = serve(board, a.page);
  if (!a.json) say(stderr, "Ctrl-C ends it\n");
  int which = 0;
  while (sigwait(&ending, &which) != 0) {
  }
  return exit_ok;
}

}  // namespace

const Command watch_command(
    69, "watch", "runs in progress on a page: curves that grow in a browser",
    [](CLI::App* c, int& exit) {
      auto a = std::make_shared<WatchArguments>();
      c->add_option(
           "paths", a->paths,
           "folders, model files, tables of CSVLogger; of a folder every model and table in "
           "it and in the folders in it, also those that come later")
          ->required();
      a->page.add_to(*c, "");
      add_json(*c, a->json, "one JSON object a line: \"page\" with its address, warning, error");
      c->footer(
          "Example:\n  ansatz watch runs\n"
          "A run grows with each save of its model (save_freq), and with each record where its "
          "job\n"
          "has a CSVLogger whose file is named as the model, m.csv beside m.pkl.");
      c->callback([a, &exit] { exit = watch_runs(*a); });
    });

}  // namespace ansatz::app
