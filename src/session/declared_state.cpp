#include <ansatz/session/declared_state.hpp>

#include <dsl/build.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <ansatz/job/any_program.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>

namespace ansatz {

namespace {

Dims dims_of(const StateVariable& variable) {
  const ir::Shape shape = variable.value.shape();
  Dims dims;
  for (int i = 0; i < shape.rank; ++i)
    dims.push_back(ir::is_extent(shape[i]) ? variable.rows : shape[i]);
  return dims;
}

bool in_double(const Store& store, std::string_view name) {
  return store.type(name) == ElementType::float64;
}

void* memory_of(const Store& store, std::string_view name) {
  return in_double(store, name) ? static_cast<void*>(store.data<double>(name))
                                : store.data<float>(name);
}
std::size_t bytes_of(const Store& store, std::string_view name) {
  return static_cast<std::size_t>(store.shape(name).count() * element_size(store.type(name)));
}

// What there is under the name, the last of several, where it can be taken: the same numbers a row.
const NamedTensor* found_in(const std::vector<NamedTensor>& tensors, const Store& store,
                            const StateVariable& variable) {
  const Dims& here = store.shape(variable.name.view());
  for (auto at = tensors.rbegin(); at != tensors.rend(); ++at) {
    const NamedTensor& t = *at;
    if (t.name != variable.name.view()) continue;
    const auto rank = static_cast<std::size_t>(here.rank);
    bool same = t.shape.size() == rank && (t.data<float>() || t.data<double>());
    for (std::size_t i = variable.rows ? 1 : 0; same && i < rank; ++i)
      same = t.shape[i] == here.size[i];
    return same ? &t : nullptr;
  }
  return nullptr;
}

// Hashed, not counted: what one state draws depends on no other.
std::uint64_t seed_of(const StateVariable& variable, std::uint64_t seed) {
  return seed ^ ir::hash_text(variable.name.c_str());
}

}  // namespace

DeclaredState::DeclaredState(const Train& job) : list_(job.states()) {}

void DeclaredState::make(Store& store, ElementType precision) const {
  std::vector<std::string_view> declared;
  for (const StateVariable& each : list_) declared.push_back(each.name);
  for (int i = 0; i < store.size(); ++i) {
    const std::string_view name = store.name(i);
    if (store.kind(name) == StoreKind::state && !list_.find(name))
      throw NameError(
          fmt::format("no part of the job declares the state \"{}\", which one of its "
                      "functions keeps: `states` is where a model, cost, layer, "
                      "learning rule or algorithm does{}",
                      name, allowed_names(name, declared)));
  }
  for (const StateVariable& each : list_) {
    const std::string_view name = each.name;
    const Dims dims = dims_of(each);
    if (!store.contains(name)) {
      const bool wide = precision == ElementType::float64;
      if (each.rows)
        wide ? store.add_resizable<double>(name, dims) : store.add_resizable<float>(name, dims);
      else
        wide ? store.add<double>(name, dims, StoreKind::state)
             : store.add<float>(name, dims, StoreKind::state);
    }
    if (each.rows && store.resizable(name)) store.resize(name, each.rows);
    if (store.shape(name) != dims || store.kind(name) != StoreKind::state)
      throw ShapeError(
          fmt::format("{} declares the state \"{}\" of shape [{}], but a function of "
                      "the job has it with the shape [{}]",
                      each.owner.view(), name, fmt::join(dims.begin(), dims.end(), ", "),
                      fmt::join(store.shape(name).begin(), store.shape(name).end(), ", ")));
  }
}

void DeclaredState::initialize(Store& store, std::uint64_t seed,
                               const StateVariable& variable) const {
  const ir::Value& first = variable.first.value();
  if (first.is_literal()) {
    store.fill(variable.name.view(), first.literal());
    return;
  }
  Function f;
  f.add(update(variable.value, variable.first));
  const auto program =
      in_double(store, variable.name.view()) ? erase(build<double>(f)) : erase(build<float>(f));
  program->bind(store);
  program->seed(seed_of(variable, seed));
  program->call(nullptr, 0);
}

void DeclaredState::initialize(Store& store, std::uint64_t seed) const {
  for (const StateVariable& each : list_) initialize(store, seed, each);
}

void DeclaredState::resize(Store& store, std::uint64_t seed,
                           const std::function<void(const std::string&)>& changed) const {
  for (const StateVariable& each : list_) {
    const std::string_view name = each.name;
    const std::int64_t before = each.rows ? store.shape(name)[0] : 0;
    if (before == each.rows) continue;
    changed(fmt::format("\"{}\" has {} rows, where the saved run had {}: {}", name, each.rows,
                        before,
                        each.rows > before ? "the others begin anew" : "the first ones are kept"));
    const auto* const bytes = static_cast<const char*>(memory_of(store, name));
    std::vector<char> kept(bytes, bytes + bytes_of(store, name));
    store.resize(name, each.rows);
    initialize(store, seed, each);
    kept.resize(std::min(kept.size(), bytes_of(store, name)));
    std::memcpy(memory_of(store, name), kept.data(), kept.size());
  }
}

std::vector<InitState> states_to_begin(const Model& model, ElementType precision) {
  StateList declared;
  model.states(declared);
  std::vector<InitState> list;
  for (const StateVariable& each : declared) {
    InitState state;
    state.name = each.name.view();
    state.type = precision;
    for (const std::int64_t n : dims_of(each)) state.shape.push_back(n);
    state.any_rows = each.rows > 0;
    list.push_back(std::move(state));
  }
  return list;
}

void DeclaredState::take(Store& store, const std::vector<NamedTensor>& tensors,
                         std::string_view owner) const {
  for (const StateVariable& each : list_) {
    const std::string_view name = each.name;
    if (!owner.empty() && each.owner != owner) continue;
    const NamedTensor* const t = found_in(tensors, store, each);
    if (!t) continue;
    if (each.rows) store.resize(name, t->shape[0]);
    const auto copy = [&](const auto* from) {
      if (from && in_double(store, name))
        std::copy(from, from + t->size(), store.data<double>(name));
      else if (from)
        std::transform(from, from + t->size(), store.data<float>(name),
                       [](auto x) { return static_cast<float>(x); });
    };
    copy(t->data<float>());
    copy(t->data<double>());
  }
}

}  // namespace ansatz
