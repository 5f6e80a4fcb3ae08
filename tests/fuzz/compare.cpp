#include "compare.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include <dsl/ir/leaves.hpp>
#include <dsl/passes/graph/rewrite.hpp>

namespace fuzz {

using namespace ansatz;

namespace {

// A number in [-1, 1] with 20 bits.
double draw(std::uint64_t& state) {
  state = state * 6364136223846793005ull + 1442695040888963407ull;
  return static_cast<double>(static_cast<std::int64_t>(state >> 43) - (1 << 20)) / (1 << 20);
}

bool is_given(const ir::OpInfo* op) {
  return op == ir::info_of<ops::Input> || op == ir::info_of<ops::Parameter> ||
         op == ir::info_of<ops::State> || op == ir::info_of<ops::NamedScalar>;
}

template <class T>
Dims dims_of(const std::vector<T>& dims) {
  Dims d;
  for (T n : dims) d.push_back(n);
  return d;
}

}  // namespace

Environment environment_of(const ir::Graph& g, long examples, long chains, std::uint64_t seed) {
  Environment e;
  e.extents = {{"examples", examples}, {"chains", chains}};
  e.random.seed = seed;
  for (int id = 0; id < g.size(); ++id) {
    const ir::Node& n = g[id];
    if (!is_given(n.op)) continue;
    Tensor& t = e.leaves[g.name(id)];
    t.dims = fuzz::dims_of(g, n.shape, e);
    t.labels = n.type == ir::DType::index;
    long count = 1;
    for (long d : t.dims) count *= d;
    std::uint64_t state = ir::hash_text(g.name(id)) ^ (seed * 0x9e3779b97f4a7c15ull);
    for (long i = 0; i < count; ++i) {
      const double u = draw(state);
      if (std::string_view(g.name(id)) == "count") {
        t.values.push_back(std::floor(2 * u + 2));
        continue;
      }
      t.values.push_back(t.labels ? std::floor((u + 1) / 2.01 * std::max(1, n.attr.i[0])) : u);
    }
  }
  return e;
}

Outcome outcome_of(const ir::Graph& g, const Environment& environment) {
  const std::vector<Tensor> values = evaluate(g, environment);
  Outcome out;
  for (const ir::GraphRoot& r : g.roots) {
    const std::string name =
        r.target >= 0 ? std::string("after/") + g.name(r.target) : g.text.data() + r.name;
    out[name] = values[at(r.value)];
  }
  return out;
}

template <class T>
Outcome outcome_of(Program<T>& program, const Environment& environment) {
  const ir::PlanView& plan = program.plan();
  std::vector<std::vector<T>> numbers;
  std::vector<std::vector<std::int32_t>> labels;
  std::vector<Argument> arguments;
  std::vector<char> extent_known(at(plan.extents.size), 0);
  Store store = program.store();
  for (const ir::Leaf& leaf : plan.leaves) {
    const char* name = plan.text.data + leaf.name;
    if (leaf.unused && environment.leaves.count(name) == 0) continue;
    const Tensor& t = environment.leaves.at(name);
    numbers.emplace_back(t.values.begin(), t.values.end());
    labels.emplace_back(t.values.begin(), t.values.end());
    numbers.back().reserve(1);
    for (int e = 0; e < plan.extents.size; ++e)
      for (int k = 0; k < leaf.shape.rank; ++k)
        if (leaf.shape[k] == plan.extents[e]) extent_known[at(e)] = 1;
    if (leaf.where == ir::Where::stored) {
      if (leaf.shape.batched()) store.resize(name, t.dims[0]);
      store.set(name, numbers.back().data(), dims_of(t.dims));
    } else if (leaf.where == ir::Where::scalar) {
      arguments.push_back({name, t.values[0]});
    } else if (t.labels) {
      arguments.push_back({name, view(labels.back().data(), dims_of(t.dims))});
    } else {
      arguments.push_back({name, view(numbers.back().data(), dims_of(t.dims))});
    }
  }
  for (int e = 0; e < plan.extents.size; ++e) {
    const char* name = plan.text.data + plan.extent_names[e];
    if (!extent_known[at(e)]) arguments.push_back({name, environment.extents.at(name)});
  }
  program.seed(environment.random.seed);
  program.step_count(environment.random.step);
  const Results<T> results = program.call(arguments.data(), static_cast<int>(arguments.size()));
  Outcome out;
  for (int r = 0; r < results.size(); ++r) {
    const Result<T> from = results[r];
    Tensor& t = out[std::string(from.name())];
    t.dims.assign(from.shape().begin(), from.shape().end());
    t.labels = from.is_labels();
    for (std::int64_t i = 0; i < from.size(); ++i)
      t.values.push_back(t.labels ? from.labels()[i] : static_cast<double>(from.data()[i]));
  }
  for (const ir::Leaf& leaf : plan.leaves) {
    if (leaf.where != ir::Where::stored) continue;
    const std::string name = plan.text.data + leaf.name;
    Tensor& t = out["after/" + name];
    t.dims = environment.leaves.at(name).dims;
    const T* data = store.data<T>(name);
    t.values.assign(data, data + environment.leaves.at(name).values.size());
  }
  return out;
}
template Outcome outcome_of(Program<float>&, const Environment&);
template Outcome outcome_of(Program<double>&, const Environment&);

std::optional<std::string> difference(const Outcome& found, const Outcome& expected,
                                      double tolerance) {
  std::ostringstream out;
  out.precision(17);
  for (const auto& [name, want] : expected) {
    const auto it = found.find(name);
    if (it == found.end()) return "no " + name;
    const Tensor& have = it->second;
    if (have.dims != want.dims) return "the shape of " + name;
    if (have.labels != want.labels) return "the type of " + name;
    double scale = 1;
    for (double v : want.values)
      if (std::isfinite(v)) scale = std::max(scale, std::abs(v));
    for (std::size_t i = 0; i < want.values.size(); ++i) {
      const double a = have.values[i], b = want.values[i];
      const bool same = std::isfinite(b) ? std::abs(a - b) <= tolerance * scale
                        : std::isnan(b)  ? std::isnan(a)
                                         : a == b;
      if (same) continue;
      out << name << '[' << i << "] of " << want.values.size() << ": found " << a << ", expected "
          << b;
      return out.str();
    }
  }
  return std::nullopt;
}

std::string text_of(const ir::Graph& g) {
  std::ostringstream out;
  const ir::List<char> needed = ir::reachable(g);
  for (int id = 0; id < g.size(); ++id) {
    if (!needed[id]) continue;
    const ir::Node& n = g[id];
    out << '%' << id << " = " << n.op->name;
    if (n.name >= 0) out << " '" << g.name(id) << '\'';
    if (g.is_literal(id)) out << ' ' << n.attr.x;
    for (int k = 0; k < n.count; ++k) out << " %" << g.in(id, k);
    out << "  [";
    for (int k = 0; k < n.shape.rank; ++k)
      out << (k ? ", " : "")
          << (ir::is_extent(n.shape[k]) ? std::string("B") : std::to_string(n.shape[k]));
    out << "] ";
    for (int i : n.attr.i) out << i << ' ';
    out << '\n';
  }
  for (const ir::GraphRoot& r : g.roots) {
    if (r.target >= 0)
      out << g.name(r.target) << " <- %" << r.value << '\n';
    else
      out << "output " << g.text.data() + r.name << " = %" << r.value << '\n';
  }
  return out.str();
}

}  // namespace fuzz
