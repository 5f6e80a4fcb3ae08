#include "recipe.hpp"

#include <algorithm>
#include <cstring>

namespace ansatz::kernels {

using ir::Code;
using ir::DType;
using ir::Level;
using ir::RootKind;
using ir::Walk;

bool Recipe::matches(const ir::LoopCall& call) const {
  const ir::Loop& l = *call.loop;
  return l.instrs == loop.instrs && l.roots == loop.roots && l.phases == loop.phases &&
         l.args == loop.args &&
         std::memcmp(call.code + l.first_instr, code.data(), sizeof(ir::Instr) * code.size()) ==
             0 &&
         std::memcmp(call.roots + l.first_root, roots.data(), sizeof(ir::Root) * roots.size()) == 0;
}

void Recipe::read(const ir::LoopCall& call) {
  loop = *call.loop;
  // Byte by byte, padding included, as `matches` compares.
  code.resize(loop.instrs);
  roots.resize(loop.roots);
  if (loop.instrs) {
    std::memcpy(static_cast<void*>(code.data()), call.code + loop.first_instr,
                sizeof(ir::Instr) * code.size());
  }
  if (loop.roots) {
    std::memcpy(static_cast<void*>(roots.data()), call.roots + loop.first_root,
                sizeof(ir::Root) * roots.size());
  }
  sizes.assign(loop.args, 0);
  for (const ir::Instr& i : code) {
    if (i.arg < 0) continue;
    sizes[i.arg] = i.code == Code::iota || i.code == Code::random ? 1
                   : i.type == DType::index                       ? 4
                                                                  : -1;
  }
  for (const ir::Root& r : roots) sizes[r.arg] = r.type == DType::index ? 4 : -1;

  spills.clear();
  for (int r = 0; r < loop.roots; ++r) {
    if (roots[r].kind != RootKind::store || !full(roots[r].value)) continue;
    for (int i = 0; i < loop.instrs; ++i) {
      if (full(i) && code[i].code == Code::load && code[i].phase > code[roots[r].value].phase) {
        spills.push_back({r, i, false});
      }
    }
  }
}

void Recipe::arrange(const std::vector<bool>& kept, const std::vector<bool>& dropped_roots) {
  for (std::size_t s = 0; s < spills.size(); ++s) spills[s].kept = kept[s];
  dropped = dropped_roots;
  uniform.clear();
  for (int i = 0; i < loop.instrs; ++i) {
    if (uniform_value(i)) uniform.push_back(i);
  }
  phases.assign(loop.phases + 1, {});
  for (int p = 0; p <= loop.phases; ++p) list_phase(p);
  ids = loop.instrs * (2 + loop.phases);
  assign_slots();
}

/// The id of instruction i's value as a block; spreads a row value if that is not yet done.
int Recipe::block_of(int i, int phase, std::vector<Work>& work, std::vector<bool>& spread) {
  if (!row_value(i)) {
    for (const Spill& s : spills) {
      if (s.kept && s.load == i) return block_of(roots[s.root].value, phase, work, spread);
    }
    return i;
  }
  const int id = spread_id(i, phase);
  if (!spread[i]) {
    Work w{Kind::spread, i};
    w.out = id;
    work.push_back(w);
    spread[i] = true;
  }
  return id;
}

void Recipe::list_phase(int phase) {
  std::vector<Work>& work = phases[phase].work;
  std::vector<bool> spread(loop.instrs, false);
  const auto add = [&](Kind kind, int index, int out) -> Work& {
    Work w{kind, index};
    w.out = out;
    work.push_back(w);
    return work.back();
  };
  for (int i = 0; i < loop.instrs; ++i) {
    if (row_value(i) && code[i].code != Code::reduce && code[i].phase == phase) {
      phases[phase].row.push_back(i);
    }
  }
  // Loads come first: memory may be written into before the phase ends.
  for (int i = 0; i < loop.instrs; ++i) {
    if (!full(i) || code[i].phase != phase || code[i].code != Code::load) continue;
    bool kept = false;
    for (const Spill& s : spills) kept |= s.kept && s.load == i;
    if (kept) continue;
    Work& w = add(Kind::load, i, i);
    for (const ir::Root& r : roots) w.copied |= r.kind == RootKind::store && r.value == i;
  }
  for (int i = 0; i < loop.instrs; ++i) {
    if (!full(i) || code[i].phase != phase || code[i].code == Code::load) continue;
    if (code[i].code == Code::iota) add(Kind::iota, i, i);
    if (code[i].code == Code::random) add(Kind::random, i, i);
    if (code[i].code != Code::apply) continue;
    int in[3] = {-1, -1, -1};
    for (int k = 0; k < code[i].op->arity; ++k)
      in[k] = block_of(code[i].in[k], phase, work, spread);
    Work& w = add(Kind::apply, i, i);
    std::copy(in, in + 3, w.in);
    for (int r = 0; r < loop.roots && w.direct < 0; ++r) {
      if (roots[r].kind == RootKind::store && roots[r].value == i && !dropped[r] &&
          roots[r].walk == Walk::contiguous && roots[r].type == DType::real) {
        w.direct = r;
      }
    }
  }
  // Reductions before stores, which may overwrite what they read.
  for (int i = 0; i < loop.instrs; ++i) {
    if (code[i].code != Code::reduce || code[i].phase != phase) continue;
    const int in = block_of(code[i].in[0], phase, work, spread);
    add(Kind::reduce, i, -1).in[0] = in;
  }
  for (RootKind kind : {RootKind::reduce_all, RootKind::reduce_rows, RootKind::store}) {
    for (int r = 0; r < loop.roots; ++r) {
      const int value = roots[r].value;
      if (roots[r].kind != kind || !full(value) || code[value].phase != phase) continue;
      if (kind == RootKind::store && dropped[r]) continue;
      const int in = block_of(value, phase, work, spread);
      add(kind == RootKind::reduce_all    ? Kind::total
          : kind == RootKind::reduce_rows ? Kind::rows
                                          : Kind::store,
          r, -1)
          .in[0] = in;
    }
  }
}

void Recipe::assign_slots() {
  std::vector<Work*> order;
  for (Phase& p : phases) {
    for (Work& w : p.work) order.push_back(&w);
  }
  const int count = static_cast<int>(order.size());
  std::vector<int> last(ids, -1), slot(ids, -1);
  for (int t = 0; t < count; ++t) {
    for (int in : order[t]->in) {
      if (in >= 0) last[in] = t;
    }
  }
  std::vector<int> free, alive;
  slots = 0;
  live.clear();
  for (int t = 0; t < count; ++t) {
    Work& w = *order[t];
    std::erase_if(alive, [&](int id) {
      if (last[id] > t) return false;
      free.push_back(slot[id]);
      return true;
    });
    w.live_begin = static_cast<int>(live.size());
    live.insert(live.end(), alive.begin(), alive.end());
    w.live_end = static_cast<int>(live.size());
    if (w.out < 0) continue;
    if (free.empty()) free.push_back(slots++);
    w.slot = slot[w.out] = free.back();
    free.pop_back();
    alive.push_back(w.out);
  }
}

}  // namespace ansatz::kernels
