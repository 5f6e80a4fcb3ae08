// Every key of every class of the library, with every value that does not belong there: it is
// taken, or refused with its place; in no time, and with little memory.
#include <ansatz/base/shown.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/registry/registry.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include "../data/temporary_file.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace {

using namespace ansatz;
using ansatz::testing::TemporaryFolder;
using Clock = std::chrono::steady_clock;

/// Where the parts of a job stand that objects of each kind can be put in for.
struct Parts {
  std::string dataset = "!obj:CSVDataset { path: small.csv }", input = "nvis: 2", layer, model,
              monitor = "*train", last = "!obj:Softmax { layer_name: y, n_classes: 2, irange: .1 }",
              settings, criterion = "!obj:EpochCounter { max_epochs: 1 }", algorithm, extension;

  std::string job() const {
    const std::string mlp = "!obj:MLP { " + input + ", layers: [ " + layer + " " + last + " ] }";
    const std::string sgd = "!obj:SGD { batch_size: 2, learning_rate: .05, " + settings +
                            " monitoring_dataset: " + monitor +
                            ", termination_criterion: " + criterion + " }";
    return "!obj:Train {\n  dataset: &train " + dataset + ",\n  model: &model " +
           (model.empty() ? mlp : model) +
           ",\n  algorithm: " + (algorithm.empty() ? sgd : algorithm) + ",\n  extensions: [ " +
           extension + " ],\n  save_path: saved.ansatz\n}\n";
  }
};

/// A job with the object in the place of its kind; empty where none is known.
std::string job_with(const std::string& kind, const std::string& object) {
  Parts p;
  if (kind == "data set")
    p.dataset = object;
  else if (kind == "model")
    p.model = object;
  else if (kind == "layer")
    p.layer = object + ", ";
  else if (kind == "cost")
    p.settings = "cost: " + object + ",";
  else if (kind == "learning rule")
    p.settings = "learning_rule: " + object + ",";
  else if (kind == "update callback")
    p.settings = "update_callbacks: [ " + object + " ],";
  else if (kind == "termination criterion")
    p.criterion = object;
  else if (kind == "training algorithm")
    p.algorithm = object;
  else if (kind == "extension")
    p.extension = object;
  else if (kind == "space")
    p.input = "input_space: " + object;
  else if (kind == "array")
    p.dataset = "!obj:DenseDesignMatrix { X: " + object +
                ", y: !obj:numpy.random.randint { size: [4, 1], low: 0, high: 2 }, y_labels: 2 }";
  else if (kind == "generator")
    p.dataset =
        "!obj:random_dense_design_matrix { num_examples: 20, dim: 2, num_classes: 2, rng: " +
        object + " }";
  else if (kind == "function")
    p.settings = "seed: " + object + ",";
  else if (kind == "job")
    return object;
  else
    return "";
  return p.job();
}

/// A value that will do for a key of this type, where its class needs one.
std::string usual(const KeyInfo& key) {
  const auto has = [&](const char* part) { return key.type.find(part) != std::string::npos; };
  if (key.name == "layer_name") return "new";
  if (has("termination criterion")) return "[ !obj:EpochCounter { max_epochs: 1 } ]";
  if (has("data set")) return "*train";
  if (key.name.find("channel") != std::string::npos) return "objective";
  if (key.name == "path" || key.name == "file") return "small.csv";
  if (key.name.find("path") != std::string::npos) return "best.ansatz";
  if (key.name == "size" || key.name == "shape") return "[4, 2]";
  if (key.type == "list of: layer")
    return "[ !obj:Tanh { layer_name: inner, dim: 2, irange: .1 } ]";
  if (key.type == "layer") return "!obj:Tanh { layer_name: inner, dim: 2, irange: .1 }";
  if (has("cost")) return "!obj:Default { }";
  if (key.type == "model") return "*model";
  if (key.type == "training algorithm")
    return "!obj:SGD { batch_size: 2, learning_rate: .05, termination_criterion: !obj:EpochCounter "
           "{ max_epochs: 1 } }";
  if (has("space")) return "!obj:VectorSpace { dim: 2 }";
  if (has("whole number")) return "2";
  if (has("mapping")) return "{ y: .5 }";
  if (has("list")) return "[ .1, .2 ]";
  if (has("number")) return ".5";
  if (has("true")) return "True";
  return "x";
}

std::vector<std::string> odd_values() {
  std::vector<std::string> all{"null",
                               "",
                               "''",
                               "[]",
                               "{}",
                               "[null]",
                               "[[null]]",
                               "{a: null}",
                               "{y: null}",
                               "[ , ]",
                               "[[]]",
                               "-1",
                               "0",
                               "1",
                               "2147483647",
                               "-2147483648",
                               "1000000000000",
                               "-1000000000000",
                               "99999999999999999999999999",
                               "1e12",
                               "1.e+12",
                               "1.e-320",
                               "1.e+308",
                               "-1.e+308",
                               ".nan",
                               ".inf",
                               "-.inf",
                               "1e999",
                               ".5",
                               "1.5",
                               "True",
                               "x",
                               "'1'",
                               "[1]",
                               "[0, 0]",
                               "[-1, -1]",
                               "[1000000000000, 1]",
                               "[65536, 65536]",
                               "[.nan, .inf]",
                               "65536",
                               "[b, c, 0, 1]",
                               "{y: .nan}",
                               "{y: 1000000000000}",
                               "{y: -1}",
                               "{nope: 1}",
                               "[[1, x, 2]]",
                               "[[.nan, x, .inf]]",
                               "*train",
                               "[*train]",
                               "{a: *train}",
                               "*model",
                               "!obj:Softmax { layer_name: other, n_classes: 2, irange: .1 }",
                               "!obj:VectorSpace { dim: 1000000000 }",
                               "!obj:Conv2DSpace { shape: [1, 2], num_channels: 1 }",
                               "!obj:CompositeSpace { components: [ ] }",
                               "!obj:NullSpace { }",
                               "!obj:Default { }",
                               "!obj:EpochCounter { }",
                               "[ !obj:EpochCounter { }, null ]",
                               "!import:x",
                               "!pkl: nowhere.pkl",
                               "!pkl: small.csv",
                               "!obj:numpy.random.RandomState { seed: 1 }",
                               "\"\\e[31m\\a\\0\"",
                               "\"a\\nb/../c\"",
                               "\"\xff\xfe\"",
                               "\"\xed\xa0\x80\""};
  std::string long_list = "[";
  for (int i = 0; i < 20000; ++i) long_list += "1, ";
  all.push_back(long_list + "1]");
  all.push_back(std::string(300, 'm'));
  all.push_back(std::string(1 << 20, 'm'));
  all.push_back("'" + std::string(1 << 20, '/') + "'");
  all.push_back(std::string(1 << 20, '9'));
  return all;
}

/// A value in messages: a long one is told by its length.
std::string in_short(const std::string& value) {
  return value.size() < 80 ? value : value.substr(0, 20) + "… of " + std::to_string(value.size());
}

/// Whether a message begins with file, line and column; others may follow, and what they mean.
bool names_place(const std::string& message) {
  static const std::regex place("^odd\\.yaml:[0-9]+:[0-9]+: .*");
  return std::regex_match(message.substr(0, std::min<std::size_t>(message.find('\n'), 40)), place);
}

/// What a message tells of a number besides its range: it follows from that.
std::string place_told_twice(const std::string& message) {
  static const std::regex place("^odd\\.yaml:[0-9]+:[0-9]+: [^ ]+: "),
      range("^odd\\.yaml:[0-9]+:[0-9]+: [^ ]+: found (nan|-?inf|-?[0-9.e+-]+); allowed: ");
  std::set<std::string> seen;
  std::istringstream lines(message.substr(0, 4000));
  for (std::string line; std::getline(lines, line);) {
    line = line.substr(0, 200);
    std::smatch found;
    if (!std::regex_search(line, found, place)) continue;
    if (seen.contains(found[0])) return line;
    if (std::regex_search(line, range)) seen.insert(found[0]);
  }
  return "";
}

/// With a sanitizer, which has memory and time of its own, one job of so many; else 0.
int share() {
  const char* const set = std::getenv("ANSATZ_TEST_SHARE");
  return set ? 8 * std::atoi(set) : 0;
}

/// Memory that the process may have from here on, while this lives.
class MemoryLimit {
 public:
  explicit MemoryLimit(std::size_t more) {
    getrlimit(RLIMIT_AS, &before_);
    if (share()) return;
    std::ifstream sizes("/proc/self/statm");
    std::size_t pages = 0;
    sizes >> pages;
    rlimit limit = before_;
    limit.rlim_cur = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + more;
    setrlimit(RLIMIT_AS, &limit);
  }
  ~MemoryLimit() { setrlimit(RLIMIT_AS, &before_); }
  MemoryLimit(const MemoryLimit&) = delete;

 private:
  rlimit before_{};
};

struct Trial {
  std::string fault;  // what must not be; empty: all is well
  bool taken = false;
};

/// A check of the job, and where it finds nothing wrong a run of it to its first save.
Trial tried(const std::string& text, bool run) {
  LoadOptions options;
  options.check_only = !run;
  const auto start = Clock::now();
  Trial trial;
  try {
    const Job job = load_job_text("odd.yaml", text, options);
    trial.taken = true;
    if (!job.warnings.empty()) return trial;  // a file is missing, so that it is not whole
    for (const Phase& phase : job.phases) {
      if (!phase.train || !phase.train->algorithm) continue;
      JobPrograms programs = build_programs(*phase.train, ElementType::float32);
      if (!run) continue;
      RunOptions run_options;
      run_options.time_budget = 1e-9;
      run_options.job_yaml = phase.job_yaml;
      run_options.model_yaml = phase.model_yaml;
      Session session(*phase.train, std::move(programs), run_options);
      session.run();
      session.save_to("first.ansatz");
    }
  } catch (const FileError& e) {
    if (trial.taken)
      trial.fault = std::string("after the check: ") + e.what();
    else if (!names_place(e.what()))
      trial.fault = std::string("no place: ") + e.what();
    else if (std::string_view(e.what()).size() > 60000)
      trial.fault = "a message of " + std::to_string(std::string_view(e.what()).size()) + " bytes";
    else if (const std::string twice = place_told_twice(e.what()); !twice.empty())
      trial.fault = "told twice: " + twice;
  } catch (const std::exception& e) {
    trial.fault = std::string(trial.taken ? "after the check: " : "no place: ") + e.what();
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  if (seconds > 4 && !share()) trial.fault = std::to_string(seconds) + " seconds";
  return trial;
}

}  // namespace

TEST_CASE("odd values: every key of every class takes them, or refuses them with their place",
          "[registry][odd]") {
  const TemporaryFolder folder;
  const auto home = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  std::ofstream("small.csv") << "0,1,2\n1,3,1\n0,2,2\n1,4,0\n";
  const std::vector<std::string> values = odd_values();
  std::map<std::string, int> counts;
  int jobs = 0, taken = 0, skipped = 0, asked = 0;
  for (const ClassInfo* each : registry().all()) {
    if (!each->of_library || !each->make) continue;
    const std::vector<KeyInfo> keys = each->keys();
    for (const KeyInfo& key : keys) {
      for (const std::string& value : values) {
        std::string object = "!obj:" + each->name() + " {";
        for (const KeyInfo& other : keys)
          if (other.name != key.name &&
              (other.required || (each->kind == "layer" && other.name == "irange")))
            object +=
                " " + other.name + ": " + (other.name == "irange" ? ".1" : usual(other)) + ",";
        object += "\n    " + key.name + ": " + value + "\n  }";
        const std::string text = job_with(each->kind, object);
        if (text.empty()) {
          ++skipped;
          continue;
        }
        if (share() && ++asked % share() != 0) continue;
        if (std::getenv("ODD_TRACE"))
          std::fprintf(stderr, "%s.%s: %s\n", each->name().c_str(), key.name.c_str(),
                       in_short(value).c_str());
        const MemoryLimit limit(300 << 20);
        const Trial trial = tried(text, false);
        ++jobs;
        taken += trial.taken;
        if (trial.fault.empty()) continue;
        ++counts[each->name() + "." + key.name];
        UNSCOPED_INFO(each->name() << "." << key.name << ": " << in_short(value) << ": "
                                   << trial.fault.substr(0, 300));
      }
    }
  }
  std::filesystem::current_path(home);
  std::printf("odd values: %d jobs, %d accepted, %d without a place\n", jobs, taken, skipped);
  CHECK(counts.empty());
}

TEST_CASE("shown: what would command a terminal or mislead a reader is written out",
          "[registry][odd]") {
  CHECK(shown("a\x1b[31mb") == "a\\x1b[31mb");
  CHECK(shown("two\nlines\tand \x9b") == "two\nlines\tand \\x9b");
  CHECK(shown("\u202ecod.exe \u009b") == "\\u{202e}cod.exe \\u{9b}");
  CHECK(shown("gr\u00fc\u00dfe \u4e2d \U0001f600") == "gr\u00fc\u00dfe \u4e2d \U0001f600");
  CHECK(shown("\xed\xa0\x80 \xc0\xaf") == "\\xed\\xa0\\x80 \\xc0\\xaf");
  const std::string cut = shown("a " + std::string(1 << 20, 'x') + " b");
  CHECK(cut.size() < 1000);
  CHECK_THAT(cut, Catch::Contains("(1048576 bytes)") && Catch::EndsWith(" b"));
  CHECK(is_plain("h0_\u00e9\t1"));
  CHECK_FALSE(is_plain("a\nb"));
  CHECK_FALSE(is_plain(std::string_view("a\0b", 3)));
}

TEST_CASE("names: the nearest to one of a megabyte is found at once", "[registry][odd]") {
  const std::string name(1 << 20, 'm'), other = name + "n";
  CHECK(nearest_name(name, {"momentum", other}).empty());
  CHECK(nearest_name("momentun", {"momentum", other}) == "momentum");
}

TEST_CASE("nesting: MLPs in MLPs cost what they are", "[registry][odd]") {
  Parts p;
  for (int i = 0; i < 24; ++i)
    p.layer += "!obj:MLP { layer_name: k" + std::to_string(i) + ", layers: [ ";
  p.layer += "!obj:Tanh { layer_name: t, dim: 2, irange: .1 }";
  for (int i = 0; i < 24; ++i) p.layer += " ] }";
  p.layer += ", ";
  p.dataset =
      "!obj:random_dense_design_matrix { num_examples: 20, dim: 2, num_classes: 2, "
      "rng: !obj:numpy.random.RandomState { seed: 1 } }";
  const Trial trial = tried(p.job(), false);
  CHECK(trial.taken);
  CHECK(trial.fault == "");
}
