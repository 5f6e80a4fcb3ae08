// Data sets made of others.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/job/block.hpp>
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
  constexpr const Dataset* inner() const { return from().get(); }

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

/// The features of another data set as a block makes them, while they are read: what the second
/// layer of a stack is trained on. The block has learned before: a model file, or one that learns
/// nothing.
///
///     !obj:TransformerDataset { raw: !obj:MNIST { which_set: train }, transformer: !pkl: l1.pkl }
class TransformerDataset : public DerivedDataset {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.transformer_dataset.TransformerDataset";
  static constexpr const char* doc = "a data set as a block makes it: the output of a model";
  Shared<Dataset> raw;
  Shared<Block> transformer;
  bool cpu_only = false, space_preserving = false;

  constexpr TransformerDataset() {}
  template <class D, class B>
  constexpr TransformerDataset(const D& of, const B& by) : raw(of), transformer(by) {}
  template <class K>
  static constexpr void keys(K& key) {
    using Self = TransformerDataset;
    key.required("raw", &Self::raw, "the data set");
    key.required("transformer", &Self::transformer, "the block: a model, or StackedBlocks");
    key("cpu_only", &Self::cpu_only, "accepted and ignored");
    key("space_preserving", &Self::space_preserving, "accepted and ignored: the block knows");
  }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    const SpaceInfo space = raw->read_space(source);
    if (source != "features" || space.kind == SpaceKind::null) return space;
    return transformer->output_space(space);
  }
  std::shared_ptr<const BatchSource> open() const override;

 protected:
  constexpr const Shared<Dataset>& from() const override { return raw; }
};

/// Data that were whitened and saved before, and the preprocessor that did it. The features are
/// those of the data set, which is not preprocessed again; the preprocessor says what was done, and
/// brings examples back to what they were (the `inverse` of a PCA or ZCA).
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
