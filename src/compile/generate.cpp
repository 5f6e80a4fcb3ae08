#include "generate.hpp"

#include "../dsl/op_names.hpp"

#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <iterator>

namespace ansatz::compiling {

using explaining::find_op;
using explaining::OpName;
using explaining::written;
using fmt::underlying;

namespace {

const OpName& known(const std::string& name) {
  const OpName* op = find_op(name);
  if (!op) throw Error(fmt::format("op `{}` is not one of the library's", name));
  return *op;
}

// In place of the ops' own constants, which would bring derivative rules and the interpreter's
// code along, each op has one with what a loop needs.
constexpr const char* beginning = R"(
namespace {
namespace a = ansatz;
namespace ops = ansatz::ops;
template <class Op>
constexpr a::ir::OpInfo info{
    .name = Op::name, .arity = Op::arity, .takes = a::ir::Elements::either};
template <class Op>
constexpr const a::ir::OpInfo* op = a::ir::DefineOp<Op, &info<Op>>::value;
using C = a::ir::Code;
using L = a::ir::Level;
using W = a::ir::Walk;
using D = a::ir::DType;
using K = a::ir::RootKind;
struct Source {
  struct Plan {
)";

}  // namespace

std::string generate(const LoopSet& set, unsigned long precision) {
  std::string text =
      "// The fused loops of a job.\n#include <ansatz/compile/object.hpp>\n"
      "#include <dsl/kernels/loop.hpp>\n";
  auto to = std::back_inserter(text);
  std::set<std::string> headers;
  for (const std::string& op : set.ops) headers.insert(known(op).header);
  for (const std::string& header : headers) fmt::format_to(to, "#include <dsl/ops/{}>\n", header);
  text += beginning;
  fmt::format_to(
      to,
      "    a::ir::Instr code[{}];\n    a::ir::Root roots[{}];\n    a::ir::Loop loops[{}];\n"
      "  }};\n  static constexpr Plan plan{{\n    {{\n",
      set.code.size(), set.roots.size(), set.loops.size());
  // Names stand one after the other, each ending in 0.
  std::vector<int> offsets;
  int offset = 0;
  for (const std::string& op : set.ops) {
    offsets.push_back(offset);
    offset += static_cast<int>(op.size()) + 1;
  }
  for (const ir::Instr& i : set.code) {
    const auto name = static_cast<std::size_t>(i.op_name);
    fmt::format_to(
        to, "{{C{{{}}},L{{{}}},W{{{}}},D{{{}}},{},{},{},{{{},{},{}}},{},{}}},\n",
        underlying(i.code), underlying(i.level), underlying(i.walk), underlying(i.type), i.phase,
        i.variant, i.arg, i.in[0], i.in[1], i.in[2], i.op_name < 0 ? -1 : offsets[name],
        i.op_name < 0 ? "nullptr" : fmt::format("op<ops::{}>", known(set.ops[name]).type));
  }
  text += "    },\n    {\n";
  for (const ir::Root& r : set.roots)
    fmt::format_to(to, "{{K{{{}}},W{{{}}},D{{{}}},{},{},{}}},\n", underlying(r.kind),
                   underlying(r.walk), underlying(r.type), r.variant, r.value, r.arg);
  text += "    },\n    {\n";
  for (const ir::Loop& l : set.loops)
    fmt::format_to(to, "{{{},{},{},{},{},{}}},\n", l.first_instr, l.instrs, l.first_root, l.roots,
                   l.phases, l.args);
  text += "    }};\n};\nconstexpr char text[] =\n";
  for (const std::string& op : set.ops)
    fmt::format_to(to, "  \"{}\\0\"\n", written(*known(op).info));
  text += "  \"\";\nusing T = " + std::string(precision == 8 ? "double" : "float") +
          ";\nconstexpr a::ir::LoopFn functions[] = {\n";
  for (std::size_t l = 0; l < set.loops.size(); ++l)
    fmt::format_to(to, "  a::kernels::run_loop<Source, T, {}>,\n", l);
  fmt::format_to(to,
                 "}};\nconstexpr a::compiling::Object object{{a::compiling::stamp, sizeof(T),\n"
                 "  {{Source::plan.code, {}}}, {{Source::plan.roots, {}}}, {{Source::plan.loops, "
                 "{}}},\n  {{text, sizeof(text)}}, functions}};\n}}  // namespace\n"
                 "extern \"C\" __attribute__((visibility(\"default"
                 "\"))) const a::compiling::Object* {}() {{ return &object; }}\n",
                 set.code.size(), set.roots.size(), set.loops.size(), "ansatz_compiled_loops");
  return text;
}

}  // namespace ansatz::compiling
