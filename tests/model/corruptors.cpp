// Corruptors: what they leave, how often they strike, and gradients through them.
#include <ansatz/data/dense_design_matrix.hpp>
#include <ansatz/data/sets/derived_sets.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/model/corruption/corruptors.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/spaces/signal.hpp>
#include <dsl/build.hpp>
#include <dsl/grad.hpp>

#include "probe.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Vector = std::vector<double>;

AnyExpr batch_of(int width) { return input_of("x", vector_space(width)).value(); }

// What a corruptor makes of rows of `width` numbers.
Vector corrupted(const Corruptor& by, const Vector& x, int width, std::uint64_t seed = 1) {
  Function f;
  f.add(output("made", by.corrupt(batch_of(width))));
  auto program = build<double>(f);
  program.seed(seed);
  const auto count = static_cast<std::int64_t>(x.size());
  const auto result = program({{"x", view(x.data(), Dims{count / width, width})}});
  return Vector(result["made"].data(), result["made"].data() + count);
}

// Random, none of them 0.
Vector one_to_two(int count) {
  Vector x = random_numbers(count, 9);
  for (double& v : x) v = 1.5 + v / 2;
  return x;
}

// Rows with a single 1, at `at`.
Vector one_hot_rows(int rows, int width, int at) {
  Vector x(static_cast<std::size_t>(rows * width));
  for (int i = 0; i < rows; ++i) x[static_cast<std::size_t>(i * width + at)] = 1;
  return x;
}

// Whether `found` of `count` draws may have probability p: within four standard deviations.
bool plausible(int found, int count, double p) {
  return std::abs(found - count * p) < 4 * std::sqrt(count * p * (1 - p));
}

struct Moments {
  double mean = 0, variance = 0;
};
Moments moments(const Vector& x) {
  Moments m;
  const auto n = static_cast<double>(x.size());
  for (const double v : x) m.mean += v / n;
  for (const double v : x) m.variance += (v - m.mean) * (v - m.mean) / n;
  return m;
}

constexpr int width = 8, rows = 5000, count = width * rows;

}  // namespace

TEST_CASE("corruptors: a number is left or is 0, as often as said", "[model][corruptor]") {
  const Vector x = one_to_two(count);
  for (const double level : {0., .2, .7, 1.}) {
    CAPTURE(level);
    const Vector binomial = corrupted(BinomialCorruptor(level), x, width);
    int zeros = 0, left = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      zeros += binomial[i] == 0;
      left += binomial[i] == x[i];
    }
    CHECK(zeros + left == count);
    if (level == 0 || level == 1)
      CHECK(zeros == count * level);
    else
      CHECK(plausible(zeros, count, level));
    if (level == 1) continue;
    // The same draws; what is left, larger.
    const Vector dropout = corrupted(DropoutCorruptor(level), x, width);
    double most = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
      most = std::max(most, std::abs(dropout[i] - binomial[i] / (1 - level)));
    CHECK(most < 1e-15);
  }
  CHECK(difference(corrupted(DummyCorruptor(), x, width), x) == 0);
  const Vector once = corrupted(BinomialCorruptor(.2), x, width);
  CHECK(difference(corrupted(BinomialCorruptor(.2), x, width), once) == 0);
  CHECK(difference(corrupted(BinomialCorruptor(.2), x, width, 2), once) > 0);
}

TEST_CASE("corruptors: zeros of one number say nothing of another's", "[model][corruptor]") {
  const Vector x(static_cast<std::size_t>(count), 1.);
  const Vector y = corrupted(BinomialCorruptor(.5), x, width);
  int neighbours = 0, below = 0;
  for (int i = 0; i + width < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    neighbours += y[at] == 0 && y[at + 1] == 0;
    below += y[at] == 0 && y[at + width] == 0;
  }
  CHECK(plausible(neighbours, count - width, .25));
  CHECK(plausible(below, count - width, .25));
}

TEST_CASE("corruptors: normal noise, and its free energy", "[model][corruptor]") {
  const Vector x = one_to_two(count);
  Vector noise = corrupted(GaussianCorruptor(.4), x, width);
  int beyond = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    noise[i] -= x[i];
    beyond += std::abs(noise[i]) > .4;
  }
  const Moments m = moments(noise);
  CHECK(std::abs(m.mean) < 4 * .4 / std::sqrt(count));
  CHECK(m.variance == Approx(.16).epsilon(4 * std::sqrt(2. / count)));
  CHECK(plausible(beyond, count, .31731050786));
  CHECK(difference(corrupted(GaussianCorruptor(0), x, width), x) == 0);

  // F(x', x) = |x' - x|^2 / (2 s^2); its gradient is (x' - x) / s^2
  const GaussianCorruptor corruptor(.4);
  const AnyExpr from = batch_of(3), to = input_of("y", vector_space(3)).value();
  const AnyExpr energy = corruptor.corruption_free_energy(to, from);
  Function f;
  f.add(output("energy", energy));
  f.add(output("slope", grad(sum(energy), to)));
  auto program = build<double>(f);
  const Vector a = random_numbers(6, 1), b = random_numbers(6, 2);
  const auto result =
      program({{"x", view(a.data(), Dims{2, 3})}, {"y", view(b.data(), Dims{2, 3})}});
  for (std::size_t i = 0; i < 2; ++i) {
    double expected = 0;
    for (std::size_t k = 3 * i; k < 3 * i + 3; ++k) {
      expected += (b[k] - a[k]) * (b[k] - a[k]) / (2 * .16);
      CHECK(result["slope"].data()[k] == Approx((b[k] - a[k]) / .16).epsilon(1e-12));
    }
    CHECK(result["energy"].data()[i] == Approx(expected).epsilon(1e-12));
  }
  CHECK_THAT(message_of([&] { (void)BinomialCorruptor(.2).corruption_free_energy(to, from); }),
             Contains("GaussianCorruptor has"));
}

TEST_CASE("corruptors: salt and pepper", "[model][corruptor]") {
  const Vector x = one_to_two(count);
  const Vector y = corrupted(SaltPepperCorruptor(.3), x, width);
  int salt = 0, pepper = 0, left = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    salt += y[i] == 1;
    pepper += y[i] == 0;
    left += y[i] == x[i];
  }
  CHECK(salt + pepper + left == count);
  CHECK(plausible(salt, count, .15));
  CHECK(plausible(pepper, count, .15));
  CHECK(difference(corrupted(SaltPepperCorruptor(0), x, width), x) == 0);
}

TEST_CASE("corruptors: rows with a single 1 become such rows", "[model][corruptor]") {
  constexpr int at = 2;
  const Vector y = corrupted(OneHotCorruptor(.4), one_hot_rows(rows, width, at), width);
  std::vector<int> found(width);
  int whole = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    int ones = 0, zeros = 0;
    for (std::size_t k = 0; k < width; ++k) {
      const double v = y[i * width + k];
      zeros += v == 0;
      ones += v == 1;
      found[k] += v == 1;
    }
    whole += ones == 1 && zeros == width - 1;
  }
  CHECK(whole == rows);
  // The position of before may be drawn again.
  for (int k = 0; k < width; ++k)
    CHECK(plausible(found[static_cast<std::size_t>(k)], rows, .4 / width + (k == at ? .6 : 0)));
}

TEST_CASE("corruptors: softmax of rows and noise", "[model][corruptor]") {
  const Vector x = one_hot_rows(rows, width, 0);
  const double e = std::exp(1.), scale = 1 - width * 1e-5;
  const Vector still = corrupted(SmoothOneHotCorruptor(0), x, width);
  CHECK(still[0] == Approx(e / (e + width - 1) * scale + 1e-5).epsilon(1e-12));
  CHECK(still[1] == Approx(1 / (e + width - 1) * scale + 1e-5).epsilon(1e-12));
  const Vector y = corrupted(SmoothOneHotCorruptor(3), x, width);
  Vector noise;
  int good = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    double total = 0, least = 1;
    for (std::size_t k = 0; k < width; ++k) {
      total += y[i * width + k];
      least = std::min(least, y[i * width + k]);
    }
    good += std::abs(total - 1) < 1e-12 && least >= 1e-5;
    // Two of the softmax's arguments differ by 1 and the noise of both.
    const auto log_p = [&](std::size_t k) { return std::log((y[i * width + k] - 1e-5) / scale); };
    noise.push_back(log_p(0) - log_p(1) - 1);
  }
  CHECK(good == rows);
  const Moments m = moments(noise);
  CHECK(std::abs(m.mean) < 4 * std::sqrt(18. / rows));
  CHECK(m.variance == Approx(18).epsilon(4 * std::sqrt(2. / rows)));
}

TEST_CASE("corruptors: samplers draw with the probabilities they are given", "[model][corruptor]") {
  const Vector p{0, .1, .25, .5, .9, 1};
  Vector x;
  for (int i = 0; i < rows; ++i) x.insert(x.end(), p.begin(), p.end());
  const Vector bits = corrupted(BinomialSampler(), x, 6);
  const Vector classes = corrupted(MultinomialSampler(), x, 6);
  for (std::size_t k = 0; k < 6; ++k) {
    int on = 0, off = 0, drawn = 0;
    for (std::size_t i = k; i < x.size(); i += 6) {
      on += bits[i] == 1;
      off += bits[i] == 0;
      drawn += classes[i] == 1;
    }
    CHECK(on + off == rows);
    if (p[k] == 0 || p[k] == 1)
      CHECK(on == rows * p[k]);
    else
      CHECK(plausible(on, rows, p[k]));
    if (p[k] == 0)
      CHECK(drawn == 0);
    else
      CHECK(plausible(drawn, rows, p[k] / 2.75));
  }
}

TEST_CASE("corruptors: of several the last acts first", "[model][corruptor]") {
  const Vector x = one_to_two(count);
  const Vector none =
      corrupted(ComposedCorruptor(BinomialCorruptor(1), GaussianCorruptor(1)), x, width);
  CHECK(difference(none, Vector(x.size())) == 0);
  const Moments m =
      moments(corrupted(ComposedCorruptor(GaussianCorruptor(1), BinomialCorruptor(1)), x, width));
  CHECK(std::abs(m.mean) < 4 / std::sqrt(count));
  CHECK(m.variance == Approx(1).epsilon(4 * std::sqrt(2. / count)));
}

TEST_CASE("corruptors: gradients are those of what is left", "[model][corruptor]") {
  const Shared<Corruptor> all[] = {
      Shared<Corruptor>(BinomialCorruptor(.4)),
      Shared<Corruptor>(DropoutCorruptor(.4)),
      Shared<Corruptor>(GaussianCorruptor(.7)),
      Shared<Corruptor>(SaltPepperCorruptor(.4)),
      Shared<Corruptor>(OneHotCorruptor(.4)),
      Shared<Corruptor>(SmoothOneHotCorruptor(.5)),
      Shared<Corruptor>(ComposedCorruptor(DropoutCorruptor(.4), GaussianCorruptor(.5)))};
  for (const Shared<Corruptor>& each : all) {
    const AnyExpr x = batch_of(4);
    const AnyExpr cost = sum(square(each->corrupt(x)) * (1 + x));
    Function f;
    f.add(output("cost", cost));
    f.add(output("slope", grad(cost, x)));
    auto program = build<double>(f);
    program.seed(5);
    Vector at = random_numbers(24, 3);
    const auto call = [&](const char* what, std::size_t i) {
      program.step_count(0);
      return program({{"x", view(at.data(), Dims{6, 4})}})[what].data()[i];
    };
    double error = 0, most = 0;
    for (std::size_t i = 0; i < at.size(); ++i) {
      const double slope = call("slope", i), here = at[i], h = 1e-5;
      at[i] = here + h;
      const double up = call("cost", 0);
      at[i] = here - h;
      const double down = call("cost", 0);
      at[i] = here;
      error = std::max(error, std::abs((up - down) / (2 * h) - slope));
      most = std::max(most, std::abs(slope));
    }
    CHECK(most > .1);
    CHECK(error < 1e-8 * std::max(most, 1.));
  }
}

TEST_CASE("corruptors: as a block they spoil data, by draws of their rng", "[model][corruptor]") {
  const Vector x = one_to_two(count);
  const auto data = std::make_shared<const Table>(
      Table({number_column("features", Vector(x), Dims{std::int64_t{width}})}));
  const auto made_by = [&](const Seed& seed) {
    BinomialCorruptor corruptor(.3);
    corruptor.rng = seed;
    CHECK(corruptor.output_space(vector_space(width)) == vector_space(width));
    return in_memory(corruptor.start_block()->apply(data));
  };
  const auto values = [](const Table& table) {
    Vector all(static_cast<std::size_t>(count));
    Table::gather(table.column("features"), {0, rows, nullptr}, ElementType::float64, all.data());
    return all;
  };
  const Vector y = values(made_by(Seed()));
  int zeros = 0, left = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    zeros += y[i] == 0;
    left += y[i] == x[i];
  }
  CHECK(zeros + left == count);
  CHECK(plausible(zeros, count, .3));
  CHECK(difference(values(made_by(Seed(2001))), y) == 0);
  CHECK(difference(values(made_by(Seed(2002))), y) > 0);
}

TEST_CASE("corruptors: from YAML", "[model][corruptor]") {
  const Vector x = one_to_two(40);
  const auto made = [&](const std::string& text) {
    const Shared<Object> object = load_object("c.yaml", "!obj:pylearn2.corruption." + text);
    return corrupted(dynamic_cast<const Corruptor&>(*object), x, 4);
  };
  CHECK(made("DummyCorruptor { corruption_level: .5, rng: 1 }") == x);
  CHECK(made("BinomialCorruptor { corruption_level: .5 }") ==
        corrupted(BinomialCorruptor(.5), x, 4));
  CHECK(made("DropoutCorruptor { corruption_level: .5 }") == corrupted(DropoutCorruptor(.5), x, 4));
  CHECK(made("GaussianCorruptor { stdev: .5, rng: [1, 2] }") ==
        corrupted(GaussianCorruptor(.5), x, 4));
  CHECK(made("SaltPepperCorruptor { corruption_level: .5 }") ==
        corrupted(SaltPepperCorruptor(.5), x, 4));
  CHECK(made("OneHotCorruptor { corruption_level: .5 }") == corrupted(OneHotCorruptor(.5), x, 4));
  CHECK(made("SmoothOneHotCorruptor { corruption_level: .5 }") ==
        corrupted(SmoothOneHotCorruptor(.5), x, 4));
  CHECK(made("BinomialSampler {}") == corrupted(BinomialSampler(), x, 4));
  CHECK(made("MultinomialSampler {}") == corrupted(MultinomialSampler(), x, 4));
  CHECK(made("ComposedCorruptor { corruptors: [\n"
             "  !obj:pylearn2.corruption.BinomialCorruptor { corruption_level: .5 },\n"
             "  !obj:pylearn2.corruption.GaussianCorruptor { stdev: 1. } ] }") ==
        corrupted(ComposedCorruptor(BinomialCorruptor(.5), GaussianCorruptor(1)), x, 4));
  const auto error_of = [&](const std::string& bad) {
    return message_of([&] { (void)made(bad); });
  };
  CHECK_THAT(error_of("BinomialCorruptor { corruption_level: 1.5 }"),
             Contains("corruption_level") && Contains("found 1.5"));
  CHECK_THAT(error_of("DropoutCorruptor { corruption_level: 1. }"),
             Contains("corruption_level") && Contains("below 1"));
  CHECK_THAT(error_of("GaussianCorruptor { stdev: -1. }"), Contains("stdev"));
  CHECK_THAT(error_of("BinomialCorruptor {}"), Contains("corruption_level"));
  CHECK_THAT(error_of("ComposedCorruptor { corruptors: [] }"), Contains("at least one corruptor"));
}
