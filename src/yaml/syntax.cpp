#include "builder.hpp"

#include <fmt/format.h>

namespace ansatz::yaml {

namespace {

struct Explanation {
  std::string_view context, problem;  // how libyaml's words begin
  std::string_view words;             // "{}": where the innermost open collection begins
};

// What libyaml says is short and speaks of its own parts.
constexpr Explanation explanations[] = {
    {"", "did not find expected ',' or '}'", "expected ',' or '}}' before this, in the mapping{}"},
    {"", "did not find expected ',' or ']'", "expected ',' or ']' before this, in the list{}"},
    {"", "did not find expected key",
     "this line does not belong to the mapping{}; is it indented wrongly, or is a ':' missing?"},
    {"", "did not find expected '-' indicator",
     "this line does not belong to the list{}; is it indented wrongly, or is a '-' missing?"},
    {"", "could not find expected ':'",
     "this line does not belong to the mapping{}; is it indented wrongly, or is a ':' missing?"},
    {"", "mapping values are not allowed",
     "no value can stand behind this ':'; one key a line, and quotes around text that holds \": "
     "\""},
    {"", "mapping keys are not allowed", "no key can stand here"},
    {"", "block sequence entries are not allowed",
     "no list item can stand here; items begin on lines of their own, indented with spaces"},
    {"", "found character that cannot start any token",
     "nothing can begin with this character; text that does needs quotes, and lines are indented "
     "with spaces, not tabs"},
    {"", "found a tab character", "found a tab; allowed: spaces to indent with"},
    {"", "found unexpected end of stream", "text in quotes has no end"},
    {"", "found unexpected document indicator", "text in quotes has no end before this line"},
    {"", "found unknown escape character",
     "in double quotes a backslash begins an escape, and this is none; in single quotes it is a "
     "backslash"},
    {"", "did not find expected hexdecimal number", "a hexadecimal escape with other digits"},
    {"", "found invalid Unicode character escape code", "an escape that is no character"},
    {"while scanning a block scalar", "did not find expected comment or line break",
     "nothing but - + and a digit can stand behind | or >"},
    {"while scanning a block scalar", "found an indentation indicator equal to 0",
     "nothing but - + and a digit from 1 to 9 can stand behind | or >"},
    {"while scanning an anchor", "did not find expected alphabetic",
     "no name behind '&'; it has letters, digits, - and _"},
    {"while scanning an alias", "did not find expected alphabetic",
     "no name behind '*'; it has letters, digits, - and _"},
    {"while scanning a tag", "did not find expected whitespace",
     "a blank must stand behind a tag, and no comma or bracket in it"},
    {"while parsing a tag", "did not find the expected '>'",
     "a tag that begins with !< has no end"},
    {"while scanning a tag", "did not find the expected '>'",
     "a tag that begins with !< has no end"},
    {"", "found undefined tag handle", "a tag with a second '!', which would need a %TAG line"},
    {"while scanning a %YAML directive", "", "YAML directives must have exactly one argument"},
    {"while scanning a directive", "did not find expected comment or line break",
     "YAML directives must have exactly one argument"},
};

constexpr const char* more_behind =
    "found more behind the end of the first value; allowed: one (several jobs are a list)";

bool first_of_line(const SyntaxFault& fault) {
  const std::string_view before = fault.text.substr(0, fault.at);
  const std::size_t last = before.find_last_not_of(' ');
  return last == std::string_view::npos || before[last] == '\n';
}

bool nothing_in_flow(const SyntaxFault& fault) {
  return fault.problem.starts_with("did not find expected node content");
}

// Where no value can begin: what stands there says more than the parser does.
std::string explain_no_value(const SyntaxFault& fault) {
  const char c = fault.at < fault.text.size() ? fault.text[fault.at] : '\0';
  if (c == ',') return "no value stands before this comma";
  if (c == ']' || c == '}')
    return "this bracket closes none that is open, or one of the other kind";
  if (c == '!') return "a second tag on the same value";
  if (c == '&') return "a second anchor on the same value";
  if (c == '*') return "no anchor or tag can stand before an alias";
  return "no value can stand here";
}

}  // namespace

std::string explain_syntax(const SyntaxFault& fault) {
  const std::string where = fault.open == Kind::null || !fault.begin.source
                                ? ""
                                : fmt::format(" that begins in line {}, column {}",
                                              fault.begin.line(), fault.begin.column());
  const char c = fault.at < fault.text.size() ? fault.text[fault.at] : '\0';
  const bool wrong_bracket = c == ']' || c == '}';
  const bool block_ends = fault.problem.starts_with("did not find expected key") ||
                          fault.problem.starts_with("did not find expected '-' indicator");
  if (block_ends && c == ':') return "found a value without a key before its ':'";
  if (block_ends && (c == '&' || c == '!') && !first_of_line(fault)) return explain_no_value(fault);
  if (block_ends && fault.depth == 1 && fault.open == Kind::sequence &&
      (fault.at == 0 || fault.text[fault.at - 1] == '\n') && c != '-')
    return more_behind;
  if (nothing_in_flow(fault)) return explain_no_value(fault);
  if (fault.problem.starts_with("did not find expected ','") && wrong_bracket)
    return "this bracket closes none that is open, or one of the other kind";
  if (fault.problem.starts_with("did not find expected <document start>"))
    return wrong_bracket ? "this bracket closes none that is open, or one of the other kind"
                         : more_behind;
  for (const Explanation& each : explanations)
    if (fault.context.starts_with(each.context) && fault.problem.starts_with(each.problem))
      return fmt::format(fmt::runtime(each.words), where);
  return std::string(fault.problem);
}

}  // namespace ansatz::yaml
