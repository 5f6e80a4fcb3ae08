// Parameters and results as arrays of xtensor, without a copy.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include <xtensor/xadapt.hpp>

#include <dsl/program.hpp>

namespace ansatz {

/// The dimensions as xtensor takes them.
inline std::vector<std::size_t> xtensor_shape(const Dims& dims) {
  return std::vector<std::size_t>(dims.begin(), dims.end());
}

/// A result of numbers, valid until the next call of its program. ValueError for labels.
template <class T>
auto as_xtensor(const Result<T>& result) {
  return xt::adapt(result.data(), static_cast<std::size_t>(result.size()), xt::no_ownership(),
                   xtensor_shape(result.shape()));
}

/// A result of labels (32-bit integers), valid until the next call of its program.
template <class T>
auto labels_as_xtensor(const Result<T>& result) {
  return xt::adapt(result.labels(), static_cast<std::size_t>(result.size()), xt::no_ownership(),
                   xtensor_shape(result.shape()));
}

/// A tensor of a store; writing to it changes the store. ValueError if it is not of type T.
template <class T>
auto as_xtensor(const Store& store, std::string_view name) {
  const Dims& dims = store.shape(name);
  return xt::adapt(store.data<T>(name), static_cast<std::size_t>(dims.count()), xt::no_ownership(),
                   xtensor_shape(dims));
}

}  // namespace ansatz
