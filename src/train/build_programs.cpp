#include <ansatz/train/build_programs.hpp>

#include <dsl/build.hpp>

namespace ansatz {

JobPrograms build_programs(const Train& job, ElementType precision, bool compiled_loops) {
  JobPrograms programs;
  const BuildOptions options{.compiled_loops = compiled_loops};
  for (int i = 0; i < job.function_count(); ++i) {
    const NamedFunction f = job.function(i);
    std::unique_ptr<AnyProgram> program;
    if (precision == ElementType::float64)
      program = erase(build<double>(f.function, options));
    else
      program = erase(build<float>(f.function, options));
    programs.push_back({f.name.c_str(), std::move(program)});
  }
  return programs;
}

}  // namespace ansatz
