// From the arguments of a call to inputs, scalars and extents. Nothing is changed before all of
// them have been found right.
#include <cmath>
#include <utility>

#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include "../text.hpp"
#include "executor.hpp"

namespace ansatz::running {

using ir::DType;
using ir::Where;

namespace {

constexpr int by_name = -2;  // an extent's source: the caller gave its size as a number
constexpr int no_source = -1;

/// Whether numbers are asked for where none are; an empty array need not have any.
bool has_no_memory(const ArrayView& array) { return !array.data && array.dims.count() > 0; }

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// What an empty array may point to: adding to a null pointer is not allowed.
alignas(64) const unsigned char nothing[64] = {};

}  // namespace

template <class T>
std::vector<std::string_view> Executor<T>::argument_names() const {
  std::vector<std::string_view> out;
  for (int i = 0; i < plan_.leaves.size; ++i)
    if (plan_.leaves[i].where != Where::stored) out.push_back(leaves_[at(i)].name);
  for (int e = 0; e < plan_.extents.size; ++e) out.push_back(extent_name(e));
  return out;
}

template <class T>
int Executor<T>::extent_index(int code) const {
  for (int e = 0; e < plan_.extents.size; ++e)
    if (plan_.extents[e] == code) return e;
  return -1;
}

template <class T>
Dims Executor<T>::dims_of(const ir::Shape& shape) const {
  Dims out;
  for (int i = 0; i < shape.rank; ++i)
    out.push_back(ir::is_extent(shape[i]) ? extents_[at(extent_index(shape[i]))] : shape[i]);
  return out;
}

/// The leaf an argument means; -1 - e for the size of extent e.
template <class T>
int Executor<T>::find_leaf(const Argument& argument, int position) {
  if (position < static_cast<int>(guess_.size()) && guess_[at(position)] >= 0 &&
      leaves_[at(guess_[at(position)])].name == argument.name)
    return guess_[at(position)];
  for (int i = 0; i < plan_.leaves.size; ++i) {
    if (leaves_[at(i)].name != argument.name) continue;
    if (plan_.leaves[i].where == Where::stored)
      throw NameError(in_quotes(argument.name) + " is a tensor of the store, not an argument" +
                      allowed_names(argument.name, argument_names()));
    if (position >= static_cast<int>(guess_.size())) guess_.resize(at(position) + 1, -1);
    return guess_[at(position)] = i;
  }
  for (int e = 0; e < plan_.extents.size; ++e)
    if (extent_name(e) == argument.name) return -1 - e;
  throw NameError("unknown argument " + in_quotes(argument.name) +
                  allowed_names(argument.name, argument_names()));
}

template <class T>
std::string Executor<T>::source_text(int source, int extent) const {
  if (source == by_name) return "the argument " + in_quotes(extent_name(extent));
  const bool stored = plan_.leaves[source].where == Where::stored;
  return (stored ? "state " : "input ") + in_quotes(leaves_[at(source)].name);
}

template <class T>
void Executor<T>::agree(int extent, std::int64_t size, int source) {
  std::int64_t& pending = pending_extents_[at(extent)];
  int& before = extent_source_[at(extent)];
  if (before == no_source) {
    pending = size;
    before = source;
  } else if (pending != size) {
    const bool stored = source >= 0 && plan_.leaves[source].where == Where::stored;
    throw ShapeError("the sizes of '" + std::string(extent_name(extent)) +
                     "' disagree: " + std::to_string(pending) + " in " +
                     source_text(before, extent) + ", " + std::to_string(size) + " in " +
                     source_text(source, extent) + (stored ? " (Store::resize changes it)" : ""));
  }
}

template <class T>
void Executor<T>::take_extent(int extent, const Argument& argument) {
  if (extent_given_[at(extent)] == calls_)
    throw NameError("argument " + in_quotes(argument.name) + " is given twice");
  extent_given_[at(extent)] = calls_;
  if (!argument.is_number || !(argument.number >= 0) || argument.number > 0x1p31 ||
      argument.number != std::floor(argument.number))
    throw ValueError("the size " + in_quotes(argument.name) + " is " +
                     (argument.is_number ? number_text(argument.number) : "an array") +
                     "; allowed: a whole number, 0 or more");
  agree(extent, static_cast<std::int64_t>(argument.number), by_name);
}

template <class T>
void Executor<T>::take(const Argument& argument, int position) {
  const int index = find_leaf(argument, position);
  if (index < 0) return take_extent(-1 - index, argument);
  LeafState& leaf = leaves_[at(index)];
  if (leaf.given == calls_)
    throw NameError("argument " + in_quotes(argument.name) + " is given twice");
  leaf.given = calls_;
  if (plan_.leaves[index].where == Where::input) return take_input(index, argument);
  if (!argument.is_number)
    throw ValueError("scalar " + in_quotes(argument.name) + " was given an array of shape " +
                     shape_text(argument.array.dims) + "; allowed: a number");
  leaf.pending_number = argument.number;
}

template <class T>
void Executor<T>::take_input(int index, const Argument& argument) {
  const ir::Leaf& wanted = plan_.leaves[index];
  LeafState& leaf = leaves_[at(index)];
  const auto input = [&] { return "input " + in_quotes(leaf.name); };
  const bool labels = wanted.type == DType::index;
  if (argument.is_number) {
    if (wanted.shape.rank != 0)
      throw ShapeError(input() + " was given the number " + number_text(argument.number) +
                       "; allowed: an array of shape " + shape_text(wanted.shape, &plan_));
    leaf.pending_number = argument.number;
    leaf.pending = &leaf.cell;
    if (labels) {
      const double x = argument.number;
      if (x != std::floor(x) || !(std::abs(x) <= 0x1p53))
        throw ValueError(input() + " was given " + number_text(x) +
                         "; allowed: integers, for it "
                         "holds labels");
      const auto label = static_cast<std::int64_t>(x);
      convert_labels(index, &label, 1);
    }
    return;
  }
  const ArrayView& array = argument.array;
  bool fits = array.dims.rank == wanted.shape.rank;
  for (int i = 0; fits && i < wanted.shape.rank; ++i)
    fits = ir::is_extent(wanted.shape[i]) ? array.dims[i] >= 0 : wanted.shape[i] == array.dims[i];
  if (!fits)
    throw ShapeError(input() + " has the shape " + shape_text(array.dims) +
                     "; allowed: " + shape_text(wanted.shape, &plan_));
  if (has_no_memory(array))
    throw ValueError(input() + " of shape " + shape_text(array.dims) +
                     " has no memory: its pointer is null");
  if (!array.contiguous)
    throw ValueError(input() +
                     " is not contiguous in row-major order; copy it into an array "
                     "that is");
  for (int i = 0; i < wanted.shape.rank; ++i)
    if (ir::is_extent(wanted.shape[i])) agree(extent_index(wanted.shape[i]), array.dims[i], index);
  if (labels) {
    take_labels(index, array);
  } else {
    if (array.type != element_type_of<T>())
      throw ValueError(input() + " holds " + type_name(array.type) +
                       "; allowed: " + type_name(element_type_of<T>()));
    leaf.pending = array.data ? array.data : nothing;
  }
}

template <class T>
template <class I>
void Executor<T>::convert_labels(int index, const I* values, std::int64_t count) {
  const int limit = plan_.leaves[index].labels;
  LeafState& leaf = leaves_[at(index)];
  const auto allowed = [limit](I x) {
    if (limit > 0) return std::cmp_greater_equal(x, 0) && std::cmp_less(x, limit);
    return std::in_range<std::int32_t>(x);
  };
  bool good = true;
  for (std::int64_t i = 0; i < count; ++i) good &= allowed(values[i]);
  if (!good) {
    std::int64_t i = 0;
    while (allowed(values[i])) ++i;
    const ir::Shape& shape = plan_.leaves[index].shape;
    std::int64_t row = 1;  // labels of an example
    for (int k = shape.batched(); k < shape.rank; ++k) row *= shape[k];
    std::string where;
    if (shape.batched()) where = " at example " + std::to_string(i / row);
    if (!shape.batched() ? shape.rank > 0 : shape.rank > 1)
      where += (where.empty() ? " at position " : ", position ") + std::to_string(i % row);
    throw ValueError(
        "input " + in_quotes(leaf.name) + " has the label " + std::to_string(values[i]) + where +
        "; allowed: " + (limit > 0 ? "0 .. " + std::to_string(limit - 1) : "integers of 32 bits"));
  }
  if constexpr (std::is_same_v<I, std::int32_t>) {
    leaf.pending = values;
  } else {
    if (static_cast<std::int64_t>(leaf.labels.size()) < count)
      leaf.labels.resize(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i)
      leaf.labels[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(values[i]);
    leaf.pending = leaf.labels.data();
  }
}

template <class T>
void Executor<T>::take_labels(int index, const ArrayView& array) {
  const std::int64_t n = array.dims.count();
  const auto convert = [&]<class I>(I) {
    convert_labels(index, static_cast<const I*>(array.data), n);
  };
  switch (array.type) {
    case ElementType::int8:
      convert(std::int8_t{});
      break;
    case ElementType::int16:
      convert(std::int16_t{});
      break;
    case ElementType::int32:
      convert(std::int32_t{});
      break;
    case ElementType::int64:
      convert(std::int64_t{});
      break;
    case ElementType::uint8:
      convert(std::uint8_t{});
      break;
    case ElementType::uint16:
      convert(std::uint16_t{});
      break;
    case ElementType::uint32:
      convert(std::uint32_t{});
      break;
    case ElementType::uint64:
      convert(std::uint64_t{});
      break;
    default:
      throw ValueError("input " + in_quotes(leaves_[at(index)].name) + " holds " +
                       type_name(array.type) + "; allowed: integers, for it holds labels");
  }
  if (n == 0) leaves_[at(index)].pending = nothing;
}

template <class T>
void Executor<T>::require_everything() const {
  std::string missing;
  for (int i = 0; i < plan_.leaves.size; ++i) {
    const ir::Leaf& wanted = plan_.leaves[i];
    const LeafState& leaf = leaves_[at(i)];
    const bool has = wanted.where == Where::stored || wanted.unused || leaf.given == calls_ ||
                     (wanted.where == Where::scalar && leaf.known);
    if (has) continue;
    if (!missing.empty()) missing += ", ";
    missing += in_quotes(leaf.name) + " (";
    if (wanted.where == Where::scalar) {
      missing += "a number, it has no default";
    } else {
      missing += wanted.type == DType::index ? "labels " : "";
      missing += shape_text(wanted.shape, &plan_);
    }
    missing += ")";
  }
  if (!missing.empty()) throw NameError("not given: " + missing);
}

template <class T>
void Executor<T>::agree_with_state() {
  for (const auto& [leaf, extent] : stored_extents_)
    agree(extent, store_.shape(leaves_[at(leaf)].name)[0], leaf);
  for (int e = 0; e < plan_.extents.size; ++e)
    if (extent_source_[at(e)] == no_source)
      throw NameError("no input has the dimension '" + std::string(extent_name(e)) +
                      "'; give its size as an argument of this name");
}

/// Whether the arguments are those of the last call but for the values: the same names in the same
/// order, the same shapes and types, so that what was right is right again. Labels are looked at
/// anew. Most of the time of a small step went into finding all that out.
template <class T>
bool Executor<T>::repeats(const Argument* arguments, int count) {
  if (!resolved_ || at(count) != seen_.size() || count == 0 || store_version_ != store_.version())
    return false;
  for (int i = 0; i < count; ++i) {
    const Argument& argument = arguments[i];
    const Seen& seen = seen_[at(i)];
    if (argument.is_number != seen.is_number || argument.name != leaves_[at(seen.leaf)].name)
      return false;
    const ArrayView& array = argument.array;
    if (!seen.is_number && (array.type != seen.type || !array.contiguous ||
                            !(array.dims == seen.dims) || has_no_memory(array)))
      return false;
  }
  for (int i = 0; i < count; ++i) {
    const int index = seen_[at(i)].leaf;
    LeafState& leaf = leaves_[at(index)];
    leaf.given = calls_;
    if (seen_[at(i)].is_number)
      leaf.pending_number = arguments[i].number;
    else if (plan_.leaves[index].type == DType::index)
      take_labels(index, arguments[i].array);
    else
      leaf.pending = arguments[i].array.data ? arguments[i].array.data : nothing;
  }
  return true;
}

/// Of inputs and scalars; not where a number stands for an array or an extent, which are rare.
template <class T>
void Executor<T>::remember(const Argument* arguments, int count) {
  seen_.clear();
  for (int i = 0; i < count; ++i) {
    const int index = i < static_cast<int>(guess_.size()) ? guess_[at(i)] : -1;
    const bool scalar = index >= 0 && plan_.leaves[index].where == Where::scalar;
    if (index < 0 || leaves_[at(index)].name != arguments[i].name ||
        arguments[i].is_number != scalar) {
      seen_.clear();
      return;
    }
    seen_.push_back({index, scalar, arguments[i].array.type, arguments[i].array.dims});
  }
}

template <class T>
void Executor<T>::check_arguments(const Argument* arguments, int count) {
  for (int& source : extent_source_) source = no_source;
  for (int i = 0; i < count; ++i) take(arguments[i], i);
  require_everything();
  agree_with_state();
}

template <class T>
void Executor<T>::take_arguments(bool repeated, const Argument* arguments, int argument_count) {
  for (int i = 0; i < plan_.leaves.size; ++i) {
    LeafState& leaf = leaves_[at(i)];
    if (leaf.given != calls_) continue;
    if (plan_.leaves[i].where == Where::scalar) {
      leaf.number_before = leaf.number;
      leaf.known_before = leaf.known;
      assign_scalar(leaf, leaf.pending_number);
    } else {
      leaf.data = leaf.pending;
      if (leaf.pending == &leaf.cell) leaf.cell.real = static_cast<T>(leaf.pending_number);
    }
  }
  if (repeated) {
    patch_inputs();
  } else if (!resolved_ || pending_extents_ != extents_ || store_version_ != store_.version()) {
    resolved_ = false;
    extents_ = pending_extents_;
    resolve();
    resolved_ = true;
    remember(arguments, argument_count);
  } else {
    patch_inputs();
    remember(arguments, argument_count);
  }
}

template <class T>
void Executor<T>::restore_scalars() {
  for (int i = 0; i < plan_.leaves.size; ++i) {
    LeafState& leaf = leaves_[at(i)];
    if (leaf.given != calls_ || plan_.leaves[i].where != Where::scalar) continue;
    assign_scalar(leaf, leaf.number_before);
    leaf.known = leaf.known_before;
  }
}

template <class T>
void Executor<T>::call(const Argument* arguments, int argument_count) {
  const Turn turn(*this);
  if (sums_over_ranks_ && !communicator)
    throw ValueError(
        "the program sums over ranks (across_ranks); give it a Communicator before it is called");
  ++calls_;
  const bool repeated = repeats(arguments, argument_count);
  if (!repeated) check_arguments(arguments, argument_count);
  try {
    take_arguments(repeated, arguments, argument_count);
    run();
  } catch (...) {
    restore_scalars();
    throw;
  }
}

template void Executor<float>::call(const Argument*, int);
template void Executor<double>::call(const Argument*, int);
template Dims Executor<float>::dims_of(const ir::Shape&) const;
template Dims Executor<double>::dims_of(const ir::Shape&) const;
template int Executor<float>::extent_index(int) const;
template int Executor<double>::extent_index(int) const;
template std::vector<std::string_view> Executor<float>::argument_names() const;
template std::vector<std::string_view> Executor<double>::argument_names() const;

}  // namespace ansatz::running
