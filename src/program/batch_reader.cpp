#include <ansatz/program/batch_reader.hpp>

#include <ansatz/data/table.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

std::string text_of(const Dims& dims) {
  std::string text = "[";
  for (int i = 0; i < dims.rank; ++i) text += fmt::format("{}{}", i ? ", " : "", dims[i]);
  return text + "]";
}

// The first label that is too large: "; train.csv:12 has 7, where 0 to 6 are allowed".
std::string first_beyond(const Column& column, int labels) {
  if (!column.data) return "";
  const auto* const begin = static_cast<const std::int32_t*>(column.data);
  const auto* const end = begin + column.examples * column.width();
  const auto* const found = std::find_if(begin, end, [&](std::int32_t l) { return l >= labels; });
  if (found == end) return "";
  return fmt::format("; {} has {}, where 0 to {} are allowed",
                     column.place_of((found - begin) / column.width()), *found, labels - 1);
}

}  // namespace

BatchReader::BatchReader(const BatchSource& source, const AnyProgram& program) {
  const ir::PlanView& plan = program.plan();
  for (const ir::Leaf& leaf : plan.leaves) {
    if (leaf.where != ir::Where::input) continue;
    Input in{plan.text.data + leaf.name, 0, program.precision(), {}, false, {}};
    const Column& have = source.column(in.name);
    in.column = static_cast<std::size_t>(&have - source.columns().data());
    in.dims.rank = leaf.shape.rank;
    std::int64_t width = 1;
    for (int i = 1; i < leaf.shape.rank; ++i) width *= in.dims[i] = leaf.shape[i];
    std::int64_t found = have.width();
    if (leaf.type == ir::DType::index) {
      in.type = ElementType::int32;
      if (!have.labels)
        throw ShapeError(
            fmt::format("data source \"{}\": labels 0 to {} are needed, but its "
                        "examples are numbers {}",
                        in.name, leaf.labels - 1, text_of(have.example)));
      if (leaf.labels && have.labels > leaf.labels)
        throw ShapeError(fmt::format("data source \"{}\": {} labels are needed, but it has {}{}",
                                     in.name, leaf.labels, have.labels,
                                     first_beyond(have, leaf.labels)));
    } else if (have.labels && found != width) {
      in.one_hot = true;
      found *= have.labels;
    }
    if (found != width) {
      Dims wanted;
      for (int i = 1; i < in.dims.rank; ++i) wanted.push_back(in.dims[i]);
      throw ShapeError(
          fmt::format("data source \"{}\": examples of shape {} are needed, but its "
                      "examples have shape {}",
                      in.name, text_of(wanted), text_of(have.example)));
    }
    inputs_.push_back(std::move(in));
  }
  // The number of examples where it is read of none of their numbers: the mean of a constant.
  for (int e = 0; e < plan.extents.size; ++e) {
    bool known = false;
    for (const ir::Leaf& leaf : plan.leaves)
      for (int k = 0; k < leaf.shape.rank; ++k) known = known || leaf.shape[k] == plan.extents[e];
    if (!known) counts_.emplace_back(plan.text.data + plan.extent_names[e]);
  }
}

const std::vector<Argument>& BatchReader::arguments(const RowsView& batch) {
  arguments_.clear();
  for (Input& in : inputs_) {
    const Column& column = batch.columns[in.column];
    in.dims[0] = batch.size();
    const void* rows = in.one_hot ? nullptr : Table::direct(column, batch.subset, in.type);
    if (!rows) {
      const auto bytes = static_cast<std::size_t>(in.dims.count() * element_size(in.type));
      if (in.buffer.size() < bytes) in.buffer.resize(bytes);
      if (in.one_hot)
        Table::gather_one_hot(column, batch.subset, in.type, in.buffer.data());
      else
        Table::gather(column, batch.subset, in.type, in.buffer.data());
      rows = in.buffer.data();
    }
    arguments_.emplace_back(in.name, ArrayView{rows, in.type, in.dims, true});
  }
  for (const std::string& name : counts_)
    arguments_.emplace_back(name, static_cast<double>(batch.size()));
  return arguments_;
}

}  // namespace ansatz
