// Data sets made of others.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/spaces/axis_order.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A data set that reads another one. Its sources are those of the other.
class DerivedDataset : public Dataset {
 public:
  constexpr SpaceInfo source_space(std::string_view source) const override {
    return from()->read_space(source);
  }
  std::shared_ptr<const Table> load() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;
  std::string fetched_as() const override;

 protected:
  constexpr virtual const Shared<Dataset>& from() const = 0;
  /// The other one, open. ValueError where it has a preprocessor that learns: of a data set inside
  /// another one nothing says what it would be fitted on.
  std::shared_ptr<const BatchSource> open_raw() const;
};

/// Some examples of a data set that follow each other; which is drawn from RandomState([17, 2,
/// 946]), as Pylearn2 draws them.
///
///     from_dataset(MNIST("train"), 1000)
class FromDataset : public DerivedDataset {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.dense_design_matrix.from_dataset";
  static constexpr const char* doc = "some examples of a data set, in memory";
  Shared<Dataset> dataset;
  int num_examples = 0;

  constexpr FromDataset() {}
  template <class D>
  constexpr FromDataset(const D& of, int examples) : dataset(of), num_examples(examples) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("dataset", &FromDataset::dataset, "the data set");
    key.required("num_examples", &FromDataset::num_examples, "how many examples").at_least(1);
  }
  std::shared_ptr<const Table> load() const override;

 protected:
  constexpr const Shared<Dataset>& from() const override { return dataset; }
};

/// Features 0 or 1, drawn from those of another data set, which are the probabilities of 1, anew
/// in each epoch of the training; what is drawn depends on the seed, the epoch and the example, not
/// on batches and their order. Monitoring data are drawn once.
///
///     Binarizer(MNIST("train"))
class Binarizer : public DerivedDataset {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.binarizer.Binarizer";
  static constexpr const char* doc = "features 0 or 1, whose probabilities another data set has";
  Shared<Dataset> raw;
  Seed seed;

  constexpr Binarizer() {}
  template <class D, KeyOf<Binarizer>... O>
    requires std::is_base_of_v<Dataset, D>
  constexpr explicit Binarizer(const D& of, const O&... options) : raw(of) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("raw", &Binarizer::raw, "the data set whose features are probabilities");
    key("seed", &Binarizer::seed, "seed of the draws; default [2013, 2, 22]");
  }
  std::shared_ptr<const BatchSource> open() const override;

 protected:
  constexpr const Shared<Dataset>& from() const override { return raw; }
};

/// Data that were whitened and saved before, and the preprocessor that did it. The features are
/// those of the data set, which is not preprocessed again; the preprocessor serves to bring
/// examples back to what they were (`mapback`).
///
///     !obj:ZCA_Dataset { preprocessed_dataset: !pkl: train.pkl, preprocessor: !pkl: zca.pkl }
class ZCA_Dataset : public DerivedDataset {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.zca_dataset.ZCA_Dataset";
  static constexpr const char* doc = "data that were whitened before, with what did it";
  Shared<Dataset> preprocessed_dataset;
  Shared<Preprocessor> preprocessor;
  std::optional<int> start, stop;
  AxisOrder axes;

  constexpr ZCA_Dataset() {}
  template <class D, class P, KeyOf<ZCA_Dataset>... O>
    requires std::is_base_of_v<Dataset, D>
  constexpr ZCA_Dataset(const D& data, const P& how, const O&... options)
      : preprocessed_dataset(data), preprocessor(how) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = ZCA_Dataset;
    key.required("preprocessed_dataset", &Self::preprocessed_dataset, "the whitened data");
    key.required("preprocessor", &Self::preprocessor, "what whitened them");
    key("start", &Self::start, "first example").at_least(0);
    key("stop", &Self::stop, "one after the last example; default: to the end").at_least(0);
    key("axes", &Self::axes, "accepted and ignored: a model takes any order");
  }
  void check() const;
  std::shared_ptr<const BatchSource> open() const override;

 protected:
  constexpr const Shared<Dataset>& from() const override { return preprocessed_dataset; }
};

}  // namespace ansatz
