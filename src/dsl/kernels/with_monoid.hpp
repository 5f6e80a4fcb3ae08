// From a monoid that a loop's table names to code for it.
#pragma once

#include <dsl/kernels/isa.hpp>
#include <dsl/plan/plan.hpp>

namespace ansatz::kernels {

/// f, with the monoid as a constant.
template <class F>
ANSATZ_INLINE void with_monoid(ir::Monoid m, F f) {
  switch (m) {
    case ir::Monoid::sum:
      return f.template operator()<ir::Monoid::sum>();
    case ir::Monoid::max:
      return f.template operator()<ir::Monoid::max>();
    case ir::Monoid::min:
      return f.template operator()<ir::Monoid::min>();
    case ir::Monoid::argmax:
      return f.template operator()<ir::Monoid::argmax>();
    case ir::Monoid::argmin:
      return f.template operator()<ir::Monoid::argmin>();
  }
}

}  // namespace ansatz::kernels
