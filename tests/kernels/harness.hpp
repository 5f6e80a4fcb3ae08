// Runs a loop three ways: compiled, interpreted, and by a plain reading of ir::Loop in double.
#pragma once

#include <catch2/catch.hpp>
#include <cstring>
#include <dsl/kernels/interpret.hpp>
#include <random>
#include <vector>

#include "ops.hpp"

namespace kernel_test {

/// The memory of a loop's operands, and how it walks there.
template <class T>
class Data {
 public:
  Data(std::vector<std::int64_t> outer, std::int64_t inner)
      : outer_(std::move(outer)), inner_(inner), random_(42) {}

  std::int64_t rows() const {
    std::int64_t n = 1;
    for (std::int64_t d : outer_) n *= d;
    return n;
  }
  std::int64_t inner() const { return inner_; }
  const std::vector<std::int64_t>& outer() const { return outer_; }

  /// New operands. Strides: one an outer dimension, then the inner one.
  int numbers(std::int64_t count, std::vector<std::int64_t> stride, std::int64_t offset = 0) {
    std::vector<T> x(count);
    std::uniform_real_distribution<double> unit(-3, 3);
    for (T& t : x) t = static_cast<T>(unit(random_));
    reals_.push_back(std::move(x));
    return add({0, static_cast<int>(reals_.size()) - 1, offset, std::move(stride), 0});
  }
  int labels(std::int64_t count, int classes, std::vector<std::int64_t> stride,
             std::int64_t offset = 0) {
    std::vector<std::int32_t> x(count);
    for (auto& t : x) t = std::uniform_int_distribution<int>(0, classes - 1)(random_);
    integers_.push_back(std::move(x));
    return add({1, static_cast<int>(integers_.size()) - 1, offset, std::move(stride), 0});
  }
  /// Another operand in the memory of one there is.
  int same(int arg, std::vector<std::int64_t> stride, std::int64_t offset = 0) {
    return add({args_[arg].kind, args_[arg].buffer, offset, std::move(stride), 0});
  }
  int positions(std::int64_t first, std::vector<std::int64_t> stride, int site = 0) {
    return add({2, -1, first, std::move(stride), site});
  }

  /// The rows of a matrix without gaps.
  std::vector<std::int64_t> dense() const {
    std::vector<std::int64_t> s(outer_.size() + 1, 1);
    std::int64_t next = inner_;
    for (std::size_t d = outer_.size(); d-- > 0; next *= outer_[d]) s[d] = next;
    return s;
  }
  std::vector<std::int64_t> per_row() const {
    std::vector<std::int64_t> s(outer_.size() + 1, 0);
    std::int64_t next = 1;
    for (std::size_t d = outer_.size(); d-- > 0; next *= outer_[d]) s[d] = next;
    return s;
  }
  std::vector<std::int64_t> per_column(std::int64_t stride = 1) const {
    std::vector<std::int64_t> s(outer_.size() + 1, 0);
    s.back() = stride;
    return s;
  }
  std::vector<std::int64_t> single() const {
    return std::vector<std::int64_t>(outer_.size() + 1, 0);
  }
  int matrix() { return numbers(rows() * inner_, dense()); }
  int row_vector() { return numbers(inner_, per_column()); }
  int column_vector() { return numbers(rows(), per_row()); }
  int number() { return numbers(1, single()); }
  /// Memory of one row for spills; what is left there does not matter.
  int scratch() {
    const int arg = row_vector();
    scratch_ = args_[arg].buffer;
    return arg;
  }

  std::vector<T>& reals(int arg) { return reals_[args_[arg].buffer]; }
  std::vector<std::int32_t>& integers(int arg) { return integers_[args_[arg].buffer]; }

  std::vector<ir::LoopArg> resolve() {
    std::vector<ir::LoopArg> out;
    for (const Arg& a : args_) {
      ir::LoopArg arg{};
      if (a.kind == 0) arg.pointer = reals_[a.buffer].data() + a.offset;
      if (a.kind == 1) arg.pointer = integers_[a.buffer].data() + a.offset;
      if (a.kind == 2) arg.position = a.offset;
      for (std::size_t d = 0; d < outer_.size(); ++d) arg.stride[d] = a.stride[d];
      arg.stride[ir::inner_axis] = a.stride.back();
      arg.site = a.site;
      out.push_back(arg);
    }
    return out;
  }

  bool same_bits(const Data& other) const {
    for (std::size_t b = 0; b < reals_.size(); ++b) {
      for (std::size_t i = 0; i < reals_[b].size() && static_cast<int>(b) != scratch_; ++i) {
        const T x = reals_[b][i], y = other.reals_[b][i];
        if (x != x && y != y) continue;
        if (std::memcmp(&x, &y, sizeof(T)) != 0) return false;
      }
    }
    return integers_ == other.integers_;
  }
  /// The largest difference, relative to what is above 1; a NaN against a number is infinite.
  double distance(const Data& other) const {
    double worst = 0;
    for (std::size_t b = 0; b < reals_.size(); ++b) {
      for (std::size_t i = 0; i < reals_[b].size() && static_cast<int>(b) != scratch_; ++i) {
        const double x = static_cast<double>(reals_[b][i]);
        const double y = static_cast<double>(other.reals_[b][i]);
        if (x == y || (x != x && y != y)) continue;
        const double d = std::fabs(x - y) / std::fmax(1, std::fabs(y));
        worst = d >= 0 ? std::fmax(worst, d) : HUGE_VAL;
      }
    }
    return integers_ == other.integers_ ? worst : HUGE_VAL;
  }

 private:
  struct Arg {
    int kind, buffer;
    std::int64_t offset;
    std::vector<std::int64_t> stride;
    int site;
  };
  int add(Arg a) {
    args_.push_back(std::move(a));
    return static_cast<int>(args_.size()) - 1;
  }

  std::vector<std::int64_t> outer_;
  std::int64_t inner_;
  std::mt19937 random_;
  std::vector<std::vector<T>> reals_;
  std::vector<std::vector<std::int32_t>> integers_;
  std::vector<Arg> args_;
  int scratch_ = -1;
};

inline const ir::RandomKey key{0x123456789abcdefull, 17, 3};

/// A call over everything; `args` must outlive it.
template <class Source, class T>
ir::LoopCall call_of(const Data<T>& data, const std::vector<ir::LoopArg>& args) {
  ir::LoopCall call{};
  call.args = args.data();
  call.code = Source::plan.code;
  call.roots = Source::plan.roots;
  call.loop = Source::plan.loops;
  call.outer_rank = static_cast<int>(data.outer().size());
  for (int d = 0; d < call.outer_rank; ++d) call.outer[d] = data.outer()[d];
  call.inner = call.column_end = data.inner();
  call.row_end = data.rows();
  call.random = key;
  return call;
}

// ---------------------------------------------------------------- the plain reading

template <class Source, class T>
class Reference {
 public:
  explicit Reference(const ir::LoopCall& call) : call_(call), loop_(call.loop[0]) {}

  void run() {
    const std::int64_t columns = call_.inner, rows = call_.row_end;
    std::vector<std::vector<double>> v(loop_.instrs, std::vector<double>(columns + 1));
    std::vector<std::vector<Best>> by_column(loop_.roots, std::vector<Best>(columns));
    std::vector<Best> all(loop_.roots);
    for (int i = 0; i < loop_.instrs; ++i) {
      if (code(i).level == ir::Level::uniform) compute(v, i, 0, 0);
    }
    for (std::int64_t r = 0; r < rows; ++r) {
      for (int p = 0; p <= loop_.phases; ++p) {
        for (int i = 0; i < loop_.instrs; ++i) {
          if (code(i).code != ir::Code::reduce && code(i).phase == p && !full(i) &&
              code(i).level == ir::Level::row) {
            compute(v, i, r, 0);
          }
        }
        for (std::int64_t c = 0; c < columns; ++c) {
          for (int i = 0; i < loop_.instrs; ++i) {
            if (full(i) && code(i).phase == p) compute(v, i, r, c);
          }
          for (int q = 0; q < loop_.roots; ++q) {
            const int value = root(q).value;
            if (!full(value) || code(value).phase != p) continue;
            if (root(q).kind == ir::RootKind::store) put(q, r, c, v[value][c]);
            if (root(q).kind == ir::RootKind::reduce_rows)
              by_column[q][c].join(v[value][c], r, m(q));
            if (root(q).kind == ir::RootKind::reduce_all) {
              all[q].join(v[value][c], r * columns + c, m(q));
            }
          }
        }
        for (int i = 0; i < loop_.instrs; ++i) {
          if (code(i).code != ir::Code::reduce || code(i).phase != p) continue;
          Best best;
          const auto monoid = static_cast<ir::Monoid>(code(i).variant);
          for (std::int64_t c = 0; c < columns; ++c) best.join(get(v, code(i).in[0], c), c, monoid);
          v[i][0] = best.result(monoid);
        }
      }
      for (int q = 0; q < loop_.roots; ++q) {
        const int value = root(q).value;
        if (full(value)) continue;
        if (root(q).kind == ir::RootKind::store) put(q, r, 0, v[value][0]);
        if (root(q).kind == ir::RootKind::reduce_all) all[q].join(v[value][0], r, m(q));
      }
    }
    for (int q = 0; q < loop_.roots; ++q) {
      if (root(q).kind == ir::RootKind::reduce_all) put(q, 0, 0, all[q].result(m(q)));
      for (std::int64_t c = 0; c < columns && root(q).kind == ir::RootKind::reduce_rows; ++c) {
        put(q, 0, c, by_column[q][c].result(m(q)));
      }
    }
  }

 private:
  struct Best {
    double sum = 0, value = 0;
    std::int64_t position = -1;
    void join(double x, std::int64_t at, ir::Monoid monoid) {
      sum += x;
      const bool better = kernels::finds_maximum(monoid) ? x > value : x < value;
      if (position < 0 || better || (x != x && value == value)) value = x, position = at;
    }
    double result(ir::Monoid monoid) const {
      if (monoid == ir::Monoid::sum) return sum;
      if (kernels::finds_position(monoid)) return position < 0 ? 0 : static_cast<double>(position);
      if (position < 0) return kernels::identity<double>(monoid);
      return value;
    }
  };

  static const ir::Instr& code(int i) { return Source::plan.code[i]; }
  static const ir::Root& root(int r) { return Source::plan.roots[r]; }
  static bool full(int i) {
    return code(i).level == ir::Level::full && code(i).code != ir::Code::reduce;
  }
  static ir::Monoid m(int q) { return static_cast<ir::Monoid>(root(q).variant); }

  std::int64_t offset(int arg, std::int64_t r, std::int64_t c) const {
    std::int64_t at = c * call_.args[arg].stride[ir::inner_axis];
    for (int d = call_.outer_rank - 1; d >= 0 && r > 0; --d) {
      at += r % call_.outer[d] * call_.args[arg].stride[d];
      r /= call_.outer[d];
    }
    return at;
  }
  static double get(const std::vector<std::vector<double>>& v, int i, std::int64_t c) {
    return v[i][full(i) ? c : 0];
  }
  void compute(std::vector<std::vector<double>>& v, int i, std::int64_t r, std::int64_t c) {
    const ir::Instr& k = code(i);
    double x = 0;
    if (k.code == ir::Code::apply) {
      double in[3] = {};
      for (int o = 0; o < k.op->arity; ++o) in[o] = get(v, k.in[o], c);
      x = plain(k.op, in[0], in[1], in[2]);
    } else {
      const ir::LoopArg& arg = call_.args[k.arg];
      const std::int64_t at = offset(k.arg, r, full(i) && k.walk == ir::Walk::fixed ? 0 : c);
      if (k.code == ir::Code::iota) {
        x = static_cast<double>(arg.position + at);
      } else if (k.code == ir::Code::random) {
        T number;
        if (static_cast<ir::Random>(k.variant) == ir::Random::uniform) {
          kernels::fill_uniform(key, arg.site, arg.position + at, &number, 1);
        } else {
          kernels::fill_normal(key, arg.site, arg.position + at, &number, 1);
        }
        x = static_cast<double>(number);
      } else if (k.type == ir::DType::index) {
        x = static_cast<const std::int32_t*>(arg.pointer)[at];
      } else {
        x = static_cast<double>(static_cast<const T*>(arg.pointer)[at]);
      }
    }
    v[i][full(i) ? c : 0] = x;
  }
  void put(int q, std::int64_t r, std::int64_t c, double x) {
    const ir::LoopArg& arg = call_.args[root(q).arg];
    const std::int64_t at = offset(root(q).arg, r, c);
    if (root(q).type == ir::DType::index) {
      static_cast<std::int32_t*>(arg.pointer)[at] = static_cast<std::int32_t>(x);
    } else {
      static_cast<T*>(arg.pointer)[at] = static_cast<T>(x);
    }
  }

  const ir::LoopCall& call_;
  const ir::Loop& loop_;
};

// ---------------------------------------------------------------- comparing

/// Runs the loop of Source over copies of `data`: compiled and interpreted must give the same
/// bits, both nearly what the plain reading gives.
template <class Source, class T>
Data<T> check(const Data<T>& data, double tolerance = sizeof(T) == 4 ? 1e-4 : 1e-12) {
  Data<T> compiled = data, interpreted = data, plainly = data;
  std::vector<ir::LoopArg> args = compiled.resolve();
  kernels::run_loop<Source, T, 0>(call_of<Source>(compiled, args));
  args = interpreted.resolve();
  kernels::interpret_loop<T>(call_of<Source>(interpreted, args));
  args = plainly.resolve();
  const ir::LoopCall call = call_of<Source>(plainly, args);
  Reference<Source, T>(call).run();
  INFO(data.rows() << " rows of " << data.inner());
  CHECK(compiled.same_bits(interpreted));
  CHECK(compiled.distance(plainly) <= tolerance);
  return compiled;
}

/// Shapes that fill vectors, chunks and tiles, and that do not.
inline const std::int64_t all_columns[] = {0, 1, 7, 10, 16, 17, 64, 500, 513, 1000};
inline const std::int64_t all_rows[] = {0, 1, 3, 100};

template <class T, class F>
void for_shapes(F f) {
  for (std::int64_t columns : all_columns) {
    for (std::int64_t rows : all_rows) f(Data<T>({rows}, columns));
  }
}

}  // namespace kernel_test
