#include <ansatz/job/parameter_vector.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

namespace {

// Calls visit(pointer, count) for each trained parameter, the pointer to float or double.
template <class Visit>
void visit_parameters(const Model& model, const Store& store, Visit visit) {
  for (const ModelParameter& p : model.parameters()) {
    if (p.frozen) continue;
    const std::int64_t count = store.shape(p.name).count();
    if (store.type(p.name) == ElementType::float64)
      visit(store.data<double>(p.name), count);
    else
      visit(store.data<float>(p.name), count);
  }
}

}  // namespace

std::vector<double> parameter_vector(const Model& model, const Store& store) {
  std::vector<double> values;
  visit_parameters(model, store,
                   [&](auto* x, std::int64_t count) { values.insert(values.end(), x, x + count); });
  return values;
}

void set_parameter_vector(const Model& model, Store& store, const std::vector<double>& values) {
  std::size_t total = 0;
  visit_parameters(model, store,
                   [&](auto*, std::int64_t count) { total += static_cast<std::size_t>(count); });
  if (values.size() != total)
    throw ValueError(
        fmt::format("a vector of {} numbers for a model with {} parameters", values.size(), total));
  auto next = values.begin();
  visit_parameters(model, store, [&](auto* x, std::int64_t count) {
    using T = std::decay_t<decltype(*x)>;
    for (std::int64_t i = 0; i < count; ++i) x[i] = static_cast<T>(*next++);
  });
}

}  // namespace ansatz
