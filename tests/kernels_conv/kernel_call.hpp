// Calls the kernel of an op without a program around it.
#pragma once

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <dsl/ir/graph.hpp>

namespace kernel_test {

using ansatz::ir::Attr;
using ansatz::ir::Shape;

template <class T>
struct Array {
  Shape shape;
  std::vector<T> values;
  std::vector<std::int32_t> labels;

  const T& operator[](long i) const { return values[static_cast<std::size_t>(i)]; }
  T& operator[](long i) { return values[static_cast<std::size_t>(i)]; }
};

inline std::size_t count_of(const Shape& s) {
  std::size_t n = 1;
  for (int k = 0; k < s.rank; ++k) n *= static_cast<std::size_t>(s[k]);
  return n;
}

template <class T>
Array<T> zeros(const Shape& s) {
  return {s, std::vector<T>(count_of(s)), {}};
}

/// Numbers in [-1, 1), the same for every precision; multiples of 1/64 have many ties.
template <class T>
Array<T> random_array(const Shape& s, unsigned seed, bool coarse = false) {
  Array<T> a = zeros<T>(s);
  std::mt19937 engine(seed);
  for (T& v : a.values) {
    const double u = engine() / 2147483648.0 - 1;
    v = static_cast<T>(coarse ? std::round(u * 4) / 4 : std::round(u * 4096) / 4096);
  }
  return a;
}

template <class T>
Array<T> labels_array(const Shape& s, std::vector<std::int32_t> labels) {
  return {s, {}, std::move(labels)};
}

/// The result of an op's kernel. Fails if it writes beyond its result or its scratch; a number it
/// leaves unwritten is NaN. Of an op that has parts, those wanted; by default all.
template <class T>
Array<T> call(const ansatz::ir::OpInfo& op, const Attr& attr, const std::vector<Array<T>>& in,
              long part_begin = 0, long part_end = -1) {
  using namespace ansatz;
  std::vector<Shape> shapes;
  for (const Array<T>& a : in) shapes.push_back(a.shape);
  const int count = static_cast<int>(in.size());
  const ir::ShapeResult result = op.shape(shapes.data(), count, attr);
  REQUIRE((result.error ? result.error : "") == std::string());

  constexpr std::size_t fence = 32;
  const T unwritten = std::numeric_limits<T>::quiet_NaN(), mark = T(12345);
  const std::size_t size = count_of(result.shape);
  std::vector<T> out(size + fence, unwritten);
  const std::size_t scratch_size =
      op.scratch ? static_cast<std::size_t>(op.scratch(shapes.data(), count, attr)) : 0;
  std::vector<T> scratch(scratch_size + fence, mark);
  std::vector<const void*> pointers;
  std::vector<long> dims(static_cast<std::size_t>(count + 1) * ir::max_rank);
  std::vector<int> ranks;
  const auto put_dims = [&](const Shape& s, int at) {
    for (int k = 0; k < s.rank; ++k) dims[static_cast<std::size_t>(at * ir::max_rank + k)] = s[k];
  };
  for (int k = 0; k < count; ++k) {
    const Array<T>& a = in[static_cast<std::size_t>(k)];
    pointers.push_back(a.labels.empty() ? static_cast<const void*>(a.values.data())
                                        : a.labels.data());
    ranks.push_back(a.shape.rank);
    put_dims(a.shape, k);
  }
  put_dims(result.shape, count);
  const auto rows = reinterpret_cast<const long(*)[ir::max_rank]>(dims.data());
  ir::KernelArgs<T> args{pointers.data(), out.data(),        rows,  ranks.data(),
                         rows[count],     result.shape.rank, &attr, scratch.data()};
  args.part_begin = part_begin;
  args.part_end = part_end;
  if constexpr (sizeof(T) == 4)
    op.kernel_float(args);
  else
    op.kernel_double(args);
  for (std::size_t i = 0; i < fence; ++i) {
    REQUIRE(std::isnan(out[size + i]));
    REQUIRE(scratch[scratch_size + i] == mark);
  }
  out.resize(size);
  return {result.shape, out, {}};
}
template <class Op, class T>
Array<T> call(const Attr& attr, const std::vector<Array<T>>& in) {
  return call<T>(*ansatz::ir::info_of<Op>, attr, in);
}

/// Largest distance, NaN where one of both has a number and the other has none.
template <class T>
double distance(const std::vector<T>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(b[i]) && std::isnan(a[i])) continue;
    if (static_cast<double>(a[i]) == b[i]) continue;
    const double d = std::abs(static_cast<double>(a[i]) - b[i]);
    if (std::isnan(d)) return d;
    largest = std::max(largest, d);
  }
  return largest;
}

template <class T>
double dot(const Array<T>& a, const Array<T>& b) {
  REQUIRE(a.values.size() == b.values.size());
  double sum = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i) sum += double(a.values[i]) * b.values[i];
  return sum;
}

/// Precision of comparisons: products of a few hundred numbers below 1.
template <class T>
inline constexpr double tolerance = sizeof(T) == 4 ? 1e-4 : 1e-12;

}  // namespace kernel_test
