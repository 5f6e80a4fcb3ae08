// Standardize: mean 0 and standard deviation 1.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/preprocessor.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// (x - mean) / (std_eps + standard deviation), of each feature over the examples (divided by their
/// number) or, global, of all numbers. Pylearn2's Standardize.
///
///     const Shared<Preprocessor> standardize = Standardize();
///     MNIST("train", preprocessor(standardize), fit_preprocessor(true))
///     MNIST("test", preprocessor(standardize))
class Standardize : public Preprocessor {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.preprocessing.Standardize";
  static constexpr const char* doc = "features of mean 0 and standard deviation 1";
  bool global_mean = false, global_std = false;
  double std_eps = 1e-4;

  constexpr Standardize() {}
  template <KeyOf<Standardize>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit Standardize(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key("global_mean", &Standardize::global_mean, "one mean for all features");
    key("global_std", &Standardize::global_std, "one standard deviation for all features");
    key("std_eps", &Standardize::std_eps, "added to standard deviations").at_least(0);
  }

  std::shared_ptr<PreprocessorRun> start() const override;
};

}  // namespace ansatz
