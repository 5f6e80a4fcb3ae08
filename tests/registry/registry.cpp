// The registry of classes.
#include <ansatz/job/criterion.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/registry/listing.hpp>
#include <ansatz/registry/register_class.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace {

using namespace ansatz;
namespace fs = std::filesystem;

struct Patience : TerminationCriterion {
  static constexpr const char* yaml = "my_criteria.Patience";
  int epochs = 3;
  double factor = .5;
  template <class K>
  static constexpr void keys(K& key) {
    key("epochs", &Patience::epochs, "how long to wait");
    key("factor", &Patience::factor, "how much to hope");
  }
  std::unique_ptr<CriterionRun> start(Session&) const override { return nullptr; }
};
ANSATZ_REGISTER_CLASS(Patience, "a criterion of this test")

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

const fs::path root = fs::path(ANSATZ_TESTS_FOLDER).parent_path();

}  // namespace

TEST_CASE("registry: every class of the headers that has a YAML name is known", "[registry]") {
  int found = 0;
  for (const auto& each : fs::recursive_directory_iterator(root / "include" / "ansatz")) {
    if (each.path().extension() != ".hpp" || each.path().parent_path().filename() == "registry")
      continue;
    const std::string text = text_of(each.path());
    const std::string mark = "static constexpr const char* yaml =";
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
      const std::size_t open = text.find('"', at) + 1;
      const std::string name = text.substr(open, text.find('"', open) - open);
      INFO(each.path().string() << " has " << name << "; it needs a line `doc` as well");
      CHECK(registry().find(name) != nullptr);
      ++found;
      // Its other names, if the class has some, lead there, too.
      const std::size_t next = std::min(text.find(mark, at + 1), text.size());
      const std::size_t also = text.find("const char* also[] =", at);
      if (also >= next) continue;
      const std::size_t end = text.find('}', also);
      for (std::size_t quote = text.find('"', also); quote < end;) {
        const std::size_t close = text.find('"', quote + 1);
        const std::string other = text.substr(quote + 1, close - quote - 1);
        INFO(other);
        CHECK(registry().find(other) == registry().find(name));
        quote = text.find('"', close + 1);
      }
    }
  }
  CHECK(found > 40);
}

TEST_CASE("registry: paths, other paths and short names lead to one class", "[registry]") {
  const ClassInfo* const dropout = registry().find("pylearn2.costs.mlp.dropout.Dropout");
  REQUIRE(dropout);
  CHECK(registry().find("pylearn2.costs.mlp.Dropout") == dropout);
  CHECK(registry().find("Dropout") == dropout);
  CHECK(registry().find("mlp.Dropout") == nullptr);
  CHECK(dropout->kind == "cost");
}

TEST_CASE("registry: every class has a line of documentation, and every key a type", "[registry]") {
  for (const ClassInfo* each : registry().all()) {
    INFO(each->name());
    CHECK(!each->doc.empty());
    for (const KeyInfo& key : each->keys()) {
      INFO(key.name);
      CHECK(!key.type.empty());
      CHECK(!key.doc.empty());
      CHECK((key.required || !key.by_default.empty()));
    }
  }
}

TEST_CASE("registry: every layer with weights has every way in which they may begin",
          "[registry]") {
  int layers = 0;
  for (const ClassInfo* each : registry().all()) {
    const std::vector<KeyInfo> keys = each->keys();
    const auto has = [&](std::string_view name) {
      return std::any_of(keys.begin(), keys.end(),
                         [&](const KeyInfo& k) { return k.name == name; });
    };
    if (each->kind != "layer" || !has("irange")) continue;
    INFO(each->name());
    ++layers;
    for (const char* way : {"istdev", "sparse_init", "sparse_stdev", "include_prob",
                            "glorot_uniform", "glorot_normal", "he_uniform", "he_normal"}) {
      INFO(way);
      CHECK(has(way));
    }
  }
  CHECK(layers >= 11);
}

TEST_CASE("registry: a program's own class is made from YAML", "[registry]") {
  const Shared<Object> made = load_object("text", "!obj:Patience { factor: .25 }");
  const auto* const patience = dynamic_cast<const Patience*>(made.get());
  REQUIRE(patience);
  CHECK(patience->epochs == 3);
  CHECK(patience->factor == .25);
  CHECK(to_yaml(*made) == "!obj:my_criteria.Patience\nfactor: 0.25\n");
}

TEST_CASE("registry: a name registered twice names both places", "[registry]") {
  ClassInfo again = class_info<Patience>();
  again.file = "other.cpp";
  again.line = 7;
  CHECK_THROWS_WITH(registry().add(again), Catch::Contains("my_criteria.Patience") &&
                                               Catch::Contains("registry.cpp:") &&
                                               Catch::Contains("other.cpp:7"));
}

TEST_CASE("listing: text, JSON and the page of reference", "[registry][listing]") {
  CHECK(listing("text", "Momentum").find("init_momentum") != std::string::npos);
  CHECK(listing("json", "Patience").find("\"default\": \"0.5\"") != std::string::npos);
  CHECK_THROWS_WITH(listing("text", "Momentun"), Catch::Contains("nearest: Momentum"));
  CHECK_THROWS_WITH(listing("html"), Catch::Contains("markdown"));
}

TEST_CASE("listing: docs/reference.md is current", "[registry][listing]") {
  // The classes of these tests are not in it.
  std::string now = listing("markdown");
  for (const char* test : {"\n### Patience\n", "\n### Tide\n"}) {
    const std::size_t from = now.find(test);
    REQUIRE(from != std::string::npos);
    const std::size_t end = std::min(now.find("\n### ", from + 1), now.find("\n## ", from + 1));
    now.erase(from, end - from);
  }
  INFO("cmake --build . --target reference writes it anew");
  CHECK((now == text_of(root / "docs" / "reference.md")));
}

TEST_CASE("registry: a class that is added takes no other's short name", "[registry]") {
  // What jobs have always written; of several classes of a name none could be meant by it.
  for (const ClassInfo* each : registry().all()) {
    const std::string name = each->short_name();
    INFO(each->name());
    if (name == "make_random_conv2D" || name == "make_sparse_random_conv2D")  // of two modules
      CHECK(registry().named(name).size() == 2);
    else
      CHECK(registry().find(name) != nullptr);
  }
  CHECK(registry().find("Softmax")->name() == "pylearn2.models.mlp.Softmax");
  CHECK(registry().find("WeightDecay")->name() == "pylearn2.costs.mlp.WeightDecay");
  CHECK(registry().find("pylearn2.models.dbm.Softmax") != registry().find("Softmax"));
}
