// The rules of keys, of a program's own classes.
#include <ansatz/base/key_faults.hpp>
#include <ansatz/job/criterion.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/registry/register_class.hpp>
#include <dsl/exceptions.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

namespace {

using namespace ansatz;

// Its keys have the names of others of the library, whose numbers are of other ranges.
struct Tide : TerminationCriterion {
  static constexpr const char* yaml = "my_criteria.Tide";
  double learning_rate = 0, max_col_norm = 0, momentum = 0;
  int dim = 0, num_pieces = 1, most = 5;
  ir::List<int> shape;
  bool spring = false;
  std::optional<double> neap;
  String save_path, path, chart;

  template <class K>
  static constexpr void keys(K& key) {
    key("learning_rate", &Tide::learning_rate, "may be negative").from_to(-2, 2);
    key("max_col_norm", &Tide::max_col_norm, "any finite number");
    key("momentum", &Tide::momentum, "of water").below(3);
    key("dim", &Tide::dim, "may be 0 or less").at_least(-1).not_above("most");
    key("most", &Tide::most, "limit of dim");
    key("num_pieces", &Tide::num_pieces, "any number of them").above(0);
    key("shape", &Tide::shape, "of the coast").at_most(9).noun("coasts");
    key("spring", &Tide::spring, "the high ones").one_way("which tides");
    key("neap", &Tide::neap, "the low ones").one_way("which tides");
    key("save_path", &Tide::save_path, "no path, whatever its name");
    key("path", &Tide::path, "nor this");
    key("chart", &Tide::chart, "a file").is_path();
  }
  void check() const {
    if (shape.size() > 1 && shape[1] == 7) throw KeyFaults("shape[1]", "seven is not a coast");
    if (most == 13) throw ValueError("Tide: most 13 means bad luck");
    if (momentum == 2)
      throw KeyFaults(std::vector<KeyFaults::Fault>{{"momentum", "too deep"},
                                                    {"moon.phase", "there is no moon"}});
  }
  std::unique_ptr<CriterionRun> start(Session&) const override { return nullptr; }
};
ANSATZ_REGISTER_CLASS(Tide, "a criterion of this test")

std::shared_ptr<const Tide> tide(const std::string& keys) {
  LoadOptions options;
  options.environment["COAST"] = "north";
  const Shared<Object> made = load_object("job.yaml", "!obj:Tide {" + keys + "}", options);
  const auto* const found = dynamic_cast<const Tide*>(made.get());
  REQUIRE(found);
  return std::make_shared<const Tide>(*found);
}

std::string fault(const std::string& keys) {
  try {
    (void)tide(keys);
  } catch (const FileError& error) {
    return error.what();
  }
  return "";
}

using Catch::Contains;

}  // namespace

TEST_CASE("key rules: a key's name says nothing of its range", "[registry]") {
  const auto made = tide("learning_rate: -.5, max_col_norm: -1, dim: 0, num_pieces: 5000");
  CHECK(made->learning_rate == -.5);
  CHECK(made->max_col_norm == -1);
  CHECK(made->dim == 0);
  CHECK(made->num_pieces == 5000);
  CHECK_THAT(fault("learning_rate: -3"),
             Contains("job.yaml:1:27: learning_rate: found -3; allowed: numbers from -2 to 2"));
  CHECK_THAT(fault("max_col_norm: .inf"), Contains("found inf; allowed: finite numbers"));
  CHECK_THAT(fault("momentum: 3"), Contains("found 3; allowed: numbers below 3"));
  CHECK_THAT(fault("dim: -2"), Contains("found -2; allowed: whole numbers from -1"));
  CHECK_THAT(fault("num_pieces: 0"), Contains("found 0; allowed: whole numbers above 0"));
  CHECK_THAT(fault("shape: [3, 10]"), Contains("shape[1]: found 10; allowed: coasts up to 9"));
}

TEST_CASE("key rules: a key's name says nothing of paths", "[registry]") {
  const auto made = tide("save_path: '${COAST}', path: '${COAST}/', chart: '${COAST}/tides.csv'");
  CHECK(made->chart.view() == "north/tides.csv");
  LoadOptions moved;
  moved.data["tides.csv"] = "/charts/new.csv";
  const Shared<Object> there =
      load_object("job.yaml", "!obj:Tide { chart: old/tides.csv, path: old/tides.csv }", moved);
  const auto& now = dynamic_cast<const Tide&>(*there);
  CHECK(now.chart.view() == "/charts/new.csv");
  CHECK(now.path.view() == "old/tides.csv");
}

TEST_CASE("key rules: two keys of one object", "[registry]") {
  CHECK(tide("dim: 5, most: 5")->dim == 5);
  CHECK_THAT(fault("dim: 6, most: 5"), Contains("dim: found 6; allowed: at most most, which is 5"));
  CHECK(tide("spring: false, neap: .5")->neap == .5);
  CHECK(tide("spring: true, neap: null")->spring);
  CHECK_THAT(fault("neap: .5, spring: true"),
             Contains("neap and spring say in different ways which tides; give one"));
}

TEST_CASE("key rules: what a class finds itself stands at the key", "[registry]") {
  CHECK_THAT(fault("shape: [1, 7]"), Contains("job.yaml:1:23: shape[1]: seven is not a coast"));
  const std::string both = fault("momentum: 2");
  CHECK_THAT(both, Contains("job.yaml:1:22: momentum: too deep") && Contains("there is no moon"));
  // One behind the other, beside a key of a wrong kind, without those that may follow from it.
  const std::string all = fault("shape: [1, 7], most: 13, momentum: 2, spring: 5");
  CHECK_THAT(all, Contains("shape[1]: seven") && Contains("most: Tide: most 13") &&
                      Contains("momentum: too deep") && Contains("spring: found"));
  const std::string some = fault("shape: x, most: 13");
  CHECK_THAT(some, Contains("shape: found the text 'x'") && Contains("most: Tide: most 13"));
  CHECK_THAT(fault("most: x, momentum: 2"), !Contains("13") && Contains("too deep"));
}

TEST_CASE("key rules: which numbers hold, and how they are called", "[registry]") {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = KeyRules::none;
  CHECK(KeyRules().allowed() == "finite numbers");
  CHECK(!KeyRules().holds(inf));
  CHECK(!KeyRules().holds(nan));
  CHECK(KeyRules().or_infinity().allowed() == "numbers");
  CHECK(KeyRules().or_infinity().holds(-inf));
  CHECK(!KeyRules().or_infinity().holds(nan));
  CHECK(KeyRules().probability().allowed() == "probabilities from 0 to 1");
  CHECK(KeyRules().probability().above(0).allowed() == "probabilities above 0, up to 1");
  CHECK(KeyRules().at_least(0).below(1).allowed() == "numbers from 0 to below 1");
  CHECK(KeyRules().above(0).below(1).allowed() == "numbers above 0, below 1");
  CHECK(KeyRules().length().above(0).or_infinity().allowed() == "lengths above 0");
  CHECK(KeyRules().length().or_infinity().holds(inf));
  CHECK(!KeyRules().length().or_infinity().holds(-inf));
  CHECK(!KeyRules().length().above(0).holds(0));
  CHECK(!KeyRules().at_least(0).below(1).holds(1));
  CHECK(KeyRules().at_least(0).below(1).holds(0));
  CHECK(KeyRules().from_to(1, 4096).holds(4096));
  CHECK(KeyRules().is_output().path);
}
