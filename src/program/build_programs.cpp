#include <ansatz/program/build_programs.hpp>

#include <ansatz/program/configuration.hpp>
#include <dsl/build.hpp>

#include <fmt/format.h>

namespace ansatz {

namespace {

// By the plans, not by names: a job of one's own may come to the same programs.
bool is_program_of(const JobPrograms& programs, const Configuration& c, ElementType precision) {
  if (c.precision != static_cast<unsigned long>(element_size(precision)) ||
      c.functions.size() != programs.size())
    return false;
  for (std::size_t i = 0; i < programs.size(); ++i)
    if (!same_plan(programs[i].program->plan(), c.functions[i].plan)) return false;
  return true;
}

std::string report_on(const JobPrograms& programs, ElementType precision) {
  for (const Configuration* each : configurations())
    if (is_program_of(programs, *each, precision))
      return fmt::format("program: precompiled {}", each->name);
  int loops = 0, compiled = 0;
  for (const JobProgram& each : programs) {
    loops += each.program->loops();
    compiled += each.program->compiled_loops();
  }
  return fmt::format("run-time plan: {} of {} loops precompiled", compiled, loops);
}

}  // namespace

JobPrograms build_programs(const Train& job, ElementType precision, bool compiled_loops,
                           std::string* report) {
  if (compiled_loops) (void)configurations();  // they lend their loops
  JobPrograms programs;
  const BuildOptions options{.compiled_loops = compiled_loops};
  for (const NamedFunction& f : job.functions()) {
    std::unique_ptr<AnyProgram> program;
    if (precision == ElementType::float64)
      program = erase(build<double>(f.function, options));
    else
      program = erase(build<float>(f.function, options));
    programs.push_back({f.name.c_str(), std::move(program)});
  }
  if (report) *report = report_on(programs, precision);
  return programs;
}

}  // namespace ansatz
