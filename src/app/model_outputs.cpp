#include "model_outputs.hpp"

#include <ansatz/data/for_each_batch.hpp>
#include <ansatz/data/views.hpp>
#include <ansatz/program/batch_reader.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/build.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <list>

namespace ansatz::app {

namespace {

std::unique_ptr<AnyProgram> built(const ir::List<Data::Entry>& outputs, ElementType precision) {
  Function f;
  for (const Data::Entry& each : outputs)
    f.add(output(each.source.empty() ? "output" : each.source.c_str(), each.signal.value()));
  if (precision == ElementType::float64) return erase(build<double>(f));
  return erase(build<float>(f));
}

std::unique_ptr<AnyProgram> build_output(const TrainedModel& model, const std::string& what) {
  const Model& m = *model.train->model;
  Data wanted;
  wanted.add(m.input_source(), m.input_space());
  const Data inputs = train::as_in(wanted, model.train->dataset.get(), model.train->extensions);
  const Sources targets = m.target_source();
  ir::List<Data::Entry> outputs;
  m.named_outputs(inputs[m.input_source()], outputs);
  const bool last = what == "class" || what == "probabilities" || what == "values";
  std::string layer = last ? "" : what;
  std::replace(layer.begin(), layer.end(), '/', '.');
  std::string names;
  for (const Data::Entry& each : outputs) {
    if (!each.source.empty())
      names += (names.empty() ? "" : ", ") + std::string(each.source.view());
    if (each.source != std::string_view(layer)) continue;
    return built(named_parts(each.signal, targets), model.precision);
  }
  // One of several outputs, by the name of its target.
  for (const Data::Entry& part : named_parts(m.output(inputs[m.input_source()]), targets)) {
    if (part.source.empty()) continue;
    names += (names.empty() ? "" : ", ") + std::string(part.source.view());
    if (part.source != std::string_view(what)) continue;
    ir::List<Data::Entry> alone;
    alone.push_back({"", part.signal});
    return built(alone, model.precision);
  }
  throw NameError(fmt::format("the model has no layer \"{}\"; it has {}", what, names));
}

// Puts an output beside those before it.
template <class T>
void put(Rows& rows, const ArrayView& view, std::int64_t at, std::int64_t width) {
  const T* from = static_cast<const T*>(view.data);
  double* to = rows.values.data() + (rows.count - view.dims[0]) * rows.width + at;
  for (std::int64_t i = 0; i < view.dims[0]; ++i, from += width, to += rows.width)
    std::copy_n(from, width, to);
}

// Which of several outputs are of classes: those whose targets are labels.
void tell_classes(const Model& model, std::vector<Part>& parts) {
  const ir::List<DataSpecs> targets = flatten(model.target_space(), model.target_source());
  if (targets.size() != std::ssize(parts)) return;
  for (int i = 0; i < targets.size(); ++i)
    parts[static_cast<std::size_t>(i)].classes = targets[i].space.kind == SpaceKind::index;
}

}  // namespace

Rows outputs_of(TrainedModel& model, const std::shared_ptr<const BatchSource>& source,
                const std::string& what, int batch_size, int threads) {
  const auto program = build_output(model, what);
  model.bind(*program);
  program->threads(threads);
  BatchReader reader(*source, *program);
  Rows rows;
  const int forced = model.train->model->batch_size();
  for_each_batch(source, forced ? forced : batch_size, [&](const RowsView& batch) {
    const auto& arguments = reader.arguments(batch);
    program->call(arguments.data(), static_cast<int>(arguments.size()));
    rows.parts.clear();
    rows.width = 0;
    for (int i = 0; i < program->results(); ++i) {
      const ArrayView out = program->result(i);
      const std::int64_t width = out.dims[0] > 0 ? out.dims.count() / out.dims[0] : 0;
      rows.parts.push_back({std::string(program->result_name(i)), width, false});
      rows.width += width;
    }
    rows.count += batch.size();
    rows.values.resize(static_cast<std::size_t>(rows.count * rows.width));
    std::int64_t at = 0;
    for (int i = 0; i < program->results(); ++i) {
      const ArrayView out = program->result(i);
      const std::int64_t width = rows.parts[static_cast<std::size_t>(i)].width;
      if (out.type == ElementType::float64)
        put<double>(rows, out, at, width);
      else
        put<float>(rows, out, at, width);
      at += width;
    }
  });
  if (rows.parts.size() < 2) rows.parts.clear();
  tell_classes(*model.train->model, rows.parts);
  return rows;
}

void unscale(const TableColumns& columns, Rows& rows) {
  for (std::int64_t i = 0; i < rows.count; ++i)
    for (std::int64_t k = 0; k < rows.width; ++k) {
      double& value = rows.values[static_cast<std::size_t>(i * rows.width + k)];
      // Not with more digits than the model's number has.
      value = static_cast<float>(columns.targets[static_cast<std::size_t>(k)].original(value));
    }
}

std::int64_t class_of(const double* row, std::int64_t width) {
  return width == 1 ? row[0] > .5 : std::max_element(row, row + width) - row;
}

namespace {

Rows rows_of(const ArrayView& out) {
  Rows rows;
  rows.count = out.dims.rank > 0 ? out.dims[0] : 1;
  rows.width = rows.count > 0 ? out.dims.count() / rows.count : 0;
  rows.values.resize(static_cast<std::size_t>(rows.count * rows.width));
  if (out.type == ElementType::float64)
    put<double>(rows, out, 0, rows.width);
  else
    put<float>(rows, out, 0, rows.width);
  return rows;
}

}  // namespace

std::vector<std::int64_t> labels_of(const TrainedModel& model, const BatchSource& source,
                                    std::int64_t count) {
  const Model& m = *model.train->model;
  const Sources wanted = m.target_source();
  if (m.target_space().kind == SpaceKind::null)
    throw ValueError("the model has no targets: it tells no classes");
  if (wanted.several()) throw ValueError("the model has several targets");
  const Column& column = source.column(wanted.name.view());
  const bool one_hot = !column.labels && m.target_space().kind == SpaceKind::vector &&
                       column.width() > 1 && column.width() == m.target_space().total_dimension();
  if ((!column.labels || column.width() > 1) && !one_hot)
    throw ValueError(fmt::format("the targets \"{}\" are no classes", column.source));
  Subset which;
  which.size = count;
  const ViewedArray read = design_matrix(source, which, column.source);
  const std::int64_t width = count > 0 ? std::ssize(read.values) / count : 1;
  std::vector<std::int64_t> labels;
  for (std::int64_t i = 0; i < count; ++i) {
    const double* const row = read.values.data() + i * width;
    labels.push_back(width == 1 ? static_cast<std::int64_t>(row[0])
                                : std::max_element(row, row + width) - row);
  }
  return labels;
}

std::unique_ptr<AnyProgram> function_of(const TrainedModel& model, const std::string& name) {
  const Model& m = *model.train->model;
  Data data;
  data.add(m.input_source(), m.input_space());
  FunctionList names(FunctionList::none);
  m.functions(data, names);
  for (int i = 0; i < names.size(); ++i) {
    if (names[i].name != std::string_view(name)) continue;
    FunctionList only(i);
    m.functions(data, only);
    std::unique_ptr<AnyProgram> program;
    if (model.precision == ElementType::float64)
      program = erase(build<double>(only[i].function));
    else
      program = erase(build<float>(only[i].function));
    model.bind(*program);
    return program;
  }
  return nullptr;
}

namespace {

// What a function reads, as arrays of its precision.
class Arguments {
 public:
  void add(const AnyProgram& program, const ir::Leaf& leaf, const Rows& input) {
    Dims dims;
    dims.push_back(input.count);
    std::int64_t width = 1;
    for (int i = 1; i < leaf.shape.rank; ++i) {
      dims.push_back(leaf.shape[i]);
      width *= leaf.shape[i];
    }
    if (width != input.width)
      throw ShapeError(
          fmt::format("the model reads {} numbers, where {} are given", width, input.width));
    const bool wide = program.precision() == ElementType::float64;
    if (!wide) singles_.emplace_back(input.values.begin(), input.values.end());
    const void* const from = wide ? static_cast<const void*>(input.values.data())
                                  : static_cast<const void*>(singles_.back().data());
    list_.emplace_back(program.plan().text.data + leaf.name,
                       ArrayView{from, program.precision(), dims, true});
  }
  void call(AnyProgram& program) const {
    program.call(list_.data(), static_cast<int>(list_.size()));
  }

 private:
  std::list<std::vector<float>> singles_;
  std::vector<Argument> list_;
};

}  // namespace

std::map<std::string, Rows> call_with(AnyProgram& program,
                                      const std::map<std::string, Rows>& inputs) {
  Arguments arguments;
  for (const ir::Leaf& leaf : program.plan().leaves)
    if (leaf.where == ir::Where::input)
      arguments.add(program, leaf, inputs.at(program.plan().text.data + leaf.name));
  arguments.call(program);
  std::map<std::string, Rows> results;
  for (int i = 0; i < program.results(); ++i)
    results.emplace(program.result_name(i), rows_of(program.result(i)));
  return results;
}

std::vector<Rows> call_with(AnyProgram& program, const Rows& input) {
  for (const ir::Leaf& leaf : program.plan().leaves) {
    if (leaf.where != ir::Where::input) continue;
    Arguments arguments;
    arguments.add(program, leaf, input);
    arguments.call(program);
    std::vector<Rows> results;
    for (int i = 0; i < program.results(); ++i) results.push_back(rows_of(program.result(i)));
    return results;
  }
  throw ValueError("the function reads nothing");
}

}  // namespace ansatz::app
