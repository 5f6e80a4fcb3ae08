// Every key of every class of the library, with every value that does not belong there: it is
// taken, or refused with its place; in no time, and with little memory.
#include <ansatz/base/shown.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/registry/registry.hpp>
#include <ansatz/session/session.hpp>
#include <ansatz/yaml/source.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include "../data/temporary_file.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <regex>
#include <set>
#include <sstream>

namespace {

using namespace ansatz;
using ansatz::testing::TemporaryFolder;

/// Seconds since it was made: of work, which others on the machine do not make longer, and in all.
class Watch {
 public:
  double work() const { return static_cast<double>(std::clock() - clock_) / CLOCKS_PER_SEC; }
  double all() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

 private:
  std::clock_t clock_ = std::clock();
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

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
  all.push_back(std::string(5000, 'm'));
  all.push_back(std::string(1 << 20, 'm'));
  all.push_back("'" + std::string(1 << 20, '/') + "'");
  all.push_back(std::string(1 << 20, '9'));
  return all;
}

/// Which values are tried with a key. All, where it is the first of its name, type and words in its
/// kind of class; where it is the key of a base, such as those of weights, the others have every
/// eighth, each class others. A megabyte is tried once for each type of key in each kind of class:
/// what reads it knows no more.
class Choice {
 public:
  std::vector<std::size_t> of(const ClassInfo& info, const KeyInfo& key,
                              const std::vector<std::string>& values) {
    const int before = keys_[info.kind + "\n" + key.name + "\n" + key.type + "\n" + key.doc]++;
    const bool first_of_type = types_.insert(info.kind + "\n" + key.type).second;
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const bool turn = before == 0 || (i + static_cast<std::size_t>(before)) % 8 == 0;
      if (values[i].size() < 10000 ? turn : first_of_type) chosen.push_back(i);
    }
    return chosen;
  }

 private:
  std::map<std::string, int> keys_;
  std::set<std::string> types_;
};

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
  std::string fault;    // what must not be; empty: all is well
  std::string message;  // of what was refused
  bool taken = false, trained = false;
};

/// Ends a run after its first batch, which saves it.
class EndsAtOnce final : public RunObserver {
 public:
  void on_batch(Session&, int) override { ended = true; }
  std::atomic<bool> ended = false;
};

void train_to_first_save(const Phase& phase) {
  JobPrograms programs = build_programs(*phase.train, ElementType::float32);
  EndsAtOnce observer;
  RunOptions options;
  options.job_yaml = phase.job_yaml;
  options.model_yaml = phase.model_yaml;
  options.places = *phase.places;
  options.observer = &observer;
  options.interrupt = &observer.ended;
  Session session(*phase.train, std::move(programs), options);
  session.run();
}

/// Numbers that left all bounds are a result of training, no fault of it.
bool diverged(const std::string& what) {
  return what.starts_with("NaN in ") || what.find("is not finite") != std::string::npos;
}

/// A check of the job; where it finds nothing wrong and `run` is asked, training to a first save.
Trial tried(const std::string& text, bool run) {
  LoadOptions options;
  options.check_only = true;
  const Watch watch;
  Trial trial;
  const auto refused = [&](const std::string& what, bool with_place) {
    trial.message = what;
    if (!names_place(what) && (!with_place || !diverged(what)))
      trial.fault = (trial.taken ? "after the check, no place: " : "no place: ") + what;
    else if (what.size() > 60000)
      trial.fault = "a message of " + std::to_string(what.size()) + " bytes";
    else if (const std::string twice = place_told_twice(what); !trial.taken && !twice.empty())
      trial.fault = "told twice: " + twice;
  };
  try {
    Job job = load_job_text("odd.yaml", text, options);
    trial.taken = true;
    if (!job.warnings.empty()) return trial;  // a file is missing, so that it is not whole
    for (const Phase& phase : job.phases)
      if (phase.train && phase.train->algorithm) build_programs(*phase.train, ElementType::float32);
    if (run) {
      options.check_only = false;
      job = load_job_text("odd.yaml", text, options);
      for (const Phase& phase : job.phases)
        if (phase.train) train_to_first_save(phase);
      trial.trained = true;
    }
  } catch (const FileError& e) {
    refused(e.what(), trial.taken);
  } catch (const Error& e) {
    refused(e.what(), trial.taken);
  } catch (const std::exception& e) {
    trial.fault = std::string(trial.taken ? "after the check: " : "no place: ") + e.what();
  }
  if ((watch.work() > 4 || watch.all() > 60) && !share())
    trial.fault += " " + std::to_string(watch.work()) + " seconds of work";
  return trial;
}

/// How many of the accepted jobs are trained: one of so many.
int trained_share() {
  const char* const set = std::getenv("ANSATZ_TEST_TRAIN");
  return set ? std::max(std::atoi(set), 1) : 97;
}

}  // namespace

TEST_CASE("odd values: every key of every class takes them, or refuses them with their place",
          "[registry][odd]") {
  const TemporaryFolder folder;
  const auto home = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  std::ofstream("small.csv") << "0,1,2\n1,3,1\n0,2,2\n1,4,0\n";
  const std::vector<std::string> values = odd_values();
  Choice choice;
  std::map<std::string, int> counts;
  int jobs = 0, taken = 0, trained = 0, skipped = 0, asked = 0;
  for (const ClassInfo* each : registry().all()) {
    if (!each->of_library || !each->make) continue;
    const std::vector<KeyInfo> keys = each->keys();
    for (const KeyInfo& key : keys) {
      for (const std::size_t number : choice.of(*each, key, values)) {
        const std::string& value = values[number];
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
        const Trial trial = tried(text, jobs % trained_share() == 0);
        ++jobs;
        taken += trial.taken;
        trained += trial.trained;
        if (trial.fault.empty()) continue;
        ++counts[each->name() + "." + key.name];
        UNSCOPED_INFO(each->name() << "." << key.name << ": " << in_short(value) << ": "
                                   << trial.fault.substr(0, 300));
      }
    }
  }
  std::filesystem::current_path(home);
  std::printf("odd values: %d jobs, %d accepted, %d of them trained, %d without a place\n", jobs,
              taken, trained, skipped);
  CHECK(counts.empty());
}

TEST_CASE("odd values: a key of a wrong kind, or an alias of nothing, is one fault of the file",
          "[registry][odd]") {
  const TemporaryFolder folder;
  const auto home = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  std::ofstream("small.csv") << "0,1,2\n1,3,1\n0,2,2\n1,4,0\n";
  // What is told, without the places.
  const auto faults = [](const std::string& text) {
    std::set<std::string> found;
    std::istringstream lines(tried(text, false).message);
    for (std::string line; std::getline(lines, line);) found.insert(line.substr(line.find(' ')));
    return found;
  };
  std::set<std::string> seen;
  int jobs = 0;
  for (const ClassInfo* each : registry().all()) {
    if (!each->of_library || !each->make) continue;
    const std::vector<KeyInfo> keys = each->keys();
    for (const KeyInfo& key : keys) {
      if (!seen.insert(each->kind + key.name + key.type).second) continue;
      std::string object = "!obj:" + each->name() + " {";
      for (const KeyInfo& other : keys)
        if (other.name != key.name &&
            (other.required || (each->kind == "layer" && other.name == "irange")))
          object += " " + other.name + ": " + (other.name == "irange" ? ".1" : usual(other)) + ",";
      const std::string without = job_with(each->kind, object + " }");
      // Of what a number is drawn from, or a job, the rest is another.
      if (without.empty() || each->kind == "job" || each->kind == "model") continue;
      const std::set<std::string> before = faults(without);
      for (const char* value : {"!obj:NullSpace { }", "*nothing"}) {
        if (value[0] == '!' && key.type.find("space") != std::string::npos) continue;
        if (value[0] == '!' && key.type.find("Space") != std::string::npos) continue;
        ++jobs;
        std::set<std::string> more;
        for (const std::string& fault :
             faults(job_with(each->kind, object + " " + key.name + ": " + value + " }")))
          if (!before.contains(fault)) more.insert(fault);
        if (more.size() == 1) continue;
        std::string all;
        for (const std::string& fault : more) all += "\n  " + fault.substr(0, 300);
        UNSCOPED_INFO(each->name() << "." << key.name << ": " << value << all);
        CHECK(more.size() == 1);
      }
    }
  }
  std::filesystem::current_path(home);
  std::printf("odd values: %d keys of a wrong kind\n", jobs);
  CHECK(jobs > 300);
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
  CHECK(printable("a\tb\n\x1b\u202e\xff") == "a\tb\n\\x1b\\u{202e}\\xff");
  CHECK(printable_name("a\tb\n\r") == "a\\x09b\\x0a\\x0d");
  CHECK(printable(std::string(5000, 'x')) == std::string(5000, 'x'));
  CHECK(is_printable("a\n\nb\tc\u00e9\n"));
  for (const char* odd : {"\r", "a\n\x1b", "\u009b", "\u2028", "\xff", "\n\u202e\n", "\x7f"})
    CHECK_FALSE(is_printable(odd));
  CHECK(is_plain("h0_\u00e9\t1"));
  CHECK_FALSE(is_plain("a\nb"));
  CHECK_FALSE(is_plain(std::string_view("a\0b", 3)));
}

TEST_CASE("names: the nearest to one of a megabyte is found at once", "[registry][odd]") {
  const std::string name(1 << 20, 'm'), other = name + "n";
  CHECK(nearest_name(name, {"momentum", other}).empty());
  CHECK(nearest_name("momentun", {"momentum", other}) == "momentum");
}

// The textbook's, over all of both names.
int plain_distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<int>> d(a.size() + 1, std::vector<int>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i)
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        d[i][j] = static_cast<int>(i + j);
        continue;
      }
      d[i][j] =
          std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

TEST_CASE("names: the nearest is that of the whole table of distances", "[registry][odd]") {
  std::mt19937 random(1);
  const auto drawn = [&] {
    std::string name;
    for (auto n = random() % 13; n > 0; --n) name += static_cast<char>('a' + random() % 3);
    return name;
  };
  for (int i = 0; i < 3000; ++i) {
    const std::string name = drawn();
    std::vector<std::string> known;
    for (int k = 0; k < 8; ++k) known.push_back(drawn());
    std::string nearest;
    int smallest = std::max(2, static_cast<int>(name.size()) / 3) + 1;
    for (const std::string& each : known) {
      const int distance = plain_distance(name, each);
      REQUIRE(edit_distance(name, each) == distance);
      if (2 * distance > static_cast<int>(std::max(name.size(), each.size()))) continue;
      if (distance < smallest) smallest = distance, nearest = each;
    }
    REQUIRE(nearest_name(name, {known.begin(), known.end()}) == nearest);
  }
}

TEST_CASE("places: what a check cannot see is told with its place when the run begins",
          "[registry][odd]") {
  const TemporaryFolder folder;
  const auto home = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  std::ofstream("small.csv") << "0,1,2\n1,3,1\n0,2,2\n1,4,0\n";
  Parts beta, mask, live, channel, own;
  beta.layer =
      "!obj:LinearGaussian { layer_name: h, dim: 2, irange: .1, min_beta: 1, max_beta: 2, "
      "init_beta: [1, 2, 3] }, ";
  mask.layer = "!obj:Tanh { layer_name: h, dim: 2, irange: .1, mask_weights: small.csv }, ";
  live.extension = "!obj:LiveMonitoring { address: 'no such address' }";
  channel.criterion = "!obj:ChannelInf { channel_name: '' }";
  own.algorithm = "!obj:DefaultTrainingAlgorithm { batch_size: 2 }";
  const auto message = [](const Parts& parts) {
    const Trial trial = tried(parts.job(), true);
    CHECK(trial.fault.empty());
    return trial.message;
  };
  CHECK_THAT(message(beta), Catch::Contains("init_beta has 3 numbers; give one, or 2"));
  CHECK_THAT(message(mask), Catch::Contains("small.csv") && Catch::Contains(".npy"));
  CHECK_THAT(message(live), Catch::Contains("extensions[0]") && Catch::Contains("cannot listen"));
  CHECK_THAT(message(channel), Catch::Contains("channel_name"));
  CHECK_THAT(message(own), Catch::Contains("does not train itself"));
  std::filesystem::current_path(home);
}

TEST_CASE("places: line and column are those that counting finds", "[registry][odd]") {
  yaml::Source source;
  std::mt19937 random(2);
  const char* const pieces[] = {"a", "\n", "\u00e9", "\U0001f600", "bc", "\n\n", "word "};
  for (int i = 0; i < 400; ++i) source.text += pieces[random() % 7];
  const auto shared = std::make_shared<const yaml::Source>(source);
  for (int i = 0; i < 3000; ++i) {
    const std::size_t offset = random() % (source.text.size() + 3);
    const std::string before = source.text.substr(0, offset);
    const std::size_t end = before.rfind('\n');
    int column = 1;
    for (const char c : before.substr(end == before.npos ? 0 : end + 1))
      column += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    const yaml::Position position{shared, offset};
    REQUIRE(position.line() == 1 + std::count(before.begin(), before.end(), '\n'));
    REQUIRE(position.column() == column);
  }
}

TEST_CASE("many jobs, phases and wrong names: time grows with their number", "[registry][odd]") {
  if (share()) return;
  const auto seconds = [](const std::string& text) {
    LoadOptions options;
    options.check_only = true;
    const Watch watch;
    try {
      (void)load_job_text("many.yaml", text, options);
    } catch (const FileError&) {
    }
    return watch.work();
  };
  const auto grows = [&](const char* what, int n, const std::function<std::string(int)>& text) {
    const double some = seconds(text(n)), more = seconds(text(8 * n));
    INFO(what << ": " << some << " s, eight times as many: " << more << " s");
    CHECK(more < .1 + 24 * some);  // 64 times where each looks at all others
  };
  grows("jobs on one line", 2000, [](int n) {
    std::string text = "[";
    for (int i = 0; i < n; ++i) text += "!obj:Train { save_freq: 0 }, ";
    return text + "]";
  });
  grows("phases", 40, [](int n) {
    std::string text;
    for (int i = 0; i < n; ++i)
      text +=
          "- !obj:Train {\n    dataset: !obj:random_dense_design_matrix { num_examples: 20, "
          "dim: 2, num_classes: 2 },\n    model: !obj:MLP { nvis: 2, layers: [ !obj:Softmax { "
          "layer_name: y, n_classes: 2, irange: .1 } ] },\n    algorithm: !obj:SGD { "
          "batch_size: 2, learning_rate: .1 }, save_path: " +
          std::to_string(i) + ".ansatz }\n";
    return text;
  });
  const auto spaces = [](int n) {
    std::string text = "!obj:CompositeSpace { components: [ ";
    for (int i = 0; i < n; ++i) text += "!obj:VectorSpace { dim: 1 }, ";
    return text + "] }";
  };
  grows("components of a Space", 1000, [&](int n) {
    Parts p;
    p.input = "input_space: " + spaces(n);
    return p.job();
  });
  grows("sources of a data set", 250, [&](int n) {
    std::string sources = "[ ";
    for (int i = 0; i < n; ++i) sources += "source" + std::to_string(i) + ", ";
    sources += "]";
    Parts p;
    p.dataset = "!obj:VectorSpacesDataset { path: none.npz, data_specs: [ " + spaces(n) + ", " +
                sources + " ] }";
    p.input = "input_space: " + spaces(n) + ", input_source: " + sources;
    p.layer =
        "!obj:FlattenerLayer { raw_layer: !obj:CompositeLayer { layer_name: c, layers: [ "
        "!obj:Tanh { layer_name: t, dim: 2, irange: .1 } ] } }, ";
    return p.job();
  });
  grows("names of channels", 500, [](int n) {
    Parts p;
    p.settings = "monitoring_costs: { ";
    for (int i = 0; i < n; ++i) p.settings += "cost" + std::to_string(i) + ": !obj:Default { }, ";
    p.settings += "},";
    return p.job();
  });
  grows("aliases of nothing", 100, [](int n) {
    std::string text = "!obj:Train { extensions: [";
    for (int i = 0; i < n; ++i) text += " *nothing" + std::to_string(i) + ",\n";
    return text + "] }";
  });
  grows("wrong names", 100, [](int n) {
    Parts p;
    for (int i = 0; i < n; ++i)
      p.extension += "!obj:pylearn2.train_extensions.OneOverEpoch" + std::to_string(i) + " { }, ";
    return p.job();
  });
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
