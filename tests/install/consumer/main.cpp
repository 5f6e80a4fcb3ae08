// A program of a user's own, built against the installed package.
#include <cblas.h>

#include <ansatz/base/version.hpp>
#include <cstdio>
#include <cstring>
#include <dsl/plan/plan.hpp>

int main() {
  // One call of BLAS, to see that the package links it.
  const float a[4] = {1, 2, 3, 4}, b[4] = {1, 0, 0, 1};
  float c[4] = {};
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, 2, 2, 2, 1, a, 2, b, 2, 0, c, 2);
  const bool ok = std::strcmp(ansatz::version, ansatz::library_version()) == 0 &&
                  std::memcmp(a, c, sizeof a) == 0 && ansatz::ir::make_shape(2, 3).rank == 2;
  std::printf("ansatz %s: %s\n", ansatz::library_version(), ok ? "works" : "does not work");
  return ok ? 0 : 1;
}
