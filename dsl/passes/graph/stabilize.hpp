// What loses digits or overflows as written becomes what does not:
//   log(softmax(x)) -> log_softmax(x)            exp(x) / sum(exp(x)) -> softmax(x)
//   log(sum(exp(x))) -> log_sum_exp(x)           cross_entropy(softmax(z), t) -> from z
//   log(sigmoid(x)) -> -softplus(-x)             binary_cross_entropy(sigmoid(z), t) -> from z
//   log(1 - sigmoid(x)) -> -softplus(x)          log(1 + exp(x)), log1p(exp(x)) -> softplus(x)
//   log(1 + x) -> log1p(x)                       log(1 - x) -> log1p(-x)
//   log(1 - tanh(x)^2) -> 2 log(2) - 2 |x| - 2 softplus(-2 |x|), |x| > 1
//   log(1 - tanh(x)) -> log(2) - softplus(2 x), x > 1/2
//   (1 + tanh(x)) / 2 in a log or a cross entropy: as sigmoid(2 x)
//   log(1 - sigmoid(x)^2) -> log1p(sigmoid(x)) - softplus(x), x > 0
//   exp(x) - 1 -> expm1(x)                       log1p(expm1(x)) -> x
//   log(1 - exp(x)), log1p(-exp(x)), log(-expm1(x)) -> by expm1 where x is near 0, else by log1p
//   log(p - q), p, q of exponentials, softmaxes, sigmoids -> log(p) + log(1 - exp(log(q) - log(p)))
//   1 / (1 + exp(-x)), exp(x) / (1 + exp(x)) -> sigmoid(x)       a / (1 + exp(x)) -> a sigmoid(-x)
//   exp(x) / (exp(x) + exp(y)) -> sigmoid(x - y)
//   exp(x) / (1 + exp(x))^2 -> sigmoid(x) sigmoid(-x)
//   exp(x) sigmoid(-x) -> sigmoid(x)     t log(sigmoid(z)) + (1 - t) log(1 - sigmoid(z)) -> from z
//   (exp(x) - exp(y)) / (exp(x) + exp(y)) -> tanh((x - y) / 2)
//   exp(x) / (sum of positive terms) -> exp(x - log of it)     a exp(x) / b -> a times one of these
//   other quotients, roots and powers of sums of exponentials: see stable_forms.hpp
//   log(p), p of one or several exp, softmax, sigmoid and positive numbers, their products,
//   quotients,
//     sums, means, powers, largest, views: the log of each, joined by +, -, log_sum_exp, …
//   log(a p), log(a / p) -> log(a) + log(p), …   log(where(c, p, q)) -> where(c, log(p), log(q))
//   what an op itself says would be cheaper (OpInfo::cheaper)
//   log(sum(w p)) -> m + log(sum(w p / e^m)), m the largest log(p) where w is not 0
// Runs before gradients are expanded, so that the derivatives are those of the stable forms. What
// a gradient is taken with respect to is never looked through: there a handle stands before it.
#pragma once

#include <dsl/grad.hpp>
#include <dsl/ops/activation/tanh.hpp>
#include <dsl/ops/arithmetic/expm1.hpp>
#include <dsl/ops/arithmetic/minimum.hpp>
#include <dsl/ops/arithmetic/pow.hpp>
#include <dsl/ops/arithmetic/rsqrt.hpp>
#include <dsl/ops/arithmetic/sqrt.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/loss/binary_cross_entropy.hpp>
#include <dsl/ops/loss/cross_entropy.hpp>
#include <dsl/ops/reduce/min.hpp>
#include <dsl/passes/graph/rewrite.hpp>
#include <dsl/passes/graph/stable_forms.hpp>

namespace ansatz::ir {

class Stabilizer {
  // Templates come first: clang must have seen them before it evaluates what calls them.
  template <class Op>
  constexpr bool is(int x) const {
    return g_.is(x, info_of<Op>);
  }
  template <class Op, class... In>
  constexpr int apply(Attr attr, In... in) {
    const int operands[] = {in...};
    return g_.add(info_of<Op>, attr, operands, static_cast<int>(sizeof...(in)));
  }
  constexpr int negated(int x) {
    if (is<ops::Negate>(x)) return g_.in(x, 0);
    return apply<ops::Negate>({}, x);
  }
  constexpr int in(int x, int k) const { return g_.in(x, k); }

  /// The log of what is positive however it is written, or -1; whether that may be too small or too
  /// large for a number.
  struct Positive {
    int log = -1;
    bool extreme = false, overflows = false;
  };
  template <class Join>
  constexpr Positive of_one(int x, Join join) {
    Positive p = find_log(in(x, 0));
    if (p.log < 0 || !p.extreme) return {};
    p.log = join(p.log);
    return p;
  }
  template <class Join>
  constexpr Positive of_two(int x, Join join) {
    const Positive a = find_log(in(x, 0));
    if (a.log < 0) return {};
    const Positive b = find_log(in(x, 1));
    if (b.log < 0) return {};
    return {join(a.log, b.log), a.extreme || b.extreme, a.overflows || b.overflows};
  }

 public:
  /// @param forms  of exponentials; null where the graph has none
  constexpr explicit Stabilizer(Graph& out, StableForms* forms) : g_(out), forms_(forms) {}

  /// The node for `n` applied to `in`, a stable one where a rule holds.
  constexpr int operator()(const Node& n, const List<int>& in) {
    int stable = -1;
    if (n.op == info_of<ops::Log>) {
      stable = log(in[0]);
      if (stable < 0) stable = log_of_difference(in[0]);
      if (stable < 0 && forms_) stable = forms_->log_of(in[0]);
    } else if (n.op == info_of<ops::Log1p>) {
      stable = log_of_one_plus(in[0], false);
    } else if (n.op == info_of<ops::Subtract>) {
      if (is<ops::Exp>(in[0]) && g_.is_literal(in[1], 1))
        stable = apply<ops::Expm1>({}, g_.in(in[0], 0));
      else
        stable = weighted_logs(in[0], in[1], -1);
    } else if (n.op == info_of<ops::Add>) {
      stable = weighted_logs(in[0], in[1], 1);
    } else if (n.op == info_of<ops::Multiply>) {
      for (int k = 0; k < 2 && stable < 0; ++k)
        if (is<ops::Exp>(in[k]) && is<ops::Sigmoid>(in[1 - k]) &&
            negated(g_.in(in[k], 0)) == g_.in(in[1 - k], 0))
          stable = apply<ops::Sigmoid>({}, g_.in(in[k], 0));
    } else if (n.op == info_of<ops::Divide>) {
      if (!forms_ || !is_sum_over_one_plus(in[0], in[1])) stable = quotient(in[0], in[1]);
      if (stable >= 0 && !(g_[stable].shape == n.shape)) stable = -1;
      // Rules of what is made of it look at the quotient.
      if (stable >= 0 && is<ops::Add>(in[1]) && has_factor_exp(stable)) {
        Attr attr;
        attr.i[0] = 1;
        stable = apply<ops::Stable>(attr, copy_node(g_, n, in), stable);
      }
    } else if (n.op == info_of<ops::Pow>) {
      if (g_.is_literal(in[1], -1)) stable = quotient(g_.add_literal(1), in[0]);
    } else if (n.op == info_of<ops::CrossEntropy>) {
      stable = cross_entropy(n, in[0], in[1]);
    } else if (n.op == info_of<ops::BinaryCrossEntropy>) {
      stable = binary_cross_entropy(n, in[0], in[1]);
    } else if (n.op->cheaper) {
      stable = n.op->cheaper(g_, n, in.data());
    }
    if (stable >= 0) return stable;
    const int written = copy_node(g_, n, in);
    if (forms_) stable = (*forms_)(written);
    return stable >= 0 ? stable : written;
  }

 private:
  // ------------------------------------------------------------------ log

  // A stable form of log(x), -1 if there is none.
  constexpr int log(int x) {
    if (depth_ == 8) return -1;
    ++depth_;
    const int stable = find_stable_log(x);
    --depth_;
    return stable;
  }
  constexpr int find_stable_log(int x) {
    x = as_written(g_, x);
    if (is<ops::Add>(x)) {
      if (g_.is_literal(in(x, 0), 1)) return log_of_one_plus(in(x, 1), true);
      if (g_.is_literal(in(x, 1), 1)) return log_of_one_plus(in(x, 0), true);
    }
    if (is<ops::Subtract>(x) && g_.is_literal(in(x, 0), 1)) {
      const int y = in(x, 1);
      int stable = log_of_one_and(y, -1);
      if (stable < 0) stable = log_of_rest(y);
      return stable >= 0 ? stable : apply<ops::Log1p>({}, negated(y));
    }
    if (is<ops::Negate>(x) && is<ops::Expm1>(in(x, 0))) return log_of_rest_of(in(in(x, 0), 0));
    const Positive p = positive_log(x);
    if (p.log >= 0 && p.extreme) return p.log;
    const OpInfo* const op = g_[x].op;
    if (is<ops::Multiply>(x) || is<ops::Divide>(x)) return log_of_product(x);
    if (is<ops::Where>(x)) {
      const int a = log(in(x, 1)), b = log(in(x, 2));
      if (a < 0 && b < 0) return -1;
      return apply<ops::Where>({}, in(x, 0), a < 0 ? plain_log(in(x, 1)) : a,
                               b < 0 ? plain_log(in(x, 2)) : b);
    }
    if (op->kind == OpKind::view && op != info_of<ops::Handle> &&
        op != info_of<ops::StopGradient>) {
      const int y = log(in(x, 0));
      return y < 0 ? -1 : g_.add(op, Attr(g_[x].attr), &y, 1);
    }
    if (is<ops::Sum>(x) && is<ops::Multiply>(in(x, 0))) return log_of_weighted_sum(x);
    return -1;
  }
  constexpr int plain_log(int x) { return apply<ops::Log>({}, x); }

  // log(1 + x); as log1p if there is nothing better and `always`.
  constexpr int log_of_one_plus(int x, bool always) {
    if (is<ops::Exp>(x)) return apply<ops::Softplus>({}, in(x, 0));
    if (is<ops::Expm1>(x)) return in(x, 0);
    const int minus = negative_of(x);
    int stable = log_of_one_and(x, 1);
    if (stable < 0 && minus >= 0) stable = log_of_rest(minus);
    if (stable >= 0) return stable;
    const Positive p = positive_log(x);
    if (p.log >= 0 && p.overflows) return apply<ops::Softplus>({}, p.log);
    return always ? apply<ops::Log1p>({}, x) : -1;
  }
  // log(1 + y) or log(1 - y), where y saturates and the sum has no digit left; -1 for other y.
  // Where y is near 0 it is what log1p says.
  constexpr int log_of_one_and(int y, int sign) {
    if (const int minus = sign > 0 ? negative_of(y) : -1; minus >= 0) y = minus, sign = -1;
    if (const int z = sign > 0 ? -1 : logit_of(y); z >= 0)
      return negated(apply<ops::Softplus>({}, z));
    const AnyExpr e(g_.value(y));
    if (is<ops::Tanh>(y)) {
      const AnyExpr z(g_.value(in(y, 0)));
      return sign < 0 ? where(z > 0.5, log_2 - softplus(2 * z), log1p(-e)).value().id()
                      : where(z < -0.5, log_2 - softplus(-2 * z), log1p(e)).value().id();
    }
    const int root = square_root(y);
    if (sign > 0 || root < 0) return -1;
    if (is<ops::Sigmoid>(root)) {
      const AnyExpr z(g_.value(in(root, 0))), p(g_.value(root));
      return where(z > 0, log1p(p) - softplus(z), log1p(-e)).value().id();
    }
    if (!is<ops::Tanh>(root)) return -1;
    const AnyExpr z = abs(AnyExpr(g_.value(in(root, 0))));
    return where(z > 1, 2 * (log_2 - z - softplus(-2 * z)), log1p(-e)).value().id();
  }
  // z where x is written as sigmoid(z), or as (1 + tanh(z / 2)) / 2; -1 for other x.
  constexpr int logit_of(int x) {
    if (is<ops::Sigmoid>(x)) return in(x, 0);
    const int y = doubled(x);
    const double unit = y < 0 ? 0.5 : 1;
    const int sum = y < 0 ? x : as_written(g_, y);
    int t = -1;
    double c = 1;  // sum is unit + c t
    if (is<ops::Subtract>(sum) && g_.is_literal(in(sum, 0), unit)) t = in(sum, 1), c = -1;
    for (int k = 0; k < 2; ++k)
      if (is<ops::Add>(sum) && g_.is_literal(in(sum, k), unit)) t = in(sum, 1 - k);
    while (t >= 0 && !is<ops::Tanh>(t)) t = factor_of(t, c);
    if (t < 0 || (c != unit && c != -unit)) return -1;
    return scaled(in(t, 0), c > 0 ? 2 : -2);
  }
  // y where x is written as y times a number, by which c is multiplied; -1 for other x.
  constexpr int factor_of(int x, double& c) const {
    if (is<ops::Negate>(x)) return c = -c, in(x, 0);
    for (int k = 0; k < 2; ++k)
      if (is<ops::Multiply>(x) && g_.is_literal(in(x, k)))
        return c *= g_.literal(in(x, k)), in(x, 1 - k);
    if (is<ops::Divide>(x) && g_.is_literal(in(x, 1)) && g_.literal(in(x, 1)) != 0)
      return c /= g_.literal(in(x, 1)), in(x, 0);
    return -1;
  }
  // y where x is written as y / 2.
  constexpr int doubled(int x) const {
    for (int k = 0; k < 2; ++k)
      if (is<ops::Multiply>(x) && g_.is_literal(in(x, k), 0.5)) return in(x, 1 - k);
    return is<ops::Divide>(x) && g_.is_literal(in(x, 1), 2) ? in(x, 0) : -1;
  }
  // y where x is written as the square of y.
  constexpr int square_root(int x) const {
    const bool square = is<ops::Square>(x) || (is<ops::Pow>(x) && g_.is_literal(in(x, 1), 2)) ||
                        (is<ops::Multiply>(x) && in(x, 0) == in(x, 1));
    return square ? in(x, 0) : -1;
  }
  // log(1 - y), y an exponential, perhaps behind views; -1 for other y.
  constexpr int log_of_rest(int y) {
    int behind = as_written(g_, y);
    while (g_[behind].op->kind == OpKind::view && !is<ops::Handle>(behind) &&
           !is<ops::StopGradient>(behind))
      behind = as_written(g_, in(behind, 0));
    if (!is<ops::Exp>(behind)) return -1;
    const Positive p = positive_log(y);
    return p.log < 0 ? -1 : log_of_rest_of(p.log);
  }
  // log(1 - e^u): near u = 0 the difference has no digit left, far from it expm1 has none.
  constexpr int log_of_rest_of(int at) {
    const AnyExpr u(g_.value(at));
    // 0 - expm1(u), not -expm1(u): at u = 0 the derivative is -1 over 0, not over -0.
    return where(u > -log_2, ansatz::log(0 - expm1(u)), log1p(-exp(u))).value().id();
  }
  // log(p - q), both positive and such that they may be equal to all digits, or overflow.
  constexpr int log_of_difference(int x) {
    x = as_written(g_, x);
    if (!is<ops::Subtract>(x)) return -1;
    const int left = as_written(g_, in(x, 0)), right = as_written(g_, in(x, 1));
    if (is<ops::Sigmoid>(left) && is<ops::Sigmoid>(right)) {
      // sigmoid(a) - sigmoid(b) = sigmoid(a) sigmoid(-b) (1 - e^(b - a))
      const AnyExpr a(g_.value(in(left, 0))), b(g_.value(in(right, 0)));
      const AnyExpr rest(g_.value(log_of_rest_of(less(b, a))));
      return (rest - softplus(-a) - softplus(b)).value().id();
    }
    const Positive p = positive_log(left);
    if (p.log < 0 || !p.extreme) return -1;
    const Positive q = positive_log(right);
    if (q.log < 0 || (!q.extreme && !g_.is_literal(right, 1))) return -1;
    const AnyExpr a(g_.value(p.log)), b(g_.value(q.log));
    const AnyExpr rest(g_.value(log_of_rest_of(less(b, a))));
    return (a + rest).value().id();
  }
  // b - a, 0 where both are one infinity.
  static constexpr int less(const AnyExpr& b, const AnyExpr& a) {
    return where((a == b) * (abs(a) == __builtin_inf()), 0, b - a).value().id();
  }
  // y where x is written as -y.
  constexpr int negative_of(int x) const {
    if (is<ops::Negate>(x)) return in(x, 0);
    if (is<ops::Multiply>(x) && g_.is_literal(in(x, 0), -1)) return in(x, 1);
    if (is<ops::Multiply>(x) && g_.is_literal(in(x, 1), -1)) return in(x, 0);
    return -1;
  }

  // log(a p) and log(a / p), log(p / a) where only p is positive for certain: a p is where a is.
  constexpr int log_of_product(int x) {
    const bool divides = is<ops::Divide>(x);
    int part[2] = {in(x, 0), in(x, 1)};
    const Positive first = positive_log(part[0]), second = positive_log(part[1]);
    int a = first.log, b = second.log;
    if (a < 0 && b < 0) return -1;
    if (a < 0) {
      a = log(part[0]);
      if (a < 0 && !second.extreme) return -1;
      if (a < 0) a = plain_log(part[0]);
    } else if (b < 0) {
      b = log(part[1]);
      if (b < 0 && !first.extreme) return -1;
      if (b < 0) b = plain_log(part[1]);
    }
    return divides ? apply<ops::Subtract>({}, a, b) : apply<ops::Add>({}, a, b);
  }

  // log(sum(w p)), w of any sign: one_hot(y) * softmax(z) is of this kind. The shift is by the
  // largest p that has a weight; those without one must not overflow.
  constexpr int log_of_weighted_sum(int x) {
    const Attr attr = g_[x].attr;
    const int product = in(x, 0);
    for (int k = 0; k < 2; ++k) {
      const Positive p = positive_log(in(product, k));
      if (p.log < 0 || !p.extreme || !(g_[p.log].shape == g_[product].shape)) continue;
      constexpr double inf = __builtin_inf();
      const AnyExpr w(g_.value(in(product, 1 - k))), u(g_.value(p.log));
      const AnyExpr m = stop_gradient(shift_of(where(w == 0, -inf, u), attr.i[0]));
      const AnyExpr scaled = w * exp(minimum(u - m, 80));
      const AnyExpr y = ansatz::log(AnyExpr(reduce<ops::Sum>(scaled.value(), attr.i[0], true))) + m;
      return shaped(y.value().id(), g_[x].shape);
    }
    return -1;
  }
  constexpr int shaped(int x, Shape s) {
    if (g_[x].shape == s) return x;
    return apply<ops::Reshape>(shape_attr(s), x);
  }

  // ------------------------------------------------------------------ what is positive

  constexpr Positive positive_log(int x) {
    budget_ = 64;
    return find_log(x);
  }
  constexpr Positive find_log(int x) {
    if (--budget_ < 0) return {};
    x = as_written(g_, x);
    const OpInfo* const op = g_[x].op;
    const Attr attr = g_[x].attr;
    if (op == info_of<ops::Literal>) {
      if (!(attr.x > 0 && attr.x < __builtin_inf())) return {};
      if (attr.x == 1) return {g_.add_literal(0)};
      return {plain_log(x)};
    }
    if (op == info_of<ops::Extent>) return {plain_log(x)};
    if (op == info_of<ops::Exp>) return {in(x, 0), true, true};
    if (op == info_of<ops::Softmax>) return {apply<ops::LogSoftmax>(attr, in(x, 0)), true};
    if (const int z = logit_of(x); z >= 0)
      return {negated(apply<ops::Softplus>({}, negated(z))), true};
    if (op == info_of<ops::Subtract> && g_.is_literal(in(x, 0), 1)) {
      const int y = log_of_one_and(in(x, 1), -1);
      if (y >= 0) return {y, true};
    }
    if (op == info_of<ops::Add>) {
      for (int k = 0; k < 2; ++k) {
        const int y = g_.is_literal(in(x, 1 - k), 1) ? log_of_one_and(in(x, k), 1) : -1;
        if (y >= 0) return {y, true};
      }
    }
    if (op == info_of<ops::Sum>)
      return of_one(x, [&](int y) { return apply<ops::LogSumExp>(attr, y); });
    if (op == info_of<ops::Max> || op == info_of<ops::Min> ||
        (op->kind == OpKind::view && op != info_of<ops::Handle> &&
         op != info_of<ops::StopGradient>))
      return of_one(x, [&](int y) { return g_.add(op, attr, &y, 1); });
    if (op == info_of<ops::Square>) return of_one(x, [&](int y) { return scaled(y, 2); });
    if (op == info_of<ops::Sqrt>) return of_one(x, [&](int y) { return scaled(y, 0.5); });
    if (op == info_of<ops::Rsqrt>) return of_one(x, [&](int y) { return scaled(y, -0.5); });
    if (op == info_of<ops::Pow>) {
      const int power = in(x, 1);
      return of_one(x, [&](int y) { return apply<ops::Multiply>({}, power, y); });
    }
    if (op == info_of<ops::Multiply>)
      return of_two(x, [&](int a, int b) { return apply<ops::Add>({}, a, b); });
    if (op == info_of<ops::Divide>)
      return of_two(x, [&](int a, int b) { return apply<ops::Subtract>({}, a, b); });
    if (op == info_of<ops::Add>) return of_two(x, [&](int a, int b) { return log_add_exp(a, b); });
    if (op == info_of<ops::Where>) {
      const Positive a = side(in(x, 1)), b = side(in(x, 2));
      if (a.log < 0 || b.log < 0) return {};
      return {apply<ops::Where>({}, in(x, 0), a.log, b.log), a.extreme || b.extreme,
              a.overflows || b.overflows};
    }
    return {};
  }
  // A side of a where, which may leave out what it is not for.
  constexpr Positive side(int x) {
    if (g_.is_literal(x, 0)) return {g_.add_literal(-__builtin_inf())};
    return find_log(x);
  }
  constexpr int scaled(int x, double by) { return apply<ops::Multiply>({}, g_.add_literal(by), x); }

  // log(e^a + e^b). The larger comes first, so that infinities are not subtracted.
  constexpr int log_add_exp(int a, int b) {
    if (g_.is_literal(a, 0)) return apply<ops::Softplus>({}, b);
    if (g_.is_literal(b, 0)) return apply<ops::Softplus>({}, a);
    const AnyExpr x(g_.value(a)), y(g_.value(b));
    const AnyExpr differ = where(x > y, x + softplus(y - x), y + softplus(x - y));
    return where((x == y) * (abs(x) == __builtin_inf()), x, differ).value().id();
  }

  // ------------------------------------------------------------------ quotients

  constexpr int quotient(int a, int b) {
    if (const int q = quotient_of_factor(a, b, 0); q >= 0) return q;
    if (is<ops::Exp>(a)) {
      if (const int q = over_square(a, b); q >= 0) return q;
    }
    if (is<ops::Exp>(a) && is<ops::Sum>(b) && in(b, 0) == a) {
      const Attr sum = g_[b].attr;
      if (sum.i[1] || meets_itself(g_[a].shape, sum.i[0]))
        return apply<ops::Softmax>(reduce_attr(sum.i[0], true), in(a, 0));
    }
    if (is<ops::Add>(b)) {
      for (int k = 0; k < 2; ++k) {
        const int e = in(b, k), other = in(b, 1 - k);
        if (!is<ops::Exp>(e)) continue;
        if (g_.is_literal(other, 1)) return over_one_plus(a, e);
        if (is<ops::Exp>(other) && (a == e || a == other)) {
          const int x = in(a == e ? e : other, 0), y = in(a == e ? other : e, 0);
          return apply<ops::Sigmoid>({}, apply<ops::Subtract>({}, x, y));
        }
        if (const int t = hyperbolic(a, e, other); t >= 0) return t;
      }
    }
    if (is<ops::Exp>(a) && (is<ops::Sum>(b) || is<ops::Add>(b))) {
      const Positive p = positive_log(b);
      if (p.log >= 0 && p.overflows) {
        const int u = in(a, 0), less = apply<ops::Subtract>({}, u, p.log);
        if (is<ops::Sum>(b)) return apply<ops::Exp>({}, less);
        const int infinite = apply<ops::Equal>({}, u, g_.add_literal(__builtin_inf()));
        const int shifted = apply<ops::Where>({}, infinite, g_.add_literal(0), less);
        return apply<ops::Exp>({}, shifted);
      }
    }
    return -1;
  }
  // (x e) / b, e an exponential among the factors, where e / b is stable: e may overflow where the
  // quotient does not.
  constexpr int quotient_of_factor(int a, int b, int depth) {
    if (!is<ops::Multiply>(a) || depth == 4) return -1;
    for (int k = 0; k < 2; ++k) {
      const int e = in(a, k), rest = in(a, 1 - k);
      int q = -1;
      if (!is<ops::Exp>(e))
        q = quotient_of_factor(e, b, depth + 1);
      else if (!is_one_plus(b) || in(b, 0) == e || in(b, 1) == e ||
               !(is<ops::Exp>(in(b, 0)) || is<ops::Exp>(in(b, 1))))
        q = quotient(e, b);
      if (q < 0 || (forms_ && forms_->may_overflow(rest))) continue;
      return k == 0 ? apply<ops::Multiply>({}, q, rest) : apply<ops::Multiply>({}, rest, q);
    }
    return -1;
  }
  constexpr bool has_factor_exp(int x) const {
    return is<ops::Exp>(x) ||
           (is<ops::Multiply>(x) && (is<ops::Exp>(in(x, 0)) || is<ops::Exp>(in(x, 1))));
  }
  constexpr bool is_sum_over_one_plus(int a, int b) const {
    return is_one_plus(b) && (forms_->is_sum_with(a, in(b, 0)) || forms_->is_sum_with(a, in(b, 1)));
  }
  constexpr bool is_one_plus(int b) const {
    return is<ops::Add>(b) && (g_.is_literal(in(b, 0), 1) || g_.is_literal(in(b, 1), 1));
  }
  // e / (1 + e)^2, e = exp(u): the density of the logistic distribution.
  constexpr int over_square(int e, int b) {
    const int root = square_root(b);
    if (root < 0 || !is_one_plus(root) || (in(root, 0) != e && in(root, 1) != e)) return -1;
    const int u = in(e, 0);
    return apply<ops::Multiply>({}, apply<ops::Sigmoid>({}, u),
                                apply<ops::Sigmoid>({}, negated(u)));
  }
  // a / (1 + e), e = exp(u).
  constexpr int over_one_plus(int a, int e) {
    const int u = in(e, 0);
    if (a == e) return apply<ops::Sigmoid>({}, u);
    if (is<ops::Expm1>(a) && in(a, 0) == u) return apply<ops::Tanh>({}, scaled(u, 0.5));
    if (is<ops::Subtract>(a) && g_.is_literal(in(a, 0), 1) && in(a, 1) == e)
      return negated(apply<ops::Tanh>({}, scaled(u, 0.5)));
    const int s = apply<ops::Sigmoid>({}, negated(u));
    return g_.is_literal(a, 1) ? s : apply<ops::Multiply>({}, a, s);
  }
  // (e^x - e^y) / (e^x + e^y)
  constexpr int hyperbolic(int a, int e, int other) {
    if (!is<ops::Subtract>(a) || !is<ops::Exp>(other)) return -1;
    const int x = in(a, 0), y = in(a, 1);
    if (!((x == e && y == other) || (x == other && y == e))) return -1;
    return apply<ops::Tanh>({}, scaled(apply<ops::Subtract>({}, in(x, 0), in(y, 0)), 0.5));
  }
  // Whether a sum over `mask` whose axes are gone broadcasts back to where its terms were: no
  // feature axis is left before one that is gone.
  static constexpr bool meets_itself(const Shape& s, int mask) {
    bool left = false;
    for (int k = s.batched(); k < s.rank; ++k) {
      const bool gone = mask >> k & 1;
      if (left && gone) return false;
      left = left || !gone;
    }
    return true;
  }

  // ------------------------------------------------------------------ costs

  constexpr int cross_entropy(const Node& n, int p, int t) {
    const int last = 1 << (g_[p].shape.rank - 1);
    if (is<ops::Softmax>(p) && g_[p].attr.i[0] == last)
      return apply<ops::SoftmaxCrossEntropy>(n.attr, in(p, 0), t);
    const Positive log_p = positive_log(p);
    if (log_p.log < 0 || !log_p.extreme) return -1;
    const AnyExpr targets(g_.value(t)), y(g_.value(log_p.log));
    if (are_labels(targets)) return (-sum_last(where(at_label(targets, y), y, 0))).value().id();
    return (-sum_last(where(targets == 0, 0, targets * y))).value().id();
  }

  constexpr int binary_cross_entropy(const Node& n, int p, int t) {
    const int z = logit(p);
    return z < 0 ? -1 : apply<ops::SigmoidBinaryCrossEntropy>(n.attr, z, t);
  }
  // t log(p) + (1 - t) log(1 - p), p = sigmoid(z), with any signs: by then softplus of z and -z.
  constexpr int weighted_logs(int a, int b, int sign) {
    const Weighted x = weighted_softplus(a);
    if (x.z < 0) return -1;
    const Weighted y = weighted_softplus(b);
    if (y.z < 0 || x.sign != sign * y.sign || negated(x.z) != y.z) return -1;
    int cost = -1;
    if (is_one_minus(y.weight, x.weight))
      cost = apply<ops::SigmoidBinaryCrossEntropy>({}, y.z, x.weight);
    else if (is_one_minus(x.weight, y.weight))
      cost = apply<ops::SigmoidBinaryCrossEntropy>({}, x.z, y.weight);
    return cost < 0 || x.sign > 0 ? cost : negated(cost);
  }
  constexpr bool is_one_minus(int a, int b) const {
    return is<ops::Subtract>(a) && g_.is_literal(in(a, 0), 1) && in(a, 1) == b;
  }
  /// sign * weight * softplus(z); z is -1 where a node is none.
  struct Weighted {
    int sign = 1, weight = -1, z = -1;
  };
  constexpr Weighted weighted_softplus(int x) const {
    Weighted w;
    if (is<ops::Negate>(x)) x = in(x, 0), w.sign = -w.sign;
    if (!is<ops::Multiply>(x)) return w;
    for (int k = 0; k < 2; ++k) {
      int factor = in(x, k), sign = 1;
      if (is<ops::Negate>(factor)) factor = in(factor, 0), sign = -1;
      if (!is<ops::Softplus>(factor)) continue;
      w.sign *= sign;
      w.z = in(factor, 0);
      w.weight = in(x, 1 - k);
      if (is<ops::Negate>(w.weight)) w.weight = in(w.weight, 0), w.sign = -w.sign;
      break;
    }
    return w;
  }

  // z where p is sigmoid(z) or 1 minus that, perhaps behind views; -1 if it is not.
  constexpr int logit(int p) {
    if (const int z = logit_of(p); z >= 0) return z;
    if (is<ops::Subtract>(p) && g_.is_literal(in(p, 0), 1)) {
      const int z = logit(in(p, 1));
      return z < 0 ? -1 : negated(z);
    }
    const OpInfo* const op = g_[p].op;
    if (op->kind != OpKind::view || op == info_of<ops::Handle> || op == info_of<ops::StopGradient>)
      return -1;
    const int z = logit(in(p, 0));
    return z < 0 ? -1 : g_.add(op, Attr(g_[p].attr), &z, 1);
  }

  static constexpr double log_2 = 0.693147180559945309417;

  Graph& g_;
  StableForms* forms_;
  int budget_ = 0;  // nodes that a search may still look at
  int depth_ = 0;   // of logs within logs
};

constexpr Graph stabilize(const Graph& g) {
  bool exponentials = false, gradients = false, others = false;
  for (const Node& n : g.nodes) {
    others = others || n.op == info_of<ops::Log> || n.op == info_of<ops::Log1p> ||
             n.op == info_of<ops::Softplus> || n.op == info_of<ops::CrossEntropy> ||
             n.op == info_of<ops::BinaryCrossEntropy> || n.op->cheaper;
    exponentials = exponentials || n.op == info_of<ops::Exp> || n.op == info_of<ops::Expm1> ||
                   n.op == info_of<ops::Sigmoid> || n.op == info_of<ops::Softmax>;
    gradients = gradients || n.op == info_of<ops::Gradient>;
  }
  if (!exponentials && !others) return in_reading_order(g);
  return in_reading_order(rewrite(g, [&](Graph& out, int id, const List<int>& in) {
    StableForms forms(out, gradients);
    Stabilizer s(out, exponentials ? &forms : nullptr);
    return s(g[id], in);
  }));
}

}  // namespace ansatz::ir
