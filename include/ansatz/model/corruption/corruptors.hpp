// The corruptors: zeros, noise, salt and pepper, other classes, samples
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/model/corruption/corruptor.hpp>
#include <dsl/ops/activation/softmax.hpp>
#include <dsl/ops/arithmetic/add.hpp>
#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/arithmetic/multiply.hpp>
#include <dsl/ops/arithmetic/square.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/linear/one_hot.hpp>
#include <dsl/ops/random/bernoulli.hpp>
#include <dsl/ops/random/multinomial.hpp>
#include <dsl/ops/random/normal.hpp>
#include <dsl/ops/reduce/argmax.hpp>
#include <dsl/ops/reduce/sum.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Leaves everything as it is.
class DummyCorruptor : public Corruptor {
 public:
  static constexpr const char* yaml = "pylearn2.corruption.DummyCorruptor";
  static constexpr const char* doc = "leaves inputs as they are";
  std::optional<double> corruption_level;

  constexpr DummyCorruptor() {}
  constexpr ~DummyCorruptor() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key("corruption_level", &DummyCorruptor::corruption_level, "accepted and ignored");
    rng_key(key);
  }
  constexpr AnyExpr corrupt(const AnyExpr& x) const override { return x; }
};

/// What corruptors with a probability share.
class CorruptorOfLevel : public Corruptor {
 public:
  double corruption_level = 0;

 protected:
  constexpr CorruptorOfLevel() {}
  constexpr explicit CorruptorOfLevel(double level) : corruption_level(level) {}
  /// 1 with probability 1 - corruption_level, one for each element of x.
  constexpr AnyExpr kept(const AnyExpr& x) const { return bernoulli_like(x, 1 - corruption_level); }
};

/// Each number is 0 with probability corruption_level, independently (Vincent et al. 2008).
///
///     BinomialCorruptor(.2)
class BinomialCorruptor : public CorruptorOfLevel {
 public:
  static constexpr const char* yaml = "pylearn2.corruption.BinomialCorruptor";
  static constexpr const char* doc = "sets inputs to 0";

  constexpr BinomialCorruptor() {}
  constexpr explicit BinomialCorruptor(double level) : CorruptorOfLevel(level) {}
  constexpr ~BinomialCorruptor() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("corruption_level", &BinomialCorruptor::corruption_level, "probability of a 0")
        .probability();
    rng_key(key);
  }
  constexpr AnyExpr corrupt(const AnyExpr& x) const override { return x * kept(x); }
};

/// The same, and what is left divided by 1 - corruption_level, so that the mean stays
/// (Srivastava et al. 2014).
class DropoutCorruptor : public CorruptorOfLevel {
 public:
  static constexpr const char* yaml = "pylearn2.corruption.DropoutCorruptor";
  static constexpr const char* doc = "sets inputs to 0, the others made larger";

  constexpr DropoutCorruptor() {}
  constexpr explicit DropoutCorruptor(double level) : CorruptorOfLevel(level) {}
  constexpr ~DropoutCorruptor() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("corruption_level", &DropoutCorruptor::corruption_level, "probability of a 0")
        .at_least(0)
        .below(1);
    rng_key(key);
  }
  constexpr AnyExpr corrupt(const AnyExpr& x) const override {
    return x * kept(x) * (1 / (1 - corruption_level));
  }
};

/// Adds normal noise of mean 0 and standard deviation `stdev`, independently.
///
///     GaussianCorruptor(.4)
class GaussianCorruptor : public Corruptor {
 public:
  static constexpr const char* yaml = "pylearn2.corruption.GaussianCorruptor";
  static constexpr const char* doc = "adds normal noise";
  double stdev = 0;

  constexpr GaussianCorruptor() {}
  constexpr explicit GaussianCorruptor(double deviation) : stdev(deviation) {}
  constexpr ~GaussianCorruptor() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("stdev", &GaussianCorruptor::stdev, "standard deviation of the noise").at_least(0);
    rng_key(key);
  }
  constexpr AnyExpr corrupt(const AnyExpr& x) const override {
    return x + stdev * AnyExpr(normal_like(x));
  }
  /// |corrupted - x|^2 / (2 stdev^2)
  constexpr AnyExpr corruption_free_energy(const AnyExpr& corrupted,
                                           const AnyExpr& x) const override {
    if (!(stdev > 0)) graph_error("a GaussianCorruptor without noise, stdev 0, has no density");
    return sum(square(corrupted - x), units) / (2 * stdev * stdev);
  }
};

/// Each number becomes 0 or 1, both with probability corruption_level / 2, independently: for
/// inputs that are bits.
class SaltPepperCorruptor : public CorruptorOfLevel {
 public:
  static constexpr const char* yaml = "pylearn2.corruption.SaltPepperCorruptor";
  static constexpr const char* doc = "sets inputs to 0 or 1";

  constexpr SaltPepperCorruptor() {}
  constexpr explicit SaltPepperCorruptor(double level) : CorruptorOfLevel(level) {}
  constexpr ~SaltPepperCorruptor() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("corruption_level", &SaltPepperCorruptor::corruption_level,
                 "probability that an input is replaced")
        .probability();
    rng_key(key);
  }
  constexpr AnyExpr corrupt(const AnyExpr& x) const override {
    const AnyExpr keep = kept(x), salt = bernoulli_like(x, .5);
    return x * keep + (1 - keep) * salt;
  }
};

/// A row with a single 1 becomes, with probability corruption_level, such a row drawn at random:
/// each position is equally likely, that of before too. Rows are replaced as a whole.
class OneHotCorruptor : public CorruptorOfLevel {
 public:
  static constexpr const char* yaml = "pylearn2.corruption.OneHotCorruptor";
  static constexpr const char* doc = "replaces rows with a single 1 by random ones";

  constexpr OneHotCorruptor() {}
  constexpr explicit OneHotCorruptor(double level) : CorruptorOfLevel(level) {}
  constexpr ~OneHotCorruptor() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("corruption_level", &OneHotCorruptor::corruption_level,
                 "probability that a row is replaced")
        .probability();
    rng_key(key);
  }
  constexpr AnyExpr corrupt(const AnyExpr& x) const override {
    const ir::Shape shape = x.shape();
    const AnyExpr keep = kept(sum(x, axis<-1>, keep_axes));
    // Of independent uniform numbers each is as likely to be the largest.
    const AnyExpr other =
        one_hot(argmax(AnyExpr(uniform_like(x)), axis<-1>), shape[shape.rank - 1]);
    return keep * x + (1 - keep) * other;
  }
};

/// Softmax of the row with normal noise, all of it at least 1e-5: a row with a single 1 becomes
/// probabilities that still tell something of it.
class SmoothOneHotCorruptor : public CorruptorOfLevel {
 public:
  static constexpr const char* yaml = "pylearn2.corruption.SmoothOneHotCorruptor";
  static constexpr const char* doc = "softmax of inputs and normal noise";

  constexpr SmoothOneHotCorruptor() {}
  constexpr explicit SmoothOneHotCorruptor(double level) : CorruptorOfLevel(level) {}
  constexpr ~SmoothOneHotCorruptor() override {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("corruption_level", &SmoothOneHotCorruptor::corruption_level,
                 "standard deviation of the noise")
        .at_least(0);
    rng_key(key);
  }
  constexpr AnyExpr corrupt(const AnyExpr& x) const override {
    const ir::Shape shape = x.shape();
    constexpr double least = 1e-5;
    const AnyExpr p = softmax(x + corruption_level * AnyExpr(normal_like(x)));
    return p * (1 - shape[shape.rank - 1] * least) + least;
  }
};

/// Bits that are 1 with the probabilities x.
class BinomialSampler : public Corruptor {
 public:
  static constexpr const char* yaml = "pylearn2.corruption.BinomialSampler";
  static constexpr const char* doc = "bits that are 1 with probability x";

  constexpr BinomialSampler() {}
  constexpr ~BinomialSampler() override {}
  template <class K>
  static constexpr void keys(K& key) {
    rng_key(key);
  }
  constexpr AnyExpr corrupt(const AnyExpr& x) const override { return bernoulli(x); }
};

/// A row with a single 1, at each position with a probability proportional to that of x.
class MultinomialSampler : public Corruptor {
 public:
  static constexpr const char* yaml = "pylearn2.corruption.MultinomialSampler";
  static constexpr const char* doc = "rows with a single 1, drawn with probabilities x";

  constexpr MultinomialSampler() {}
  constexpr ~MultinomialSampler() override {}
  template <class K>
  static constexpr void keys(K& key) {
    rng_key(key);
  }
  constexpr AnyExpr corrupt(const AnyExpr& x) const override { return multinomial(x); }
};

/// Several, the last first, as functions are written: ComposedCorruptor(a, b) is a(b(x)).
class ComposedCorruptor : public Corruptor {
 public:
  static constexpr const char* yaml = "pylearn2.corruption.ComposedCorruptor";
  static constexpr const char* doc = "several corruptors, the last first";
  ir::List<Shared<Corruptor>> corruptors;

  constexpr ComposedCorruptor() {}
  constexpr ~ComposedCorruptor() override {}
  template <class... C>
    requires(sizeof...(C) > 0 && (std::is_base_of_v<Corruptor, C> && ...))
  constexpr explicit ComposedCorruptor(const C&... each) {
    (corruptors.push_back(Shared<Corruptor>(each)), ...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("corruptors", &ComposedCorruptor::corruptors, "the corruptors, the last first");
    rng_key(key);
  }
  /// KeyFaults: an empty list.
  void check() const;
  constexpr AnyExpr corrupt(const AnyExpr& x) const override {
    AnyExpr y = x;
    for (int i = corruptors.size() - 1; i >= 0; --i) y = corruptors[i]->corrupt(y);
    return y;
  }
};

}  // namespace ansatz
