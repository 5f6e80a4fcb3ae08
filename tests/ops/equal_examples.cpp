// The table of ops: sums over examples, whose error must not grow with their number.
#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include <dsl/build.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/reduce/sum.hpp>

#include "op_test.hpp"

namespace op_test {

namespace equal_examples {

using namespace ansatz;

bool batched(const Operand& o) { return !o.dims.empty() && o.dims[0] == B; }
long numbers_of(const Operand& o) {
  long n = 1;
  for (std::size_t k = batched(o); k < o.dims.size(); ++k) n *= o.dims[k];
  return n;
}

AnyExpr leaf(const std::string& name, const Operand& o) {
  ir::Shape shape;
  for (int d : o.dims) shape[shape.rank++] = d;
  ir::Attr attr;
  attr.i[0] = o.labels;
  return AnyExpr(ir::make_leaf(ir::info_of<ops::Input>, shape,
                               o.labels ? ir::DType::index : ir::DType::real, name.c_str(), attr,
                               batched(o) ? "examples" : nullptr));
}

/// One example's numbers of each operand, which all examples have.
struct Operands {
  std::vector<std::string> names;
  std::vector<Operand> of;
  std::vector<std::vector<float>> numbers;

  void add(const std::string& name, const Operand& o, std::mt19937& engine) {
    names.push_back(name), of.push_back(o);
    std::vector<float>& x = numbers.emplace_back();
    for (long i = numbers_of(o); i > 0; --i) {
      const double u = static_cast<double>(engine()) / 4294967296.0;
      x.push_back(static_cast<float>(o.labels ? std::floor(u * o.labels)
                                              : o.range.low + (o.range.high - o.range.low) * u));
    }
  }
};

template <class T>
std::vector<std::vector<double>> results(const Function& f, const Operands& given, int examples) {
  auto program = build<T>(f);
  std::vector<std::vector<T>> numbers;
  std::vector<std::vector<std::int32_t>> labels;
  std::vector<Argument> arguments;
  for (std::size_t k = 0; k < given.of.size(); ++k) {
    const Operand& o = given.of[k];
    auto& x = numbers.emplace_back();
    const auto& one = given.numbers[k];
    auto& y = labels.emplace_back();
    for (int i = 0; i < (batched(o) ? examples : 1); ++i) {
      x.insert(x.end(), one.begin(), one.end());
      if (o.labels) y.insert(y.end(), one.begin(), one.end());
    }
    Dims dims;
    for (int d : o.dims) dims.push_back(d == B ? examples : d);
    if (o.labels)
      arguments.emplace_back(given.names[k], view(y.data(), dims));
    else
      arguments.emplace_back(given.names[k], view(x.data(), dims));
  }
  const auto r = program.call(arguments.data(), static_cast<int>(arguments.size()));
  std::vector<std::vector<double>> out;
  for (int k = 1; k < r.size(); ++k) out.emplace_back(r[k].data(), r[k].data() + r[k].size());
  return out;
}

}  // namespace equal_examples

void check_equal_examples(const ArrayRow& row) {
  using namespace equal_examples;
  Operands given;
  std::mt19937 engine(5);
  std::vector<AnyExpr> x;
  long numbers = 0;  // of an example
  for (const Operand& o : row.operands) {
    given.add("x" + std::to_string(x.size()), o, engine);
    x.push_back(leaf(given.names.back(), o));
    if (batched(o)) numbers += numbers_of(o);
  }
  const AnyExpr value = row.op(x);
  const ir::Shape shape = value.shape();
  const Operand weights{Dimensions(shape.dim, shape.dim + shape.rank), {0.5, 1.5}};
  if (!numbers || !batched(weights)) return;
  given.add("w", weights, engine);
  const AnyExpr cost = sum(value * leaf("w", weights));
  Function f = function(output("cost", cost));  // so that it has all operands
  for (std::size_t k = 0; k < x.size(); ++k)
    if (!row.operands[k].labels && !batched(row.operands[k]))
      f.add(output(given.names[k].c_str(), grad(cost, x[k])));
  if (f.outputs.size() == 1) return;
  const long most = 8'000'000 / (numbers + numbers_of(weights));
  const int many = static_cast<int>(std::min(400'009L, most));
  const auto of_one = results<double>(f, given, 1), of_all = results<float>(f, given, many);
  for (std::size_t g = 0; g < of_one.size(); ++g) {
    double largest = 0, worst = 0;
    for (std::size_t i = 0; i < of_one[g].size(); ++i) {
      largest = std::max(largest, std::abs(many * of_one[g][i]));
      worst = std::max(worst, std::abs(of_all[g][i] - many * of_one[g][i]));
    }
    INFO("gradient " << g << " of " << many << " equal examples, of " << row.operands.size()
                     << " operands");
    CHECK(worst <= 3e-5 * largest);
  }
}

}  // namespace op_test
