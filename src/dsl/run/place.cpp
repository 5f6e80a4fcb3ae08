#include "place.hpp"

#include <algorithm>
#include <vector>

#include "../text.hpp"

namespace ansatz::running {

using explaining::Phrase;
using ir::Code;
using ir::StepKind;
using ir::Where;

namespace {

constexpr std::size_t longest = 120;  // characters of an expression
constexpr int deepest = 3;            // steps that are looked through

const Phrase left_out{"..."};

/// The op applied to its operands; of a long one the longest operands are left out.
Phrase applied(const std::string& op, std::vector<Phrase> in) {
  Phrase all = explaining::phrase_of(op, in);
  while (all.text.size() > longest) {
    const auto length = [](const Phrase& p) { return p.text.size(); };
    const auto most = std::ranges::max_element(in, {}, length);
    if (most == in.end() || most->text.size() <= left_out.text.size()) break;
    *most = left_out;
    all = explaining::phrase_of(op, in);
  }
  return all;
}

const char* monoid_name(int variant) {
  constexpr const char* names[] = {"sum", "max", "min", "argmax", "argmin"};
  return names[variant];
}

}  // namespace

std::string op_name(const ir::PlanView& plan, const ir::Instr& instr) {
  if (instr.code == Code::reduce) return monoid_name(instr.variant);
  if (instr.op) return instr.op->name;
  if (instr.op_name < 0) return "";
  const std::string name = plan.text.data + instr.op_name;
  return name.substr(0, name.rfind('/'));
}

Phrase Places::read(int step, int operand, int depth) {
  const int buffer = plan_.operands[operand].buffer;
  if (buffer < 0) return left_out;
  const ir::Buffer& b = plan_.buffers[buffer];
  if (b.where == Where::literal) {
    const Phrase number{number_text(b.value)};
    return b.value < 0 ? Phrase{number.text, 3} : number;
  }
  if (b.where == Where::constant) return {"constant"};
  if (b.where == Where::extent) return {plan_.text.data + plan_.extent_names[b.slot]};
  if (b.where != Where::arena) return {plan_.text.data + plan_.leaves[b.slot].name};
  if (depth >= deepest) return left_out;
  for (int s = step - 1; s >= 0; --s) {
    const ir::Step& before = plan_.steps[s];
    if (before.kind == StepKind::loop) {
      const ir::Loop& loop = plan_.loops[before.loop];
      for (int r = 0; r < loop.roots; ++r) {
        const ir::Root& root = plan_.roots[loop.first_root + r];
        if (plan_.operands[before.first_operand + root.arg].buffer != buffer) continue;
        const Phrase result = value(s, root.value, depth + 1);
        if (root.kind == ir::RootKind::store) return result;
        return applied(monoid_name(root.variant), {result});
      }
    } else if (before.kind == StepKind::gemm || before.kind == StepKind::kernel) {
      const int result =
          before.first_operand + (before.kind == StepKind::gemm ? 2 : before.operands - 1);
      if (plan_.operands[result].buffer == buffer) return computed(s, depth + 1);
    }
  }
  return left_out;
}

Phrase Places::computed(int step, int depth) {
  const ir::Step& s = plan_.steps[step];
  std::vector<Phrase> in;
  if (s.kind != StepKind::gemm) {
    for (int k = 0; k + 1 < s.operands; ++k) in.push_back(read(step, s.first_operand + k, depth));
    return applied(s.label, std::move(in));
  }
  for (int k = 0; k < 2; ++k) {
    in.push_back(read(step, s.first_operand + k, depth));
    if (k ? s.transpose_b : s.transpose_a) in.back() = applied("transpose", {in.back()});
  }
  return applied("matmul", std::move(in));
}

Phrase Places::value(int step, int instr, int depth) {
  const auto key = std::pair(step, instr);
  const auto known = values_[depth].find(key);
  if (known != values_[depth].end()) return known->second;
  const ir::Step& s = plan_.steps[step];
  const ir::Instr& i = plan_.code[plan_.loops[s.loop].first_instr + instr];
  Phrase found;
  switch (i.code) {
    case Code::uniform:
    case Code::load:
      found = read(step, s.first_operand + i.arg, depth);
      break;
    case Code::iota:
      found = {"iota"};
      break;
    case Code::random:
      found = {i.variant ? "normal()" : "uniform()"};
      break;
    case Code::apply:
    case Code::reduce: {
      std::vector<Phrase> in;
      for (int from : i.in)
        if (from >= 0) in.push_back(value(step, from, depth));
      found = applied(op_name(plan_, i), std::move(in));
    }
  }
  values_[depth][key] = found;
  return found;
}

}  // namespace ansatz::running
