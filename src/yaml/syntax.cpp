#include "builder.hpp"

#include <fmt/format.h>

namespace ansatz::yaml {

namespace {

struct Explanation {
  std::string_view what;   // how yaml-cpp's message begins
  std::string_view words;  // "{}": where the innermost open collection begins
};

// What yaml-cpp says is short and speaks of its own parts.
constexpr Explanation explanations[] = {
    {"end of map flow not found", "expected ',' or '}}' before this, in the mapping{}"},
    {"end of sequence flow not found", "expected ',' or ']' before this, in the list{}"},
    {"illegal flow end", "this bracket closes none that is open, or one of the other kind"},
    {"end of map not found",
     "this line does not belong to the mapping{}; is it indented wrongly, "
     "or is a ':' missing?"},
    {"end of sequence not found",
     "this line does not belong to the list{}; is it indented "
     "wrongly, or is a '-' missing?"},
    {"illegal map value",
     "no value can stand behind this ':'; one key a line, and quotes around "
     "text that holds \": \""},
    {"illegal map key", "no key can stand here"},
    {"illegal block entry",
     "no list item can stand here; items begin on lines of their own, "
     "indented with spaces"},
    {"unknown token",
     "nothing can begin with this character; text that does needs quotes, and "
     "lines are indented with spaces, not tabs"},
    {"illegal tab", "found a tab; allowed: spaces to indent with"},
    {"illegal EOF in scalar", "text in quotes has no end"},
    {"illegal document indicator", "text in quotes has no end before this line"},
    {"unknown escape character",
     "in double quotes a backslash begins an escape, and this is none; "
     "in single quotes it is a backslash"},
    {"bad character found while scanning hex", "a hexadecimal escape with other digits"},
    {"invalid unicode", "an escape that is no character"},
    {"unexpected character in block scalar", "nothing but - + and a digit can stand behind | or >"},
    {"anchor not found", "no name behind '&'"},
    {"alias not found", "no name behind '*'"},
    {"illegal character found while scanning a",
     "the name of an anchor cannot hold this "
     "character"},
    {"cannot assign multiple tags", "a second tag on the same value"},
    {"cannot assign multiple anchors", "a second anchor on the same value"},
    {"aliases can't have any content", "nothing can stand behind an alias"},
    {"end of verbatim tag", "a tag that begins with !< has no end"},
    {"bad file", "nested too deep"},
};

}  // namespace

std::string explain_syntax(std::string_view what, Kind open, const Position& begin) {
  const std::string where =
      open == Kind::null || !begin.source
          ? ""
          : fmt::format(" that begins in line {}, column {}", begin.line(), begin.column());
  for (const Explanation& explanation : explanations)
    if (what.starts_with(explanation.what))
      return fmt::format(fmt::runtime(explanation.words), where);
  return std::string(what);
}

}  // namespace ansatz::yaml
