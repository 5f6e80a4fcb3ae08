#include <cblas.h>
#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>

#include "workload.hpp"

#ifndef BENCH_SCRIPT
#error "BENCH_SCRIPT is the path of train.py"
#endif

namespace bench {

namespace {

/// train.py, answering a line for a line.
class Process {
 public:
  Process(const std::string& python, int threads) {
    int to[2], from[2];
    if (pipe(to) != 0 || pipe(from) != 0) throw std::runtime_error("no pipe");
    child_ = fork();
    if (child_ == 0) {
      dup2(to[0], 0);
      dup2(from[1], 1);
      for (int end : {to[0], to[1], from[0], from[1]}) close(end);
      const std::string count = std::to_string(threads), library = blas_folder();
      // Debian's torch takes the libblas.so.3 that it finds first: the one we use.
      setenv("LD_LIBRARY_PATH", library.c_str(), 1);
      setenv("OMP_NUM_THREADS", count.c_str(), 1);
      execlp(python.c_str(), python.c_str(), BENCH_SCRIPT, count.c_str(), nullptr);
      std::perror(python.c_str());
      _exit(127);
    }
    close(to[0]);
    close(from[1]);
    to_ = fdopen(to[1], "w");
    from_ = fdopen(from[0], "r");
    alive_ = !answer().empty();
  }
  ~Process() {
    std::fclose(to_);
    std::fclose(from_);
    waitpid(child_, nullptr, 0);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  bool alive() const { return alive_; }

  std::string ask(const std::string& line) {
    std::fprintf(to_, "%s\n", line.c_str());
    std::fflush(to_);
    const std::string text = answer();
    if (text.empty()) throw std::runtime_error("train.py has left");
    return text;
  }

 private:
  static std::string blas_folder() {
    Dl_info info;
    if (!dladdr(reinterpret_cast<void*>(&cblas_sgemm), &info) || !info.dli_fname) return "";
    const std::string path = info.dli_fname;
    return path.substr(0, path.rfind('/'));
  }
  std::string answer() {
    char line[256];
    return std::fgets(line, sizeof line, from_) ? line : "";
  }

  pid_t child_ = -1;
  std::FILE *to_ = nullptr, *from_ = nullptr;
  bool alive_ = false;
};

std::map<int, std::unique_ptr<Process>>& processes() {
  static std::map<int, std::unique_ptr<Process>> all;
  return all;
}

class TorchStep : public Contestant {
 public:
  TorchStep(Process& process, const Workload& w) : process_(process) {
    process_.ask("make " + w.name);
  }
  float run(const Data&, long first, long count) override {
    const std::string answer =
        process_.ask("run " + std::to_string(first) + " " + std::to_string(count));
    std::size_t end;
    const float cost = std::stof(answer, &end);
    cpu_seconds_ = std::stod(answer.substr(end));
    return cost;
  }
  double cpu_seconds() const override { return cpu_seconds_; }
  std::vector<Parameter> parameters() override { return {}; }

 private:
  Process& process_;
  double cpu_seconds_ = 0;
};

}  // namespace

std::unique_ptr<Contestant> torch_contestant(const std::string& python, const Workload& workload,
                                             int threads) {
  auto& process = processes()[threads];
  if (!process) {
    process = std::make_unique<Process>(python, threads);
    if (!process->alive())
      std::fprintf(stderr, "PyTorch is left out: %s has none\n", python.c_str());
  }
  if (!process->alive()) return nullptr;
  return std::make_unique<TorchStep>(*process, workload);
}

void stop_torch() { processes().clear(); }

}  // namespace bench
