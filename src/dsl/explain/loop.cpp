// A fused loop as statements: values used once stand where they are used.
#include <algorithm>

#include "plan.hpp"

namespace ansatz::explaining {

using ir::Code;
using ir::Count;
using ir::Instr;
using ir::Level;
using ir::Operand;
using ir::Root;
using ir::RootKind;

namespace {

constexpr std::size_t longest_inline = 72;

const char* monoid_name(int variant) {
  constexpr const char* names[] = {"sum", "max", "min", "argmax", "argmin"};
  return names[variant];
}

/// An index of the loop, and how far apart its elements lie.
struct Axis {
  std::string index;
  Count stride = {}, size = {};
};

class LoopPrinter {
 public:
  LoopPrinter(const ir::PlanView& plan, const BufferNames& names, const Extents& extents,
              const ir::Step& step, const std::vector<std::string>& arguments)
      : plan_(plan),
        names_(names),
        extents_(extents),
        step_(step),
        loop_(plan.loops[step.loop]),
        arguments_(arguments) {
    for (int k = 0; k < step.outer_rank; ++k)
      index_[k] = step.outer_rank == 1 ? "i" : "i" + std::to_string(k);
    index_[ir::inner_axis] = "j";
    values_.resize(static_cast<std::size_t>(loop_.instrs));
    count_uses();
  }

  std::string text(int indent) {
    for (int k = 0; k < loop_.instrs; ++k)
      if (instr(k).level == Level::uniform) define(k);
    for (int p = 0; p <= loop_.phases; ++p) {
      for (Level level : {Level::row, Level::full}) {
        for (int k = 0; k < loop_.instrs; ++k)
          if (instr(k).level == level && instr(k).phase == p && !is_reduce(k)) define(k);
        for (int r = 0; r < loop_.roots; ++r)
          if (root_level(root(r)) == level && root_phase(root(r)) == p) finish(root(r));
      }
      for (int k = 0; k < loop_.instrs; ++k)
        if (is_reduce(k) && instr(k).phase == p) define(k);
    }
    Table table("ll");
    std::string before;
    for (const auto& [label, statement] : lines_) {
      table.row({label == before ? "" : label, statement});
      before = label;
    }
    return table.text(indent);
  }

 private:
  const Instr& instr(int k) const { return plan_.code[loop_.first_instr + k]; }
  const Root& root(int r) const { return plan_.roots[loop_.first_root + r]; }
  bool is_reduce(int k) const { return instr(k).code == Code::reduce; }
  // A reduction's result is a value a row, but it is gathered along the row.
  Level pass_level(int k) const { return is_reduce(k) ? Level::full : instr(k).level; }
  bool is_copy(int k) const { return instr(k).code == Code::apply && op_name(k) == "copy"; }
  std::string op_name(int k) const {
    std::string name = plan_.text.data + instr(k).op_name;
    return name.substr(0, name.rfind('/'));
  }
  Level root_level(const Root& r) const {
    return std::max(instr(r.value).level, Level::row);  // a number of the loop is stored a row
  }
  int root_phase(const Root& r) const {
    const Instr& v = instr(r.value);
    if (v.level == Level::uniform) return loop_.phases;
    if (v.code == Code::reduce) return v.phase + 1;
    return v.phase;
  }

  // A value that is read in another pass has a name, even when it is read once.
  void count_uses() {
    uses_.assign(static_cast<std::size_t>(loop_.instrs), 0);
    crosses_.assign(static_cast<std::size_t>(loop_.instrs), false);
    for (int k = 0; k < loop_.instrs; ++k)
      for (int in : instr(k).in) {
        if (in < 0) continue;
        ++uses_[in];
        if (pass_level(in) != pass_level(k) || instr(in).phase != instr(k).phase || is_reduce(in))
          crosses_[in] = instr(in).level != Level::uniform;
      }
    for (int r = 0; r < loop_.roots; ++r) ++uses_[root(r).value];
  }

  void define(int k) {
    const Instr& i = instr(k);
    Phrase p;
    switch (i.code) {
      case Code::uniform:
      case Code::load:
        values_[k] = operand(i.arg);
        return;
      case Code::iota:
        values_[k] = position(operand_of(i.arg));
        return;
      case Code::random:
        p.text = std::string(i.variant ? "normal" : "uniform") + "(site " +
                 std::to_string(operand_of(i.arg).site) + ")";
        break;
      case Code::apply: {
        std::vector<Phrase> in;
        for (int from : i.in)
          if (from >= 0) in.push_back(values_[from]);
        p = phrase_of(op_name(k), in);
        break;
      }
      case Code::reduce:
        p.text = std::string(monoid_name(i.variant)) + "_j(" + values_[i.in[0]].text + ")";
        break;
    }
    const bool short_and_once = uses_[k] == 1 && !crosses_[k] && p.text.size() <= longest_inline;
    if ((short_and_once && i.code != Code::reduce) || is_copy(k)) {
      values_[k] = p;
      return;
    }
    std::string name = "t" + std::to_string(temporaries_++);
    line(pass_level(k), i.phase, name + " = " + p.text);
    values_[k] = {name};
  }

  void finish(const Root& r) {
    const Operand& to = operand_of(r.arg);
    std::string value = values_[r.value].text;
    const Level level = instr(r.value).level;
    if (r.kind == RootKind::reduce_rows) {
      value = std::string(monoid_name(r.variant)) + "_" + rows() + "(" + value + ")";
    } else if (r.kind == RootKind::reduce_all) {
      value = std::string(monoid_name(r.variant)) + "_" + rows() +
              (level == Level::full ? "j(" : "(") + value + ")";
    }
    const std::string target =
        r.kind == RootKind::reduce_all ? name_of(r.arg).text : place(to, r.arg, true);
    line(level == Level::full ? level : Level::row, root_phase(r), target + " = " + value);
  }

  void line(Level level, int phase, const std::string& text) {
    std::string label = "once";
    if (level == Level::row) label = step_.outer_rank ? "row" : "then";
    if (level == Level::full) {
      const bool one = step_.outer_rank == 0 && step_.inner == Count{1, 0};
      label = loop_.phases > 1 ? "pass " + std::to_string(phase + 1) : one ? "once" : "each";
    }
    lines_.emplace_back(label, text);
  }

  // "i", or "i0i1" for a sum over all outer indices
  std::string rows() const {
    std::string out;
    for (int k = 0; k < step_.outer_rank; ++k) out += index_[k];
    return out;
  }

  const Operand& operand_of(int arg) const { return plan_.operands[step_.first_operand + arg]; }

  Phrase name_of(int arg) const {
    if (!arguments_.empty()) return {arguments_[arg]};
    const int buffer = operand_of(arg).buffer;
    if (buffer == ir::scratch_buffer) return {"kept" + std::to_string(arg)};
    return names_[buffer];
  }

  std::vector<Axis> axes_of(const Operand& o) const {
    std::vector<Axis> axes;
    for (int k = 0; k <= ir::inner_axis; ++k) {
      if (k < ir::inner_axis && k >= step_.outer_rank) continue;
      const Count& size = k < ir::inner_axis ? step_.outer[k] : step_.inner;
      if (o.stride[k].n != 0 && !(size == Count{1, 0}))
        axes.push_back({index_[k], o.stride[k], size});
    }
    std::stable_sort(axes.begin(), axes.end(), [](const Axis& a, const Axis& b) {
      return std::pair(a.stride.extent > 0, a.stride.n) >
             std::pair(b.stride.extent > 0, b.stride.n);
    });
    return axes;
  }

  // Whether element [i, j] of an array of just these axes lies there.
  static bool nested(const std::vector<Axis>& axes) {
    Count expected{1, 0};
    for (auto a = axes.rbegin(); a != axes.rend(); ++a) {
      if (!(a->stride == expected)) return false;
      if (expected.extent && a->size.extent) return false;
      expected = {expected.n * a->size.n, std::max(expected.extent, a->size.extent)};
    }
    return true;
  }

  Phrase position(const Operand& o) const {
    std::string out;
    int terms = 0;
    for (const Axis& a : axes_of(o)) {
      out += terms++ ? " + " : "";
      const bool one = a.stride.n == 1;
      if (!one) out += std::to_string(a.stride.n) + " ";
      if (a.stride.extent) out += extents_.name(a.stride.extent - 1) + " ";
      out += a.index;
    }
    if (o.offset.n || !terms) {
      out += terms++ ? " + " : "";
      out += extents_.count(o.offset);
    }
    return {out, terms > 1 ? 3 : Phrase::atom};
  }

  std::string place(const Operand& o, int arg, bool written) const {
    const Phrase name = name_of(arg);
    const std::vector<Axis> axes = axes_of(o);
    const bool single = o.buffer >= 0 && plan_.buffers[o.buffer].size == Count{1, 0};
    if (axes.empty() && (single || (o.offset.n == 0 && written))) return name.text;
    if (o.offset.n != 0 || !nested(axes) || axes.empty())
      return name.text + "[" + position(o).text + "]";
    std::string out = name.text + "[";
    for (std::size_t k = 0; k < axes.size(); ++k) out += (k ? ", " : "") + axes[k].index;
    return out + "]";
  }
  Phrase operand(int arg) const {
    const std::string text = place(operand_of(arg), arg, false);
    const Phrase name = name_of(arg);
    if (text == name.text) return name;
    return {text};
  }

  const ir::PlanView& plan_;
  const BufferNames& names_;
  const Extents& extents_;
  const ir::Step& step_;
  const ir::Loop& loop_;
  const std::vector<std::string>& arguments_;
  std::string index_[ir::outer_axes + 1];
  std::vector<Phrase> values_;
  std::vector<int> uses_;
  std::vector<bool> crosses_;
  std::vector<std::pair<std::string, std::string>> lines_;
  int temporaries_ = 0;
};

}  // namespace

std::string loop_text(const ir::PlanView& plan, const BufferNames& names, const Extents& extents,
                      const ir::Step& step, const std::vector<std::string>& arguments, int indent) {
  return LoopPrinter(plan, names, extents, step, arguments).text(indent);
}

std::string loop_head(const ir::PlanView& plan, const Extents& extents, const ir::Step& step) {
  std::string out;
  for (int k = 0; k < step.outer_rank; ++k)
    out += (k ? ", i" : "i") + (step.outer_rank > 1 ? std::to_string(k) : "") + " < " +
           extents.count(step.outer[k]);
  if (!(step.inner == Count{1, 0}))
    out += (out.empty() ? "j < " : ", j < ") + extents.count(step.inner);
  out = out.empty() ? "once" : "for " + out;
  const int passes = plan.loops[step.loop].phases;
  return passes > 1 ? out + ", " + std::to_string(passes) + " passes" : out;
}

}  // namespace ansatz::explaining
