// A model against the reference numbers of tests/reference: compiled and built at run time, in
// float and in double.
#pragma once

#include <catch2/catch.hpp>

#include <dsl/build.hpp>
#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>
#include <dsl/parameters.hpp>

namespace model_test {

using namespace ansatz;

/// Text in a constant expression: "grad/" + "W".
constexpr ir::List<char> joined(const char* a, const char* b) {
  ir::List<char> t;
  for (; *a; ++a) t.push_back(*a);
  for (; *b; ++b) t.push_back(*b);
  t.push_back(0);
  return t;
}

/// p <- p - rate * gradient.
struct Sgd {
  constexpr void operator()(Function& f, const AnyExpr& p, const AnyExpr& g) const {
    f.add(update(p, p - scalar("learning_rate") * g));
  }
};

/// `outputs`, then the gradient of the cost by each parameter (as "grad/NAME"), then the updates of
/// `rule`. Without gradients the updates are the only use of them, and other loops are fused.
template <bool Gradients, class Rule>
constexpr Function trained(const Outputs& outputs, const Expr<Scalar>& cost, Rule rule) {
  Function f;
  f.add(output("cost", cost)).add(outputs);
  for (const AnyExpr& p : parameters_of(cost)) {
    const AnyExpr g = grad(cost, p);
    if (Gradients) f.add(output(joined("grad/", p.value().term()->name.data()).data(), g));
    rule(f, p, g);
  }
  return f;
}

/// A file of tests/reference, and how far a program in float may be from it.
struct Reference {
  const char* file;
  double float_tolerance = 1e-5;  ///< relative to the largest number of an array
};

/// Runs K updates and compares everything that the file holds with what the program gives; all
/// its loops must have been compiled.
template <class T>
void compare_compiled(Program<T>& program, const Reference& reference);
extern template void compare_compiled(Program<float>&, const Reference&);
extern template void compare_compiled(Program<double>&, const Reference&);

/// The same for programs built at run time, their loops compiled or interpreted.
/// @param gradients  whether the gradients are outputs
void compare_built(const Function& f, const Reference& reference, bool gradients);

/// `Model<true>` and `Model<false>` are the function with and without gradients as outputs.
template <template <bool> class Model>
void check(const Reference& reference) {
  Compiled<Model<true>, float> in_float;
  Compiled<Model<true>, double> in_double;
  compare_compiled<float>(in_float, reference);
  compare_compiled<double>(in_double, reference);
  compare_built(Model<true>{}(), reference, true);
  compare_built(Model<false>{}(), reference, false);
}

}  // namespace model_test
