#include <dsl/kernels/gemm.hpp>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include <omp.h>

#include <catch2/catch.hpp>

#include "hand_plan.hpp"

using namespace ansatz;

namespace {

/// Compares with sums in double; rows of all matrices lie farther apart than they are long, and
/// what lies between them must not change.
template <class T>
void check(bool ta, bool tb, std::int64_t m, std::int64_t n, std::int64_t k, T alpha, T beta) {
  const std::int64_t lda = (ta ? m : k) + 3, ldb = (tb ? n == 0 ? 1 : k : n) + 2, ldc = n + 5;
  const auto a = hand::numbers<T>(static_cast<std::size_t>((ta ? k : m) * lda + 1), 1);
  const auto b = hand::numbers<T>(static_cast<std::size_t>((tb ? n : k) * ldb + 1), 2);
  auto c = hand::numbers<T>(static_cast<std::size_t>(m * ldc + 1), 3);
  const T nan = std::numeric_limits<T>::quiet_NaN();
  if (beta == T(0))
    for (T& x : c) x = nan;
  const auto before = c;
  gemm(ta, tb, m, n, k, alpha, a.data(), lda, b.data(), ldb, beta, c.data(), ldc);
  CAPTURE(ta, tb, m, n, k, alpha, beta);
  const double tolerance = static_cast<double>(std::numeric_limits<T>::epsilon() * T(k + 2)) * 2;
  std::int64_t wrong = 0;
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      double sum = 0;
      for (std::int64_t p = 0; p < k; ++p)
        sum += static_cast<double>(a[static_cast<std::size_t>(ta ? p * lda + i : i * lda + p)]) *
               static_cast<double>(b[static_cast<std::size_t>(tb ? j * ldb + p : p * ldb + j)]);
      const auto at = static_cast<std::size_t>(i * ldc + j);
      const double old = beta == T(0) ? 0 : static_cast<double>(beta * before[at]);
      wrong += !(std::abs(static_cast<double>(c[at]) - (alpha * sum + old)) <= tolerance);
    }
    for (std::int64_t j = n; j < ldc; ++j) {
      const auto at = static_cast<std::size_t>(i * ldc + j);
      wrong += !(c[at] == before[at] || std::isnan(c[at]));
    }
  }
  CHECK(wrong == 0);
}

}  // namespace

TEMPLATE_TEST_CASE("gemm: gives alpha op(A) op(B) + beta C for every size and layout",
                   "[run][gemm]", float, double) {
  for (const bool ta : {false, true})
    for (const bool tb : {false, true})
      for (const std::int64_t m : {1, 2, 15, 37})
        for (const std::int64_t n : {1, 3, 8, 10, 16, 17, 33})
          for (const std::int64_t k : {1, 5, 64, 300}) {
            check<TestType>(ta, tb, m, n, k, 1, 0);
            check<TestType>(ta, tb, m, n, k, TestType(-0.5), TestType(0.75));
          }
  // beyond the blocks of the narrow products
  check<TestType>(false, false, 300, 10, 1100, 1, 1);
  check<TestType>(true, false, 70, 10, 1100, TestType(0.5), 1);
  check<TestType>(true, false, 31, 1, 600, 1, 0);
}

TEMPLATE_TEST_CASE("gemm: empty dimensions", "[run][gemm]", float, double) {
  for (const bool t : {false, true}) {
    check<TestType>(t, t, 0, 4, 3, 1, 0);
    check<TestType>(t, t, 4, 0, 3, 1, 0);
    check<TestType>(t, t, 4, 5, 0, 1, 0);
    check<TestType>(t, t, 4, 5, 0, 1, TestType(0.5));
    check<TestType>(t, t, 0, 0, 0, 1, 1);
  }
}

TEST_CASE("gemm: the rows of one may have no distance", "[run][gemm]") {
  const auto a = hand::numbers<float>(30), b = hand::numbers<float>(30 * 20, 2);
  std::vector<float> c(20), wanted(20);
  gemm<float>(false, false, 1, 20, 30, 1, a.data(), 0, b.data(), 20, 0, c.data(), 0);
  gemm<float>(false, false, 1, 20, 30, 1, a.data(), 30, b.data(), 20, 0, wanted.data(), 20);
  CHECK(c == wanted);
}

TEST_CASE("gemm: a narrow product has the same bits in shares of its rows", "[run][gemm]") {
  const std::int64_t m = 101, k = 300, n = 16;
  const auto a = hand::numbers<float>(m * k), b = hand::numbers<float>(k * n, 2);
  std::vector<float> whole(m * n), parts(m * n);
  for (const bool ta : {false, true}) {
    const std::int64_t lda = ta ? m : k;
    gemm<float>(ta, false, m, n, k, 1, a.data(), lda, b.data(), n, 0, whole.data(), n);
    for (std::int64_t i = 0; i < m; i += 23) {
      const std::int64_t rows = std::min<std::int64_t>(23, m - i);
      gemm<float>(ta, false, rows, n, k, 1, a.data() + i * (ta ? 1 : lda), lda, b.data(), n, 0,
                  parts.data() + i * n, n);
    }
    CHECK(whole == parts);
  }
}

TEST_CASE("gemm: callers in a parallel region compute alone", "[run][gemm]") {
  const std::int64_t n = 200;
  const auto a = hand::numbers<float>(n * n), b = hand::numbers<float>(n * n, 2);
  std::vector<float> alone(n * n), c[2];
  const int before = omp_get_max_threads();
  omp_set_num_threads(1);
  gemm<float>(false, false, n, n, n, 1, a.data(), n, b.data(), n, 0, alone.data(), n);
  omp_set_num_threads(before);
#pragma omp parallel num_threads(2)
  {
    auto& mine = c[omp_get_thread_num() % 2];
    mine.resize(n * n);
    gemm<float>(false, false, n, n, n, 1, a.data(), n, b.data(), n, 0, mine.data(), n);
  }
  CHECK(c[0] == alone);
  CHECK((c[1].empty() || c[1] == alone));
}

TEST_CASE("gemm: the kernels in use have a name", "[run][gemm]") {
  CHECK(std::string(blas_kernels()) != "");
  CHECK(std::string(blas_warning()).find('\n') == std::string::npos);
  // A processor that OpenBLAS does not know has kernels of its kind all the same.
  const char* const pin = std::getenv("OPENBLAS_CORETYPE");
  __builtin_cpu_init();
  if ((!pin || !*pin) && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    for (const char* slow : {"Prescott", "Core2", "Nehalem", "Sandybridge", "Unknown"})
      CHECK(std::string(blas_kernels()) != slow);
}
