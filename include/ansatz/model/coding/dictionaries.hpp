// Models that learn a dictionary, and code examples by few of its rows.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/model/self_training.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A dictionary W [nhid, nvis]. An epoch codes all examples, then makes W better for these codes;
/// it ends when the objective falls by less than convergence_th of itself, or after max_iter
/// epochs. DefaultTrainingAlgorithm takes batches of examples side by side, from a random place,
/// instead. As a block it gives the codes.
class Dictionary : public SelfTrainingModel {
 public:
  int nvis = 0, nhid = 0;
  double convergence_th = 1e-4;
  std::optional<int> max_iter;
  bool verbose = false;
  Seed seed;

  template <class K>
  static constexpr void dictionary_keys(K& key) {
    key.required("nvis", &Dictionary::nvis, "features of an example").at_least(1);
    key.required("nhid", &Dictionary::nhid, "rows of the dictionary").at_least(1);
    key("convergence_th", &Dictionary::convergence_th,
        "a smaller part of the objective that it falls by ends the training")
        .at_least(0);
    key("max_iter", &Dictionary::max_iter, "most epochs; default: no limit").at_least(1);
    key("verbose", &Dictionary::verbose, "tells the objective of each epoch");
    key("seed", &Dictionary::seed, "of the first values and of batches; default [1, 2, 3]");
  }

  constexpr SpaceInfo input_space() const override { return vector_space(nvis); }
  constexpr SpaceInfo output_space(const SpaceInfo&) const override { return vector_space(nhid); }
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    list.push_back({"W", parameter_leaf("W", ir::make_shape(nhid, nvis))});
  }
  using Model::parameters;
  void initialize(InitialValues& values) const override;
  std::unique_ptr<ModelRun> start(Session& session) const override;
  RowMap row_map(const Store& parameters) const override;

  /// The code of an example, [nhid].
  virtual std::vector<double> code(const std::vector<double>& W, const double* x) const = 0;
  /// The objective of `count` examples with these codes, a mean over them.
  virtual double objective(const std::vector<double>& W, const double* x, const double* codes,
                           std::int64_t count) const = 0;
  /// Makes W better for these codes.
  virtual void improve(std::vector<double>& W, const double* x, const double* codes,
                       std::int64_t count) const = 0;
  /// The first W of numbers that were drawn from a normal distribution.
  virtual void begin(std::vector<double>&) const {}
  /// A copy, so that what is made of it need not keep it.
  virtual std::shared_ptr<const Dictionary> copy() const = 0;
};

/// Sparse coding (Olshausen, Field 1996): W and codes h make the mean of |x - h W|^2 +
/// sparsity |h|_1 small, no row of W being longer than 1. Codes by feature-sign search (Lee et al.
/// 2007), each row of W in turn to its optimum (Mairal et al. 2010, algorithm 2).
///
///     Train(patches, SparseCoding(108, 256, sparsity(.2)))
class SparseCoding : public Dictionary {
 public:
  static constexpr const char* yaml = "ansatz.models.sparse_coding.SparseCoding";
  static constexpr const char* doc = "sparse coding by feature-sign search";
  double sparsity = .1;

  constexpr SparseCoding() {}
  template <KeyOf<SparseCoding>... O>
  constexpr SparseCoding(int features, int rows, const O&... options) {
    nvis = features;
    nhid = rows;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    dictionary_keys(key);
    key("sparsity", &SparseCoding::sparsity, "factor of the absolute codes").at_least(0);
  }
  std::vector<double> code(const std::vector<double>& W, const double* x) const override;
  double objective(const std::vector<double>& W, const double* x, const double* codes,
                   std::int64_t count) const override;
  void improve(std::vector<double>& W, const double* x, const double* codes,
               std::int64_t count) const override;
  void begin(std::vector<double>& W) const override;
  std::shared_ptr<const Dictionary> copy() const override {
    return std::make_shared<SparseCoding>(*this);
  }
};

/// Local Coordinate Coding (Yu, Zhang, Gong 2009): W and codes g make the mean of |x - g W|^2 +
/// coeff sum_j |g_j| |W_j - x|^2 small, so that examples are coded by rows near to them. Codes by
/// feature-sign search, W by three steps of conjugate gradients. Pylearn2's.
class LocalCoordinateCoding : public Dictionary {
 public:
  static constexpr const char* yaml =
      "pylearn2.models.local_coordinate_coding.LocalCoordinateCoding";
  static constexpr const char* doc = "coding by rows of a dictionary that are near";
  double coeff = 0;

  constexpr LocalCoordinateCoding() {}
  template <KeyOf<LocalCoordinateCoding>... O>
  constexpr LocalCoordinateCoding(int features, int rows, double locality, const O&... options)
      : coeff(locality) {
    nvis = features;
    nhid = rows;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    dictionary_keys(key);
    key.required("coeff", &LocalCoordinateCoding::coeff, "weight of the distances").at_least(0);
  }
  std::vector<double> code(const std::vector<double>& W, const double* x) const override;
  double objective(const std::vector<double>& W, const double* x, const double* codes,
                   std::int64_t count) const override;
  void improve(std::vector<double>& W, const double* x, const double* codes,
               std::int64_t count) const override;
  std::shared_ptr<const Dictionary> copy() const override {
    return std::make_shared<LocalCoordinateCoding>(*this);
  }
};

/// Differentiable sparse coding (Bradley and Bagnell 2008): codes are positive, h making
///
///     |x - h W|^2 / nvis + lambda / nhid sum_j (h_j log(h_j / p) - h_j + p)
///
/// least, to which no h_j is 0 and h is smooth in x. After coding, W takes a step of learning_rate
/// against the gradient of the first term, and its rows have length 1. Pylearn2's, but for its
/// predictor of codes: here they are found from p, a number at a time.
class DifferentiableSparseCoding : public Dictionary {
 public:
  static constexpr const char* yaml =
      "pylearn2.models.differentiable_sparse_coding.DifferentiableSparseCoding";
  static constexpr const char* doc = "positive codes that are smooth in what they code";
  double init_lambda = 0, init_p = 0, init_alpha = 0, learning_rate = 0;

  constexpr DifferentiableSparseCoding() {}
  template <class K>
  static constexpr void keys(K& key) {
    using Self = DifferentiableSparseCoding;
    dictionary_keys(key);
    key.required("init_lambda", &Self::init_lambda, "weight of the distance of codes from p")
        .above(0);
    key.required("init_p", &Self::init_p, "what codes are where they have no reason to differ")
        .above(0);
    key.required("init_alpha", &Self::init_alpha, "accepted and ignored: codes need no first step");
    key.required("learning_rate", &Self::learning_rate, "step of the dictionary").above(0);
  }
  std::vector<double> code(const std::vector<double>& W, const double* x) const override;
  double objective(const std::vector<double>& W, const double* x, const double* codes,
                   std::int64_t count) const override;
  void improve(std::vector<double>& W, const double* x, const double* codes,
               std::int64_t count) const override;
  void begin(std::vector<double>& W) const override;
  std::shared_ptr<const Dictionary> copy() const override {
    return std::make_shared<DifferentiableSparseCoding>(*this);
  }
};

}  // namespace ansatz
