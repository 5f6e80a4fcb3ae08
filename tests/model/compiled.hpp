// Whole jobs in constant expressions: the compiled programs are those made at run time.
#pragma once

#include "probe.hpp"

#include <ansatz/algorithm/sgd.hpp>
#include <dsl/compile.hpp>

#include <catch2/catch.hpp>

namespace ansatz::testing {

struct Nothing : Dataset {
  std::shared_ptr<const Table> load() const override { return nullptr; }
};

template <class J, int I>
struct FunctionOf {
  constexpr Function operator()() const { return J{}().function(I).function; }
};

// Calls a program with random data until its parameters show what it does; returns these.
inline std::vector<float> run(Program<float> program, const Model& model, const Train& job) {
  Store store = program.store();
  for (const auto& [name, values] : Values(model).of)
    if (store.contains(name)) {
      const std::vector<float> x(values.begin(), values.end());
      store.set(name, x.data(), store.shape(name));
    }
  const Minibatch minibatch = random_batch(job.data(), 5, 1);
  std::vector<std::vector<float>> kept;
  std::vector<Argument> arguments;
  std::vector<Dims> dims;
  kept.reserve(4);
  for (const auto& [name, numbers] : minibatch.numbers) {
    kept.emplace_back(numbers.begin(), numbers.end());
    arguments.emplace_back(
        name, view(kept.back().data(), Dims(5, static_cast<std::int64_t>(numbers.size() / 5))));
  }
  for (const auto& [name, labels] : minibatch.labels)
    arguments.emplace_back(name, view(labels.data(), Dims(5)));
  for (int i = 0; i < 3; ++i) program.call(arguments.data(), static_cast<int>(arguments.size()));
  std::vector<float> parameters;
  for (int i = 0; i < store.size(); ++i) {
    const float* x = store.data<float>(store.name(i));
    parameters.insert(parameters.end(), x, x + store.shape(store.name(i)).count());
  }
  return parameters;
}

/// Holds the compiled step of job J against the interpreted one, to the bit.
template <class J>
void require_equal_steps() {
  const Train job = J{}();
  const Model& model = *job.model;
  Program<float> compiled = compile(FunctionOf<J, 0>{});
  REQUIRE(compiled.compiled_loops() == compiled.loops());
  const std::vector<float> one = run(std::move(compiled), model, job);
  BuildOptions interpreted;
  interpreted.compiled_loops = false;
  const std::vector<float> other =
      run(build<float>(job.function(0).function, interpreted), model, job);
  REQUIRE(one.size() > 100);
  REQUIRE(one == other);
}

}  // namespace ansatz::testing
