// The functions of NumPy that Pylearn2's own job files call.
#pragma once

#include "../numpy.hpp"

#include <ansatz/base/random_state.hpp>
#include <ansatz/files/npy.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

namespace ansatz::named {

// NumPy's own generator begins anywhere. Here the n-th array of a job is drawn from
// RandomState([2012, n]), so that a job that is run again, or resumed, has the same data.
constexpr std::int64_t base_seed = 2012;

class Drawn : public ArrayObject {
 public:
  ir::List<int> size;
  std::optional<int> number;

  template <class K>
  static constexpr void keys(K& key) {
    key.required("size", &Drawn::size, "the array's dimensions");
    key("number", &Drawn::number,
        "which of a job's drawn arrays it is, from 0; default: in their order")
        .at_least(0);
  }
  void set_number(int n) override {
    if (!number) number = n;
  }
  void check() const {
    if (size.empty()) throw ValueError("size is empty; it needs the array's dimensions");
    std::int64_t count = 1;
    for (const int n : size) {
      if (n < 1) throw ValueError(fmt::format("size has {}; allowed: whole numbers from 1", n));
      count *= n;
      if (count > (std::int64_t{1} << 31)) throw ValueError("size: that is too large");
    }
  }
  std::vector<std::int64_t> shape() const override { return {size.begin(), size.end()}; }
  NumpyValues values() const override {
    NumpyValues made;
    made.shape = shape();
    made.whole = whole();
    std::int64_t count = 1;
    for (const std::int64_t n : made.shape) count *= n;
    made.values.resize(static_cast<std::size_t>(count));
    RandomState rng(std::vector<std::int64_t>{base_seed, number.value_or(0)});
    draw(rng, made.values);
    return made;
  }

 protected:
  virtual void draw(RandomState& rng, std::vector<double>& to) const = 0;
};

class Normal : public Drawn {
 public:
  static constexpr const char* yaml = "numpy.random.normal";
  static constexpr const char* doc = "an array of normal numbers";
  double loc = 0, scale = 1;
  template <class K>
  static constexpr void keys(K& key) {
    Drawn::keys(key);
    key("loc", &Normal::loc, "mean");
    key("scale", &Normal::scale, "standard deviation, at least 0");
  }
  void check() const {
    Drawn::check();
    if (!(scale >= 0)) throw ValueError(fmt::format("scale is {}; allowed: from 0", scale));
  }

 protected:
  void draw(RandomState& rng, std::vector<double>& to) const override {
    rng.normal(loc, scale, to);
  }
};

class Uniform : public Drawn {
 public:
  static constexpr const char* yaml = "numpy.random.uniform";
  static constexpr const char* doc = "an array of uniform numbers";
  double low = 0, high = 1;
  template <class K>
  static constexpr void keys(K& key) {
    Drawn::keys(key);
    key("low", &Uniform::low, "lowest number");
    key("high", &Uniform::high, "above the highest number");
  }

 protected:
  void draw(RandomState& rng, std::vector<double>& to) const override {
    rng.uniform(low, high, to);
  }
};

class Randint : public Drawn {
 public:
  static constexpr const char* yaml = "numpy.random.randint";
  static constexpr const char* doc = "an array of whole numbers";
  int low = 0;
  std::optional<int> high;
  template <class K>
  static constexpr void keys(K& key) {
    Drawn::keys(key);
    key.required("low", &Randint::low, "lowest number; without high: 0, and this is high");
    key("high", &Randint::high, "one above the highest number");
  }
  void check() const {
    Drawn::check();
    if (high ? low >= *high : low < 1)
      throw ValueError(fmt::format("low is {} and high is {}; low must be below high",
                                   high ? low : 0, high ? *high : low));
  }
  bool whole() const override { return true; }

 protected:
  void draw(RandomState& rng, std::vector<double>& to) const override {
    std::vector<std::int64_t> numbers(to.size());
    rng.randint(high ? low : 0, high ? *high : low, numbers);
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = static_cast<double>(numbers[i]);
  }
};

class RandomStateOf : public GeneratorObject {
 public:
  static constexpr const char* yaml = "numpy.random.RandomState";
  static constexpr const char* doc = "NumPy's generator of random numbers";
  Seed seed;
  template <class K>
  static constexpr void keys(K& key) {
    key("seed", &RandomStateOf::seed, "a whole number, or a list of them");
  }
  Seed generator_seed() const override { return seed; }
};

class MakeNpRng : public GeneratorObject {
 public:
  static constexpr const char* yaml = "pylearn2.utils.rng.make_np_rng";
  static constexpr const char* doc = "NumPy's generator, with a default seed";
  static constexpr const char* also[] = {"pylearn2.utils.rng.make_rng"};
  Seed rng_or_seed, default_seed;
  ir::List<String> which_method;
  template <class K>
  static constexpr void keys(K& key) {
    key("rng_or_seed", &MakeNpRng::rng_or_seed, "a generator, or the seed of one");
    key("default_seed", &MakeNpRng::default_seed, "the seed where rng_or_seed is null");
    key("which_method", &MakeNpRng::which_method, "accepted and ignored");
  }
  Seed generator_seed() const override { return rng_or_seed.empty() ? default_seed : rng_or_seed; }
};

}  // namespace ansatz::named
