#include <ansatz/job/any_program.hpp>
#include <ansatz/model/energy/partition_function.hpp>
#include <dsl/build.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>

namespace ansatz {

namespace {

using Vector = std::vector<double>;

// log of the sum of e^x, added to piece by piece.
struct LogSum {
  double largest = -std::numeric_limits<double>::infinity(), sum = 0;
  void add(double x) {
    if (x > largest) {
      sum = sum * std::exp(largest - x) + 1;
      largest = x;
    } else {
      sum += std::exp(x - largest);
    }
  }
  double value() const { return largest + std::log(sum); }
};

// A function of the model with the parameters of a store, in the store's precision.
class Computation {
 public:
  Computation(const Function& f, const Store& parameters) {
    if (parameters.type("W") == ElementType::float64)
      program_ = erase(build<double>(f));
    else
      program_ = erase(build<float>(f));
    Store own = program_->store();
    for (int i = 0; i < own.size(); ++i) {
      const std::string name(own.name(i));
      if (!parameters.contains(name)) continue;
      const void* data = nullptr;
      if (parameters.type(name) == ElementType::float64)
        data = parameters.data<double>(name);
      else
        data = parameters.data<float>(name);
      own.set(name, ArrayView{data, parameters.type(name), parameters.shape(name)});
    }
  }
  AnyProgram* operator->() { return program_.get(); }
  /// An array for a call, in the precision of the program; lives until the next of its name.
  Argument argument(const char* name, const Vector& values, const Dims& dims) {
    if (program_->precision() == ElementType::float64) return {name, view(values.data(), dims)};
    std::vector<float>& own = floats_[name];
    own.assign(values.begin(), values.end());
    return {name, view(own.data(), dims)};
  }
  Vector result(int index) {
    const ArrayView x = program_->result(index);
    const auto count = static_cast<std::size_t>(x.dims.count());
    if (x.type == ElementType::float64) {
      const auto* const from = static_cast<const double*>(x.data);
      return {from, from + count};
    }
    const auto* const from = static_cast<const float*>(x.data);
    return {from, from + count};
  }

 private:
  std::unique_ptr<AnyProgram> program_;
  std::map<std::string, std::vector<float>> floats_;
};

Dims batch_dims(std::int64_t rows, const SpaceInfo& space) {
  Dims dims;
  dims.push_back(rows);
  for (int i = 0; i < space.shape.rank; ++i) dims.push_back(space.shape[i]);
  return dims;
}

// log p*(v), and the probabilities of a Gibbs step, at an inverse temperature between the base
// model, beta = 0, and the RBM, beta = 1.
struct Between0And1 {
  const RBM& rbm;
  AnyExpr base = state_leaf("base_biases", rbm.input_space().shape);

  AnyExpr visible_bias(const AnyExpr& beta) const { return base + beta * (rbm.bias_vis() - base); }
  // `z` is v W + c.
  AnyExpr log_p(const AnyExpr& v, const AnyExpr& z, const AnyExpr& beta) const {
    return sum(v * visible_bias(beta), units) + sum(softplus(beta * z), units);
  }
  AnyExpr step(const AnyExpr& z, const AnyExpr& beta) const {
    const AnyExpr h = bernoulli(sigmoid(beta * z));
    return bernoulli(sigmoid(visible_bias(beta) + beta * rbm.lmul_T(h)));
  }
};

// `count` temperatures from `first`, `apart` from each other: what each multiplies the weights by,
// and a step at it.
Function annealing(const RBM& rbm) {
  const Between0And1 p{rbm};
  Data data;
  data.add("v", rbm.input_space());
  data.add("log_weight", scalar_space());
  const AnyExpr first = scalar("first", 0), apart = scalar("apart", 0);
  const auto [v, log_weight, k] = repeat(
      scalar("count", 0),
      [&](const AnyExpr& at, const AnyExpr& weight, const AnyExpr& step) {
        const AnyExpr z = rbm.input_to_h_from_v(at);
        const AnyExpr beta = first + apart * step, before = beta - apart;
        return carry(p.step(z, beta), weight + p.log_p(at, z, beta) - p.log_p(at, z, before),
                     AnyExpr(step + 1));
      },
      data["v"].value(), data["log_weight"].value(), AnyExpr(constant(0)));
  return function(output("v", v), output("log_weight", log_weight));
}

std::string space_name(const SpaceInfo& space) { return std::string(to_text(space).view()); }

}  // namespace

double exact_log_z(const RBM& rbm, const Store& store) {
  const int visible = rbm.input_space().total_dimension();
  const int hidden = rbm.hidden_space().total_dimension();
  const bool over_visible = visible <= hidden;
  const int bits = std::min(visible, hidden);
  if (bits > 30)
    throw ValueError(
        fmt::format("exact_log_z: {} and {}: the smaller layer has {} units, 30 are the most; "
                    "annealed_log_z estimates",
                    space_name(rbm.input_space()), space_name(rbm.hidden_space()), bits));
  const SpaceInfo space = over_visible ? rbm.input_space() : rbm.hidden_space();
  Data data;
  data.add("x", space);
  const AnyExpr x = data["x"].value();
  AnyExpr log_p;
  if (over_visible)
    log_p = -rbm.free_energy(x);
  else
    log_p = sum(x * rbm.bias_hid(), units) + sum(softplus(rbm.input_to_v_from_h(x)), units);
  Computation compute(function(output("log_p", log_p)), store);

  const int block_bits = std::min(bits, 12);
  const std::int64_t block = std::int64_t{1} << block_bits;
  Vector states(static_cast<std::size_t>(block * bits));
  LogSum z;
  for (std::int64_t first = 0; first < std::int64_t{1} << bits; first += block) {
    for (std::int64_t i = 0; i < block; ++i)
      for (int k = 0; k < bits; ++k)
        states[static_cast<std::size_t>(i * bits + k)] = static_cast<double>((first + i) >> k & 1);
    const Argument rows = compute.argument("x", states, batch_dims(block, space));
    compute->call(&rows, 1);
    for (double each : compute.result(0)) z.add(each);
  }
  return z.value();
}

LogZ annealed_log_z(const RBM& rbm, const Store& store, const Annealing& how) {
  const auto visible = static_cast<std::size_t>(rbm.input_space().total_dimension());
  const int hidden = rbm.hidden_space().total_dimension();
  const auto refuse = [](const std::string& why) { throw ValueError("annealed_log_z: " + why); };
  if (how.runs < 1) refuse(fmt::format("{} runs: at least one is needed", how.runs));
  double reached = 0;
  for (const Annealing::Stretch& s : how.temperatures) {
    if (s.from != reached || !(s.to > s.from) || s.count < 2)
      refuse(
          fmt::format("temperatures from {} to {}, {} of them, behind {}: each stretch begins "
                      "where the one before ends and has at least two",
                      s.from, s.to, s.count, reached));
    reached = s.to;
  }
  if (reached != 1) refuse(fmt::format("the last temperature is {}, not 1", reached));
  Vector base = how.base_biases;
  if (base.empty()) base.assign(visible, 0);
  if (base.size() != visible)
    refuse(fmt::format("{} base biases, but there are {} visible units", base.size(), visible));

  Computation anneal(annealing(rbm), store);
  anneal->seed(how.seed);
  Store own = anneal->store();
  if (own.type("base_biases") == ElementType::float64) {
    std::copy(base.begin(), base.end(), own.data<double>("base_biases"));
  } else {
    float* const to = own.data<float>("base_biases");
    for (std::size_t i = 0; i < visible; ++i) to[i] = static_cast<float>(base[i]);
  }
  const Dims v_dims = batch_dims(how.runs, rbm.input_space());
  Dims weight_dims;
  weight_dims.push_back(how.runs);
  // A step at temperature 0, from any state, is a draw of the base model.
  Vector v(visible * static_cast<std::size_t>(how.runs)),
      log_weight(static_cast<std::size_t>(how.runs));
  const auto go = [&](double first, double apart, int count) {
    const Argument arguments[] = {anneal.argument("v", v, v_dims),
                                  anneal.argument("log_weight", log_weight, weight_dims),
                                  {"first", first},
                                  {"apart", apart},
                                  {"count", count}};
    anneal->call(arguments, 5);
    v = anneal.result(0);
    log_weight = anneal.result(1);
  };
  go(0, 0, 1);
  std::fill(log_weight.begin(), log_weight.end(), 0);
  for (const Annealing::Stretch& s : how.temperatures) {
    const double apart = (s.to - s.from) / (s.count - 1);
    go(s.from + apart, apart, s.count - 1);
  }

  // The mean of the weights, and of their squares.
  LogSum first, second;
  for (double w : log_weight) first.add(w), second.add(2 * w);
  const double runs = how.runs;
  const double ratio = first.value() - std::log(runs);
  const double square = std::exp(second.value() - std::log(runs) - 2 * ratio);  // E w^2 / (E w)^2
  const double deviation = runs > 1 ? std::sqrt(std::max(square - 1, 0.) / (runs - 1)) : INFINITY;
  double log_base = hidden * std::log(2.);
  for (double a : base) log_base += std::max(a, 0.) + std::log1p(std::exp(-std::abs(a)));
  const double value = log_base + ratio;
  const double below = 1 - 3 * deviation;
  return {value, below > 0 ? value + std::log(below) : -INFINITY,
          value + std::log1p(3 * deviation)};
}

std::vector<double> biases_of_means(std::vector<double> means) {
  for (double& p : means) {
    const double inside = std::clamp(p, 1e-5, 1 - 1e-5);
    p = std::log(inside / (1 - inside));
  }
  return means;
}

}  // namespace ansatz
