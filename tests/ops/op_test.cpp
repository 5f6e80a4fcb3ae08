#include "op_test.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <string>

#include <dsl/build.hpp>
#include <dsl/function.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/reduce/sum.hpp>

namespace op_test {
namespace {

using namespace ansatz;

// Half the distance of the outer points from which a derivative is measured is this.
constexpr double step = 1e-3;
constexpr double distance_of_kinks = 0.05;
constexpr double derivative_tolerance = 1e-7;

long count_of(const Dimensions& dims) {
  long n = 1;
  for (int d : dims) n *= d;
  return n;
}

Dimensions with_examples(Dimensions dims, int examples) {
  std::replace(dims.begin(), dims.end(), B, examples);
  return dims;
}

// ---------------------------------------------------------------------------- operands

AnyExpr make_input(const std::string& name, const Dimensions& dims, int labels) {
  ir::Shape shape;
  for (int d : dims) shape[shape.rank++] = d;
  ir::Attr attr;
  attr.i[0] = labels;
  const bool batch = !dims.empty() && dims[0] == B;
  return AnyExpr(ir::make_leaf(ir::info_of<ops::Input>, shape,
                               labels ? ir::DType::index : ir::DType::real, name.c_str(), attr,
                               batch ? "examples" : nullptr));
}

Dimensions dimensions_of(const ir::Shape& shape) {
  return Dimensions(shape.dim, shape.dim + shape.rank);
}

class Sampler {
 public:
  explicit Sampler(unsigned seed) : engine_(seed) {}
  double uniform(const Range& r) { return r.low + (r.high - r.low) * (engine_() / 4294967296.0); }
  int below(int n) { return static_cast<int>(engine_() % static_cast<unsigned>(n)); }

 private:
  std::mt19937 engine_;
};

// ---------------------------------------------------------------------------- running

// Rounded to the precision under test, so that the reference sees what the program sees.
template <class T>
double rounded(double x) {
  return static_cast<double>(static_cast<T>(x));
}

/// A value of the test, given to the program under a name.
template <class T>
struct Given {
  std::string name;
  Dims dims;
  std::vector<T> numbers;
  std::vector<std::int32_t> labels;

  Given(std::string name_, const Array& a, bool are_labels) : name(std::move(name_)) {
    for (int d : a.dims) dims.push_back(d);
    if (are_labels)
      labels.assign(a.values.begin(), a.values.end());
    else
      for (double x : a.values) numbers.push_back(static_cast<T>(x));
    is_labels = are_labels;
  }
  ansatz::Argument argument() const {
    return is_labels ? ansatz::Argument(name, view(labels.data(), dims))
                     : ansatz::Argument(name, view(numbers.data(), dims));
  }

 private:
  bool is_labels;
};

template <class T>
Results<T> run(Program<T>& program, const std::vector<Given<T>>& given) {
  std::vector<ansatz::Argument> arguments;
  for (const auto& g : given) arguments.push_back(g.argument());
  return program.call(arguments.data(), static_cast<int>(arguments.size()));
}

template <class T>
Array array_of(const Result<T>& r) {
  Array a;
  for (int k = 0; k < r.rank(); ++k) a.dims.push_back(static_cast<int>(r.shape()[k]));
  for (long i = 0; i < r.size(); ++i)
    a.values.push_back(r.is_labels() ? r.labels()[i] : static_cast<double>(r.data()[i]));
  return a;
}

std::string operand_name(int k) { return "x" + std::to_string(k); }

std::vector<AnyExpr> make_inputs(const std::vector<Operand>& operands) {
  std::vector<AnyExpr> inputs;
  for (std::size_t k = 0; k < operands.size(); ++k)
    inputs.push_back(
        make_input(operand_name(static_cast<int>(k)), operands[k].dims, operands[k].labels));
  return inputs;
}

Array sample(Sampler& sampler, const Operand& o, int examples) {
  Array a{with_examples(o.dims, examples), {}};
  for (long i = 0; i < count_of(a.dims); ++i)
    a.values.push_back(o.labels ? sampler.below(o.labels) : sampler.uniform(o.range));
  return a;
}

// No two numbers near each other or near a kink, so that a derivative measured over a small
// distance crosses no tie: each takes a cell of its range of its own.
std::vector<Array> sample_apart(Sampler& sampler, const std::vector<Operand>& operands,
                                int examples, const Numbers& kinks) {
  long total = 0;
  for (const Operand& o : operands) total += count_of(with_examples(o.dims, examples));
  std::vector<int> cells(static_cast<std::size_t>(2 * total + 16));
  for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = static_cast<int>(i);
  for (std::size_t i = cells.size(); i > 1; --i)
    std::swap(cells[i - 1], cells[static_cast<std::size_t>(sampler.below(static_cast<int>(i)))]);
  std::vector<Array> arrays;
  std::size_t next = 0;
  for (const Operand& o : operands) {
    Array a = sample(sampler, o, examples);
    for (double& x : a.values) {
      if (o.labels) continue;
      bool near = true;
      while (near) {
        REQUIRE(next < cells.size());
        const double at = cells[next++] + sampler.uniform({0.2, 0.8});
        x = o.range.low + (o.range.high - o.range.low) * at / static_cast<double>(cells.size());
        near = std::any_of(kinks.begin(), kinks.end(),
                           [&](double k) { return std::abs(x - k) < distance_of_kinks; });
      }
    }
    arrays.push_back(a);
  }
  return arrays;
}

// ---------------------------------------------------------------------------- values

bool close(double actual, double expected, double tolerance) {
  if (std::isnan(expected)) return std::isnan(actual);
  if (actual == expected) return true;
  if (std::isinf(actual) || std::isinf(expected)) return false;
  return std::abs(actual - expected) <= tolerance;
}

using Tolerance = std::function<double(double expected)>;

void compare(const Array& actual, const Array& expected, const Tolerance& tolerance,
             const std::string& what) {
  INFO(what);
  REQUIRE(actual.dims == expected.dims);
  REQUIRE(actual.values.size() == expected.values.size());
  for (std::size_t i = 0; i < actual.values.size(); ++i) {
    if (close(actual.values[i], expected.values[i], tolerance(expected.values[i]))) continue;
    CAPTURE(i);
    CHECK(actual.values[i] == expected.values[i]);
  }
}

struct Case {
  std::vector<Operand> operands;
  Build op;
  std::function<Array(const std::vector<Array>&)> reference;
  Tolerance tolerance_float, tolerance_double;
  Numbers kinks;
  std::string what;
};

template <class T>
void check_values_at(const Case& c, const std::vector<Array>& at, Program<T>& program) {
  std::vector<Given<T>> given;
  std::vector<Array> seen = at;
  for (std::size_t k = 0; k < at.size(); ++k) {
    given.emplace_back(operand_name(static_cast<int>(k)), at[k], c.operands[k].labels > 0);
    for (double& x : seen[k].values) x = rounded<T>(x);
  }
  Array expected = c.reference(seen);
  for (double& x : expected.values) x = rounded<T>(x);
  const bool single = sizeof(T) == sizeof(float);
  compare(array_of(run(program, given)[0]), expected,
          single ? c.tolerance_float : c.tolerance_double,
          c.what + (single ? ", in float" : ", in double"));
}

template <class T>
void check_values(const Case& c) {
  auto program = build<T>(function(outputs(c.op(make_inputs(c.operands)))));
  Sampler sampler(17);
  // Whole vectors and a rest; one example; none; more than the first time.
  for (int examples : {7, 1, 0, 33}) {
    std::vector<Array> at;
    bool batch = false;
    for (const Operand& o : c.operands) {
      at.push_back(sample(sampler, o, examples));
      batch = batch || std::count(o.dims.begin(), o.dims.end(), B) > 0;
    }
    check_values_at<T>(c, at, program);
    if (!batch) break;
  }
}

// ---------------------------------------------------------------------------- derivatives

struct DerivativeProgram {
  Program<double> program;
  std::vector<int> real;  // operands that have a derivative
};

// Outputs: cost = sum(op * w); its gradients g; s = sum over operands of sum(g * v); its gradients.
DerivativeProgram make_derivatives(const Case& c, Dimensions& result_dims) {
  const std::vector<AnyExpr> x = make_inputs(c.operands);
  std::vector<int> real;
  for (std::size_t k = 0; k < x.size(); ++k)
    if (!c.operands[k].labels) real.push_back(static_cast<int>(k));
  const AnyExpr value = c.op(x);
  result_dims = dimensions_of(value.shape());
  const AnyExpr cost = sum(value * make_input("w", result_dims, 0));
  std::vector<AnyExpr> first;
  for (int k : real) first.push_back(grad(cost, x[static_cast<std::size_t>(k)]));
  AnyExpr total(ir::Value(0.0));
  for (std::size_t j = 0; j < real.size(); ++j) {
    const auto k = static_cast<std::size_t>(real[j]);
    total = total + sum(first[j] * make_input("v" + std::to_string(k), c.operands[k].dims, 0));
  }
  Function f;
  f.add(output("cost", cost)).add(output("total", total));
  for (std::size_t j = 0; j < real.size(); ++j) {
    const auto k = static_cast<std::size_t>(real[j]);
    f.add(output(("g" + std::to_string(k)).c_str(), first[j]));
    f.add(output(("h" + std::to_string(k)).c_str(), grad(total, x[k])));
  }
  return {build<double>(f), real};
}

void check_derivatives(const Case& c) {
  Dimensions result_dims;
  DerivativeProgram d = make_derivatives(c, result_dims);
  const int examples = 3;
  Sampler sampler(71);
  std::vector<Given<double>> given;
  const std::vector<Array> at = sample_apart(sampler, c.operands, examples, c.kinks);
  for (std::size_t k = 0; k < at.size(); ++k)
    given.emplace_back(operand_name(static_cast<int>(k)), at[k], c.operands[k].labels > 0);
  const Range weights{0.5, 1.5};
  given.emplace_back("w", sample(sampler, {result_dims, weights}, examples), false);
  for (int k : d.real) {
    const Operand direction{c.operands[static_cast<std::size_t>(k)].dims, weights};
    given.emplace_back("v" + std::to_string(k), sample(sampler, direction, examples), false);
  }
  struct Analytic {
    Array first, second;
  };
  std::vector<Analytic> analytic;
  {
    const auto r = run(d.program, given);
    for (int k : d.real)
      analytic.push_back({array_of(r[("g" + std::to_string(k)).c_str()]),
                          array_of(r[("h" + std::to_string(k)).c_str()])});
  }
  const Tolerance tolerance = [](double expected) {
    return derivative_tolerance * std::max(1.0, std::abs(expected));
  };
  for (std::size_t j = 0; j < d.real.size(); ++j) {
    auto& x = given[static_cast<std::size_t>(d.real[j])];
    Array first = analytic[j].first, second = analytic[j].second;
    for (std::size_t i = 0; i < x.numbers.size(); ++i) {
      const double here = x.numbers[i];
      double cost[4], total[4];
      const double offsets[] = {-2, -1, 1, 2};
      for (int p = 0; p < 4; ++p) {
        x.numbers[i] = here + offsets[p] * step;
        const auto r = run(d.program, given);
        cost[p] = r["cost"];
        total[p] = r["total"];
      }
      x.numbers[i] = here;
      // Richardson's extrapolation of two central differences: an error of order step^4.
      const auto slope = [](const double* f) {
        return (8 * (f[2] - f[1]) - (f[3] - f[0])) / (12 * step);
      };
      first.values[i] = slope(cost);
      second.values[i] = slope(total);
    }
    const std::string by = c.what + ", by operand " + std::to_string(d.real[j]);
    compare(analytic[j].first, first, tolerance, "derivative of " + by);
    compare(analytic[j].second, second, tolerance, "second derivative of " + by);
  }
}

// ---------------------------------------------------------------------------- special points

double tilt(std::size_t at, double by) { return 1 + by * static_cast<double>(at % 7); }

// Every element of every operand one edge, then each of them any edge, with ties.
std::vector<std::vector<Array>> special_points(const Case& c, int examples) {
  std::size_t most = 0;
  for (const Operand& o : c.operands) most = std::max(most, o.edges.size());
  if (most == 0) return {};
  Sampler sampler(5);
  std::vector<std::vector<Array>> points;
  for (std::size_t p = 0; p < most + 60; ++p) {
    std::vector<Array> at;
    for (const Operand& o : c.operands) {
      Array a = sample(sampler, o, examples);
      for (double& x : a.values) {
        if (o.edges.empty()) continue;
        const auto n = static_cast<int>(o.edges.size());
        const std::size_t k =
            p < most ? p % o.edges.size() : static_cast<std::size_t>(sampler.below(n));
        x = o.edges[k];
      }
      at.push_back(std::move(a));
    }
    points.push_back(std::move(at));
  }
  return points;
}

// The first derivatives, and the products of the second ones with two directions.
struct Curvature {
  std::vector<int> real;
  Program<double> program;
  static std::string name(const char* of, int i, int j) {
    return of + std::to_string(i) + "_" + std::to_string(j);
  }
};
Curvature make_curvature(const Case& c) {
  const std::vector<AnyExpr> x = make_inputs(c.operands);
  const AnyExpr y = c.op(x), cost = sum(y);
  Function f;
  f.add(output("y", y));
  std::vector<int> real;
  for (std::size_t k = 0; k < x.size(); ++k)
    if (!c.operands[k].labels) real.push_back(static_cast<int>(k));
  for (int i : real) {
    const auto k = static_cast<std::size_t>(i);
    const AnyExpr d = grad(cost, x[k]);
    const AnyExpr along = sum(d * make_input("v" + std::to_string(i), c.operands[k].dims, 0));
    f.add(output(Curvature::name("d", i, 0).c_str(), d));
    for (int j : real)
      f.add(
          output(Curvature::name("h", i, j).c_str(), grad(along, x[static_cast<std::size_t>(j)])));
    // What nothing reads is no argument.
    f.add(output(Curvature::name("v", i, 0).c_str(), along));
  }
  for (const AnyExpr& each : x)
    f.add(output(Curvature::name("s", static_cast<int>(&each - &x[0]), 0).c_str(), each));
  return {real, build<double>(f)};
}

bool any_nan(const Numbers& x) {
  return std::any_of(x.begin(), x.end(), [](double v) { return std::isnan(v); });
}

// Values as the reference has them; where they are numbers so are the derivatives of both orders,
// and the second ones are the same in both orders of differentiation.
void check_special_points(const Case& c, const ArrayRow& row) {
  const int examples = 3;
  const auto points = special_points(c, examples);
  if (points.empty()) return;
  auto single = build<float>(function(outputs(c.op(make_inputs(c.operands)))));
  auto twice = build<double>(function(outputs(c.op(make_inputs(c.operands)))));
  std::optional<Curvature> curvature;
  if (row.derivatives) curvature.emplace(make_curvature(c));
  for (const std::vector<Array>& at : points) {
    std::string where = c.what + ", at";
    for (const Array& a : at)
      for (double x : a.values) where += " " + std::to_string(x);
    Case here = c;
    here.what = where;
    check_values_at<float>(here, at, single);
    check_values_at<double>(here, at, twice);
    if (!curvature || (row.singular && row.singular(at))) continue;
    std::vector<Given<double>> given;
    for (std::size_t k = 0; k < at.size(); ++k) {
      given.emplace_back(operand_name(static_cast<int>(k)), at[k], c.operands[k].labels > 0);
      if (c.operands[k].labels) continue;
      Array v = at[k];
      for (std::size_t i = 0; i < v.values.size(); ++i) v.values[i] = tilt(i, 0.25);
      given.emplace_back("v" + std::to_string(k), v, false);
    }
    const auto r = run(curvature->program, given);
    if (any_nan(array_of(r["y"]).values)) continue;
    INFO(where);
    const auto along = [&](int i, int j) {
      double total = 0;
      const Numbers h = array_of(r[Curvature::name("h", i, j).c_str()]).values;
      for (std::size_t e = 0; e < h.size(); ++e) total += h[e] * tilt(e, 0.25);
      return total;
    };
    for (int i : curvature->real) {
      CAPTURE(i);
      CHECK_FALSE(any_nan(array_of(r[Curvature::name("d", i, 0).c_str()]).values));
      for (int j : curvature->real) {
        CAPTURE(j);
        CHECK_FALSE(any_nan(array_of(r[Curvature::name("h", i, j).c_str()]).values));
        const double a = along(i, j), b = along(j, i);
        if (!std::isnan(a) && !std::isnan(b) && !close(a, b, 1e-9 * std::max(1.0, std::abs(a))))
          CHECK(a == b);
      }
    }
  }
}

// ---------------------------------------------------------------------------- broadcasting

struct Broadcast {
  std::vector<Dimensions> operands;
  Dimensions result;
};

std::vector<Broadcast> broadcasts(std::size_t arity) {
  if (arity == 1)
    return {{{{B, 5}}, {B, 5}}, {{{B}}, {B}}, {{{3, 4}}, {3, 4}},
            {{{}}, {}},         {{{1}}, {1}}, {{{B, 2, 3}}, {B, 2, 3}}};
  if (arity == 2)
    return {{{{B, 5}, {B, 5}}, {B, 5}},
            {{{B, 5}, {5}}, {B, 5}},
            {{{5}, {B, 5}}, {B, 5}},
            {{{B, 5}, {B}}, {B, 5}},
            {{{B}, {B, 5}}, {B, 5}},
            {{{B, 5}, {}}, {B, 5}},
            {{{}, {B, 5}}, {B, 5}},
            {{{B, 5}, {1}}, {B, 5}},
            {{{B, 5}, {B, 1}}, {B, 5}},
            {{{B, 1}, {B, 5}}, {B, 5}},
            {{{B, 1}, {5}}, {B, 5}},
            {{{B, 5}, {1, 5}}, {B, 5}},
            {{{B}, {5}}, {B, 5}},
            {{{B}, {B}}, {B}},
            {{{B}, {}}, {B}},
            {{{3, 4}, {4}}, {3, 4}},
            {{{3, 1}, {1, 4}}, {3, 4}},
            {{{3, 4}, {3, 1}}, {3, 4}},
            {{{}, {}}, {}},
            {{{B, 2, 3}, {3}}, {B, 2, 3}},
            {{{B, 2, 3}, {B, 2, 1}}, {B, 2, 3}},
            {{{B}, {B, 2, 3}}, {B, 2, 3}},
            {{{2, 1}, {B, 1, 3}}, {B, 2, 3}}};
  return {{{{B, 5}, {B, 5}, {B, 5}}, {B, 5}}, {{{B, 5}, {5}, {}}, {B, 5}},
          {{{B}, {B, 5}, {5}}, {B, 5}},       {{{}, {B}, {B, 5}}, {B, 5}},
          {{{5}, {}, {B, 5}}, {B, 5}},        {{{B, 1}, {5}, {B}}, {B, 5}},
          {{{3, 4}, {3, 1}, {4}}, {3, 4}},    {{{}, {}, {}}, {}}};
}

// Which element of an operand meets element `index` of the result: batch with batch, features
// aligned at the last axis, what has size 1 repeated.
long element_of(const Dimensions& operand, const Dimensions& result, const std::vector<int>& index,
                int examples) {
  const Dimensions sizes = with_examples(operand, examples);
  const bool batch = !operand.empty() && operand[0] == B;
  long at = 0;
  for (std::size_t k = 0; k < operand.size(); ++k) {
    const std::size_t axis = batch && k == 0 ? 0 : result.size() - operand.size() + k;
    at = at * sizes[k] + (sizes[k] == 1 ? 0 : index[axis]);
  }
  return at;
}

Array map_elements(const std::function<double(const Numbers&)>& f, const Broadcast& shapes,
                   const std::vector<Array>& x) {
  int examples = 1;
  for (std::size_t k = 0; k < x.size(); ++k)
    if (!shapes.operands[k].empty() && shapes.operands[k][0] == B) examples = x[k].dims[0];
  Array y{with_examples(shapes.result, examples), {}};
  std::vector<int> index(y.dims.size());
  for (long i = 0; i < count_of(y.dims); ++i) {
    long rest = i;
    for (std::size_t axis = y.dims.size(); axis-- > 0; rest /= y.dims[axis])
      index[axis] = static_cast<int>(rest % y.dims[axis]);
    Numbers in;
    for (std::size_t k = 0; k < x.size(); ++k)
      in.push_back(x[k].values[static_cast<std::size_t>(
          element_of(shapes.operands[k], shapes.result, index, examples))]);
    y.values.push_back(f(in));
  }
  return y;
}

std::string text_of(const std::vector<Dimensions>& operands) {
  std::string text = "operands";
  for (const Dimensions& dims : operands) {
    text += " [";
    for (std::size_t k = 0; k < dims.size(); ++k)
      text += (k ? ", " : "") + (dims[k] == B ? std::string("B") : std::to_string(dims[k]));
    text += "]";
  }
  return text;
}

Tolerance ulps_of(double ulps, double magnitude, double epsilon, double smallest) {
  return [=](double expected) {
    return ulps * std::max(epsilon * std::max(std::abs(expected), magnitude), smallest);
  };
}

Case element_case(const ElementwiseRow& row, const Broadcast& shapes) {
  Case c;
  for (std::size_t k = 0; k < shapes.operands.size(); ++k)
    c.operands.push_back({shapes.operands[k], row.domain[row.domain.size() == 1 ? 0 : k]});
  c.op = row.op;
  c.reference = [&row, shapes](const std::vector<Array>& x) {
    return map_elements(row.reference, shapes, x);
  };
  c.tolerance_float = ulps_of(row.ulps, row.magnitude, 1.1920929e-07, 1.4e-45);
  c.tolerance_double = ulps_of(row.ulps, row.magnitude, 2.220446049250313e-16, 4.9e-324);
  c.kinks = row.kinks;
  c.what = text_of(shapes.operands);
  return c;
}

template <class T>
void check_edges(const ElementwiseRow& row, std::size_t arity) {
  const Broadcast shapes{std::vector<Dimensions>(arity, {B}), {B}};
  const Case c = element_case(row, shapes);
  const std::size_t n = row.edges.size();
  std::size_t total = 1;
  for (std::size_t k = 0; k < arity; ++k) total *= n;
  std::vector<Array> at(arity, Array{{static_cast<int>(total)}, {}});
  for (std::size_t i = 0; i < total; ++i) {
    std::size_t rest = i;
    for (std::size_t k = 0; k < arity; ++k, rest /= n) at[k].values.push_back(row.edges[rest % n]);
  }
  auto program = build<T>(function(outputs(c.op(make_inputs(c.operands)))));
  check_values_at<T>(c, at, program);
}

// The arity of a row: how many operands its function reads.
std::size_t arity_of(const ElementwiseRow& row) {
  std::vector<AnyExpr> x;
  for (int k = 0; k < 3; ++k) x.push_back(make_input(operand_name(k), {}, 0));
  ir::Graph g;
  g.import(row.op(x).value());
  std::size_t inputs = 0;
  for (const ir::Node& n : g.nodes) inputs += n.op == ir::info_of<ops::Input>;
  return inputs;
}

}  // namespace

// ---------------------------------------------------------------------------- what tests call

Array zeros(int examples, int units) {
  return {{examples, units}, Numbers(static_cast<std::size_t>(examples * units), 0.0)};
}

Array vector_of(Numbers values) { return {{static_cast<int>(values.size())}, values}; }

Numbers all_edges() {
  return {0,    -0.0, 1e-40, -1e-40, 1e-30, -1e-30, 1e-10, -1e-10, 0.5,  -0.5, 1,
          -1,   1.5,  2,     -2,     2.5,   -3.5,   17,    -17,    80,   -80,  100,
          -100, 700,  -700,  1e10,   -1e10, 1e30,   -1e30, inf,    -inf, nan};
}

Numbers edges_in(double low, double high) {
  Numbers kept;
  for (double x : all_edges())
    if (!(x < low || x > high)) kept.push_back(x);
  return kept;
}

namespace {

bool same(double a, double b) {
  if (std::isinf(a) || std::isinf(b)) return a == b;
  return (std::isnan(a) && std::isnan(b)) ||
         std::abs(a - b) <= 1e-6 * std::max(std::abs(a), std::abs(b));
}

// At the edges: where the value is a number so are its derivatives, and so are the second ones,
// which are the same in both orders of differentiation.
void check_special_points(const ElementwiseRow& row, std::size_t arity) {
  const std::vector<AnyExpr> x = make_inputs(std::vector<Operand>(arity, Operand{{B}}));
  const AnyExpr y = row.op(x);
  const AnyExpr cost = sum(y);
  const auto name = [](std::size_t i, std::size_t j) {
    return "h" + std::to_string(i) + std::to_string(j);
  };
  Function f;
  f.add(output("y", y));
  for (std::size_t i = 0; i < arity; ++i) {
    const AnyExpr d = grad(cost, x[i]);
    f.add(output(("d" + std::to_string(i)).c_str(), d));
    for (std::size_t j = 0; j < arity; ++j) f.add(output(name(i, j).c_str(), grad(sum(d), x[j])));
  }
  std::vector<Array> at(arity);
  std::size_t count = 1;
  for (std::size_t k = 0; k < arity; ++k) count *= row.edges.size();
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t k = 0, rest = i; k < arity; ++k, rest /= row.edges.size())
      at[k].values.push_back(row.edges[rest % row.edges.size()]);
  std::vector<Given<double>> given;
  for (std::size_t k = 0; k < arity; ++k) {
    at[k].dims = {static_cast<int>(count)};
    given.emplace_back(operand_name(static_cast<int>(k)), at[k], false);
  }
  // An operand that nothing reads is no argument.
  for (const AnyExpr& each : x) f.add(output(("s" + std::to_string(&each - &x[0])).c_str(), each));
  auto program = build<double>(f);
  const auto r = run(program, given);
  for (std::size_t p = 0; p < count; ++p) {
    Numbers here;
    bool skip = std::isnan(r["y"].data()[p]);
    for (const Array& a : at) here.push_back(a.values[p]), skip = skip || std::isnan(here.back());
    if (skip || (row.singular && row.singular(here))) continue;
    CAPTURE(here);
    for (std::size_t i = 0; i < arity; ++i) {
      CAPTURE(i);
      const double d = r[("d" + std::to_string(i)).c_str()].data()[p];
      if (std::isnan(d)) CHECK(d == 0);
      for (std::size_t j = 0; j < arity; ++j) {
        CAPTURE(j);
        const double h = r[name(i, j).c_str()].data()[p], k = r[name(j, i).c_str()].data()[p];
        if (std::isnan(h)) CHECK(h == 0);
        if (!same(h, k)) CHECK(h == k);
      }
    }
  }
}

}  // namespace

void check_elementwise(const ElementwiseRow& row) {
  const std::size_t arity = arity_of(row);
  check_special_points(row, arity);
  REQUIRE((row.domain.size() == 1 || row.domain.size() == arity));
  check_edges<float>(row, arity);
  check_edges<double>(row, arity);
  for (const Broadcast& shapes : broadcasts(arity)) {
    const Case c = element_case(row, shapes);
    check_values<float>(c);
    check_values<double>(c);
    check_derivatives(c);
  }
}

void check(const ArrayRow& row) {
  const auto relative_to_one = [](double tolerance) -> Tolerance {
    return [=](double expected) { return tolerance * std::max(1.0, std::abs(expected)); };
  };
  std::vector<Dimensions> dims;
  for (const Operand& o : row.operands) dims.push_back(o.dims);
  const Case c{row.operands,
               row.op,
               row.reference,
               relative_to_one(row.tolerance_float),
               relative_to_one(row.tolerance_double),
               {},
               text_of(dims)};
  check_values<float>(c);
  check_values<double>(c);
  if (row.derivatives) {
    check_derivatives(c);
    check_equal_examples(row);
  }
  check_special_points(c, row);
}

namespace {

std::vector<Operand> operands_like(const std::vector<Array>& arrays, Batch batch = Batch::no) {
  std::vector<Operand> operands;
  for (const Array& a : arrays) operands.push_back({a.dims});
  if (batch == Batch::yes)
    for (Operand& o : operands) o.dims[0] = B;
  return operands;
}

template <class T>
std::vector<Given<T>> given_from(const std::vector<Array>& arrays) {
  std::vector<Given<T>> given;
  for (std::size_t k = 0; k < arrays.size(); ++k)
    given.emplace_back(operand_name(static_cast<int>(k)), arrays[k], false);
  return given;
}

}  // namespace

template <class T>
Array evaluate(const Build& op, const std::vector<Array>& operands) {
  auto program = build<T>(function(outputs(op(make_inputs(operands_like(operands))))));
  return array_of(run(program, given_from<T>(operands))[0]);
}
template Array evaluate<float>(const Build& op, const std::vector<Array>& operands);
template Array evaluate<double>(const Build& op, const std::vector<Array>& operands);

std::vector<Array> gradients(const Build& op, const std::vector<Array>& operands, Batch batch) {
  const std::vector<AnyExpr> x = make_inputs(operands_like(operands, batch));
  const AnyExpr cost = sum(op(x));
  std::vector<Array> result;
  for (const AnyExpr& each : x) {
    auto program = build<double>(function(outputs(grad(cost, each), cost)));
    // Operands that the gradient does not read are known through the sum.
    result.push_back(array_of(run(program, given_from<double>(operands))[0]));
  }
  return result;
}

Array second_derivative(const Build& op, const std::vector<Array>& operands, Batch batch) {
  const std::vector<AnyExpr> x = make_inputs(operands_like(operands, batch));
  const AnyExpr cost = sum(op(x));
  const AnyExpr again = grad(sum(grad(cost, x[0])), x[0]);
  auto program = build<double>(function(outputs(again, cost)));
  return array_of(run(program, given_from<double>(operands))[0]);
}

std::vector<Array> draws(const Build& op, const std::vector<Array>& operands, Calls calls) {
  std::vector<Operand> batched = operands_like(operands);
  for (Operand& o : batched) o.dims[0] = B;
  auto program = build<double>(function(outputs(op(make_inputs(batched)))));
  program.seed(calls.seed);
  const std::vector<Given<double>> given = given_from<double>(operands);
  std::vector<Array> results;
  for (int k = 0; k < calls.count; ++k) results.push_back(array_of(run(program, given)[0]));
  return results;
}

Array reduce_reference(const Array& x, const std::vector<bool>& over, bool keep,
                       const std::function<double(const Numbers&)>& reduce) {
  Array y;
  for (std::size_t k = 0; k < x.dims.size(); ++k) {
    if (!over[k]) y.dims.push_back(x.dims[k]);
    if (over[k] && keep) y.dims.push_back(1);
  }
  std::vector<Numbers> groups(static_cast<std::size_t>(count_of(y.dims)));
  for (std::size_t i = 0; i < x.values.size(); ++i) {
    std::size_t rest = i, at = 0, stride = 1;
    for (std::size_t k = x.dims.size(); k-- > 0;) {
      const auto size = static_cast<std::size_t>(x.dims[k]);
      if (!over[k]) at += rest % size * stride, stride *= size;
      rest /= size;
    }
    groups[at].push_back(x.values[i]);
  }
  for (const Numbers& g : groups) y.values.push_back(reduce(g));
  return y;
}

}  // namespace op_test
