// Costs without a value: contrastive divergence of an RBM that is small enough to be enumerated.
#include <ansatz/algorithm/bgd.hpp>
#include <ansatz/cost/sum_of_costs.hpp>
#include <ansatz/program/batch_reader.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <dsl/build.hpp>

#include "small_job.hpp"
#include "small_rbm.hpp"

#include <catch2/catch.hpp>

using namespace ansatz;
using namespace ansatz::testing;
using Catch::Contains;

namespace {

using Vector = std::vector<double>;
constexpr std::size_t inputs = 6, hidden_units = 4, rows_of_batch = 5;

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

struct Rbm {
  Vector W, b, c;
  Vector hidden(const double* v) const {
    Vector h(hidden_units);
    for (std::size_t j = 0; j < hidden_units; ++j) {
      double x = c[j];
      for (std::size_t i = 0; i < inputs; ++i) x += v[i] * W[i * hidden_units + j];
      h[j] = logistic(x);
    }
    return h;
  }
  double free_energy(const double* v) const {
    double f = 0;
    for (std::size_t i = 0; i < inputs; ++i) f -= v[i] * b[i];
    for (double h : hidden(v)) f += std::log(1 - h);  // log(1 + e^x) = -log(1 - h)
    return f;
  }
  // The mean log likelihood of rows, by the sum over all visible states.
  double log_likelihood(const Vector& rows) const {
    double z = 0;
    for (unsigned state = 0; state < 1U << inputs; ++state) {
      double v[inputs];
      for (std::size_t i = 0; i < inputs; ++i) v[i] = state >> i & 1;
      z += std::exp(-free_energy(v));
    }
    double total = 0;
    for (std::size_t at = 0; at < rows.size(); at += inputs)
      total += -free_energy(&rows[at]) - std::log(z);
    return total / static_cast<double>(rows.size() / inputs);
  }
};

Vector values_of(const Store& store, std::string_view name) {
  const double* x = store.data<double>(name);
  return {x, x + store.shape(name).count()};
}
Rbm rbm_of(const Store& store) {
  return {values_of(store, "W"), values_of(store, "b"), values_of(store, "c")};
}

Vector rows_of(const Table& table) {
  const Column& column = table.column("features");
  const auto* x = static_cast<const double*>(column.data);
  return {x, x + table.examples() * column.width()};
}

Data features() {
  Data data;
  data.add("features", vector_space(6));
  return data;
}

// A result of a call with `v`, the programs' random numbers being the same.
Vector call(const Function& f, const Rbm& rbm, const Vector& v, std::string_view result) {
  Program<double> program = build<double>(f);
  Store store = program.store();
  for (const auto& [name, values] : {std::pair("W", &rbm.W), {"b", &rbm.b}, {"c", &rbm.c}})
    if (store.contains(name)) store.set(name, values->data(), store.shape(name));
  program.seed(4);
  const Argument x("features", view(v.data(), Dims(rows_of_batch, inputs)));
  const Results<double> results = program.call(&x, 1);
  for (int i = 0; i < results.size(); ++i)
    if (results[i].name() == result)
      return {results[i].data(), results[i].data() + results[i].size()};
  throw NameError("no such result");
}

// An extension with a function of a name that is taken, or not.
struct Contributes : Extension {
  String name;
  constexpr explicit Contributes(const char* n) : name(n) {}
  constexpr void functions(const Model& model, const Data& data,
                           FunctionList& list) const override {
    list.add(name, [&] {
      Function f;
      f.add(output("twice", 2 * model.output(data["features"]).value()));
      return f;
    });
  }
};

template <class... O>
constexpr Train divergence_job(int epochs, const O&... options) {
  return Train(Halves(), SmallRbm(),
               SGD(learning_rate(.2), batch_size(8), ContrastiveDivergence(), EpochCounter(epochs),
                   monitoring_dataset(Halves())),
               options...);
}

}  // namespace

TEST_CASE("surrogate cost: gradients of contrastive divergence are those of the closed form",
          "[training][surrogate]") {
  Rbm rbm;
  for (std::size_t i = 0; i < inputs * hidden_units; ++i)
    rbm.W.push_back(std::sin(2. + static_cast<double>(i)));
  rbm.b = {.3, -.2, .1, 0, .5, -.4};
  rbm.c = {.2, -.1, .4, -.3};
  Vector v;
  for (std::size_t i = 0; i < rows_of_batch * inputs; ++i) v.push_back(i * i % 7 < 3);

  const SmallRbm model;
  const Data data = features();
  const GradientList g = ContrastiveDivergence().gradients(model, data);
  CHECK_FALSE(g.value);
  CHECK_FALSE(ContrastiveDivergence().expr(model, data));
  // The same sites of random numbers, at the same step of the same seed: the same sample.
  const Vector s = call(function(output("v", model.gibbs(data["features"].value()))), rbm, v, "v");
  CHECK(s != v);

  // dF/dW = -v h', dF/dc = -h, dF/db = -v
  Vector dW(inputs * hidden_units), dc(hidden_units), db(inputs);
  for (std::size_t n = 0; n < rows_of_batch; ++n)
    for (const bool of_data : {true, false}) {
      const double* const x = (of_data ? &v[0] : &s[0]) + n * inputs;
      const Vector h = rbm.hidden(x);
      const double weight = (of_data ? -1. : 1.) / static_cast<double>(rows_of_batch);
      for (std::size_t i = 0; i < inputs; ++i) {
        db[i] += weight * x[i];
        for (std::size_t j = 0; j < hidden_units; ++j)
          dW[i * hidden_units + j] += weight * x[i] * h[j];
      }
      for (std::size_t j = 0; j < hidden_units; ++j) dc[j] += weight * h[j];
    }
  const Vector* const expected[] = {&dW, &dc, &db};
  for (int p = 0; p < 3; ++p) {
    const Vector got = call(function(output("g", g.of[p])), rbm, v, "g");
    REQUIRE(got.size() == expected[p]->size());
    for (std::size_t i = 0; i < got.size(); ++i)
      CHECK(got[i] == Approx((*expected[p])[i]).margin(1e-14));
  }
}

TEST_CASE("surrogate cost: SGD trains with it, the likelihood rises, the monitor shows what it can",
          "[training][surrogate]") {
  SmallRun run(divergence_job(60));
  const Vector rows = rows_of(*Halves().load());
  run.run();
  const double best = [&] {  // the entropy of the data: each row as often as it is there
    double first = 0;
    for (std::size_t at = 0; at < rows.size(); at += inputs) first += rows[at];
    const double p = first * inputs / static_cast<double>(rows.size());
    return p * std::log(p) + (1 - p) * std::log(1 - p);
  }();
  const double reached = rbm_of(run.session.store()).log_likelihood(rows);
  CHECK(reached < best);
  CHECK(reached > best - .5);  // 3.5 below it at first
  const Vector error = run.record("reconstruction_error");
  CHECK(error.front() == Approx(1.5).epsilon(.02));  // six pixels, each predicted as 1/2
  CHECK(error.back() < .2);
  CHECK_THROWS_WITH(run.record("objective"), Contains("objective"));
  CHECK_THROWS_AS(run.record("objective"), NameError);
}

TEST_CASE("surrogate cost: BGD refuses it, and says why; a sum with it has no value",
          "[training][surrogate]") {
  const auto refused = [](const auto& cost) {
    return error_of(Train(Halves(), SmallRbm(), BGD(batch_size(8), cost, EpochCounter(1))));
  };
  CHECK_THAT(refused(ContrastiveDivergence()), Contains("no value that can be computed"));
  const SumOfCosts sum(ContrastiveDivergence(), scaled(.5, SquareCost()));
  CHECK_THAT(refused(sum), Contains("no value that can be computed"));
  const SmallRbm model;
  CHECK_FALSE(sum.expr(model, features()));
  struct Neither : Cost {};
  CHECK_THAT(error_of(Train(Halves(), SmallRbm(),
                            SGD(learning_rate(.1), batch_size(8), Neither(), EpochCounter(1)))),
             Contains("`expr` or `gradients`"));
}

TEST_CASE("functions: each part of a job contributes its own, found by name",
          "[training][functions]") {
  SmallRun run(divergence_job(1, Contributes("doubled")));
  run.run();
  std::vector<std::string_view> names, owners;
  const FunctionList list = run.job.functions(FunctionList::none);
  for (const NamedFunction& each : list) {
    names.push_back(each.name);
    owners.push_back(each.owner);
  }
  CHECK(names == std::vector<std::string_view>{"step", "monitor", "monitor_parameters",
                                               "monitor_settings", "predict", "reconstruct",
                                               "doubled"});
  CHECK(owners == std::vector<std::string_view>{"the algorithm", "the monitor", "the monitor",
                                                "the monitor", "the model", "the model",
                                                "extensions[0]"});
  const auto call = [&](std::string_view name) {
    AnyProgram& program = run.session.program(name);
    BatchReader reader(*run.session.data(), program);
    const auto& arguments = reader.arguments({run.session.data()->columns(), {0, 1, nullptr}});
    program.call(arguments.data(), static_cast<int>(arguments.size()));
    const ArrayView view = program.result(0);
    const auto* x = static_cast<const double*>(view.data);
    return Vector(x, x + view.dims.count());
  };
  const Rbm rbm = rbm_of(run.session.store());
  const Vector rows = rows_of(*Halves().load()), h = rbm.hidden(rows.data());
  const Vector predicted = call("predict"), doubled = call("doubled"), v = call("reconstruct");
  for (std::size_t j = 0; j < hidden_units; ++j) {
    CHECK(predicted[j] == Approx(h[j]).epsilon(1e-12));
    CHECK(doubled[j] == Approx(2 * h[j]).epsilon(1e-12));
  }
  for (std::size_t i = 0; i < inputs; ++i) {
    double x = rbm.b[i];
    for (std::size_t j = 0; j < hidden_units; ++j) x += h[j] * rbm.W[i * hidden_units + j];
    CHECK(v[i] == Approx(logistic(x)).epsilon(1e-12));
  }
  CHECK_THROWS_WITH(run.session.program("reconstuct"), Contains("nearest: reconstruct"));
}

TEST_CASE("functions: two of one name are refused, with both owners", "[training][functions]") {
  CHECK(error_of(divergence_job(1, Contributes("step"))) ==
        "the function \"step\" is contributed by the algorithm and by extensions[0]");
  CHECK(error_of(divergence_job(1, Contributes("a"), Contributes("a"))) ==
        "the function \"a\" is contributed by extensions[0] and by extensions[1]");
}

namespace {
constexpr auto compiled_job = [] { return divergence_job(1, Contributes("doubled")); };
}  // namespace

TEST_CASE("functions: of a job in a constant expression, one is made at a time",
          "[training][functions]") {
  STATIC_REQUIRE(compiled_job().function_count() == 7);
  STATIC_REQUIRE(compiled_job().function(0).function.updates.size() == 3);
  STATIC_REQUIRE(compiled_job().function(6).function.outputs.size() == 1);
  STATIC_REQUIRE(compiled_job().function(6).name == "doubled");
}
