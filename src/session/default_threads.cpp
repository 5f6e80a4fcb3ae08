#include "default_threads.hpp"

#include <dsl/threads.hpp>

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>

namespace ansatz {

namespace {
constexpr double least_work_of_thread = 5e6;
}

double work_of(const ir::PlanView& plan, std::int64_t examples) {
  double sum = 0;
  for (int i = 0; i < plan.steps.size; ++i) {
    const ir::Count& count = plan.steps[i].flops;
    sum += static_cast<double>(count.n) * (count.extent ? static_cast<double>(examples) : 1.);
  }
  return sum;
}

int threads_for(double work) {
  const double shares = std::min(work / least_work_of_thread, 1024.);
  const int most = std::min(static_cast<int>(shares), omp_get_max_threads());
  return most > 1 ? available_threads(most) : 1;
}

std::string why_one_thread(double work) {
  if (work >= 2 * least_work_of_thread) return "the process may use no more";
  return fmt::format("steps have {:.1f} million operations", work / 1e6);
}

}  // namespace ansatz
