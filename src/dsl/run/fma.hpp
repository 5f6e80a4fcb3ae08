// The fused multiply-add of a register. The library is compiled without contraction, so that every
// a * b + c rounds twice unless it says otherwise here.
#pragma once

#if defined(__FMA__)
#include <immintrin.h>
#endif

#include <dsl/kernels/simd.hpp>

namespace ansatz::kernels {
inline namespace ANSATZ_ISA {

/// a * b + c, rounded once where the processor can.
ANSATZ_INLINE simd<float> fma(simd<float> a, simd<float> b, simd<float> c) {
#if defined(__AVX512F__)
  return simd<float>(_mm512_fmadd_ps(a.v, b.v, c.v), 0);
#elif defined(__FMA__)
  return simd<float>(_mm256_fmadd_ps(a.v, b.v, c.v), 0);
#else
  return a * b + c;
#endif
}
ANSATZ_INLINE simd<double> fma(simd<double> a, simd<double> b, simd<double> c) {
#if defined(__AVX512F__)
  return simd<double>(_mm512_fmadd_pd(a.v, b.v, c.v), 0);
#elif defined(__FMA__)
  return simd<double>(_mm256_fmadd_pd(a.v, b.v, c.v), 0);
#else
  return a * b + c;
#endif
}

}  // namespace ANSATZ_ISA
}  // namespace ansatz::kernels
