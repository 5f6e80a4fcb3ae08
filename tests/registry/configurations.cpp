// Registered configurations: each job file of Pylearn2's finds its program.
#include <ansatz/program/build_programs.hpp>
#include <ansatz/program/configuration.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/session/session.hpp>
#include <dsl/exceptions.hpp>

#include <catch2/catch.hpp>

#include <unistd.h>
#include <algorithm>
#include <filesystem>

namespace {

using namespace ansatz;

const std::string jobs_folder = std::string(ANSATZ_TESTS_FOLDER) + "/jobs/";

struct Case {
  const char* file;
  std::vector<std::string> defines;
  const char* report;
  ElementType precision = ElementType::float32;
};

const std::vector<std::string> data_sizes = {"train_stop=50000", "valid_stop=60000"};
std::vector<std::string> with(std::vector<std::string> more) {
  more.insert(more.end(), data_sizes.begin(), data_sizes.end());
  return more;
}

std::vector<Case> cases() {
  const auto tutorial = with({"dim_h0=500", "max_epochs=3", "save_path=."});
  const auto deep =
      with({"dim_h0=500", "dim_h1=1000", "sparse_init_h1=15", "max_epochs=3", "save_path=."});
  const auto nested = with({"dim_h0=500", "dim_h1=1000", "dim_h2=500", "dim_h3=1000",
                            "sparse_init_h1=15", "max_epochs=3"});
  const std::vector<std::string> search = {"learning_rate=.1", "init_momentum=.5"};
  return {
      {"softmax_regression.yaml", with({"batch_size=10000", "save_path=."}),
       "program: precompiled softmax_regression"},
      {"mlp_part_2.yaml", tutorial, "program: precompiled mlp_part_2"},
      {"mlp_part_3.yaml", deep, "program: precompiled mlp_part_3"},
      {"mlp_part_4.yaml", deep, "program: precompiled mlp_part_4"},
      {"mlp_nested.yaml", nested, "program: precompiled mlp_nested"},
      {"jobman_mlp.yaml", search, "program: precompiled jobman_mlp"},
      {"jobman_mlp.yaml", search, "program: precompiled jobman_mlp", ElementType::float64},
      {"dropout_mnist.yaml", {}, "program: precompiled dropout_mnist"},
      {"dropout_mnist_valid.yaml", {}, "program: precompiled dropout_mnist"},
      {"dropout_mnist_fast.yaml", {}, "program: precompiled dropout_mnist_fast"},
      {"dropout_mnist_valid_fast.yaml", {}, "program: precompiled dropout_mnist_valid_fast"},
      {"maxout_mnist_pi.yaml", {}, "program: precompiled maxout_mnist_pi"},
      {"maxout_mnist.yaml", {}, "program: precompiled maxout_mnist"},
      {"convolutional_network.yaml",
       {"train_stop=50000", "valid_stop=60000", "test_stop=10000", "batch_size=100",
        "output_channels_h2=64", "output_channels_h3=64", "max_epochs=3", "save_path=."},
       "program: precompiled convolutional_network"},
      {"lwta.yaml", {}, "program: precompiled lwta"},
      {"live_monitor_test.yaml", {}, "program: precompiled live_monitor_test"},
      {"test_model.yaml", {}, "program: precompiled mlp_part_2"},
  };
}

}  // namespace

TEST_CASE("configurations: jobs of the tutorials and papers interpret no loop",
          "[registry][configurations]") {
  for (const Case& each : cases()) {
    INFO(each.file);
    LoadOptions options;
    options.check_only = true;
    options.defines = each.defines;
    const Job job = load_job(jobs_folder + each.file, options);
    REQUIRE(job.phases.size() == 1);
    std::string report;
    const JobPrograms programs =
        build_programs(*job.phases[0].train, each.precision, true, &report);
    INFO(report);
    for (const JobProgram& p : programs) {
      INFO(p.name);
      CHECK(p.program->compiled_loops() == p.program->loops());
    }
    CHECK(report == each.report);
  }
}

TEST_CASE("configurations: the second stage of maxout_mnist_pi goes on with the first one's file",
          "[registry][configurations]") {
  const std::string stem =
      (std::filesystem::temp_directory_path() / ("ansatz_stages_" + std::to_string(getpid())))
          .string();
  const auto run = [&](const char* file, std::vector<std::string> more) {
    LoadOptions options;
    options.environment["PYLEARN2_TRAIN_FILE_FULL_STEM"] = stem;
    const std::string digits = "!obj:DrawnDigits { stop: 200 }";
    options.overrides = {"dataset=" + digits, "algorithm.monitoring_dataset.valid=" + digits,
                         "algorithm.monitoring_dataset.test=" + digits};
    options.overrides.insert(options.overrides.end(), more.begin(), more.end());
    const Job job = load_job(jobs_folder + file, options);
    std::string report;
    JobPrograms programs =
        build_programs(*job.phases.at(0).train, ElementType::float32, true, &report);
    CHECK(report == "program: precompiled maxout_mnist_pi");
    Session session(*job.phases[0].train, std::move(programs), {});
    session.run();
    return session.model_file();
  };
  const ModelFile first =
      run("maxout_mnist_pi.yaml",
          {"algorithm.termination_criterion=!obj:EpochCounter { max_epochs: 1 }"});
  const ModelFile second =
      run("maxout_mnist_pi_continued.yaml", {"model.model=!pkl: " + stem + "_best.pkl"});
  // It begins at the first one's best record, and ends below the objective of that.
  REQUIRE(second.monitors.size() == 2);
  CHECK(second.monitors[0].name == "monitor_stage_0");
  const std::vector<double> before = first.monitors.back().at("valid_y_misclass").val_record;
  CHECK(second.monitors[1].at("valid_y_misclass").val_record.front() ==
        *std::min_element(before.begin(), before.end()));
  CHECK(second.monitors[1].at("valid_objective").val_record.back() <=
        second.monitors[0].at("train_objective").val_record.back());
  for (const char* end : {".pkl", "_best.pkl"}) std::filesystem::remove(stem + end);
}

TEST_CASE("configurations: each one of the library has a job file here",
          "[registry][configurations]") {
  const std::vector<Case> tried = cases();
  for (const Configuration* each : configurations()) {
    bool found = false;
    for (const Case& one : tried)
      found = found || one.report == "program: precompiled " + each->name;
    INFO(each->name);
    CHECK(found);
  }
}

TEST_CASE("configurations: a job of other sizes borrows the loops", "[registry][configurations]") {
  LoadOptions options;
  options.check_only = true;
  options.defines =
      with({"dim_h0=33", "dim_h1=7", "sparse_init_h1=3", "max_epochs=3", "save_path=."});
  const Job job = load_job(jobs_folder + "mlp_part_3.yaml", options);
  std::string report;
  const JobPrograms programs =
      build_programs(*job.phases[0].train, ElementType::float32, true, &report);
  CHECK(report.starts_with("run-time plan: "));
  int loops = 0, compiled = 0;
  for (const JobProgram& p : programs)
    loops += p.program->loops(), compiled += p.program->compiled_loops();
  CHECK(loops > 0);
  CHECK(report == "run-time plan: " + std::to_string(compiled) + " of " + std::to_string(loops) +
                      " loops precompiled");
  CHECK(compiled == loops);
}

TEST_CASE("configurations: a name registered twice names both places",
          "[registry][configurations]") {
  Configuration again;
  again.name = configurations().front()->name;
  again.precision = configurations().front()->precision;
  again.file = "other.cpp";
  again.line = 12;
  CHECK_THROWS_WITH(add_configuration(again), Catch::Contains("registered twice") &&
                                                  Catch::Contains(".cpp:") &&
                                                  Catch::Contains("other.cpp:12"));
}
