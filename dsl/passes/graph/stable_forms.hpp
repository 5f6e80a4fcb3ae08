// Quotients, roots, powers and products of sums of exponentials, where an exponential overflows or
// underflows and the whole does not:
//   (c e^u + d e^v) / (a e^s + b e^t) -> (c e^(u - m) + d e^(v - m)) / (a e^(s - m) + b e^(t - m))
//   sqrt(a e^s + b e^t) -> e^(m / 2) sqrt(a e^(s - m) + b e^(t - m))             m = max(s, t)
//   c e^u / (a e^s) -> (c / a) e^(u - s)         sqrt(e^u) -> e^(u / 2)
// The identities hold for every m, so that m is a constant to gradients. A sum over axes is scaled
// by its largest exponent; sigmoid and softmax are quotients. Where terms of both signs or a sum
// that cancels exactly make that no number, as in e^u / (e^s - e^s), each sum is one number and one
// exponent:
//   (c e^u + d e^v) / (a e^s - b e^t) -> (q / r) e^(m - n)    q e^m, r e^n the sums; q / r if r = 0
#pragma once

#include <dsl/grad.hpp>
#include <dsl/ops/activation/sigmoid.hpp>
#include <dsl/ops/activation/softmax.hpp>
#include <dsl/ops/arithmetic/abs.hpp>
#include <dsl/ops/arithmetic/clip.hpp>
#include <dsl/ops/arithmetic/expm1.hpp>
#include <dsl/ops/arithmetic/less.hpp>
#include <dsl/ops/arithmetic/maximum.hpp>
#include <dsl/ops/arithmetic/minimum.hpp>
#include <dsl/ops/arithmetic/pow.hpp>
#include <dsl/ops/arithmetic/rsqrt.hpp>
#include <dsl/ops/arithmetic/sqrt.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/passes/graph/rewrite.hpp>
#include <dsl/passes/graph/stable.hpp>

namespace ansatz::ir {

/// x where it stands for a stable form of x.
constexpr int as_written(const Graph& g, int x) {
  return g.is(x, info_of<ops::Stable>) ? g.in(x, 0) : x;
}

class StableForms {
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
  constexpr int in(int x, int k) const { return g_.in(x, k); }

  static constexpr int none = -1;
  static constexpr int most_terms = 8;

  /// c e^w, or c e^w (e^d - 1); what is none is not there.
  struct Term {
    int c = none, w = none, d = none;
  };
  /// q e^m
  struct Scaled {
    int q = none, m = none;
  };
  using Terms = List<Term>;

 public:
  /// @param gradients  whether the graph has any
  constexpr StableForms(Graph& g, bool gradients) : g_(g), gradients_(gradients) {}

  /// The node in the place of x, which is in the graph as written; -1: it is well as it is.
  constexpr int operator()(int x) {
    if (!may_fail(x)) return none;
    return form(x);
  }
  /// The same of what is known to fail.
  constexpr int form(int x) {
    Terms terms;
    plain_ = true;
    fragile_ = false;
    budget_ = 64;
    if (!collect(x, terms, 0)) return none;
    const bool value_is_right = plain_ && is_plain(x);
    if (value_is_right && !gradients_) return none;
    const bool fragile = fragile_ || may_cancel(terms);
    int y = sum_of(terms);
    if (fragile) y = if_finite(y, whole(x));
    const Shape shape = g_[x].shape;
    if (!(g_[y].shape == shape)) y = apply<ops::BroadcastTo>(shape_attr(shape), y);
    Attr attr;
    attr.i[0] = !value_is_right;
    return apply<ops::Stable>(attr, x, y);
  }

  /// log(x) as log(q) + m; -1 where x is no sum of exponentials.
  constexpr int log_of(int x) {
    budget_ = 32;
    if (!has_exponential(x)) return none;
    Terms terms;
    fragile_ = false;
    budget_ = 64;
    if (!collect(x, terms, 0) || !any_exponent(terms)) return none;
    const bool fragile = fragile_;
    const Scaled s = scaled(terms);
    if (s.q == none) return s.m;
    int y = log_of(s);
    if (fragile) y = if_finite(y, log_of(as_one(x)));
    const Shape shape = g_[x].shape;
    return g_[y].shape == shape ? y : apply<ops::BroadcastTo>(shape_attr(shape), y);
  }

  /// Whether a sum with e = exp(u), or another exponential, is a factor of a: then a sigmoid(-u) is
  /// no stable form of a / (1 + e).
  constexpr bool is_sum_with(int a, int e) {
    if (a == e || !is<ops::Exp>(e)) return false;
    if (is<ops::Expm1>(a)) return in(a, 0) != in(e, 0);
    if (is<ops::Subtract>(a) && g_.is_literal(in(a, 0), 1) && in(a, 1) == e) return false;
    if (is<ops::Multiply>(a)) return is_sum_with(in(a, 0), e) || is_sum_with(in(a, 1), e);
    return may_overflow(a);
  }

  /// Whether a has an exp or expm1 among its factors or terms.
  constexpr bool may_overflow(int a) {
    budget_ = 32;
    return has_exponential(a, false);
  }

  /// Whether a has an exp or expm1 among its factors or terms, and it is of a variable of b.
  constexpr bool related(int a, int b) {
    if (!may_overflow(a)) return false;
    List<int> of_a, of_b;
    budget_ = 64;
    leaves_of(a, of_a);
    budget_ = 64;
    leaves_of(b, of_b);
    for (int x : of_a)
      for (int y : of_b)
        if (x == y) return true;
    return false;
  }

 private:
  // ------------------------------------------------------------------ what may fail

  constexpr bool may_fail(int x) {
    budget_ = 32;
    if (is<ops::Divide>(x)) return has_exponential(in(x, 1));
    if (is<ops::Sqrt>(x) || is<ops::Rsqrt>(x)) return has_exponential(in(x, 0));
    if (is<ops::Pow>(x) && g_.is_literal(in(x, 1)))
      return g_.literal(in(x, 1)) < 1 && has_exponential(in(x, 0));
    if (is<ops::Multiply>(x)) {
      const int a = as_written(g_, in(x, 0)), b = as_written(g_, in(x, 1));
      if ((vanishes(a) && has_exponential(a) && related(b, a)) ||
          (vanishes(b) && has_exponential(b) && related(a, b)))
        return true;
      return opposed(a, b);
    }
    return false;
  }
  // Whether a product is of exponentials of which one grows where the other vanishes: inf times 0.
  constexpr bool opposed(int a, int b) {
    budget_ = 32;
    if (!has_exponential(a) || !has_exponential(b)) return false;
    List<Direction> of_a, of_b;
    budget_ = 64;
    directions(a, 1, of_a);
    directions(b, 1, of_b);
    for (const Direction& x : of_a)
      for (const Direction& y : of_b)
        if (x.of == y.of && x.sign != y.sign && (x.grows || y.grows)) return true;
    return false;
  }
  /// Where an exponential grows: with a value or against it.
  struct Direction {
    int of = none, sign = 1;
    bool grows = true;  ///< without bound
  };
  constexpr void directions(int x, int sign, List<Direction>& to) {
    if (--budget_ < 0) return;
    x = as_written(g_, x);
    const OpInfo* const op = g_[x].op;
    if ((op == info_of<ops::Exp> && !is_shifted(in(x, 0))) || op == info_of<ops::Expm1> ||
        op == info_of<ops::Sigmoid>) {
      Direction d = direction_of(in(x, 0), sign);
      d.grows = op != info_of<ops::Sigmoid> || sign < 0;
      to.push_back(d);
    } else if (op == info_of<ops::Add> || op == info_of<ops::Subtract> ||
               op == info_of<ops::Multiply> || op == info_of<ops::Divide>) {
      directions(in(x, 0), sign, to);
      directions(in(x, 1), op == info_of<ops::Divide> ? -sign : sign, to);
    } else if (op == info_of<ops::Negate> || op == info_of<ops::Sqrt> ||
               op == info_of<ops::Square>) {
      directions(in(x, 0), sign, to);
    } else if (op == info_of<ops::Rsqrt>) {
      directions(in(x, 0), -sign, to);
    } else if (op == info_of<ops::Pow> && g_.is_literal(in(x, 1))) {
      directions(in(x, 0), g_.literal(in(x, 1)) < 0 ? -sign : sign, to);
    }
  }
  // Of c u + d, c and d numbers: that of u.
  constexpr Direction direction_of(int u, int sign) const {
    for (;;) {
      int next = none;
      if (is<ops::Negate>(u)) {
        next = in(u, 0), sign = -sign;
      } else if (is<ops::Add>(u) || is<ops::Multiply>(u)) {
        for (int k = 0; k < 2; ++k)
          if (g_.is_literal(in(u, k))) {
            next = in(u, 1 - k);
            if (is<ops::Multiply>(u) && g_.literal(in(u, k)) < 0) sign = -sign;
            break;
          }
      } else if (is<ops::Subtract>(u)) {
        if (g_.is_literal(in(u, 1)))
          next = in(u, 0);
        else if (g_.is_literal(in(u, 0)))
          next = in(u, 1), sign = -sign;
      } else if (is<ops::Divide>(u) && g_.is_literal(in(u, 1))) {
        next = in(u, 0);
        if (g_.literal(in(u, 1)) < 0) sign = -sign;
      }
      if (next == none) return {u, sign, true};
      u = next;
    }
  }
  // Whether it is a quotient or such, that is 0 where what it is made of overflows.
  constexpr bool vanishes(int x) const {
    return is<ops::Divide>(x) || is<ops::Rsqrt>(x) || is<ops::Sigmoid>(x) ||
           (is<ops::Pow>(x) && g_.is_literal(in(x, 1)) && g_.literal(in(x, 1)) < 0);
  }
  constexpr bool has_exponential(int x, bool or_sigmoid = true) {
    if (--budget_ < 0) return false;
    const OpInfo* const op = g_[x].op;
    if (op == info_of<ops::Exp>) return !is_shifted(in(x, 0));
    if (op == info_of<ops::Expm1>) return true;
    if (op == info_of<ops::Sigmoid> || op == info_of<ops::Softmax>) return or_sigmoid;
    const bool two = op == info_of<ops::Add> || op == info_of<ops::Subtract> ||
                     op == info_of<ops::Multiply> || op == info_of<ops::Divide>;
    if (two || op == info_of<ops::Negate> || op == info_of<ops::Sum> ||
        op == info_of<ops::Square> || op == info_of<ops::Sqrt> || op == info_of<ops::Rsqrt> ||
        op == info_of<ops::Pow> || op == info_of<ops::Stable>)
      return has_exponential(in(x, 0), or_sigmoid) ||
             (two && has_exponential(in(x, 1), or_sigmoid));
    return false;
  }
  // u less its largest, or less log_sum_exp(u): scaled by the user.
  constexpr bool is_shifted(int u) const {
    if (!is<ops::Subtract>(u)) return false;
    int m = in(u, 1);
    while (g_[m].op->kind == OpKind::view) m = in(m, 0);
    return is<ops::Max>(m) || is<ops::LogSumExp>(m);
  }
  constexpr void leaves_of(int x, List<int>& to) {
    if (--budget_ < 0) return;
    const Node& n = g_[x];
    if (n.count == 0 && n.op != info_of<ops::Literal>) to.push_back(x);
    for (int k = 0; k < n.count; ++k) leaves_of(in(x, k), to);
  }

  // A number over a sum of positive exponentials or a power of it: 0 where that overflows, which is
  // right.
  constexpr bool is_plain(int x) {
    if (is<ops::Pow>(x)) return g_.literal(in(x, 1)) <= -1 && positive_sum(in(x, 0));
    budget_ = 32;
    if (!is<ops::Divide>(x) || has_exponential(in(x, 0))) return false;
    const int b = in(x, 1);
    if (is<ops::Square>(b)) return positive_sum(in(b, 0));
    if (is<ops::Pow>(b) && g_.is_literal(in(b, 1)) && g_.literal(in(b, 1)) >= 1)
      return positive_sum(in(b, 0));
    return is<ops::Expm1>(b) || positive_sum(b);
  }
  constexpr bool positive_sum(int x) {
    if (is<ops::Exp>(x) || is<ops::Sigmoid>(x) || is<ops::Softmax>(x)) return true;
    if (g_.is_literal(x)) return g_.literal(x) > 0;
    if (is<ops::Sum>(x)) return positive_sum(in(x, 0));
    if (is<ops::Add>(x)) return positive_sum(in(x, 0)) && positive_sum(in(x, 1));
    if (is<ops::Multiply>(x))
      for (int k = 0; k < 2; ++k)
        if (g_.is_literal(in(x, k)) && g_.literal(in(x, k)) > 0) return positive_sum(in(x, 1 - k));
    return false;
  }

  // ------------------------------------------------------------------ arithmetic of the parts

  constexpr int negated(int x) {
    if (g_.is_literal(x)) return g_.add_literal(-g_.literal(x));
    if (is<ops::Negate>(x)) return in(x, 0);
    return apply<ops::Negate>({}, x);
  }
  // Coefficients, none being 1.
  constexpr int times(int a, int b) {
    if (a == none) return b;
    if (b == none) return a;
    if (g_.is_literal(a) && g_.is_literal(b)) return g_.add_literal(g_.literal(a) * g_.literal(b));
    return apply<ops::Multiply>({}, a, b);
  }
  constexpr int over(int a, int b) {
    if (b == none) return a;
    return apply<ops::Divide>({}, a == none ? g_.add_literal(1) : a, b);
  }
  constexpr int minus_once(int c) { return c == none ? g_.add_literal(-1) : negated(c); }
  // Exponents, none being 0. What is infinite is as far as a number goes, so that the largest less
  // itself is 0.
  constexpr int plus(int a, int b) {
    if (a == none) return b;
    if (b == none) return a;
    if (negated(a) == b) return none;
    return apply<ops::Add>({}, a, b);
  }
  constexpr int minus(int a, int b) {
    if (a == b) return none;
    if (b == none) return a;
    if (a == none) return negated(b);
    if (is<ops::StopGradient>(b)) a = finite(a);
    return apply<ops::Subtract>({}, a, b);
  }
  constexpr int finite(int u) {
    if (g_.is_literal(u) || is<ops::StopGradient>(u) || is<ops::Clip>(u)) return u;
    return apply<ops::Clip>({}, u, g_.add_literal(-1e30), g_.add_literal(1e30));
  }
  constexpr int by(int w, double p) {
    if (w == none) return none;
    return p == 1 ? w : apply<ops::Multiply>({}, g_.add_literal(p), w);
  }
  constexpr int exp_of(int w) { return apply<ops::Exp>({}, w); }

  // c e^w (e^d - 1)
  constexpr int value_of_term(const Term& t) {
    if (t.d == none) {
      if (t.w == none) return t.c == none ? g_.add_literal(1) : t.c;
      const int x = times(t.c, exp_of(t.w));
      return one_number_ && t.c != none ? if_finite(t.c, x, t.c) : x;
    }
    const int below = apply<ops::Expm1>({}, t.d);
    if (t.w == none) return times(t.c, below);
    const int above = negated(apply<ops::Expm1>({}, negated(t.d))), at = plus(t.w, t.d);
    if (at == none) return times(t.c, above);
    const int zero = g_.add_literal(0), positive = apply<ops::Greater>({}, t.d, zero);
    return times(
        t.c, apply<ops::Where>({}, positive, times(exp_of(at), above), times(exp_of(t.w), below)));
  }
  constexpr int sum_of(const Terms& terms) {
    int sum = none;
    for (const Term& t : terms) {
      const int x = value_of_term(t);
      sum = sum == none ? x : apply<ops::Add>({}, sum, x);
    }
    return sum;
  }

  // ------------------------------------------------------------------ sums that cancel

  constexpr int if_finite(int y, int otherwise) { return if_finite(y, y, otherwise); }
  constexpr int if_finite(int y, int then, int otherwise) {
    const int finite =
        apply<ops::Less>({}, apply<ops::Abs>({}, y), g_.add_literal(__builtin_inf()));
    return apply<ops::Where>({}, finite, then, otherwise);
  }
  constexpr int log_of(const Scaled& s) {
    if (s.q == none) return s.m;
    const int y = apply<ops::Log>({}, s.q);
    return s.m == none ? y : apply<ops::Add>({}, y, s.m);
  }
  // x as q e^m, and every sum in it, too.
  constexpr Scaled as_one(int x) {
    one_number_ = true;
    budget_ = 64;
    Terms terms;
    collect(x, terms, 0);
    const Scaled s = scaled(terms);
    one_number_ = false;
    return s;
  }
  // The value of that. Of a q that is 0 the exponential must not make NaN: each of nine factors is
  // a number in float, and all together are too large for one in double.
  constexpr int whole(int x) {
    const Scaled s = as_one(x);
    if (s.m == none) return s.q == none ? g_.add_literal(1) : s.q;
    if (s.q == none) return exp_of(s.m);
    const int factor = exp_of(by(apply<ops::Minimum>({}, s.m, g_.add_literal(765)), 1. / 9));
    int y = s.q;
    for (int k = 0; k < 9; ++k) y = times(y, factor);
    return if_finite(s.q, y, s.q);
  }
  // Whether terms of both signs may overflow.
  constexpr bool may_cancel(const Terms& terms) const {
    int unbounded = 0;
    for (const Term& t : terms) unbounded += t.w != none || t.d != none;
    return unbounded > 1 && !all_positive(terms);
  }
  // Whether a sum may be 0 where no factor of it is.
  constexpr bool may_be_zero(const Terms& terms) const {
    return (terms.size() > 1 || terms[0].d != none) && !all_positive(terms);
  }
  constexpr bool all_positive(const Terms& terms) const {
    for (const Term& t : terms)
      if (t.d != none || (t.c != none && !is_positive(t.c, 0))) return false;
    return true;
  }
  constexpr bool is_positive(int x, int depth) const {
    if (g_.is_literal(x)) return g_.literal(x) > 0;
    if (is<ops::Exp>(x)) return true;
    if (depth == 4) return false;
    if (is<ops::Add>(x) || is<ops::Multiply>(x) || is<ops::Divide>(x))
      return is_positive(in(x, 0), depth + 1) && is_positive(in(x, 1), depth + 1);
    if (is<ops::Sum>(x) || is<ops::Sqrt>(x) || is<ops::Rsqrt>(x) || is<ops::Square>(x) ||
        (is<ops::Pow>(x) && g_.is_literal(in(x, 1))) || is<ops::BroadcastTo>(x) ||
        is<ops::Reshape>(x))
      return is_positive(in(x, 0), depth + 1);
    return false;
  }

  // ------------------------------------------------------------------ sums

  static constexpr bool any_exponent(const Terms& terms) {
    for (const Term& t : terms)
      if (t.w != none || t.d != none) return true;
    return false;
  }
  constexpr int largest_exponent(const Terms& terms) {
    const int zero = g_.add_literal(0);
    int m = none;
    for (const Term& t : terms) {
      int u = t.w == none ? zero : finite(t.w);
      if (t.d != none) {
        const int d = apply<ops::Maximum>({}, finite(t.d), zero);
        u = t.w == none ? d : apply<ops::Add>({}, u, d);
      }
      if (m != u) m = m == none ? u : apply<ops::Maximum>({}, m, u);
    }
    return m;
  }
  constexpr void shift(Terms& terms, int m) {
    for (Term& t : terms) {
      if (t.d != none) t.d = finite(t.d);
      t.w = minus(t.w, m);
    }
  }
  constexpr Scaled scaled(Terms& terms) {
    if (terms.size() == 1 && terms[0].d == none) return {terms[0].c, terms[0].w};
    if (!any_exponent(terms)) return {sum_of(terms), none};
    const int m = apply<ops::StopGradient>({}, largest_exponent(terms));
    shift(terms, m);
    return {sum_of(terms), m};
  }
  // The same as a single term.
  constexpr Term joined(Terms& terms) {
    const Scaled s = scaled(terms);
    return {s.q, s.m};
  }
  constexpr void join(Terms& terms) {
    if (terms.size() == 1 && terms[0].d == none) return;
    const Term t = joined(terms);
    terms.resize(0);
    terms.push_back(t);
  }

  // Terms of one exponential are one, so that what cancels does so before it overflows.
  constexpr void merge(Terms& terms) {
    int kept = 0;
    for (int k = 0; k < terms.size(); ++k) {
      const Term t = terms[k];
      int same = 0;
      while (same < kept && (terms[same].w != t.w || terms[same].d != t.d)) ++same;
      if (same == kept)
        terms[kept++] = t;
      else
        terms[same].c = sum(terms[same].c, t.c);
    }
    terms.resize(kept);
    kept = 0;
    for (int k = 0; k < terms.size(); ++k)
      if (terms[k].c == none || !g_.is_literal(terms[k].c, 0)) terms[kept++] = terms[k];
    if (kept == 0) terms[kept++] = {g_.add_literal(0), none, none};
    terms.resize(kept);
  }
  constexpr int sum(int a, int b) {
    const int x = a == none ? g_.add_literal(1) : a, y = b == none ? g_.add_literal(1) : b;
    if (g_.is_literal(x) && g_.is_literal(y)) return g_.add_literal(g_.literal(x) + g_.literal(y));
    return apply<ops::Add>({}, x, y);
  }

  // ------------------------------------------------------------------ x as terms

  constexpr bool collect(int x, Terms& to, int depth) {
    x = as_written(g_, x);
    if (depth == 12 || --budget_ < 0) return false;
    const int seen = seen_;
    Terms own;  // so that merging them leaves those of others alone
    if (!take_apart(x, own, depth + 1) || own.size() > most_terms) return false;
    if (seen_ == seen) {
      own.resize(0);
      Term t;
      if (!g_.is_literal(x, 1)) t.c = x;
      own.push_back(t);
    }
    for (const Term& t : own) to.push_back(t);
    return true;
  }
  constexpr bool take_apart(int x, Terms& to, int depth) {
    const OpInfo* const op = g_[x].op;
    const Attr attr = g_[x].attr;
    Term t;
    if (op == info_of<ops::Exp> && !is_shifted(in(x, 0))) {
      ++seen_;
      t.w = in(x, 0);
      to.push_back(t);
    } else if (op == info_of<ops::Expm1>) {
      ++seen_;
      t.d = in(x, 0);
      to.push_back(t);
    } else if (op == info_of<ops::Sigmoid>) {
      to.push_back(logistic(in(x, 0)));
    } else if (op == info_of<ops::Subtract> && g_.is_literal(in(x, 0), 1) &&
               is<ops::Sigmoid>(in(x, 1))) {
      plain_ = false;
      to.push_back(logistic(negated(in(in(x, 1), 0))));
    } else if (op == info_of<ops::Softmax>) {
      ++seen_;
      const AnyExpr u(g_.value(in(x, 0))), m = stop_gradient(shift_of(u, attr.i[0]));
      const AnyExpr shifted = u - m;
      const AnyExpr e(reduce<ops::Sum>(exp(shifted).value(), attr.i[0], true));
      t.c = over(none, e.value().id());
      t.w = shifted.value().id();
      to.push_back(t);
    } else if (op == info_of<ops::Negate>) {
      if (!collect(in(x, 0), to, depth)) return false;
      if (one_number_) join(to);
      for (Term& each : to) each.c = minus_once(each.c);
    } else if (op == info_of<ops::Add> || op == info_of<ops::Subtract>) {
      if (!collect(in(x, 0), to, depth)) return false;
      const int before = to.size();
      if (!collect(in(x, 1), to, depth)) return false;
      if (op == info_of<ops::Subtract>)
        for (int k = before; k < to.size(); ++k) to[k].c = minus_once(to[k].c);
      merge(to);
    } else if (op == info_of<ops::Multiply> || op == info_of<ops::Divide>) {
      return product(x, to, depth);
    } else if (op == info_of<ops::Sqrt>) {
      return power(x, 0.5, to, depth);
    } else if (op == info_of<ops::Rsqrt>) {
      return power(x, -0.5, to, depth);
    } else if (op == info_of<ops::Square>) {
      return power(x, 2, to, depth);
    } else if (op == info_of<ops::Pow> && g_.is_literal(in(x, 1)) && g_.literal(in(x, 1)) != 0) {
      return power(x, g_.literal(in(x, 1)), to, depth);
    } else if (op == info_of<ops::Sum>) {
      Terms inner;
      if (!collect(in(x, 0), inner, depth)) return false;
      to.push_back(summed(inner, attr, g_[in(x, 0)].shape, g_[x].shape));
    } else {
      to.push_back(t);
    }
    return true;
  }
  // 1 / (1 + e^-u)
  constexpr Term logistic(int u) {
    ++seen_;
    Terms below;
    below.push_back({});
    below.push_back({none, negated(u), none});
    const Term t = joined(below);
    return {over(none, t.c), minus(none, t.w), none};
  }
  constexpr bool product(int x, Terms& to, int depth) {
    Terms a, b;
    if (!collect(in(x, 0), a, depth) || !collect(in(x, 1), b, depth)) return false;
    const bool divides = is<ops::Divide>(x);
    fragile_ = fragile_ || may_cancel(a) || (divides ? may_be_zero(b) : may_cancel(b));
    if (one_number_) {
      join(a);
      join(b);
    }
    if (divides || b.size() > 1 || b[0].d != none) {
      if (!divides && a.size() == 1 && a[0].d == none) return distribute(b, a[0], false, to);
      const Term factor = joined(b);
      return distribute(a, factor, divides, to);
    }
    return distribute(a, b[0], false, to);
  }
  constexpr bool distribute(const Terms& a, const Term& factor, bool divides, Terms& to) {
    for (Term t : a) {
      t.c = divides ? over(t.c, factor.c) : times(t.c, factor.c);
      t.w = divides ? minus(t.w, factor.w) : plus(t.w, factor.w);
      to.push_back(t);
    }
    return true;
  }
  constexpr bool power(int x, double p, Terms& to, int depth) {
    Terms inner;
    if (!collect(in(x, 0), inner, depth)) return false;
    fragile_ = fragile_ || may_be_zero(inner);
    Term t = joined(inner);
    if (t.c != none) {
      const Node n = g_[x];
      int operands[] = {t.c, none};
      if (n.count == 2) operands[1] = in(x, 1);
      t.c = g_.add(n.op, n.attr, operands, n.count);
    }
    t.w = by(t.w, p);
    to.push_back(t);
    return true;
  }
  // Shapes and attributes by value: those of a node move when others are added to the graph.
  constexpr Term summed(Terms& inner, Attr attr, Shape from, Shape shape) {
    if (!any_exponent(inner)) return {summed(sum_of(inner), attr, from), none, none};
    int u = largest_exponent(inner);
    if (!(g_[u].shape == from)) u = apply<ops::BroadcastTo>(shape_attr(from), u);
    const AnyExpr largest(reduce<ops::Max>(g_.value(u), attr.i[0], true));
    const int m = apply<ops::StopGradient>({}, largest.value().id());
    shift(inner, m);
    const int q = summed(sum_of(inner), attr, from);
    if (g_[m].shape == shape) return {q, m, none};
    const int reshaped = apply<ops::Reshape>(shape_attr(shape), largest.value().id());
    return {q, apply<ops::StopGradient>({}, reshaped), none};
  }

  constexpr int summed(int x, Attr attr, Shape from) {
    if (!(g_[x].shape == from)) x = apply<ops::BroadcastTo>(shape_attr(from), x);
    return apply<ops::Sum>(attr, x);
  }

  Graph& g_;
  bool gradients_ = false, plain_ = true;
  bool fragile_ = false;     // whether sums may cancel where their terms overflow, or divide by 0
  bool one_number_ = false;  // sums of x are joined
  int seen_ = 0;             // exponentials
  int budget_ = 0;           // nodes that a search may still look at
};

}  // namespace ansatz::ir
