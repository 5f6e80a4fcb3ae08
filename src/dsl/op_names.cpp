#include "op_names.hpp"

#include <dsl/ops.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ansatz::explaining {

namespace {

constexpr OpName table[] = {
// Written by cmake/op_table.cmake from the headers of the ops.
#include "op_table.inc"
};

// Only these words reach a compiler, whatever the table was made from.
bool is_word(std::string_view text, std::string_view more = "") {
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           more.find(c) != more.npos;
  });
}

std::map<std::string, const OpName*, std::less<>> by_name() {
  std::map<std::string, const OpName*, std::less<>> names;
  for (const OpName& op : table)
    if (is_word(op.info->name) && is_word(op.type) && is_word(op.header, "./"))
      names[written(*op.info)] = &op;
  return names;
}

}  // namespace

std::string written(const ir::OpInfo& op) { return fmt::format("{}/{}", op.name, op.version); }

const OpName* find_op(std::string_view name_and_version) {
  static const auto names = by_name();
  const auto found = names.find(name_and_version);
  return found == names.end() ? nullptr : found->second;
}

}  // namespace ansatz::explaining
