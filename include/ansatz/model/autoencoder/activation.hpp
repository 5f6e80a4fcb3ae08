// Activation: what an encoder or a decoder makes of its sums, by name
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/describe.hpp>
#include <ansatz/base/string.hpp>
#include <dsl/ops/activation/elu.hpp>
#include <dsl/ops/activation/relu.hpp>
#include <dsl/ops/activation/sigmoid.hpp>
#include <dsl/ops/activation/softmax.hpp>
#include <dsl/ops/activation/softplus.hpp>
#include <dsl/ops/activation/tanh.hpp>
#include <dsl/ops/arithmetic/abs.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/clip.hpp>
#include <dsl/ops/arithmetic/exp.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/square.hpp>

#include <iterator>
#include <optional>
#include <string>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A function of the sums z [batch, units] by its name in Theano: sigmoid, tanh, softplus, relu
/// (rectifier), hard_sigmoid (clip(.2 z + .5, 0, 1)), elu, softmax, exp, abs_, sqr; linear, or
/// nothing: z itself. All but softmax are functions of each z alone.
struct Activation {
  String name;

  constexpr Activation() {}
  constexpr Activation(const char* called) : name(called) {}

  constexpr bool known() const { return number() >= 0; }
  constexpr bool elementwise() const { return !(name == "softmax"); }
  /// Error for an unknown name.
  constexpr AnyExpr operator()(const AnyExpr& z) const {
    const int i = number();
    if (i < 0) {
      const String text = "no activation is called \"" + name + "\"; there are:" + list();
      graph_error(text.c_str());
      return z;
    }
    return all[i].of(z);
  }
  /// The names there are, with blanks before them.
  static constexpr String list() {
    String text;
    for (const Known& each : all) text += String(" ") + each.name;
    return text;
  }

  struct Known {
    const char* name;
    AnyExpr (*of)(const AnyExpr&);
  };
  static constexpr Known all[] = {
      {"linear", [](const AnyExpr& z) { return z; }},
      {"sigmoid", [](const AnyExpr& z) { return AnyExpr(sigmoid(z)); }},
      {"tanh", [](const AnyExpr& z) { return AnyExpr(tanh(z)); }},
      {"softplus", [](const AnyExpr& z) { return AnyExpr(softplus(z)); }},
      {"relu", [](const AnyExpr& z) { return AnyExpr(relu(z)); }},
      {"rectifier", [](const AnyExpr& z) { return AnyExpr(relu(z)); }},
      {"hard_sigmoid", [](const AnyExpr& z) { return AnyExpr(clip(.2 * z + .5, 0, 1)); }},
      {"elu", [](const AnyExpr& z) { return AnyExpr(elu(z)); }},
      {"softmax", [](const AnyExpr& z) { return AnyExpr(softmax(z)); }},
      {"exp", [](const AnyExpr& z) { return AnyExpr(exp(z)); }},
      {"abs_", [](const AnyExpr& z) { return AnyExpr(abs(z)); }},
      {"sqr", [](const AnyExpr& z) { return AnyExpr(square(z)); }},
  };

 private:
  constexpr int number() const {
    if (name.empty()) return 0;
    for (int i = 0; i < static_cast<int>(std::size(all)); ++i)
      if (name == all[i].name) return i;
    return -1;
  }
};
/// A name, also one imported, `!import:theano.tensor.tanh`; an error for one that is not known.
template <class Value>
bool read_value(const Value& from, Activation& to) {
  const std::optional<std::string> text = from.text();
  if (!text) return false;
  std::string_view name = *text;
  constexpr std::string_view modules[] = {"theano.tensor.nnet.", "theano.tensor.", "tensor.nnet.",
                                          "tensor."};
  for (const std::string_view module : modules)
    if (name.starts_with(module)) name.remove_prefix(module.size());
  Activation found;
  found.name = String(name);
  if (!found.known()) {
    from.refuse("an activation:" + std::string(Activation::list().view()));
    return false;
  }
  to = found;
  return true;
}
inline void write_value(Describer& to, const Activation& value) {
  if (value.name.empty()) return to.null();
  to.text(value.name.view());
}
inline const char* value_type(const Activation*) { return "name of an activation, or null"; }

}  // namespace ansatz
