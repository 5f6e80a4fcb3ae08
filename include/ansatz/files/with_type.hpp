// An element type as a C++ number.
#pragma once

#include <ansatz/files/npz.hpp>

#include <cstdint>
#include <vector>

namespace ansatz::data {

/// Calls `use` with a number of the type.
template <class Use>
auto with_type(ElementType type, Use use) {
  switch (type) {
    case ElementType::float32:
      return use(float{});
    case ElementType::float64:
      return use(double{});
    case ElementType::int8:
      return use(std::int8_t{});
    case ElementType::int16:
      return use(std::int16_t{});
    case ElementType::int32:
      return use(std::int32_t{});
    case ElementType::int64:
      return use(std::int64_t{});
    case ElementType::uint8:
      return use(std::uint8_t{});
    case ElementType::uint16:
      return use(std::uint16_t{});
    case ElementType::uint32:
      return use(std::uint32_t{});
    case ElementType::uint64:
      return use(std::uint64_t{});
  }
  __builtin_unreachable();
}

/// The elements of an array as numbers of another type.
template <class To>
std::vector<To> numbers_of(const NpzArray& array) {
  return with_type(array.type, [&]<class From>(From) {
    const From* const from = array.data<From>();
    std::vector<To> out(static_cast<std::size_t>(array.size()));
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<To>(from[i]);
    return out;
  });
}

}  // namespace ansatz::data
