// Values of five dimensions, repeated, turned and reduced in every way, against plain loops.
#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <vector>

#include <dsl/build.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>

using namespace ansatz;

namespace {

using Sizes = std::array<int, 5>;

struct Tensor5 {
  Sizes size{};
  std::vector<double> values;
  std::size_t place(const Sizes& at) const {
    std::size_t p = 0;
    for (std::size_t k = 0; k < 5; ++k)
      p = p * static_cast<std::size_t>(size[k]) +
          static_cast<std::size_t>(size[k] == 1 ? 0 : at[k]);
    return p;
  }
  double operator()(const Sizes& at) const { return values[place(at)]; }
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

Tensor5 random_tensor(Random& random, const Sizes& size) {
  Tensor5 t{size, {}};
  int n = 1;
  for (int s : size) n *= s;
  for (int k = 0; k < n; ++k) t.values.push_back(random.below(33) / 8.0 - 2);
  return t;
}

template <class Visit>
void each(const Sizes& size, Visit visit) {
  Sizes i{};
  for (i[0] = 0; i[0] < size[0]; ++i[0])
    for (i[1] = 0; i[1] < size[1]; ++i[1])
      for (i[2] = 0; i[2] < size[2]; ++i[2])
        for (i[3] = 0; i[3] < size[3]; ++i[3])
          for (i[4] = 0; i[4] < size[4]; ++i[4]) visit(i);
}

AnyExpr turned(const AnyExpr& x, const Sizes& order) {
  ir::Attr attr;
  for (std::size_t k = 0; k < 5; ++k) attr.i[k] = order[k];
  return AnyExpr(ir::make(ir::info_of<ops::Transpose>, attr, x.value()));
}

void check(unsigned seed) {
  Random random(seed);
  Sizes size{2, 3, 4, 2, 3}, order{0, 1, 2, 3, 4};
  for (std::size_t k = 4; k > 0; --k)
    std::swap(order[k], order[static_cast<std::size_t>(random.below(static_cast<int>(k) + 1))]);
  const auto part = [&] {
    Sizes s = size;
    for (int& n : s)
      if (random.below(2)) n = 1;
    return s;
  };
  // c is turned: its axis k is the operand's axis order[k].
  Sizes before{};
  for (std::size_t k = 0; k < 5; ++k) before[static_cast<std::size_t>(order[k])] = size[k];
  const Tensor5 a = random_tensor(random, part()), b = random_tensor(random, part());
  const Tensor5 c = random_tensor(random, before);
  const auto operand = [](const char* name, const Sizes& s) {
    return AnyExpr(
        parameter(name, Tensor<any, any, any, any, any>(s[0], s[1], s[2], s[3], s[4])).value());
  };
  const AnyExpr A = operand("a", a.size), B = operand("b", b.size), C = operand("c", before);
  const AnyExpr y = A * B + turned(C, order) * A;
  const int mask = 1 + random.below(31);
  const AnyExpr s(ir::reduce<ops::Sum>(y.value(), mask, true));
  auto p = build<double>(function(output("y", y), output("s", s), output("z", y - s),
                                  output("g", grad(sum(y * y, all), A))));
  for (const auto& [name, t] : {std::pair{"a", &a}, {"b", &b}, {"c", &c}})
    p.store().set(name, t->values.data(),
                  {t->size[0], t->size[1], t->size[2], t->size[3], t->size[4]});

  Tensor5 expected{size, {}}, sums{size, {}}, slope{a.size, std::vector<double>(a.values.size())};
  for (std::size_t k = 0; k < 5; ++k)
    if (mask >> k & 1) sums.size[k] = 1;
  sums.values.resize(static_cast<std::size_t>(sums.size[0] * sums.size[1] * sums.size[2] *
                                              sums.size[3] * sums.size[4]));
  each(size, [&](const Sizes& i) {
    Sizes from{};
    for (std::size_t k = 0; k < 5; ++k) from[static_cast<std::size_t>(order[k])] = i[k];
    const double factor = b(i) + c(from), v = a(i) * factor;
    expected.values.push_back(v);
    sums.values[sums.place(i)] += v;
    slope.values[slope.place(i)] += 2 * v * factor;
  });
  const auto r = p();
  CAPTURE(seed, mask);
  std::size_t wrong = 0, at = 0;
  each(size, [&](const Sizes& i) {
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

TEST_CASE("dimensions: five, repeated, turned and reduced", "[run][dimensions]") {
  for (unsigned seed = 1; seed <= 200; ++seed) check(seed);
}
