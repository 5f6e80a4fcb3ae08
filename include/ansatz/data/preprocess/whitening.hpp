// PCA and ZCA of features.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/preprocessor.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The features without their mean, in the directions of their largest variances: Pylearn2's PCA.
/// With `whiten`, divided by their standard deviations there (ddof 1), so that their covariance
/// is 1.
///
///     PCA(64, whiten(true))
class PCA : public Preprocessor {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.preprocessing.PCA";
  static constexpr const char* doc = "features in the directions of their largest variances";
  int num_components = 0;
  bool whiten = false;

  constexpr PCA() {}
  template <KeyOf<PCA>... O>
  constexpr explicit PCA(int components, const O&... options) : num_components(components) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("num_components", &PCA::num_components, "so many directions are kept").at_least(1);
    key("whiten", &PCA::whiten, "divided by the standard deviation in each direction");
  }
  constexpr SpaceInfo output_space(const SpaceInfo&) const override {
    return vector_space(num_components);
  }
  std::shared_ptr<PreprocessorRun> start() const override;
};

/// (x - mean) V diag(1 / sqrt(l + filter_bias)) V', l and V being the eigenvalues and eigenvectors
/// of the covariance (divided by the number of examples): whitened features that look like the old
/// ones (Bell and Sejnowski 1997; Krizhevsky 2009, appendix A). Pylearn2's ZCA.
///
///     Pipeline(GlobalContrastNormalization(scale(55.)), ZCA(filter_bias(.1)))
class ZCA : public Preprocessor {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.preprocessing.ZCA";
  static constexpr const char* doc = "whitened features that look like the old ones";
  std::optional<int> n_components, n_drop_components;
  double filter_bias = .1;
  bool store_inverse = true;

  template <KeyOf<ZCA>... O>
  constexpr ZCA(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key("n_components", &ZCA::n_components,
        "so many directions of largest variance are kept; default: all")
        .at_least(1);
    key("n_drop_components", &ZCA::n_drop_components,
        "of those, so many of smallest variance are not")
        .at_least(0);
    key("filter_bias", &ZCA::filter_bias, "added to the variances").at_least(0);
    key("store_inverse", &ZCA::store_inverse, "accepted and ignored: the inverse is computed");
  }
  std::shared_ptr<PreprocessorRun> start() const override;
};

}  // namespace ansatz
