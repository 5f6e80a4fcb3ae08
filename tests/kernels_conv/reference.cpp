// Convolutional nets and an embedding, trained for some steps, against the numbers of PyTorch.
#include <cmath>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <ansatz/files/npz.hpp>
#include <dsl/build.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>
#include <dsl/ops/image/convolve.hpp>
#include <dsl/ops/image/max_pool.hpp>
#include <dsl/ops/image/mean_pool.hpp>

namespace {

using namespace ansatz;

class Reference {
 public:
  explicit Reference(const std::string& name)
      : arrays_(read_npz(ANSATZ_TESTS_FOLDER "/reference/" + name + ".npz")) {}

  const NpzArray& operator[](const std::string& name) const {
    for (const NpzArray& a : arrays_)
      if (a.name == name) return a;
    FAIL("the file has no " << name);
    return arrays_[0];
  }
  Dims dims(const std::string& name) const {
    Dims d;
    for (auto n : (*this)[name].shape) d.push_back(n);
    return d;
  }
  template <class T>
  std::vector<T> numbers(const std::string& name) const {
    const NpzArray& a = (*this)[name];
    return {a.data<double>(), a.data<double>() + a.size()};
  }
  const std::int32_t* labels(const std::string& name) const {
    return (*this)[name].data<std::int32_t>();
  }

 private:
  std::vector<NpzArray> arrays_;
};

// Distances are relative to the largest number of the array.
template <class T>
void compare(const T* actual, const std::vector<double>& expected, const std::string& name) {
  INFO(name);
  double largest = 1e-30;
  for (double e : expected) largest = std::max(largest, std::abs(e));
  const double tolerance = (sizeof(T) == 4 ? 1e-5 : 1e-11) * largest;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i);
    REQUIRE(std::abs(static_cast<double>(actual[i]) - expected[i]) <= tolerance);
  }
}

// Runs the updates; `other` are results besides the cost, `arguments` the inputs.
template <class T>
void check(const Reference& r, Program<T> program, const std::vector<std::string>& parameters,
           const std::vector<std::string>& other, const std::vector<Argument>& inputs) {
  Store store = program.store();
  for (const auto& p : parameters)
    store.set(p, r.numbers<T>("param/" + p).data(), r.dims("param/" + p));
  program.set("learning_rate", r.numbers<double>("scalar/learning_rate")[0]);
  const auto costs = r.numbers<double>("costs");
  for (std::size_t step = 0; step < costs.size(); ++step) {
    const auto results = program.call(inputs.data(), static_cast<int>(inputs.size()));
    const T cost = results["cost"];
    compare(&cost, {costs[step]}, "cost");
    if (step > 0) continue;
    for (const auto& name : other) {
      REQUIRE(results[name].shape() == r.dims("out/" + name));
      compare(results[name].data(), r.numbers<double>("out/" + name), name);
    }
    for (const auto& p : parameters)
      compare(results["grad_" + p].data(), r.numbers<double>("grad/" + p), "gradient by " + p);
  }
  for (const auto& p : parameters)
    compare(store.template data<T>(p), r.numbers<double>("after/" + p), p + " after the updates");
}

template <class C, class P>
void train(Function& f, const C& cost, const char* name, const P& p) {
  const auto g = grad(cost, p);
  f.add(output(("grad_" + std::string(name)).c_str(), g));
  f.add(update(p, p - scalar("learning_rate") * g));
}

template <class T, class MakePool>
void check_net(const std::string& name, MakePool make_pool) {
  INFO(name);
  const Reference r(name);
  const auto x = input<Conv2DSpace<9, 8, 2>>("x");
  const auto y = input<IndexSpace<10>>("y");
  const auto kernels = parameter<Tensor<3, 3, 2, 4>>("K");
  const auto b = parameter<VectorSpace<4>>("b");
  const auto c = parameter<VectorSpace<10>>("c");
  const auto w = parameter("W", Matrix(static_cast<int>(r.dims("param/W")[0]), 10));
  const auto pooled = make_pool(relu(convolve(x, kernels) + b));
  const auto p = softmax(matmul(flatten(pooled), w) + c);
  const auto cost = mean(cross_entropy(p, y));
  Function f = function(output("cost", cost), output("pooled", pooled), output("prediction", p));
  train(f, cost, "K", kernels);
  train(f, cost, "b", b);
  train(f, cost, "W", w);
  train(f, cost, "c", c);
  const auto images = r.numbers<T>("x");
  check<T>(r, build<T>(f), {"K", "b", "W", "c"}, {"pooled", "prediction"},
           {{"x", view(images.data(), r.dims("x"))}, {"y", view(r.labels("y"), r.dims("y"))}});
}

// The same net with channels first: x and K are transposed at the door.
template <class T>
void check_channels_first(const std::string& name) {
  const Reference r(name);
  const auto given = input<Conv2DSpace<9, 8, 2>>("x");
  const auto x = reshape<Conv2DSpace<9, 8, 2, Axes::bc01>>(transpose<2, 0, 1>(given));
  const auto y = input<IndexSpace<10>>("y");
  const auto kernels = parameter<Tensor<3, 3, 2, 4>>("K");
  const auto b = parameter<VectorSpace<4>>("b");
  const auto c = parameter<VectorSpace<10>>("c");
  const auto w = parameter<Matrix<36, 10>>("W");
  const auto z = convolve(x, transpose<3, 2, 0, 1>(kernels)) + reshape<Tensor<4, 1, 1>>(b);
  const auto pooled = transpose<1, 2, 0>(max_pool(relu(z), pool<2>, border::valid));
  const auto p = softmax(matmul(flatten(pooled), w) + c);
  const auto cost = mean(cross_entropy(p, y));
  Function f = function(output("cost", cost), output("pooled", pooled), output("prediction", p));
  train(f, cost, "K", kernels);
  train(f, cost, "b", b);
  train(f, cost, "W", w);
  train(f, cost, "c", c);
  const auto images = r.numbers<T>("x");
  check<T>(r, build<T>(f), {"K", "b", "W", "c"}, {"pooled", "prediction"},
           {{"x", view(images.data(), r.dims("x"))}, {"y", view(r.labels("y"), r.dims("y"))}});
}

}  // namespace

TEMPLATE_TEST_CASE("convolve: a net with pools trains as in PyTorch", "[reference][convolve]",
                   float, double) {
  check_net<TestType>("conv_max_pool",
                      [](const auto& h) { return max_pool(h, pool<2>, border::valid); });
  check_net<TestType>("conv_mean_pool",
                      [](const auto& h) { return mean_pool(h, pool<2>, border::valid); });
  check_net<TestType>("conv_max_pool_partial", [](const auto& h) { return max_pool(h, pool<2>); });
  check_net<TestType>("conv_mean_pool_partial",
                      [](const auto& h) { return mean_pool(h, pool<2>); });
}

TEMPLATE_TEST_CASE("convolve: the same net with channels first", "[reference][convolve]", float,
                   double) {
  check_channels_first<TestType>("conv_max_pool");
}

TEMPLATE_TEST_CASE("take_rows: an embedding trains as in PyTorch", "[reference][take_rows]", float,
                   double) {
  const Reference r("embedding_softmax");
  const auto words = input<IndexSpace<17, 4>>("words");
  const auto y = input<IndexSpace<10>>("y");
  const auto e = parameter<Matrix<17, 6>>("E");
  const auto w = parameter<Matrix<6, 10>>("W");
  const auto b = parameter<VectorSpace<10>>("b");
  const auto h = mean(take_rows(e, words), axis<0>);
  const auto p = softmax(matmul(h, w) + b);
  const auto cost = mean(cross_entropy(p, y));
  Function f = function(output("cost", cost), output("hidden", h), output("prediction", p));
  train(f, cost, "E", e);
  train(f, cost, "W", w);
  train(f, cost, "b", b);
  check<TestType>(r, build<TestType>(f), {"E", "W", "b"}, {"hidden", "prediction"},
                  {{"words", view(r.labels("words"), r.dims("words"))},
                   {"y", view(r.labels("y"), r.dims("y"))}});
}
