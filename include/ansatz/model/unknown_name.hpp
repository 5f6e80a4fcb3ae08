// The error for a name that a model does not know.
#pragma once

#include <ansatz/base/string.hpp>
#include <dsl/ir/errors.hpp>

namespace ansatz {

namespace running {
[[noreturn]] void throw_unknown_name(std::string_view what, std::string_view name,
                                     const ir::List<String>& known);
}

/// Throws NameError: "Dropout: no layer \"h3\"; allowed: h0, h1, y; nearest: h0" for "Dropout: no
/// layer", "h3" and the names there are.
constexpr void unknown_name(std::string_view what, std::string_view name,
                            const ir::List<String>& known) {
  if (!std::is_constant_evaluated()) running::throw_unknown_name(what, name, known);
  String text = String(what) + " " + name;
  for (int k = 0; k < known.size(); ++k) text = text + (k ? ", " : "; allowed: ") + known[k];
  graph_error(text.c_str());
}

}  // namespace ansatz
