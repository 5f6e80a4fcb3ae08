#include "plan.hpp"

#include <algorithm>

#include "../text.hpp"

namespace ansatz::explaining {

using ir::Buffer;
using ir::Count;
using ir::PlanView;
using ir::RootKind;
using ir::Step;
using ir::StepKind;
using ir::Where;

namespace {

/// The buffer of a step's operand; negative: a position, or scratch of the loop.
int buffer_of(const PlanView& p, const Step& s, int k) {
  return p.operands[s.first_operand + k].buffer;
}
bool is_literal(const PlanView& p, int buffer, double value) {
  return p.buffers[buffer].where == Where::literal && p.buffers[buffer].value == value;
}

/// The steps that write and read a buffer, first and last.
struct Lifetime {
  int first = -1, last = -1;
};
Lifetime lifetime(const PlanView& p, int buffer) {
  Lifetime l;
  for (int s = 0; s < p.steps.size; ++s)
    for (int k = 0; k < p.steps[s].operands; ++k) {
      if (buffer_of(p, p.steps[s], k) != buffer) continue;
      if (l.first < 0) l.first = s;
      l.last = s;
    }
  for (const ir::Result& r : p.results)
    if (r.buffer == buffer) l.last = p.steps.size;
  return l;
}

// The buffer whose memory this one takes over as its step runs, or -1.
int taken_over(const PlanView& p, int buffer) {
  const Buffer& b = p.buffers[buffer];
  if (b.where != Where::arena) return -1;
  const Lifetime mine = lifetime(p, buffer);
  if (mine.first < 0) return -1;
  const Step& s = p.steps[mine.first];
  for (int k = 0; k < s.operands; ++k) {
    const int other = buffer_of(p, s, k);
    if (other < 0 || other == buffer || p.buffers[other].where != Where::arena) continue;
    const Buffer& o = p.buffers[other];
    if (o.offset == b.offset && o.size == b.size && lifetime(p, other).first < mine.first)
      return other;
  }
  return -1;
}

class PlanPrinter {
 public:
  PlanPrinter(const PlanView& plan, int number_bytes, std::int64_t batch)
      : p_(plan), bytes_(number_bytes), batch_(batch), extents_(plan), names_(plan, extents_) {}

  std::string text() {
    return memory() + "\n" + heading("steps: " + std::to_string(p_.steps.size)) + steps() + "\n" +
           heading("fused loops: " + std::to_string(p_.loops.size)) + loops() + call();
  }
  StepText text_of(const Step& s) const {
    switch (s.kind) {
      case StepKind::loop:
        return {"loop " + std::to_string(s.loop), loop_work(s)};
      case StepKind::gemm:
        return {"gemm", gemm_work(s)};
      case StepKind::kernel:
        return {"kernel", kernel_work(s)};
      case StepKind::repeat_begin:
        return {"repeat", names_[buffer_of(p_, s, 0)].text + " times"};
      case StepKind::repeat_end:
        break;
    }
    return {"end", ""};
  }

 private:
  int bytes(ir::DType type) const { return type == ir::DType::index ? 4 : bytes_; }
  std::string when() const {
    std::string out;
    for (int e = 0; e < extents_.count(); ++e) out += (e ? " = " : "") + extents_.name(e);
    return out.empty() ? out : " with " + out + " = " + grouped(batch_);
  }

  // ------------------------------------------------------------------------ memory

  std::string memory() const {
    Total arena, parameters, state, inputs;
    for (int e = 0; e < p_.arena.size; ++e) arena.add({p_.arena[e], e}, bytes_);
    for (const Buffer& b : p_.buffers) {
      if (b.where == Where::input) inputs.add(b.size, bytes(b.type));
      if (b.where == Where::stored)
        (p_.leaves[b.slot].state ? state : parameters).add(b.size, bytes(b.type));
    }
    Table totals("lll");
    const auto row = [&](const char* what, const Total& t) {
      if (t.at(1) == 0) return;
      const std::string each = t.text(extents_, " bytes");
      const std::string sum =
          grouped(static_cast<std::int64_t>(t.at(static_cast<double>(batch_)))) + " bytes";
      totals.row({what, each, each == sum ? "" : "= " + sum + when()});
    };
    row("inputs", inputs);
    row("parameters", parameters);
    row("state", state);
    row("arena", arena);
    if (p_.scratch) totals.row({"scratch", grouped(p_.scratch * bytes_) + " bytes x threads", ""});
    return heading("memory: " + std::to_string(bytes_) + " bytes a number") + totals.text() + "\n" +
           buffers();
  }

  std::string buffers() const {
    Table table("llll");
    table.row({"buffer", "place", "bytes", "in use"});
    for (int b = 0; b < p_.buffers.size; ++b) {
      const Buffer& buffer = p_.buffers[b];
      if (buffer.where == Where::literal || buffer.where == Where::extent ||
          buffer.where == Where::scalar)
        continue;
      Total size;
      size.add(buffer.size, bytes(buffer.type));
      const Lifetime l = lifetime(p_, b);
      std::string place = buffer.where == Where::input      ? "input"
                          : buffer.where == Where::constant ? "constant"
                                                            : "stored";
      std::string live;
      if (buffer.where == Where::arena) {
        place = "arena at " + extents_.count({buffer.offset.n * bytes_, buffer.offset.extent});
        if (buffer.offset.n == 0) place = "arena at 0";

        live = "steps " + std::to_string(l.first) + " to " +
               (l.last == p_.steps.size ? "the end" : std::to_string(l.last));
        if (l.first == l.last) live = "step " + std::to_string(l.first);
        const int old = taken_over(p_, b);
        if (old >= 0) live += ", over " + names_[old].text;
      }
      table.row({names_[b].text, place, size.text(extents_), live});
    }
    return table.text();
  }

  // ------------------------------------------------------------------------ steps

  std::string steps() const {
    Table table("rlllll");
    table.row({"", "by", "computes", "size", "FLOPs", "threads"});
    std::string indent;  // of the steps inside a repeat
    for (int s = 0; s < p_.steps.size; ++s) {
      const Step& step = p_.steps[s];
      if (step.kind == StepKind::repeat_end) indent.resize(indent.size() - 2);
      std::string threads = step.split == ir::Split::none      ? "one"
                            : step.split == ir::Split::columns ? "by columns"
                                                               : "by rows";
      if (step.barrier) threads += ", after a barrier";
      const std::string flops = step.kind == StepKind::gemm ? gemm_flops(step)
                                : step.flops.n              ? extents_.count(step.flops)
                                                            : "";
      const StepText told = text_of(step);
      table.row({std::to_string(s), indent + told.by, told.computes, size_of(step), flops,
                 step.kind == StepKind::repeat_begin || step.kind == StepKind::repeat_end
                     ? ""
                     : threads});
      if (step.kind == StepKind::repeat_begin) indent += "  ";
    }
    return table.text();
  }

  std::string size_of(const Step& s) const {
    if (s.kind == StepKind::loop) return loop_size(s);
    if (s.kind == StepKind::gemm) return gemm_size(s);
    if (s.kind == StepKind::kernel) return kernel_size(s);
    return s.kind == StepKind::repeat_begin ? "to step " + std::to_string(s.jump) : "";
  }

  std::string loop_work(const Step& s) const {
    std::string results, operands;
    std::vector<int> seen;
    for (int pass = 0; pass < 2; ++pass)
      for (int k = 0; k < s.operands; ++k) {
        const int b = buffer_of(p_, s, k);
        if (b < 0 || p_.buffers[b].where == Where::literal) continue;
        const bool result = writes(p_, s, k);
        if (result != (pass == 0)) continue;
        if (std::find(seen.begin(), seen.end(), 2 * b + pass) != seen.end()) continue;
        seen.push_back(2 * b + pass);
        std::string& list = result ? results : operands;
        list += (list.empty() ? "" : ", ") + names_[b].text;
        const int old = result ? taken_over(p_, b) : -1;
        if (old >= 0) list += " (over " + names_[old].text + ")";
      }
    return results + " <- " + (operands.empty() ? "numbers" : operands);
  }
  std::string loop_size(const Step& s) const {
    std::string out = "[";
    for (int k = 0; k < s.outer_rank; ++k) out += extents_.count(s.outer[k]) + ", ";
    return out + extents_.count(s.inner) + "]";
  }

  std::string gemm_work(const Step& s) const {
    const auto matrix = [&](int k, bool transpose) {
      const ir::Operand& o = p_.operands[s.first_operand + k];
      std::string name = names_[o.buffer].text;
      if (o.offset.n) name += "[" + extents_.count(o.offset) + " ..]";
      return Phrase{name + (transpose ? ".T" : "")};
    };
    const int alpha = buffer_of(p_, s, 3), beta = buffer_of(p_, s, 4);
    const std::string product =
        phrase_of("matmul", {matrix(0, s.transpose_a), matrix(1, s.transpose_b)}).text;
    const std::string c = matrix(2, false).text;
    const bool adds = !is_literal(p_, beta, 0), scales = !is_literal(p_, alpha, 1);
    std::string out = c + (is_literal(p_, beta, 1) ? " += " : " = ");
    if (adds && !is_literal(p_, beta, 1)) out += names_[beta].text + " * " + c + " + ";
    return out + (scales ? in_parentheses_below(names_[alpha], 4) + " * " : "") + product;
  }
  std::string gemm_size(const Step& s) const {
    const std::string m = extents_.count(s.m), n = extents_.count(s.n), k = extents_.count(s.k);
    std::string out;
    for (int d = 0; d < s.outer_rank; ++d) out += extents_.count(s.outer[d]) + " x ";
    return out + "[" + m + ", " + k + "] @ [" + k + ", " + n + "]";
  }
  std::string gemm_flops(const Step& s) const {
    std::vector<Count> sizes(s.outer, s.outer + s.outer_rank);
    sizes.insert(sizes.end(), {s.m, s.k, s.n});
    std::string out = "2";
    for (const Count& c : sizes)
      if (!c.extent) out += " x " + extents_.count(c);
    for (const Count& c : sizes)
      if (c.extent) out += " x " + extents_.count(c);
    return out;
  }

  std::string kernel_work(const Step& s) const {
    std::string out = names_[buffer_of(p_, s, s.operands - 1)].text + " = " + s.label + "(";
    for (int k = 0; k + 1 < s.operands; ++k)
      out += (k ? ", " : "") + names_[buffer_of(p_, s, k)].text;
    return out + ")";
  }
  std::string kernel_size(const Step& s) const {
    std::string out;
    for (int k = 0; k < s.operands; ++k)
      out += (k == 0                ? ""
              : k + 1 == s.operands ? " -> "
                                    : " ") +
             extents_.shape(p_.dims[s.first_dims + k]);
    return out;
  }

  // ------------------------------------------------------------------------ loops

  // A loop that several steps share has letters for its operands, and a line for each step.
  std::string loops() const {
    std::string out;
    for (int l = 0; l < p_.loops.size; ++l) {
      std::vector<int> users;
      for (int s = 0; s < p_.steps.size; ++s)
        if (p_.steps[s].kind == StepKind::loop && p_.steps[s].loop == l) users.push_back(s);
      if (users.empty()) continue;
      const Step& step = p_.steps[users[0]];
      std::vector<std::string> letters;
      std::string list = users.size() > 1 ? "steps " : "step ";
      for (std::size_t k = 0; k < users.size(); ++k)
        list += (k ? ", " : "") + std::to_string(users[k]);
      if (users.size() > 1)
        for (int k = 0; k < step.operands; ++k) letters.push_back(letter(k));
      out += "loop " + std::to_string(l) + " (" + list + ")";
      const std::string head = loop_head(p_, extents_, step);
      if (users.size() == 1 && head != "once") out += ": " + head;
      out += "\n";
      if (users.size() > 1) {
        Table table("ll");
        for (int s : users)
          table.row({"step " + std::to_string(s), loop_head(p_, extents_, p_.steps[s]),
                     bindings(p_.steps[s])});
        out += table.text();
      }
      out += loop_text(p_, names_, extents_, step, letters, 2) + "\n";
    }
    return out;
  }
  static std::string letter(int k) {
    std::string out(1, static_cast<char>('a' + k % 26));
    return k < 26 ? out : out + std::to_string(k / 26);
  }
  std::string bindings(const Step& s) const {
    std::string out;
    for (int k = 0; k < s.operands; ++k) {
      const int b = buffer_of(p_, s, k);
      const std::string value = b >= 0 ? names_[b].text : b == ir::scratch_buffer ? "scratch" : "";
      if (!value.empty()) out += (out.empty() ? "" : ", ") + letter(k) + " = " + value;
    }
    return out;
  }

  // ------------------------------------------------------------------------ totals

  std::string call() const {
    Total flops, moved;
    for (const Step& s : p_.steps) {
      flops.add(s.flops);
      for (int k = 0; k < s.operands; ++k) add_traffic(s, k, moved);
    }
    const double f = flops.at(static_cast<double>(batch_)),
                 m = moved.at(static_cast<double>(batch_));
    Table table("lll");
    table.row({"operations", flops.text(extents_, " FLOPs"), "= " + rounded(f) + "FLOPs" + when()});
    table.row(
        {"memory traffic", moved.text(extents_, " bytes"), "= " + rounded(m) + "bytes" + when()});
    bool repeats = false;
    for (const Step& s : p_.steps) repeats = repeats || s.kind == StepKind::repeat_begin;
    return heading(repeats ? "a call, every repeat counted once" : "a call") + table.text();
  }

  // Every operand once a step, as often as the step's passes ask for it from memory: once.
  void add_traffic(const Step& s, int k, Total& moved) const {
    const int b = buffer_of(p_, s, k);
    if (b < 0 || p_.buffers[b].size == Count{1, 0}) return;
    const int times = writes(p_, s, k) + reads(p_, s, k);
    const int each = bytes(p_.buffers[b].type) * times;
    if (s.kind == StepKind::gemm) {
      const Count sides[] = {product(s.m, s.k), product(s.k, s.n), product(s.m, s.n)};
      if (k >= 3) return;
      Count n = sides[k];
      for (int d = 0; d < s.outer_rank; ++d) n = product(n, s.outer[d]);
      moved.add(n, each);
    } else if (s.kind == StepKind::kernel) {
      moved.add(p_.buffers[b].size, each);
    } else if (s.kind == StepKind::loop) {
      const ir::Operand& o = p_.operands[s.first_operand + k];
      Count n{1, 0};
      for (int d = 0; d < s.outer_rank; ++d)
        if (o.stride[d].n) n = product(n, s.outer[d]);
      if (o.stride[ir::inner_axis].n) n = product(n, s.inner);
      moved.add(n, each);
    }
  }
  static Count product(const Count& a, const Count& b) {
    return {a.n * b.n, std::max(a.extent, b.extent)};
  }

  const PlanView& p_;
  int bytes_;
  std::int64_t batch_;
  Extents extents_;
  BufferNames names_;
};

}  // namespace

BufferNames::BufferNames(const PlanView& plan, const Extents& extents) {
  int made = 0, constants = 0;
  for (int b = 0; b < plan.buffers.size; ++b) {
    const Buffer& buffer = plan.buffers[b];
    Phrase name;
    for (const ir::Result& r : plan.results)
      if (r.buffer == b && name.text.empty()) name.text = plan.text.data + r.name;
    if (buffer.where == Where::literal)
      name = {running::number_text(buffer.value), buffer.value < 0 ? 5 : Phrase::atom};
    else if (buffer.where == Where::constant)
      name = {"c" + std::to_string(constants++)};
    else if (buffer.where == Where::extent)
      name = {extents.name(buffer.slot)};
    else if (buffer.where != Where::arena)
      name = {plan.text.data + plan.leaves[buffer.slot].name};
    else if (name.text.empty())
      name = {"v" + std::to_string(made++)};
    names_.push_back(name);
  }
}

bool writes(const PlanView& plan, const Step& step, int operand) {
  switch (step.kind) {
    case StepKind::gemm:
      return operand == 2;
    case StepKind::kernel:
      return operand + 1 == step.operands;
    case StepKind::loop: {
      const ir::Loop& loop = plan.loops[step.loop];
      for (int r = 0; r < loop.roots; ++r)
        if (plan.roots[loop.first_root + r].arg == operand) return true;
      return false;
    }
    default:
      return false;
  }
}

bool reads(const PlanView& plan, const Step& step, int operand) {
  switch (step.kind) {
    case StepKind::gemm:
      return operand != 2 || !is_literal(plan, buffer_of(plan, step, 4), 0);
    case StepKind::kernel:
      return operand + 1 != step.operands;
    case StepKind::loop: {
      const ir::Loop& loop = plan.loops[step.loop];
      for (int i = 0; i < loop.instrs; ++i)
        if (plan.code[loop.first_instr + i].arg == operand) return true;
      return false;
    }
    default:
      return true;
  }
}

std::vector<StepText> step_texts(const ir::PlanView& plan) {
  const PlanPrinter printer(plan, 0, 0);
  std::vector<StepText> texts;
  for (const Step& step : plan.steps) texts.push_back(printer.text_of(step));
  return texts;
}

std::string plan_text(const PlanView& plan, int number_bytes, std::int64_t batch) {
  return PlanPrinter(plan, number_bytes, batch).text();
}

}  // namespace ansatz::explaining
