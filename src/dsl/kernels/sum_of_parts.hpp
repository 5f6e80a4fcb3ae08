// Sums over examples in kernels: their error does not grow with the number of examples.
#pragma once

#include <dsl/kernels/reduce.hpp>

namespace ansatz::kernels {

/// A sum in memory to which parts are added one after the other, such as products of some examples
/// each: 64 of them in the program's precision, and what these come to in double.
template <class T>
class SumOfParts {
 public:
  /// @param to  zeros, to which `parts` parts will be added
  SumOfParts(T* to, long numbers, long parts)
      : to_(to),
        numbers_(numbers),
        parts_(parts),
        sums_(parts > block ? sums_of_blocks(numbers) : nullptr) {}

  /// To be called behind each part; behind the last one `to` holds the sum.
  void added() {
    if (!sums_ || (++done_ % block != 0 && done_ != parts_)) return;
    add_block<T>(sums_, to_, 1, 0, numbers_, done_ <= block);
    for (long i = 0; i < numbers_; ++i) to_[i] = 0;
    if (done_ == parts_) store_sums<T>(sums_, to_, 1, 0, numbers_);
  }

 private:
  static constexpr long block = 64;

  T* to_;
  long numbers_, parts_, done_ = 0;
  double* sums_;
};

}  // namespace ansatz::kernels
