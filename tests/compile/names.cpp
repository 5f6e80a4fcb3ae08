// What of a job reaches the compiler.
#include "../../src/compile/generate.hpp"
#include "cache.hpp"

#include <ansatz/program/build_programs.hpp>
#include <ansatz/registry/job.hpp>
#include <dsl/build.hpp>
#include <dsl/ops/activation/tanh.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/exp.hpp>
#include <dsl/ops/reduce/sum.hpp>

#include <catch2/catch.hpp>

#include <regex>
#include <sstream>

using namespace ansatz;
using ansatz::testing::Folder;

namespace {

/// Nothing but what the generator itself writes: numbers, its own words, names of ops.
void require_harmless(const std::string& text) {
  const std::regex row(R"([{}()CLWDK0-9,\- ]*(op<ops::[A-Za-z0-9]+>|nullptr)?[{}0-9,\-; ]*)");
  const std::regex include(R"(#include <(ansatz|dsl)/[a-z0-9_/]+\.hpp>)");
  const std::regex name(R"(  "([a-z0-9_]+/[0-9]+\\0)?";?)");
  std::istringstream lines(text);
  int rows = 0;
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    if (line.starts_with("#")) REQUIRE(std::regex_match(line, include));
    if (line.starts_with("{")) REQUIRE((++rows, std::regex_match(line, row)));
    if (line.find('"') != line.npos && !line.starts_with("extern"))
      REQUIRE(std::regex_match(line, name));
    for (const char* word : {"passwd", "$(", "`", "evil", "\\n", "system"})
      REQUIRE(line.find(word) == line.npos);
  }
  REQUIRE(rows > 3);
}

const char* const job_text = R"(
!obj:Train {
  dataset: &train !obj:DrawnDigits { stop: 40 },
  model: !obj:MLP {
    nvis: 784,
    layers: [ !obj:Tanh { layer_name: h, dim: 4, irange: .05 },
              !obj:Softmax { layer_name: y, n_classes: 10, irange: 0. } ]
  },
  algorithm: !obj:SGD {
    learning_rate: .1, batch_size: 10, monitoring_dataset: *train,
    learning_rule: !obj:AdaDelta {},
    termination_criterion: !obj:EpochCounter { max_epochs: 1 }
  }
})";

}  // namespace

TEST_CASE("compile: no name of a job reaches the compiler", "[compile]") {
  const std::string names[] = {"a\"); system(\"evil\"); //", "$(touch evil)`evil`",
                               "x\n#include </etc/passwd>\n", "\\\";#include \"passwd\"\\n"};
  const auto x = input<VectorSpace<4>>(names[0].c_str());
  const auto y = tanh(x) + input<VectorSpace<4>>(names[1].c_str());
  const Program<float> p =
      build(function(output(names[2].c_str(), y), output(names[3].c_str(), sum(exp(y)))));
  const compiling::Census census = compiling::census_of({p.plan()}, 4);
  REQUIRE(census.missing > 0);
  require_harmless(compiling::generate(census.to_compile, 4));
}

TEST_CASE("compile: a job from YAML, whatever its names, runs without the interpreter",
          "[compile][job]") {
  const Folder folder;
  const auto job_of = [](const char* layer_name) {
    LoadOptions options;
    options.overrides = {std::string("model.layers.h.layer_name=") + layer_name};
    return load_job_text("job.yaml", job_text, options);
  };
  CompileOptions options;
  options.cache_folder = folder.cache();
  const char* const with_line_ends = R"("h\n#include </etc/passwd>\n")";
  REQUIRE_THROWS_WITH(job_of(with_line_ends), Catch::Contains("text without line ends"));
  REQUIRE_THROWS_WITH(job_of(R"("h\"); $(touch evil) `evil` #include </etc/passwd>")"),
                      Catch::Contains("cannot have that name"));
  const Job hostile = job_of("\"-..\"");  // what names may have that is no word of C++
  const Train& train = *hostile.phases.at(0).train;
  REQUIRE(load_cached_loops(train, ElementType::float64, options).interpreted > 0);
  const CompileReport report = compile_missing_loops(train, ElementType::float64, options);
  REQUIRE(report.made);
  REQUIRE(report.interpreted == 0);
  require_harmless(ansatz::testing::read_file(folder.find(".cpp")));

  // Names are not part of a loop: the same job with others needs nothing more.
  const Job plain = job_of("h0");
  REQUIRE(load_cached_loops(*plain.phases.at(0).train, ElementType::float64, options).present ==
          report.loops);
  for (const JobProgram& p : build_programs(*plain.phases.at(0).train, ElementType::float64)) {
    CAPTURE(p.name);
    REQUIRE(p.program->compiled_loops() == p.program->loops());
  }
}
