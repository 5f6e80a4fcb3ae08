// PCA as a block, by several methods.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/block.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What all of them do: x W without the mean, W [features, components] having the directions of
/// the largest variances, in their order; with `whiten`, each divided by its standard deviation.
/// Components are kept as long as their part of the variance is above min_variance, and at most
/// num_components of them.
class PCABlock : public Block {
 public:
  std::optional<int> num_components;
  double min_variance = 0;
  bool whiten = false;

  template <class K>
  static constexpr void pca_keys(K& key) {
    key("num_components", &PCABlock::num_components, "so many directions are kept; default: all")
        .at_least(1);
    key("min_variance", &PCABlock::min_variance,
        "directions with a smaller part of the variance are not")
        .from_to(0, 1);
    key("whiten", &PCABlock::whiten, "divided by the standard deviation in each direction");
  }
  /// How many there are shows when it has learned, where min_variance may leave some out.
  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    if (min_variance > 0) return {};
    int most = input.total_dimension();
    if (num_components && *num_components < most) most = *num_components;
    return vector_space(most);
  }
  constexpr bool learns() const override { return true; }
};

/// By the eigenvectors of the covariance (divided by one less than the examples), which is summed
/// up in batches.
///
///     CovEigPCA(num_components(64), whiten(true))
class CovEigPCA : public PCABlock {
 public:
  static constexpr const char* yaml = "pylearn2.models.pca.CovEigPCA";
  static constexpr const char* doc = "PCA by the eigenvectors of the covariance";
  static constexpr const char* also[] = {"pylearn2.pca.CovEigPCA"};
  std::optional<int> cov_batch_size;

  template <KeyOf<CovEigPCA>... O>
  constexpr CovEigPCA(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key("cov_batch_size", &CovEigPCA::cov_batch_size, "accepted and ignored").at_least(1);
    pca_keys(key);
  }
  std::shared_ptr<PreprocessorRun> start_block() const override;
};

/// By the singular values of the data, all in memory; the same directions and variances, to more
/// digits where variances are small.
class SVDPCA : public PCABlock {
 public:
  static constexpr const char* yaml = "pylearn2.models.pca.SVDPCA";
  static constexpr const char* doc = "PCA by the singular values of the data";
  static constexpr const char* also[] = {"pylearn2.pca.SVDPCA"};

  template <KeyOf<SVDPCA>... O>
  constexpr SVDPCA(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    pca_keys(key);
  }
  std::shared_ptr<PreprocessorRun> start_block() const override;
};

/// As CovEigPCA, but the covariance is divided by the number of examples.
class SparseMatPCA : public PCABlock {
 public:
  static constexpr const char* yaml = "pylearn2.models.pca.SparseMatPCA";
  static constexpr const char* doc = "PCA by the eigenvectors of the covariance, for many zeros";
  static constexpr const char* also[] = {"pylearn2.pca.SparseMatPCA",
                                         "pylearn2.models.pca.SparsePCA"};
  int batch_size = 50;

  template <KeyOf<SparseMatPCA>... O>
  constexpr SparseMatPCA(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key("batch_size", &SparseMatPCA::batch_size, "accepted and ignored").at_least(1);
    pca_keys(key);
  }
  std::shared_ptr<PreprocessorRun> start_block() const override;
};

/// In one walk, with memory for num_components + minibatch_size examples: the leading eigenvectors
/// of a covariance that forgets, by .999 an example (Roux, Manzagol, Bengio 2008, "Topmoumoute
/// online natural gradient", section 4.2); examples that do not fill a last batch are left out.
class OnlinePCA : public PCABlock {
 public:
  static constexpr const char* yaml = "pylearn2.models.pca.OnlinePCA";
  static constexpr const char* doc = "PCA in one walk, in little memory";
  static constexpr const char* also[] = {"pylearn2.pca.OnlinePCA"};
  int minibatch_size = 500;

  template <KeyOf<OnlinePCA>... O>
  constexpr OnlinePCA(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key("minibatch_size", &OnlinePCA::minibatch_size, "examples between two estimates").at_least(1);
    pca_keys(key);
  }
  std::shared_ptr<PreprocessorRun> start_block() const override;
};

}  // namespace ansatz
