#include <ansatz/program/build_programs.hpp>
#include <ansatz/session/run.hpp>

namespace ansatz {

Trained train::run_with(const Train& job, JobPrograms programs, const RunOptions& options) {
  Session session(job, std::move(programs), options);
  session.take(options.settings);
  Trained t;
  t.end = session.run();
  t.store = session.store();
  t.records = session.records();
  t.model = session.model_file();
  return t;
}

// Here and not in the header, so that a program that trains need not compile Session.
template <class T>
Trained train::run_lowered(const Train& job, const RunOptions& options) {
  return run_with(job, build_programs(job, element_type_of<T>()), options);
}

template Trained train::run_lowered<float>(const Train&, const RunOptions&);
template Trained train::run_lowered<double>(const Train&, const RunOptions&);

}  // namespace ansatz
