// Loops compiled while the program runs.
#include "cache.hpp"

#include <dsl/build.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>
#include <dsl/parameters.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdlib>

using namespace ansatz;
using ansatz::testing::Folder;
using Catch::Matchers::Contains;

namespace {

/// Reductions of every kind, random numbers, positions, labels, strided reads, spills.
Function many_rules() {
  auto x = input<VectorSpace<7>>("x");
  auto h = elu(gelu(matmul(x, parameter<Matrix<7, 5>>("W"))) + parameter<VectorSpace<5>>("b"));
  auto z = pow(abs(h) + 1, 1.5) / (1 + norm(h, units)) - variance(h, batch);
  auto cost = mean(cross_entropy(softmax(z), input<IndexSpace<5>>("y"))) +
              mean(binary_cross_entropy(sigmoid(h), bernoulli_like(h, 0.3))) +
              0.1 * norm(grad(sum(log_sum_exp(h)), x));
  Function f = function(output("cost", cost), output("z", clip(z, -1, 1)),
                        output("best", argmax(z)), output("drawn", multinomial(softmax(z))),
                        output("noise", normal_like(h) * transpose(transpose(h))));
  for (const AnyExpr& w : parameters_of(cost)) f.add(update(w, w - 0.1 * grad(cost, w)));
  return f;
}

template <class T>
std::vector<unsigned char> bits(Program<T>& program) {
  std::vector<T> x, w;
  std::vector<std::int32_t> y;
  for (int i = 0; i < 9 * 7; ++i) x.push_back(static_cast<T>(std::sin(i * 1.7)));
  for (int i = 0; i < 7 * 5; ++i) w.push_back(static_cast<T>(std::cos(i * .9)));
  for (int i = 0; i < 9; ++i) y.push_back(i % 5);
  program.store().set("W", w.data(), Dims{7, 5});
  program.store().fill("b", .25);
  program.seed(11);
  std::vector<unsigned char> all;
  for (int step = 0; step < 3; ++step) {
    const auto results = program({{"x", view(x.data(), Dims(9, 7))}, {"y", y}});
    for (const char* name : {"cost", "z", "drawn", "noise"}) {
      const auto r = results[name];
      const auto* p = reinterpret_cast<const unsigned char*>(r.data());
      all.insert(all.end(), p, p + r.size() * static_cast<long>(sizeof(T)));
    }
    const auto best = results["best"];
    const auto* p = reinterpret_cast<const unsigned char*>(best.labels());
    all.insert(all.end(), p, p + best.size() * 4);
  }
  return all;
}

template <class T>
void compare(const Folder& folder, ElementType precision) {
  const Function f = many_rules();
  const Program<T> before = build<T>(f);
  REQUIRE(before.compiled_loops() == 0);
  CompileOptions options;
  options.cache_folder = folder.cache();
  const CompileReport report = compile_missing_loops({before.plan()}, precision, options);
  REQUIRE(report.made);
  REQUIRE(report.commands.size() == 1);
  REQUIRE(report.present == 0);
  REQUIRE(report.loaded == report.loops);
  REQUIRE(report.interpreted == 0);
  Program<T> after = build<T>(f), interpreted = build<T>(f, {.compiled_loops = false});
  REQUIRE(after.compiled_loops() == after.loops());
  REQUIRE(bits(after) == bits(interpreted));
  REQUIRE(compile_missing_loops({before.plan()}, precision, options).present == report.loops);
}

struct Cube : Elementwise<Cube, 1> {
  static constexpr const char* name = "cube";
  static constexpr auto vjp = no_derivative;
  template <class X>
  static X value(X x) {
    return x * x * x;
  }
};

}  // namespace

TEST_CASE("compile: loops nobody compiled give the interpreter's bits in float", "[compile]") {
  const Folder folder;
  compare<float>(folder, ElementType::float32);
}

TEST_CASE("compile: loops nobody compiled give the interpreter's bits in double", "[compile]") {
  const Folder folder;
  compare<double>(folder, ElementType::float64);
}

TEST_CASE("compile: loops with ops of a program's own stay interpreted, and that is said",
          "[compile]") {
  const Folder folder;
  const auto x = input<VectorSpace<3>>("x");
  const Function f = function(output("y", sum(apply<Cube>(x) * 2)), output("z", exp(sqrt(x))));
  CompileOptions options = folder.quick();
  options.make = false;
  const CompileReport report =
      compile_missing_loops({build(f).plan()}, ElementType::float32, options);
  REQUIRE(report.notes.size() == 1);
  REQUIRE_THAT(report.notes[0], Contains("op cube/1") && Contains("stay interpreted"));
}

TEST_CASE("compile: the cache lies where XDG says", "[compile]") {
  const auto with = [](const char* variable, const char* value) {
    value ? ::setenv(variable, value, 1) : ::unsetenv(variable);
    return loop_cache_folder();
  };
  const char* before = std::getenv("XDG_CACHE_HOME");
  const std::string kept = before ? before : "",
                    home = std::getenv("HOME") ? std::getenv("HOME") : "/root";
  REQUIRE(with("XDG_CACHE_HOME", "/somewhere") == "/somewhere/ansatz");
  REQUIRE(with("XDG_CACHE_HOME", "relative") == home + "/.cache/ansatz");
  REQUIRE(with("XDG_CACHE_HOME", nullptr) == home + "/.cache/ansatz");
  if (before) ::setenv("XDG_CACHE_HOME", kept.c_str(), 1);
}
