// LWTA: of each block of units only the largest passes; z = x W + b
#pragma once

#include <ansatz/model/layers/linear.hpp>

namespace ansatz {

/// Local winner-take-all (Srivastava et al. 2013, "Compete to compute"): the largest z of each
/// block of block_size units stays as it is, the others become 0. Of equal units the last wins (in
/// the paper the first). The cost is Linear's.
template <int N = any>
class LWTA : public Linear<N> {
 public:
  static constexpr const char* yaml = "pylearn2.models.lwta.LWTA";
  static constexpr const char* doc =
      "layer in which the winner of each block passes (local winner takes all)";
  int block_size = 0;

  constexpr LWTA() = default;
  template <class D, KeyOf<LWTA>... O>
  constexpr LWTA(const char* name, D size, const O&... options) : Linear<N>(name, size) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    Linear<N>::keys(key);
    key.required("block_size", &LWTA::block_size, "units of a block; dim is a multiple of it")
        .at_least(1);
  }

  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    if (block_size < 1 || this->units() % block_size != 0)
      this->refuse("dim must be a multiple of block_size, and that at least 1");
    return Linear<N>::output_space(input);
  }

  constexpr AnyExpr activation(const Place&, const AnyExpr& z) const override {
    const int units_here = this->units();
    const AnyExpr blocks =
        signals::reshaped(z, ir::make_shape(units_here / block_size, block_size));
    const AnyExpr winner = last_of_largest(blocks, block_size);
    return signals::reshaped(where(winner, blocks, 0), ir::make_shape(units_here));
  }

 private:
  // 1 where the last axis of x [.., .., n] has its largest element, the last of equal ones; 1
  // everywhere next to a NaN, which then stays one.
  static constexpr AnyExpr last_of_largest(const AnyExpr& x, int n) {
    const AnyExpr fixed = stop_gradient(x);
    const AnyExpr place =
        where(fixed == max(fixed, axis<-1>, keep_axes), AnyExpr(ir::positions(n)), -1);
    return place == max(place, axis<-1>, keep_axes);
  }
};
template <class D, class... O>
LWTA(const char*, D, O...) -> LWTA<ir::dim_of<D>()>;

}  // namespace ansatz
