#include "workload.hpp"

#include <dsl/kernels/philox.hpp>

#include "models.hpp"

namespace bench {

namespace {

/// Number i of a stream, uniform in [0, 1), by a hash that train.py has too.
std::uint32_t hash(std::uint32_t i, std::uint32_t stream) {
  std::uint32_t x = i + stream * 0x9E3779B9u;
  x ^= x >> 16;
  x *= 0x7FEB352Du;
  x ^= x >> 15;
  x *= 0x846CA68Bu;
  return x ^ x >> 16;
}
float uniform(std::uint32_t i, std::uint32_t stream) {
  return static_cast<float>(hash(i, stream) >> 8) * 0x1p-24f;
}

class AnsatzStep : public Contestant {
 public:
  AnsatzStep(ansatz::Program<float> program, const Workload& w, int threads)
      : program_(std::move(program)), store_(program_.store()), target_(w.target), rate_(w.rate) {
    program_.threads(threads);
    // Which inputs a unit of a sparse layer sees.
    for (int i = 0; i < store_.size(); ++i)
      if (const auto name = store_.name(i); name == "seen")
        for (int k = 0; k < store_.shape(name).count(); ++k) {
          const int each = static_cast<int>(store_.shape(name)[1]);
          store_.data<float>(name)[k] = static_cast<float>(seen_input(k / each, k % each));
        }
  }

  float run(const Data& data, long first, long count) override {
    using ansatz::view;
    const std::int64_t n = data.batch;
    float cost = 0;
    for (long s = first; s < first + count; ++s) {
      const auto x = view(data.inputs(s), {n, data.features});
      if (target_ == Target::label)
        cost = program_({{"x", x}, {"y", view(data.labels(s), {n})}, {"learning_rate", rate_}})[0];
      else if (target_ == Target::number)
        cost =
            program_({{"x", x}, {"y", view(data.targets(s), {n, 1})}, {"learning_rate", rate_}})[0];
      else
        cost = program_({{"x", x}, {"learning_rate", rate_}})[0];
    }
    return cost;
  }
  std::vector<Parameter> parameters() override {
    std::vector<Parameter> all;
    for (int i = 0; i < store_.size(); ++i) {
      const auto name = store_.name(i);
      if (store_.kind(name) == ansatz::StoreKind::parameter)
        all.push_back({std::string(name), store_.data<float>(name), store_.shape(name).count()});
    }
    return all;
  }

 private:
  ansatz::Program<float> program_;
  ansatz::Store store_;
  Target target_;
  float rate_;
};

class Philox : public Draws {
 public:
  void start(long step) override { key_.step = static_cast<std::uint64_t>(step); }
  void fill_normal(int site, std::int64_t position, float* out, std::int64_t n) override {
    ansatz::kernels::fill_normal(key_, site, position, out, static_cast<long>(n));
  }
  void fill(int site, std::int64_t position, float* out, std::int64_t n) override {
    ansatz::kernels::fill_uniform(key_, site, position, out, static_cast<long>(n));
  }

 private:
  ansatz::ir::RandomKey key_;
};

}  // namespace

std::vector<Workload> workloads() {
  std::vector<Workload> all;
  add_dense(all);
  add_others(all);
  add_energies(all);
  add_connected(all);
  return all;
}

Data make_data(const Workload& w) {
  Data d;
  d.features = w.features;
  d.batch = w.batch;
  d.examples = 10'000;
  d.x.resize(std::size_t(d.examples) * w.features);
  for (std::size_t i = 0; i < d.x.size(); ++i) {
    const float u = uniform(static_cast<std::uint32_t>(i), 1);
    d.x[i] = w.features == 784 ? (u > 0.8f ? u : 0) : 3 * u - 1.5f;  // many pixels are black
  }
  for (int i = 0; i < d.examples; ++i) {
    const std::uint32_t h = hash(static_cast<std::uint32_t>(i), 2) >> 8;
    d.label.push_back(static_cast<std::int32_t>(h % 10));
    d.target.push_back(static_cast<float>(h % 2));
  }
  return d;
}

void initialise(Contestant& contestant, const Workload& w) {
  for (const Parameter& t : contestant.parameters()) {
    const auto layer = std::stoul(t.name.substr(1));
    const double bound = t.name[0] == 'W' ? w.bounds[layer] : 0;
    const auto stream = static_cast<std::uint32_t>(10 + layer);
    for (std::int64_t i = 0; i < t.size; ++i)
      t.data[i] =
          static_cast<float>(bound * (2.0 * uniform(static_cast<std::uint32_t>(i), stream) - 1));
  }
}

std::unique_ptr<Contestant> program_contestant(ansatz::Program<float> program, const Workload& w,
                                               int threads) {
  return std::make_unique<AnsatzStep>(std::move(program), w, threads);
}

DrawsOfThreads philox(int threads) {
  DrawsOfThreads all;
  for (int t = 0; t < threads; ++t) all.push_back(std::make_unique<Philox>());
  return all;
}

}  // namespace bench
