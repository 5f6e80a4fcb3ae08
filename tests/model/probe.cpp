#include "probe.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace ansatz::testing {

namespace {

std::string text(const String& s) { return std::string(s.view()); }

// The names of a signal's inputs: "features", or "features.0", ….
std::string input_name(const AnyExpr& input) { return input.value().term()->name.data(); }

int width_of(const AnyExpr& input) {
  const ir::Shape s = input.shape();
  int n = 1;
  for (int k = 1; k < s.rank; ++k) n *= s[k];
  return n;
}

Dims dims_of(const AnyExpr& input, int examples) {
  Dims dims;
  dims.push_back(examples);
  const ir::Shape s = input.shape();
  for (int k = 1; k < s.rank; ++k) dims.push_back(s[k]);
  return dims;
}

bool is_labels(const AnyExpr& x) { return x.value().type() == ir::DType::index; }

}  // namespace

Shared<Model> stack(int inputs, std::initializer_list<Shared<Layer>> layers) {
  MLP<> mlp;
  mlp.nvis = inputs;
  for (const Shared<Layer>& each : layers) mlp.layers.push_back(each);
  (void)mlp.places(mlp.root());
  return mlp;
}

Shared<Model> image_stack(int rows, int columns, int channels, Axes axes,
                          std::initializer_list<Shared<Layer>> layers) {
  MLP<> mlp;
  mlp.space = conv2d_space(rows, columns, channels, axes);
  for (const Shared<Layer>& each : layers) mlp.layers.push_back(each);
  (void)mlp.places(mlp.root());
  return mlp;
}

SpaceInfo composite(std::initializer_list<SpaceInfo> parts) {
  SpaceInfo s;
  s.kind = SpaceKind::composite;
  for (const SpaceInfo& each : parts) s.components.push_back(each);
  return s;
}

Data inputs_of(const Model& model) {
  Data data;
  data.add(model.input_source(), model.input_space());
  return data;
}

std::vector<std::string> parameter_names(const Model& model) {
  std::vector<std::string> names;
  for (const ModelParameter& p : model.parameters()) names.emplace_back(p.name.view());
  return names;
}

std::vector<double> affine(const std::vector<double>& x, const std::vector<double>& w,
                           const std::vector<double>& b, int inner) {
  const auto k = static_cast<std::size_t>(inner), rows = x.size() / k, columns = w.size() / k;
  std::vector<double> y(rows * columns);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) {
      double sum = b.empty() ? 0 : b[j];
      for (std::size_t m = 0; m < k; ++m) sum += x[i * k + m] * w[m * columns + j];
      y[i * columns + j] = sum;
    }
  return y;
}

std::vector<double> transposed(const std::vector<double>& x, int columns) {
  const auto n = static_cast<std::size_t>(columns), rows = x.size() / n;
  std::vector<double> y(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) y[i % n * rows + i / n] = x[i];
  return y;
}

double difference(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return __builtin_inf();
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!(a[i] == b[i])) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

void Values::fill(std::string_view parameter, double value) {
  for (const ModelParameter& p : model.parameters())
    if (p.name == parameter) {
      int n = 1;
      for (int k = 0; k < p.shape().rank; ++k) n *= p.shape()[k];
      of[std::string(parameter)].assign(static_cast<std::size_t>(n), value);
    }
}

Probe::Probe(const Model& model, const Data& data, const Function& function)
    : data_(data), parameters_(model.parameters()), program_(build<double>(function)) {
  const Values first(model);
  for (const auto& [name, values] : first.of) set(name, values);
}

std::vector<double> Probe::get(const std::string& parameter) const {
  Store store = program_.store();
  const double* x = store.data<double>(parameter);
  return {x, x + store.shape(parameter).count()};
}

void Probe::set(const std::string& parameter, const std::vector<double>& values) {
  Store store = program_.store();
  if (store.contains(parameter)) store.set(parameter, values.data(), store.shape(parameter));
}

void Probe::randomize(double size, unsigned seed) {
  for (const ModelParameter& p : parameters_) {
    if (p.frozen) continue;
    std::vector<double> x = get(text(p.name));
    const std::vector<double> r = random_numbers(static_cast<int>(x.size()), ++seed);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = size * r[i];
    set(text(p.name), x);
  }
}

Computed Probe::operator()(const Minibatch& minibatch) {
  std::vector<Argument> arguments;
  const ir::PlanView& plan = program_.plan();
  const auto wanted = [&](const std::string& name) {
    for (int i = 0; i < plan.leaves.size; ++i)
      if (name == &plan.text[plan.leaves[i].name]) return true;
    return false;
  };
  for (const auto& each : data_.sources())
    for (const AnyExpr& x : each.signal.values) {
      const std::string name = input_name(x);
      if (!wanted(name)) continue;
      const Dims dims = dims_of(x, minibatch.examples);
      if (is_labels(x))
        arguments.emplace_back(minibatch.labels.find(name)->first,
                               view(minibatch.labels.at(name).data(), dims));
      else
        arguments.emplace_back(minibatch.numbers.find(name)->first,
                               view(minibatch.numbers.at(name).data(), dims));
    }
  const auto count = static_cast<int>(arguments.size());
  const Results<double> results = program_.call(arguments.data(), count);
  Computed out;
  for (int i = 0; i < results.size(); ++i) {
    const Result<double> r = results[i];
    std::vector<double>& to = out[std::string(r.name())];
    for (std::int64_t k = 0; k < r.size(); ++k)
      to.push_back(r.is_labels() ? r.labels()[k] : r.data()[k]);
  }
  return out;
}

Data data_of(const Model& model, const Cost& cost) {
  Data data;
  cost.data_specs(model, data);
  data.add(model.input_source(), model.input_space());
  return data;
}

Function everything(const Model& model, const Cost& cost, const Data& data) {
  Function f;
  const Signal y = model.output(data[model.input_source()]);
  for (int i = 0; i < y.values.size(); ++i) {
    const String name = y.values.size() == 1 ? String("y") : "y." + to_text(i);
    f.add(output(name.c_str(), y.values[i]));
  }
  const GradientList g = cost.gradients(model, data);
  if (g.value) f.add(output("cost", *g.value));
  const ir::List<ModelParameter> parameters = model.parameters();
  for (int i = 0; i < parameters.size(); ++i) {
    const String name = "grad." + parameters[i].name;
    if (!parameters[i].frozen) f.add(output(name.c_str(), g.of[i]));
  }
  return f;
}
Function everything(const Model& model, const Cost& cost) {
  return everything(model, cost, data_of(model, cost));
}

std::vector<double> random_numbers(int count, unsigned seed) {
  std::mt19937_64 bits(seed);
  std::vector<double> x(static_cast<std::size_t>(count));
  for (double& v : x) v = static_cast<double>(bits() >> 11) * 0x1p-52 - 1;
  return x;
}

Minibatch random_batch(const Data& data, int examples, unsigned seed) {
  Minibatch minibatch;
  minibatch.examples = examples;
  std::mt19937_64 bits(seed);
  for (const auto& each : data.sources())
    for (const AnyExpr& x : each.signal.values) {
      const int n = examples * width_of(x);
      if (!is_labels(x)) {
        minibatch.numbers[input_name(x)] = random_numbers(n, ++seed);
        continue;
      }
      std::vector<int>& labels = minibatch.labels[input_name(x)];
      const auto count = static_cast<unsigned>(x.value().term()->attr.i[0]);
      for (int i = 0; i < n; ++i) labels.push_back(static_cast<int>(bits() % count));
    }
  return minibatch;
}

double gradient_error(const Model& model, const Cost& cost, const Minibatch& minibatch, double size,
                      unsigned seed) {
  const Data data = data_of(model, cost);
  Probe all(model, data, everything(model, cost, data));
  all.randomize(size, seed);
  // With the same random numbers at every call.
  const auto call = [&] {
    all.program().step_count(0);
    return all(minibatch);
  };
  const Computed at_point = call();
  double largest = 0, error = 0;
  for (const ModelParameter& p : model.parameters()) {
    if (p.frozen) continue;
    const std::string name = text(p.name);
    const std::vector<double> x = all.get(name), g = at_point.at("grad." + name);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double h = 1e-5;
      std::vector<double> moved = x;
      moved[i] = x[i] + h;
      all.set(name, moved);
      const double up = call().at("cost")[0];
      moved[i] = x[i] - h;
      all.set(name, moved);
      const double down = call().at("cost")[0];
      largest = std::max(largest, std::abs(g[i]));
      error = std::max(error, std::abs((up - down) / (2 * h) - g[i]));
    }
    all.set(name, x);
  }
  return error / std::max(largest, 1e-300);
}

std::vector<std::string> names_of(const ChannelList& list) {
  std::vector<std::string> names;
  for (const Channel& c : list) names.push_back(text(c.name));
  return names;
}

std::vector<std::string> channel_names(const Model& model, bool with_targets) {
  Data data;
  data.add(model.input_source(), model.input_space());
  if (with_targets) data.add(model.target_source(), model.target_space());
  ChannelList list;
  model.channels(data, list);
  std::vector<std::string> names = names_of(list);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace ansatz::testing
