// What a job records.
#pragma once

#include <ansatz/program/build_programs.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/session/session.hpp>

#include <string>

namespace ansatz::testing {

inline MonitorRecords records_of(const std::string& text) {
  const Job job = load_job_text("job.yaml", text);
  Session session(*job.phases.at(0).train,
                  build_programs(*job.phases.at(0).train, ElementType::float64), {});
  session.run();
  return session.records();
}

}  // namespace ansatz::testing
