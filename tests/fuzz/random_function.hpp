// Random functions: the same one for the same seed, in a constant expression and at run time.
//
// Values are kept near [-1, 1], so that what is compared does not overflow and rounding errors stay
// small. Every candidate's shape is checked before it is made: each function must be accepted.
#pragma once

#include <dsl/function.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>
#include <dsl/ops/control/repeat.hpp>
#include <dsl/ops/image/convolve.hpp>
#include <dsl/ops/image/max_pool.hpp>
#include <dsl/ops/image/mean_pool.hpp>

#include "made.hpp"

namespace fuzz {

using ansatz::AnyExpr;
using ansatz::ir::Shape;

/// SplitMix64 (Steele, Lea and Flood 2014).
class Random {
 public:
  constexpr explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ull) {}
  constexpr std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  /// 0 .. n - 1.
  constexpr int below(int n) { return static_cast<int>((next() >> 33) % static_cast<unsigned>(n)); }
  constexpr bool one_in(int n) { return below(n) == 0; }

 private:
  std::uint64_t state_;
};

class Generator {
 public:
  constexpr Generator(int seed, const Mix& mix)
      : random_(static_cast<std::uint64_t>(seed)), mix_(mix) {
    const int sizes[] = {1, 2, 3, 5, 8, 17, 4, 33};
    for (int& d : size_) d = sizes[random_.below(mix.ops > 4 ? 8 : 6)];
  }

  constexpr ansatz::Function function() {
    for (int tries = 0; made_ < mix_.ops && tries < 40 * mix_.ops; ++tries) made_ += any_op();
    if (mix_.gradients) gradients();
    for (int k = 0; k < mix_.outputs; ++k) output(pick());
    for (int k = 0; k < labels_.size() && k < 2; ++k)
      if (labels_[k].made && random_.one_in(2)) output(labels_[k]);
    if (mix_.updates) updates();
    return f_;
  }

 private:
  struct Entry {
    AnyExpr e;
    double bound = 1;   ///< about the largest magnitude
    int leaf = -1;      ///< of a leaf: its number
    int labels = 0;     ///< of labels: how many
    bool made = false;  ///< labels: computed, not given
  };

  // ------------------------------------------------------------------------ leaves

  enum Leaf {
    x,
    y,
    z,
    image,
    W,
    V,
    U,
    bias,
    other_bias,
    gain,
    row,
    T,
    h,
    momentum,
    shared,
    leaves
  };

  // Names are literals: labels of leaves must be the same text in every evaluation.
  constexpr AnyExpr make(int leaf) const {
    using namespace ansatz;
    const int m = size_[0], n = size_[1], k = size_[2];
    switch (leaf) {
      case x:
        return AnyExpr(input("x", VectorSpace(m)).value());
      case y:
        return AnyExpr(input("y", VectorSpace(n)).value());
      case z:
        return AnyExpr(input<Scalar>("z").value());
      case image:
        return AnyExpr(input("image", Matrix(n, k)).value());
      case W:
        return AnyExpr(parameter("W", Matrix(m, n)).value());
      case V:
        return AnyExpr(parameter("V", Matrix(n, m)).value());
      case U:
        return AnyExpr(parameter("U", Matrix(m, m)).value());
      case bias:
        return AnyExpr(parameter("b", VectorSpace(m)).value());
      case other_bias:
        return AnyExpr(parameter("c", VectorSpace(n)).value());
      case gain:
        return AnyExpr(parameter("s", Scalar()).value());
      case row:
        return AnyExpr(parameter("row", Matrix(1, m)).value());
      case T:
        return AnyExpr(parameter("T", ansatz::Tensor<any, any, any>(k, m, n)).value());
      case h:
        return AnyExpr(state("h", Batch<VectorSpace<>, chains>(VectorSpace(m))).value());
      case momentum:
        return AnyExpr(state("momentum", Matrix(m, n)).value());
      default:
        return AnyExpr(shared_input("shared", VectorSpace(n)).value());
    }
  }
  static constexpr bool stored(int leaf) { return leaf >= W && leaf <= momentum; }

  constexpr int leaf(int which) {
    for (int k = 0; k < entries_.size(); ++k)
      if (entries_[k].leaf == which) return k;
    Entry e;
    e.e = make(which);
    e.leaf = which;
    entries_.push_back(e);
    return entries_.size() - 1;
  }

  // Any value so far, the latest ones more often.
  constexpr Entry pick() {
    if (entries_.empty() || random_.one_in(3)) return entries_[leaf(random_.below(leaves))];
    int k = random_.below(entries_.size());
    if (random_.one_in(2))
      k = entries_.size() - 1 - random_.below(entries_.size() < 4 ? entries_.size() : 4);
    return entries_[k];
  }

  // Labels that are smaller than `limit`: given ones, or an argmax.
  constexpr int pick_labels(int limit) {
    int found = -1;
    for (int k = 0; k < labels_.size(); ++k)
      if (labels_[k].labels <= limit && (found < 0 || random_.one_in(2))) found = k;
    if (found >= 0) return found;
    Entry e;
    if (limit < size_[1]) return -1;
    e.labels = size_[1];
    e.e = AnyExpr(ansatz::input("t", ansatz::IndexSpace(size_[1])).value());
    labels_.push_back(e);
    return labels_.size() - 1;
  }

  // ------------------------------------------------------------------------ shapes

  static constexpr int extents(const Shape& shape) {
    int n = 0;
    for (int k = 0; k < shape.rank; ++k) n += ansatz::ir::is_extent(shape[k]);
    return n;
  }
  static constexpr bool reasonable(const Shape& shape) {
    return shape.rank <= 4 && extents(shape) <= 1 && ansatz::ir::fixed_size(shape) <= 3000;
  }
  static constexpr bool meets(const Shape& a, const Shape& b) {
    const auto r = ansatz::ir::broadcast(a, b);
    return r.ok() && reasonable(r.shape);
  }
  static constexpr double count(const Shape& shape, int mask) {
    double n = 1;
    for (int k = 0; k < shape.rank; ++k)
      if (mask >> k & 1) n *= ansatz::ir::is_extent(shape[k]) ? 17 : shape[k];
    return n;
  }

  constexpr bool keep(const AnyExpr& e, double bound) {
    if (!reasonable(e.shape())) return false;
    Entry entry;
    entry.e = e;
    entry.bound = bound;
    if (bound > 6) {
      if (random_.one_in(3)) {
        entry.e = tanh(e * (1 / bound));
      } else {
        entry.e = e * (2 / bound);
      }
      entry.bound = 2;
    }
    entries_.push_back(entry);
    return true;
  }

  // ------------------------------------------------------------------------ ops

  constexpr bool any_op() {
    // One after the other: compilers order arguments of a call as they like.
    const Entry a = pick(), b = pick(), c = pick();
    switch (random_.below(21)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return unary(a);
      case 4:
      case 5:
      case 6:
      case 7:
        return binary(a, b);
      case 8:
      case 9:
        return reduction(a);
      case 10:
      case 11:
        return product(a, b);
      case 12:
      case 13:
        return view(a);
      case 14:
        return normalized(a);
      case 15:
        return classified(a);
      case 16:
        return chosen(a, b, c);
      case 17:
        return mix_.kernels && kernel(a);
      case 18:
        return mix_.random && drawn(a);
      case 19:
        return mix_.loops && !mix_.smooth && repeated(a, b);
      default:
        return mix_.gradients && random_.one_in(3) && inner_gradient(a, b);
    }
  }

  constexpr bool unary(const Entry& a) {
    const AnyExpr& v = a.e;
    const double bound = a.bound;
    switch (random_.below(mix_.steps && !mix_.smooth ? 25 : mix_.smooth ? 18 : 22)) {
      case 0:
        return keep(tanh(v), 1);
      case 1:
        return keep(sigmoid(v), 1);
      case 2:
        return keep(softplus(v), bound + 1);
      case 3:
        return keep(square(v), bound * bound);
      case 4:
        return keep(exp(v * (1 / bound)), 3);
      case 5:
        return keep(-v, bound);
      case 6:
        return keep(sin(v), 1);
      case 7:
        return keep(cos(v), 1);
      case 8:
        return keep(erf(v), 1);
      case 9:
        return keep(gelu(v), bound);
      case 10:
        return keep(log(softplus(v) + 0.25), bound + 1);
      case 11:
        return keep(sqrt(square(v) + 0.25), bound + 1);
      case 12:
        return keep(expm1(v * (1 / bound)), 2);
      case 13:
        return keep(log1p(square(v)), bound);
      case 14:
        return keep(rsqrt(square(v) + 0.5), 1.5);
      case 15:
        return keep(1 - v, bound + 1);
      case 16:
        return keep(v / 1.5 + 0.25, bound);
      case 17:
        return keep(pow(sigmoid(v) + 0.25, 1.5), 2);
      case 18:
        return keep(relu(v), bound);
      case 19:
        return keep(abs(v), bound);
      case 20:
        return keep(clip(v, -0.5, 0.75), 1);
      case 21:
        return keep(elu(v), bound);
      case 22:
        return keep(floor(v * 3), 3 * bound + 1);
      case 23:
        return keep(sign(v), 1);
      default:
        return keep(stop_gradient(v), bound);
    }
  }

  constexpr bool binary(const Entry& a, const Entry& b) {
    if (!meets(a.e.shape(), b.e.shape())) return false;
    const double more = a.bound > b.bound ? a.bound : b.bound;
    switch (random_.below(mix_.steps && !mix_.smooth ? 10 : mix_.smooth ? 6 : 8)) {
      case 0:
        return keep(a.e + b.e, a.bound + b.bound);
      case 1:
        return keep(a.e - b.e, a.bound + b.bound);
      case 2:
      case 3:
        return keep(a.e * b.e, a.bound * b.bound);
      case 4:
        return keep(a.e / (square(b.e) + 0.5), 2 * a.bound);
      case 5:
        return keep(square(a.e - b.e), (a.bound + b.bound) * (a.bound + b.bound));
      case 6:
        return keep(maximum(a.e, b.e), more);
      case 7:
        return keep(minimum(a.e, b.e), more);
      case 8:
        return keep(a.e > b.e, 1);
      default:
        return keep((a.e <= b.e) * b.e, b.bound);
    }
  }

  constexpr bool chosen(const Entry& condition, const Entry& a, const Entry& b) {
    if (mix_.smooth || !mix_.steps) return false;
    const Shape &sc = condition.e.shape(), &sa = a.e.shape(), &sb = b.e.shape();
    if (!meets(sc, sa) || !meets(sa, sb) || !meets(sc, sb)) return false;
    if (!meets(ansatz::ir::broadcast(sc, sa).shape, sb)) return false;
    return keep(where(condition.e > 0.125, a.e, b.e), a.bound > b.bound ? a.bound : b.bound);
  }

  template <class Op>
  constexpr AnyExpr reduced(const AnyExpr& v, int mask, bool keep_axes) const {
    return AnyExpr(ansatz::ir::reduce<Op>(v.value(), mask, keep_axes));
  }

  constexpr int random_mask(const Shape& shape) {
    switch (random_.below(5)) {
      case 0:
        return ansatz::ir::mask_of(shape, ansatz::all);
      case 1:
        return ansatz::ir::mask_of(shape, ansatz::units);
      case 2:
        return ansatz::ir::mask_of(shape, ansatz::batch);
      case 3:
        return shape.rank ? 1 << (shape.rank - 1) : 0;
      default:
        return random_.below(1 << shape.rank);
    }
  }

  constexpr bool reduction(const Entry& a) {
    const Shape shape = a.e.shape();
    const int mask = random_mask(shape);
    const bool kept = random_.one_in(3);
    const double n = count(shape, mask);
    namespace ops = ansatz::ops;
    switch (random_.below(mix_.smooth ? 6 : mix_.steps ? 9 : 8)) {
      case 0:
      case 1:
      case 2:
        return keep(reduced<ops::Sum>(a.e, mask, kept), n * a.bound);
      case 3:
        if (ansatz::ir::mask_of(shape, ansatz::units) == 0) return keep(mean(a.e), a.bound);
        return keep(mean(a.e, ansatz::units), a.bound);
      case 4:
        if (!shape.batched()) return keep(mean(a.e, ansatz::all), a.bound);
        return keep(mean(a.e, ansatz::batch), a.bound);
      case 5:
        if (ansatz::ir::mask_of(shape, ansatz::units) == 0) return false;
        return keep(variance(a.e, ansatz::units), a.bound * a.bound);
      case 6:
        return keep(reduced<ops::Max>(a.e, mask, kept), a.bound);
      case 7:
        return keep(reduced<ops::Min>(a.e, mask, kept), a.bound);
      default: {
        if (shape.rank == 0 || !mask || extents(shape) != shape.batched()) return false;
        if (shape.batched() && mask & 1) return false;
        Entry e;
        e.e = reduced<ops::ArgMax>(a.e, mask, false);
        e.labels = static_cast<int>(n);
        e.made = true;
        labels_.push_back(e);
        return true;
      }
    }
  }

  constexpr bool product(const Entry& a, const Entry& b) {
    AnyExpr left = a.e, right = b.e;
    if (left.shape().rank == 2 && random_.one_in(3)) left = transpose(left);
    if (right.shape().rank == 2 && random_.one_in(3)) right = transpose(right);
    const auto r = ansatz::ir::matmul_shape(left.shape(), right.shape());
    if (!r.ok() || !reasonable(r.shape)) return false;
    const Shape shape = left.shape();
    return keep(matmul(left, right), count(shape, 1 << (shape.rank - 1)) * a.bound * b.bound);
  }

  constexpr bool view(const Entry& a) {
    using namespace ansatz;
    const Shape shape = a.e.shape();
    const int features = shape.rank - shape.batched();
    if (extents(shape) != shape.batched() || features == 0) {
      if (shape.rank == 2) return keep(transpose(a.e), a.bound);
      return false;
    }
    switch (random_.below(6)) {
      case 0:
        return keep(flatten(a.e), a.bound);
      case 1: {
        Shape to;
        to.rank = 2;
        const int n = static_cast<int>(ir::fixed_size(shape));
        const int parts[] = {1, 2, 3, 4, 17};
        to[0] = parts[random_.below(5)];
        if (n % to[0]) return false;
        to[1] = n / to[0];
        return keep(AnyExpr(ir::reshape_features(a.e.value(), to)), a.bound);
      }
      case 2: {
        ir::Attr order;
        for (int k = 0; k < features; ++k) order.i[k] = k;
        for (int k = features - 1; k > 0; --k) {
          const int other = random_.below(k + 1), kept = order.i[k];
          order.i[k] = order.i[other];
          order.i[other] = kept;
        }
        return keep(AnyExpr(ir::transpose_axes(a.e.value(), order, features, true)), a.bound);
      }
      case 3: {
        const int axis = random_.below(features), n = shape[axis + shape.batched()];
        const int start = random_.below(n), step = 1 + random_.below(3);
        return keep(AnyExpr(ir::slice_axis(a.e.value(), axis, start, n, step)), a.bound);
      }
      case 4: {
        if (shape.rank != 2) return false;
        return keep(transpose(a.e), a.bound);
      }
      default: {
        const Entry other = pick();
        if (!ir::repeated(shape, other.e.shape()).ok()) return false;
        if (!reasonable(other.e.shape())) return false;
        // The name is needed where nothing else has the extent.
        const Shape to = other.e.shape();
        const char* extent = nullptr;
        if (to.batched()) extent = to[0] == ir::extent_code("chains") ? "chains" : "examples";
        return keep(AnyExpr(ir::repeat_to(a.e.value(), to, extent)), a.bound);
      }
    }
  }

  constexpr bool normalized(const Entry& a) {
    const Shape shape = a.e.shape();
    if (shape.rank - shape.batched() == 0 || extents(shape) != shape.batched()) return false;
    switch (random_.below(4)) {
      case 0:
        return keep(softmax(a.e), 1);
      case 1:
        return keep(softmax(a.e, ansatz::axis<-1>), 1);
      case 2:
        return keep(log_softmax(a.e), a.bound + 3);
      default:
        return keep(log_sum_exp(a.e), a.bound + 3);
    }
  }

  constexpr bool classified(const Entry& a) {
    const Shape shape = a.e.shape();
    if (shape.rank - shape.batched() != 1 || extents(shape) != shape.batched()) return false;
    if (random_.one_in(3)) return keep(binary_cross_entropy(sigmoid(a.e), sigmoid(a.e * 0.5)), 2);
    if (random_.one_in(2)) {
      const Entry other = pick();
      if (!(other.e.shape() == shape)) return false;
      return keep(cross_entropy(softmax(a.e, ansatz::axis<-1>), softmax(other.e, ansatz::axis<-1>)),
                  a.bound + 3);
    }
    const int t = pick_labels(shape[shape.rank - 1]);
    if (t < 0 || labels_[t].e.shape().rank != shape.rank - 1) return false;
    if (labels_[t].labels != shape[shape.rank - 1]) return false;
    if (!ansatz::ir::cross_entropy_shape(shape, labels_[t].e.shape()).ok()) return false;
    return keep(cross_entropy(softmax(a.e, ansatz::axis<-1>), labels_[t].e), a.bound + 3);
  }

  constexpr bool kernel(const Entry& a) {
    const Shape shape = a.e.shape();
    const int features = shape.rank - shape.batched();
    if (extents(shape) != shape.batched() || features == 0) return false;
    switch (random_.below(5)) {
      case 0: {
        const Entry other = pick();
        const Shape in[] = {shape, other.e.shape()};
        const auto attr = ansatz::ir::concatenate_attr(shape, -1);
        if (!ansatz::ops::Concatenate::shape(in, 2, attr).ok()) return false;
        return keep(concatenate(a.e, other.e), a.bound > other.bound ? a.bound : other.bound);
      }
      case 1: {
        if (shape.batched()) return false;
        const int t = pick_labels(shape[0]);
        if (t < 0) return false;
        return keep(take_rows(a.e, labels_[t].e), a.bound);
      }
      case 2: {
        const int t = pick_labels(size_[1]);
        if (t < 0 || labels_[t].e.shape().rank > 2) return false;
        return keep(one_hot(labels_[t].e, labels_[t].labels), 1);
      }
      case 3: {
        if (features != 3 || (mix_.smooth && !shape.batched())) return false;
        ansatz::PoolOptions options;
        options.rows = shape[shape.rank - 3] > 1 ? 2 : 1;
        options.columns = shape[shape.rank - 2] > 2 ? 3 : 1;
        options.stride_rows = 1 + random_.below(2);
        options.stride_columns = 1;
        if (!mix_.smooth && random_.one_in(2)) return keep(max_pool(a.e, options), a.bound);
        return keep(mean_pool(a.e, options), a.bound);
      }
      default: {
        if (features != 3 || shape[shape.rank - 3] < 2 || shape[shape.rank - 2] < 2) return false;
        const int channels = shape[shape.rank - 1];
        const Entry from = entries_[leaf(T)];
        if (size_[0] * size_[1] * size_[2] < 4 * channels) return false;
        const AnyExpr numbers = slice(flatten(from.e), ansatz::axis<0>, 0, 4 * channels);
        Shape to;
        to.rank = 4;
        to[0] = to[1] = 2, to[2] = channels, to[3] = 1;
        const AnyExpr w(ansatz::ir::reshape_features(numbers.value(), to));
        ansatz::ConvolveOptions options;
        if (random_.one_in(2)) options.border = ansatz::Border::full;
        return keep(convolve(a.e, w, options), 4 * channels * a.bound);
      }
    }
  }

  constexpr bool drawn(const Entry& a) {
    const Shape shape = a.e.shape();
    if (extents(shape) != shape.batched()) return false;
    switch (random_.below(3)) {
      case 0:
        return keep(a.e + uniform_like(a.e), a.bound + 1);
      case 1:
        return keep(a.e * normal_like(a.e), 4 * a.bound);
      default:
        return mix_.steps && keep(a.e * bernoulli_like(a.e, 0.5), a.bound);
    }
  }

  // The number of iterations is known at run time only, so no gradient goes through.
  constexpr bool repeated(const Entry& a, const Entry& other) {
    const Shape shape = a.e.shape();
    if (extents(shape) != shape.batched()) return false;
    const auto met = ansatz::ir::broadcast(shape, other.e.shape());
    if (!met.ok() || !(met.shape == shape)) return false;
    const AnyExpr from = tanh(a.e), more = other.e * (0.5 / other.bound);
    const bool draws = mix_.random && random_.one_in(2);
    const auto count = ansatz::scalar("count", 2);
    if (random_.one_in(3)) {
      const auto [u, v] = ansatz::repeat(
          count,
          [&](const AnyExpr& p, const AnyExpr& q) {
            return ansatz::carry(tanh(q + more), sin(p) * 0.5);
          },
          from, from * 0.25);
      return keep(ansatz::stop_gradient(u - v), 2);
    }
    const auto body = [&](const AnyExpr& v) {
      AnyExpr next = tanh(v * 0.5 + more);
      if (draws) next = next * uniform_like(v);
      if (shape.rank == 2)
        next = ansatz::repeat(
            count,
            [&](const AnyExpr& u) {
              AnyExpr inner = sin(u + v) * 0.5 + more;
              if (draws) inner *= uniform_like(v);
              return inner;
            },
            next);
      if (shape.rank > 0) next = next - sum(next, ansatz::axis<-1>, ansatz::keep_axes) * 0.125;
      return next;
    };
    return keep(stop_gradient(ansatz::repeat(count, body, from)), 2);
  }

  // ------------------------------------------------------------------------ what leaves

  constexpr AnyExpr cost_of(const Entry& a) {
    if (random_.one_in(2)) return mean(square(a.e));
    return sum(sin(a.e)) * 0.125;
  }
  constexpr bool inner_gradient(const Entry& a, const Entry& by) {
    if (inner_gradients_ == 2) return false;
    ++inner_gradients_;
    return keep(tanh(grad(cost_of(a), by.e)), 1);
  }

  constexpr void gradients() {
    AnyExpr cost = cost_of(pick());
    for (int k = random_.below(3); k > 0; --k) cost = cost + cost_of(pick());
    output_value("cost", cost);
    cost_ = cost;
    if (!mix_.shown) return;
    for (int k = 0; k < entries_.size(); ++k)
      if (entries_[k].leaf >= 0 && random_.one_in(2)) output_gradient(k);
    if (random_.one_in(2)) output_gradient(random_.below(entries_.size()));
  }
  constexpr void output_gradient(int entry) {
    const AnyExpr g = grad(cost_, entries_[entry].e);
    output_value(grad_names[outputs_made_ % 20], g);
    ++outputs_made_;
  }
  static constexpr const char* grad_names[] = {"g0",  "g1",  "g2",  "g3",  "g4",  "g5",  "g6",
                                               "g7",  "g8",  "g9",  "g10", "g11", "g12", "g13",
                                               "g14", "g15", "g16", "g17", "g18", "g19"};
  static constexpr const char* names[] = {"o0", "o1", "o2", "o3", "o4", "o5", "o6", "o7"};

  constexpr void output(const Entry& e) {
    if (others_made_ < 8) output_value(names[others_made_++], e.e);
  }
  constexpr void output_value(const char* name, const AnyExpr& e) {
    f_.add(ansatz::output(name, e));
  }

  constexpr void updates() {
    const int count = entries_.size();
    int changed = 0;  // bit k: leaf k has a new value
    for (int k = 0; k < count; ++k) {
      const int which = entries_[k].leaf;
      if (which < 0 || !stored(which) || changed >> which & 1 || random_.one_in(4)) continue;
      const AnyExpr target = entries_[k].e;
      changed |= 1 << which;
      switch (random_.below(6)) {
        case 0:
        case 1: {
          if (!mix_.gradients) break;
          f_.add(update(target, target - 0.25 * grad(cost_, target)));
          continue;
        }
        case 2: {
          // Swaps, or circles of three: the new value is another's old one.
          const int other = random_.below(count);
          if (!(entries_[other].e.shape() == target.shape())) break;
          const int leaf = entries_[other].leaf;
          if (leaf >= 0 && stored(leaf) && leaf != which && !(changed >> leaf & 1)) {
            changed |= 1 << leaf;
            f_.add(update(entries_[other].e, target));
          }
          f_.add(update(target, entries_[other].e));
          continue;
        }
        case 3: {
          if (which != W && which != U) break;
          const AnyExpr other = entries_[leaf(which == W ? V : U)].e;
          f_.add(update(target, 0.5 * target + 0.25 * transpose(other)));
          continue;
        }
        default:
          break;
      }
      const Entry value = pick();
      const auto r = ansatz::ir::broadcast(target.shape(), value.e.shape());
      if (r.ok() && r.shape == target.shape()) {
        f_.add(update(target, value.e));
      } else {
        const AnyExpr old = target;
        f_.add(update(target, tanh(old) + 0.125));
      }
    }
  }

  Random random_;
  Mix mix_;
  int size_[3] = {};
  ansatz::ir::List<Entry> entries_, labels_;
  AnyExpr cost_;
  int made_ = 0, inner_gradients_ = 0, outputs_made_ = 0, others_made_ = 0;
  ansatz::Function f_;
};

/// The function of this seed.
constexpr ansatz::Function random_function(int seed, const Mix& mix = {}) {
  return Generator(seed, mix).function();
}

}  // namespace fuzz
