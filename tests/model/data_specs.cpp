// What models and costs read: nested Spaces flatten to inputs of their own, each source once, and
// nest back (Pylearn2's DataSpecsMapping).
#include <ansatz/cost/sum_of_costs.hpp>
#include <ansatz/job/model.hpp>
#include <ansatz/program/build_programs.hpp>
#include <dsl/ops.hpp>

#include "../training/small_job.hpp"
#include "probe.hpp"

#include <catch2/catch.hpp>

#include <ctime>
#include <set>
#include <string>
#include <vector>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

std::string name_of(const AnyExpr& e) { return e.value().term()->name.data(); }

// The mean of the features, of one cost of several that read them.
struct MeanOfFeatures : SumCost {
  constexpr std::optional<AnyExpr> expr(const Model& model, const Data& data) const override {
    return *SumCost::expr(model, data) * mean(data["features"].value());
  }
};
struct ReadsImages : SumCost {
  constexpr void data_specs(const Model&, Data& data) const override {
    data.add("features", conv2d_space(1, 1, 1));
  }
};

}  // namespace

TEST_CASE("data specs: nested Spaces flatten in order and nest back", "[model][data_specs]") {
  const SpaceInfo inner = composite({vector_space(3), index_space(4)});
  const SpaceInfo whole = composite({vector_space(2), inner, SpaceInfo(), conv2d_space(2, 2, 1)});
  Data data;
  data.add("features", whole);
  const Signal& flat = data["features"];
  REQUIRE(flat.values.size() == 4);
  std::set<std::string> names;
  for (const AnyExpr& e : flat.values) names.insert(name_of(e));
  CHECK(names == std::set<std::string>{"features.0", "features.1.0", "features.1.1", "features.3"});

  const ir::List<Signal> parts = components_of(flat);
  REQUIRE(parts.size() == 4);
  CHECK(parts[0].space == vector_space(2));
  CHECK(name_of(parts[0].value()) == "features.0");
  CHECK(parts[1].space == inner);
  CHECK(parts[2].values.empty());
  CHECK(name_of(parts[3].value()) == "features.3");
  const ir::List<Signal> nested = components_of(parts[1]);
  REQUIRE(nested.size() == 2);
  CHECK(nested[1].space == index_space(4));
  CHECK(name_of(nested[1].value()) == "features.1.1");
}

TEST_CASE("data specs: a source that several costs read is one input", "[model][data_specs]") {
  Data data;
  data.add("features", vector_space(3));
  data.add("targets", index_space(2));
  data.add("features", vector_space(3));
  CHECK(data.sources().size() == 2);

  const SumOfCosts sum(MeanOfFeatures(), scaled(2, MeanOfFeatures()));
  const Train job(Rows(), Ones(), SGD(learning_rate(.1), batch_size(5), sum));
  const JobPrograms programs = build_programs(job, ElementType::float64);
  int inputs = 0;
  for (const JobProgram& p : programs) {
    if (p.name != "step") continue;
    const ir::PlanView& plan = p.program->plan();
    for (int i = 0; i < plan.leaves.size; ++i)
      if (std::string_view(plan.text.data + plan.leaves[i].name) == "features") ++inputs;
  }
  CHECK(inputs == 1);
}

TEST_CASE("data specs: one source in two Spaces is an error that names both",
          "[model][data_specs]") {
  const SumOfCosts sum{MeanOfFeatures(), ReadsImages()};
  const Train job(Rows(), Ones(), SGD(learning_rate(.1), batch_size(5), sum));
  CHECK_THROWS_WITH(build_programs(job, ElementType::float64),
                    Contains("the source features is read as VectorSpace(1)") &&
                        Contains("Conv2DSpace(1, 1, 1)"));
}

TEST_CASE("sources, state and updates are found in the same time however many there are",
          "[model][data_specs]") {
  // Processor seconds of adding n names and finding each.
  const auto seconds = [](int n, const auto& add_and_find) {
    std::vector<String> names;
    for (int i = 0; i < n; ++i) names.push_back("name" + to_text(static_cast<long long>(i)));
    const std::clock_t start = std::clock();
    add_and_find(names);
    return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  };
  const auto grows = [&](const char* what, const auto& add_and_find) {
    const double some = seconds(1'000, add_and_find), more = seconds(16'000, add_and_find);
    INFO(what << ": " << some << " s, sixteen times as many: " << more << " s");
    CHECK(more < .2 + 48 * some);  // 256 times where each looks at all others
  };
  grows("sources", [](const std::vector<String>& names) {
    Data data;
    for (const String& name : names) data.add(name, vector_space(2));
    for (const String& name : names) data.add(name, vector_space(2));
    CHECK(data.sources().size() == static_cast<int>(names.size()));
    bool right = true;
    for (std::size_t i = 0; i < names.size(); ++i)
      right = right && data.find(names[i].view()) == &data.sources()[static_cast<int>(i)].signal;
    CHECK(right);
    CHECK(data.find("none") == nullptr);
    CHECK_THROWS_WITH(data.add(names[3], vector_space(3)), Contains("name3"));
  });
  grows("state", [](const std::vector<String>& names) {
    StateList list;
    list.owner("a");
    for (const String& name : names) list.add(name, ir::make_shape(2));
    StateList more = list;
    more.add_once(list);
    CHECK(more.size() == static_cast<int>(names.size()));
    CHECK_THROWS_WITH(more.add(names[5], ir::make_shape(2)), Contains("name5"));
  });
  grows("updates", [](const std::vector<String>& names) {
    UpdateList list;
    for (const String& name : names) list.add(name, AnyExpr(constant(0)), AnyExpr(constant(1)));
    bool right = true;
    for (const String& name : names) right = right && list.find(name.view());
    CHECK(right);
    CHECK(list.find("none") == nullptr);
    list.add(names[0], AnyExpr(constant(0)), AnyExpr(constant(2)));
    CHECK(list.find(names[0].view()) == &list.entries()[0].value);
  });
}
