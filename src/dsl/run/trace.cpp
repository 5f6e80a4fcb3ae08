#include "trace.hpp"

#include <mutex>

#include <dsl/kernels/philox.hpp>
#include <dsl/kernels/simd.hpp>
#include <dsl/plan/loops.hpp>

#include "../op_names.hpp"
#include "../text.hpp"
#include "keep_loaded.hpp"

namespace ansatz {

namespace running {

namespace {

std::size_t index(int i) { return static_cast<std::size_t>(i); }

std::mutex offering;
std::vector<const ir::OpInfo*>& offered() {
  static std::vector<const ir::OpInfo*> ops;
  return ops;
}

/// The op with the name "NAME/VERSION"; null for one that neither the library nor the program has.
const ir::OpInfo* find_op(const std::string& written) {
  if (const explaining::OpName* op = explaining::find_op(written)) return op->info;
  const std::lock_guard lock(offering);
  for (const ir::OpInfo* op : offered())
    if (explaining::written(*op) == written) return op;
  return nullptr;
}

}  // namespace

using ir::Code;
using ir::Level;
using ir::Monoid;
using ir::RootKind;

template <class T>
LoopTrace<T>::LoopTrace(const ir::PlanView& plan, int step, const ir::LoopCall& call)
    : plan_(plan), step_(step), call_(call), loop_(*call.loop), places_(plan) {
  values_.resize(index(loop_.instrs));
  row_values_.resize(index(loop_.instrs));
  for (int i = 0; i < loop_.instrs; ++i) {
    const ir::Instr& k = instr(i);
    spills_.push_back(spilled(i));
    ops_.push_back(k.op || k.op_name < 0 ? k.op : find_op(plan_.text.data + k.op_name));
  }
}

// The value that load i reads back, stored by this loop in an earlier pass; or -1.
template <class T>
int LoopTrace<T>::spilled(int i) const {
  int value = -1;
  if (instr(i).code != Code::load) return value;
  for (int r = 0; r < loop_.roots; ++r) {
    const ir::Root& q = root(r);
    if (q.kind != RootKind::store || q.arg != instr(i).arg || q.value >= i) continue;
    if (instr(q.value).phase < instr(i).phase) value = q.value;
  }
  return value;
}

template <class T>
std::int64_t LoopTrace<T>::position(const ir::Instr& i, std::int64_t column) const {
  const ir::LoopArg& arg = call_.args[i.arg];
  std::int64_t at = 0, row = row_;
  for (int d = call_.outer_rank - 1; d >= 0; --d) {
    at += row % call_.outer[d] * arg.stride[d];
    row /= call_.outer[d];
  }
  if (i.level == Level::full)
    at += column * (i.walk == ir::Walk::contiguous ? 1 : arg.stride[ir::inner_axis]);
  return at;
}

template <class T>
auto LoopTrace<T>::apply(int value) const -> Known {
  const ir::Instr& i = instr(value);
  const ir::OpInfo* const op = ops_[index(value)];
  ir::BlockFn<T> f = nullptr;
  if constexpr (sizeof(T) == 4) {
    if (op) f = op->block_float;
  } else {
    if (op) f = op->block_double;
  }
  Known out;
  T in[3][kernels::simd<T>::width], result[kernels::simd<T>::width];
  const T* pointers[3] = {in[0], in[1], in[2]};
  for (int k = 0; k < 3 && i.in[k] >= 0; ++k) {
    const Known& operand = values_[index(i.in[k])];
    out.known = out.known && operand.known;
    for (T& lane : in[k]) lane = operand.value;
  }
  out.known = out.known && f;
  if (!out.known) return out;
  f(pointers, result, kernels::simd<T>::width);
  out.value = result[0];
  return out;
}

/// Value i at a column of the current row, all values before it being there.
template <class T>
auto LoopTrace<T>::at(int i, std::int64_t column) -> Known {
  const ir::Instr& k = instr(i);
  if (spills_[index(i)] >= 0) return values_[index(spills_[index(i)])];
  switch (k.code) {
    case Code::uniform:
    case Code::load: {
      const std::int64_t p = k.code == Code::uniform ? 0 : position(k, column);
      const void* memory = call_.args[k.arg].pointer;
      if (k.type == ir::DType::index)
        return {static_cast<T>(static_cast<const std::int32_t*>(memory)[p])};
      return {static_cast<const T*>(memory)[p]};
    }
    case Code::iota:
      return {static_cast<T>(call_.args[k.arg].position + position(k, column))};
    case Code::random: {
      const std::int64_t p = call_.args[k.arg].position + position(k, column);
      const bool uniform = static_cast<ir::Random>(k.variant) == ir::Random::uniform;
      T drawn;
      if (uniform)
        kernels::fill_uniform(call_.random, call_.args[k.arg].site, p, &drawn, 1);
      else
        kernels::fill_normal(call_.random, call_.args[k.arg].site, p, &drawn, 1);
      return {drawn};
    }
    case Code::reduce:
      return row_values_[index(i)];
    case Code::apply:
      return apply(i);
  }
  return {};
}

template <class T>
void LoopTrace<T>::evaluate(std::int64_t column, int count) {
  column_ = column;
  for (int i = 0; i < count; ++i) values_[index(i)] = at(i, column);
}

template <class T>
auto LoopTrace<T>::reduced(int i) -> Known {
  const auto monoid = static_cast<Monoid>(instr(i).variant);
  const int from = instr(i).in[0];
  Known all;
  T best{};
  for (std::int64_t c = 0; c < call_.inner; ++c) {
    evaluate(c, from + 1);
    const Known x = values_[index(from)];
    all.known = all.known && x.known;
    const bool first = c == 0;
    switch (monoid) {
      case Monoid::sum:
        all.value += x.value;
        break;
      case Monoid::max:
        if (first || x.value > all.value || x.value != x.value) all.value = x.value;
        break;
      case Monoid::min:
        if (first || x.value < all.value || x.value != x.value) all.value = x.value;
        break;
      case Monoid::argmax:
      case Monoid::argmin:
        if (first || (monoid == Monoid::argmax ? x.value > best : x.value < best)) {
          best = x.value;
          all.value = static_cast<T>(c);
        }
        break;
    }
  }
  return all;
}

/// Reductions along the row, in their order: a later one may need an earlier.
template <class T>
void LoopTrace<T>::begin_row(std::int64_t row) {
  if (row_ == row) return;
  row_ = row;
  for (int i = 0; i < loop_.instrs; ++i)
    if (instr(i).code == Code::reduce) row_values_[index(i)] = reduced(i);
}

/// Moves to the first element, of those asked for, at which the value is not finite.
template <class T>
bool LoopTrace<T>::select(int value, std::int64_t row, std::int64_t column, bool only_nan) {
  const std::int64_t rows = row < 0 ? call_.row_end : row + 1;
  const std::int64_t columns = column < 0 ? call_.inner : column + 1;
  for (std::int64_t r = row < 0 ? 0 : row; r < rows; ++r) {
    begin_row(r);
    for (std::int64_t c = column < 0 ? 0 : column; c < columns; ++c) {
      evaluate(c, loop_.instrs);
      const Known& v = values_[index(value)];
      if (only_nan ? v.nan() : !v.finite()) return true;
    }
  }
  return false;
}

/// The operand that made `value` what it is, not finite; -1 when its op did.
template <class T>
int LoopTrace<T>::worse(int value, bool only_nan) {
  const ir::Instr& i = instr(value);
  if (spills_[index(value)] >= 0) return spills_[index(value)];
  if (i.code == Code::reduce) {
    const std::int64_t column = column_;
    if (select(i.in[0], row_, -1, only_nan)) return i.in[0];
    evaluate(column, loop_.instrs);
    return -1;
  }
  if (i.code != Code::apply) return -1;
  const auto bad = [&](int k) {
    const Known& v = values_[index(i.in[k])];
    return only_nan ? v.nan() : v.known && !v.finite();
  };
  // Of `where` the side that was not chosen does no harm.
  if (op_name(plan_, i) == "where" && values_[index(i.in[0])].known) {
    const int side = values_[index(i.in[0])].value != 0 ? 1 : 2;
    return bad(side) ? i.in[side] : -1;
  }
  for (int k = 0; k < 3 && i.in[k] >= 0; ++k)
    if (bad(k)) return i.in[k];
  for (int k = 0; k < 3 && i.in[k] >= 0; ++k)
    if (!values_[index(i.in[k])].known) return i.in[k];
  return -1;
}

/// From a value that is not finite to the one where that began.
template <class T>
std::vector<int> LoopTrace<T>::descend(int value, bool only_nan) {
  std::vector<int> path{value};
  for (int next = value; (next = worse(next, only_nan)) >= 0;) path.push_back(next);
  return path;
}

/// "'log' made -inf of 0: log(x - 1)"
template <class T>
std::string LoopTrace<T>::told(int value) {
  const ir::Instr& i = instr(value);
  const Known& result = values_[index(value)];
  const std::string text = places_.of_value(step_, value).text;
  const std::string number =
      result.known ? number_text(static_cast<double>(result.value)) : "a number that is not finite";
  const std::string op = op_name(plan_, i);
  if (op.empty()) return text + " is " + number;
  std::string out = in_quotes(op) + " made " + number;
  if (i.code == Code::apply) {
    std::string of;
    for (int k = 0; k < 3 && i.in[k] >= 0; ++k) {
      const Known& in = values_[index(i.in[k])];
      of += (k ? ", " : "") + (in.known ? number_text(static_cast<double>(in.value)) : "?");
    }
    if (!of.empty()) out += " of " + of;
  }
  return out + ": " + text;
}

template <class T>
auto LoopTrace<T>::find(int root_index, std::int64_t row, std::int64_t column) -> Answer {
  const ir::Root& q = root(root_index);
  const bool all_rows = q.kind != RootKind::store;
  if (call_.outer_rank == 0) row = 0;
  // A value that is gathered: the element that spoilt it, a NaN rather than an infinity.
  if (!select(q.value, row, column, true) && !select(q.value, row, column, false)) {
    if (!all_rows) return {};
    const std::string op = op_name(plan_, {.code = Code::reduce, .variant = q.variant});
    return {op, in_quotes(op) + " made it of finite numbers: " + op + "(" +
                    places_.of_value(step_, q.value).text + ")"};
  }
  const bool nan = values_[index(q.value)].nan();
  const std::vector<int> path = descend(q.value, nan);
  const int origin = path.back();
  Answer answer{op_name(plan_, instr(origin)), told(origin)};
  const std::string own = places_.of_value(step_, origin).text;
  std::string around;  // the longest that is still written in full
  for (const int v : path) {
    const std::string text = places_.of_value(step_, v).text;
    if (text == own || text.find("...") != text.npos || text.find(own) == text.npos) continue;
    around = text;
    break;
  }
  if (!around.empty()) answer.text += ", in " + around;
  // A NaN of infinities: where the infinity came from.
  if (nan && instr(origin).code == Code::apply) {
    const std::vector<int> before = descend(origin, false);
    if (before.size() > 1) answer.text += "; " + told(before.back());
  }
  return answer;
}

template class LoopTrace<float>;
template class LoopTrace<double>;

}  // namespace running

namespace ir {

void offer_op(const OpInfo* op) {
  running::keep_loaded(op);
  const std::lock_guard lock(running::offering);
  for (const OpInfo* known : running::offered())
    if (known == op) return;
  running::offered().push_back(op);
}

}  // namespace ir

}  // namespace ansatz
