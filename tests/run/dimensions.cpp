// Values of many dimensions, repeated, turned and reduced in every way, against plain loops.
#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>
#include <vector>

#include <dsl/build.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;
using Catch::Matchers::Contains;

namespace {

template <std::size_t Rank>
using Sizes = std::array<int, Rank>;

template <std::size_t Rank>
struct Array {
  Sizes<Rank> size{};
  std::vector<double> values;
  std::size_t place(const Sizes<Rank>& at) const {
    std::size_t p = 0;
    for (std::size_t k = 0; k < Rank; ++k)
      p = p * static_cast<std::size_t>(size[k]) +
          static_cast<std::size_t>(size[k] == 1 ? 0 : at[k]);
    return p;
  }
  double operator()(const Sizes<Rank>& at) const { return values[place(at)]; }
};

class Random {
 public:
  explicit Random(unsigned seed) : state_(seed) {}
  int below(int n) {
    state_ = state_ * 1664525 + 1013904223;
    return static_cast<int>(state_ >> 16) % n;
  }

 private:
  unsigned state_;
};

template <std::size_t Rank>
Array<Rank> random_array(Random& random, const Sizes<Rank>& size) {
  Array<Rank> t{size, {}};
  int n = 1;
  for (int s : size) n *= s;
  for (int k = 0; k < n; ++k) t.values.push_back(random.below(33) / 8.0 - 2);
  return t;
}

// Row-major, the last axis innermost.
template <std::size_t Rank, class Visit>
void each(const Sizes<Rank>& size, Visit visit) {
  Sizes<Rank> i{};
  for (;;) {
    visit(i);
    std::size_t k = Rank;
    while (k > 0 && ++i[k - 1] == size[k - 1]) i[--k] = 0;
    if (k == 0) return;
  }
}

template <std::size_t Rank>
Dims dims_of(const Sizes<Rank>& size) {
  Dims d;
  for (const int n : size) d.push_back(n);
  return d;
}

template <std::size_t Rank>
AnyExpr turned(const AnyExpr& x, const Sizes<Rank>& order) {
  ir::Attr attr;
  for (std::size_t k = 0; k < Rank; ++k) attr.i[k] = order[k];
  return AnyExpr(ir::make(ir::info_of<ops::Transpose>, attr, x.value()));
}

template <std::size_t>
constexpr int not_known = any;

template <std::size_t Rank>
AnyExpr operand(const char* name, const Sizes<Rank>& size) {
  return [&]<std::size_t... K>(std::index_sequence<K...>) {
    return AnyExpr(parameter(name, Tensor<not_known<K>...>(size[K]...)).value());
  }(std::make_index_sequence<Rank>());
}

template <std::size_t Rank>
void check(const Sizes<Rank>& size, unsigned seed) {
  Random random(seed);
  Sizes<Rank> order{};
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t k = Rank - 1; k > 0; --k)
    std::swap(order[k], order[static_cast<std::size_t>(random.below(static_cast<int>(k) + 1))]);
  const auto part = [&] {
    Sizes<Rank> s = size;
    for (int& n : s)
      if (random.below(2)) n = 1;
    return s;
  };
  // c is turned: its axis k is the operand's axis order[k].
  Sizes<Rank> before{};
  for (std::size_t k = 0; k < Rank; ++k) before[static_cast<std::size_t>(order[k])] = size[k];
  const Array<Rank> a = random_array(random, part()), b = random_array(random, part());
  const Array<Rank> c = random_array(random, before);
  const AnyExpr A = operand("a", a.size), B = operand("b", b.size), C = operand("c", before);
  const AnyExpr y = A * B + turned(C, order) * A;
  const int mask = 1 + random.below((1 << Rank) - 1);
  const AnyExpr s(ir::reduce<ops::Sum>(y.value(), mask, true));
  auto p = build<double>(function(output("y", y), output("s", s), output("z", y - s),
                                  output("g", grad(sum(y * y, all), A))));
  for (const auto& [name, t] : {std::pair{"a", &a}, {"b", &b}, {"c", &c}})
    p.store().set(name, t->values.data(), dims_of(t->size));

  Array<Rank> expected{size, {}}, sums{size, {}},
      slope{a.size, std::vector<double>(a.values.size())};
  for (std::size_t k = 0; k < Rank; ++k)
    if (mask >> k & 1) sums.size[k] = 1;
  sums.values.resize(static_cast<std::size_t>(dims_of(sums.size).count()));
  each(size, [&](const Sizes<Rank>& i) {
    Sizes<Rank> from{};
    for (std::size_t k = 0; k < Rank; ++k) from[static_cast<std::size_t>(order[k])] = i[k];
    const double factor = b(i) + c(from), v = a(i) * factor;
    expected.values.push_back(v);
    sums.values[sums.place(i)] += v;
    slope.values[slope.place(i)] += 2 * v * factor;
  });
  const auto r = p();
  CAPTURE(seed, mask);
  std::size_t wrong = 0, at = 0;
  each(size, [&](const Sizes<Rank>& i) {
    wrong += r["y"].data()[at] != expected(i);
    wrong += std::abs(r["z"].data()[at] - (expected(i) - sums(i))) > 1e-9;
    ++at;
  });
  for (std::size_t k = 0; k < sums.values.size(); ++k)
    wrong += std::abs(r["s"].data()[k] - sums.values[k]) > 1e-9;
  for (std::size_t k = 0; k < slope.values.size(); ++k)
    wrong += std::abs(r["g"].data()[k] - slope.values[k]) > 1e-9;
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("dimensions: five and eight, repeated, turned and reduced", "[run][dimensions]") {
  for (unsigned seed = 1; seed <= 200; ++seed) check(Sizes<5>{2, 3, 4, 2, 3}, seed);
  for (unsigned seed = 1; seed <= 100; ++seed) check(Sizes<8>{2, 3, 1, 2, 3, 2, 2, 3}, seed);
}

TEST_CASE("dimensions: a batch of seven is eight; nine are refused", "[run][dimensions]") {
  using Seven = Tensor<2, 1, 2, 1, 3, 1, 2>;
  const auto x = input<Seven>("x");
  auto p = build<double>(function(output("y", sum(transpose<6, 5, 4, 3, 2, 1, 0>(x), axis<2>)),
                                  output("z", reshape<Tensor<6, 4>>(x))));
  std::vector<double> values(3 * 24);
  std::iota(values.begin(), values.end(), 1.);
  const auto r = p({{"x", view(values.data(), {3, 2, 1, 2, 1, 3, 1, 2})}});
  std::vector<double> expected;  // [example, l, j, i] = sum over k of x[example, i, j, k, l]
  for (std::size_t e = 0; e < 3; ++e)
    for (std::size_t l = 0; l < 2; ++l)
      for (std::size_t j = 0; j < 2; ++j)
        for (std::size_t i = 0; i < 2; ++i) {
          double total = 0;
          for (std::size_t k = 0; k < 3; ++k)
            total += values[((e * 2 + i) * 2 + j) * 6 + k * 2 + l];
          expected.push_back(total);
        }
  CHECK(std::vector<double>(r["y"].data(), r["y"].data() + expected.size()) == expected);
  CHECK(std::vector<double>(r["z"].data(), r["z"].data() + values.size()) == values);
  const AnyExpr eight = operand("w", Sizes<8>{2, 2, 2, 2, 2, 2, 2, 2});
  CHECK_THROWS_WITH(AnyExpr(x.value()) * eight, Contains("at most eight dimensions"));
}
