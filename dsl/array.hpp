// Arrays as they cross the border of the library: a pointer, what its elements are, dimensions.
#pragma once

#include <cstdint>
#include <type_traits>

#include <dsl/ir/shape.hpp>

namespace ansatz {

/// What an element of a user's array is.
enum class ElementType : std::uint8_t {
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64
};

template <class E>
concept Number = std::is_arithmetic_v<E> && !std::is_same_v<E, long double>;

/// The ElementType of a C++ type; `bool` counts as uint8.
template <Number E>
constexpr ElementType element_type_of() {
  using enum ElementType;
  if constexpr (std::is_floating_point_v<E>) return sizeof(E) == 4 ? float32 : float64;
  constexpr ElementType with_sign[] = {int8, int16, int32, int64};
  constexpr ElementType without[] = {uint8, uint16, uint32, uint64};
  constexpr int log_size = sizeof(E) == 1 ? 0 : sizeof(E) == 2 ? 1 : sizeof(E) == 4 ? 2 : 3;
  return std::is_signed_v<E> ? with_sign[log_size] : without[log_size];
}

/// Bytes of an element.
constexpr int element_size(ElementType type) {
  constexpr int bytes[] = {4, 8, 1, 2, 4, 8, 1, 2, 4, 8};
  return bytes[static_cast<int>(type)];
}

/// Known dimensions, outermost first, at most ir::max_rank. `Dims{100, 784}`.
struct Dims {
  int rank = 0;  ///< may exceed ir::max_rank for an array that has to be refused
  std::int64_t size[ir::max_rank] = {};

  constexpr Dims() = default;
  template <class... N>
    requires(sizeof...(N) > 0 && sizeof...(N) <= ir::max_rank && (std::is_integral_v<N> && ...))
  constexpr Dims(N... n)
      : rank(static_cast<int>(sizeof...(N))), size{static_cast<std::int64_t>(n)...} {}

  constexpr std::int64_t operator[](int axis) const { return size[axis]; }
  constexpr std::int64_t& operator[](int axis) { return size[axis]; }
  constexpr const std::int64_t* begin() const { return size; }
  constexpr const std::int64_t* end() const { return size + rank; }
  constexpr void push_back(std::int64_t n) {
    if (rank < ir::max_rank) size[rank] = n;
    ++rank;
  }
  /// Number of elements.
  constexpr std::int64_t count() const {
    std::int64_t n = 1;
    for (int i = 0; i < rank && i < ir::max_rank; ++i) n *= size[i];
    return n;
  }
  constexpr bool operator==(const Dims& other) const {
    if (rank != other.rank) return false;
    for (int i = 0; i < rank && i < ir::max_rank; ++i)
      if (size[i] != other.size[i]) return false;
    return true;
  }
};

/// Somebody else's array, read only, row-major.
struct ArrayView {
  const void* data = nullptr;
  ElementType type = ElementType::float32;
  Dims dims;
  bool contiguous = true;
};

/// An array given by a pointer and its dimensions: `view(pixels, {100, 784})`.
template <Number E>
constexpr ArrayView view(const E* data, const Dims& dims) {
  return {data, element_type_of<E>(), dims, true};
}

template <class A>
concept ShapedArray = requires(const A& a) {
  *a.data();
  a.shape().begin();
};
template <class A>
concept FlatArray = requires(const A& a) {
  *a.data();
  static_cast<std::int64_t>(a.size());
};

/// Views an array: an ArrayView, anything with `data()` and `shape()` such as the containers,
/// adaptors and views of xtensor, or with `data()` and `size()` such as std::vector and std::span
/// (one dimension). Whether it is contiguous is seen from `strides()`, if there is one.
template <class A>
  requires(std::is_same_v<A, ArrayView> || ShapedArray<A> || FlatArray<A>)
constexpr ArrayView view(const A& a) {
  if constexpr (std::is_same_v<A, ArrayView>) {
    return a;
  } else {
    const auto* data = a.data();
    // xtensor's views answer data() of what they view
    if constexpr (requires { a.data_offset(); }) data += a.data_offset();
    using E = std::remove_cvref_t<decltype(*data)>;
    ArrayView out{data, element_type_of<E>(), {}, true};
    if constexpr (ShapedArray<A>) {
      for (auto n : a.shape()) out.dims.push_back(static_cast<std::int64_t>(n));
    } else {
      out.dims.push_back(static_cast<std::int64_t>(a.size()));
    }
    if constexpr (requires { a.strides().begin(); }) {
      std::int64_t expected = out.dims.count();
      int axis = 0;
      if (expected > 0 && out.dims.rank <= ir::max_rank) {
        for (auto stride : a.strides()) {
          const std::int64_t n = out.dims[axis++];
          expected /= n;
          if (n != 1 && static_cast<std::int64_t>(stride) != expected) out.contiguous = false;
        }
      }
    }
    return out;
  }
}

}  // namespace ansatz
