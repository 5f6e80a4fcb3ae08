// Data sets that are drawn: Pylearn2's random ones of pylearn2.testing.datasets, and digits.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/spaces/axis_order.hpp>
#include <ansatz/spaces/rows_columns.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Standard normal features [num_examples, dim], and labels of num_classes classes; 0: none.
/// Drawn from NumPy's RandomState(rng), [17, 2, 946] by default.
class RandomDenseDesignMatrix : public Dataset {
 public:
  static constexpr const char* yaml = "pylearn2.testing.datasets.random_dense_design_matrix";
  static constexpr const char* doc = "normal features and random classes";
  Seed rng;
  int num_examples = 0, dim = 0, num_classes = 0;

  constexpr RandomDenseDesignMatrix() {}
  constexpr RandomDenseDesignMatrix(int examples, int size, int classes)
      : num_examples(examples), dim(size), num_classes(classes) {}
  template <class K>
  static constexpr void keys(K& key) {
    key("rng", &RandomDenseDesignMatrix::rng, "seed; default [17, 2, 946]");
    key.required("num_examples", &RandomDenseDesignMatrix::num_examples, "number of examples")
        .at_least(1);
    key.required("dim", &RandomDenseDesignMatrix::dim, "number of features").at_least(1);
    key("num_classes", &RandomDenseDesignMatrix::num_classes, "number of classes; 0: no targets")
        .at_least(0);
  }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return vector_space(dim);
    if (source == "targets" && num_classes > 0) return targets();
    return {};
  }
  std::shared_ptr<const Table> load() const override;

 protected:
  constexpr virtual SpaceInfo targets() const { return index_space(num_classes); }
};

/// The same with one-hot rows as targets.
class RandomOneHotDenseDesignMatrix : public RandomDenseDesignMatrix {
 public:
  static constexpr const char* yaml =
      "pylearn2.testing.datasets.random_one_hot_dense_design_matrix";
  static constexpr const char* doc = "normal features and one-hot rows of random classes";
  using RandomDenseDesignMatrix::RandomDenseDesignMatrix;
  std::shared_ptr<const Table> load() const override;

 protected:
  constexpr SpaceInfo targets() const override { return vector_space(num_classes); }
};

/// Images of standard normal numbers, shape rows x columns x channels, and one-hot rows of
/// num_classes as targets. The numbers are drawn in the order of `axes`.
class RandomOneHotTopologicalDenseDesignMatrix : public Dataset {
 public:
  static constexpr const char* yaml =
      "pylearn2.testing.datasets.random_one_hot_topological_dense_design_matrix";
  static constexpr const char* doc = "normal images and one-hot rows of random classes";
  Seed rng;
  int num_examples = 0, channels = 0, num_classes = 0;
  RowsColumns shape;
  AxisOrder axes;

  constexpr RandomOneHotTopologicalDenseDesignMatrix() {}
  template <class K>
  static constexpr void keys(K& key) {
    using Self = RandomOneHotTopologicalDenseDesignMatrix;
    key("rng", &Self::rng, "seed; default [17, 2, 946]");
    key.required("num_examples", &Self::num_examples, "number of examples").at_least(1);
    key.required("shape", &Self::shape, "rows and columns of an image");
    key.required("channels", &Self::channels, "numbers of a pixel").at_least(1);
    key.required("axes", &Self::axes, "order of b, 0, 1 and c in which the numbers are drawn");
    key.required("num_classes", &Self::num_classes, "number of classes").at_least(1);
  }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return conv2d_space(shape.rows, shape.columns, channels);
    if (source == "targets") return vector_space(num_classes);
    return {};
  }
  void check() const;
  std::shared_ptr<const Table> load() const override;
};

/// Standard normal features, and targets [1]: whole numbers from reg_min to below reg_max.
class RandomDesignMatrixForRegression : public Dataset {
 public:
  static constexpr const char* yaml =
      "pylearn2.testing.datasets.random_dense_design_matrix_for_regression";
  static constexpr const char* doc = "normal features and random whole numbers";
  Seed rng;
  int num_examples = 0, dim = 0, reg_min = 0, reg_max = 0;

  constexpr RandomDesignMatrixForRegression() {}
  template <class K>
  static constexpr void keys(K& key) {
    using Self = RandomDesignMatrixForRegression;
    key("rng", &Self::rng, "seed; default [17, 2, 946]");
    key.required("num_examples", &Self::num_examples, "number of examples").at_least(1);
    key.required("dim", &Self::dim, "number of features").at_least(1);
    key.required("reg_min", &Self::reg_min, "smallest target").not_above("reg_max");
    key.required("reg_max", &Self::reg_max, "one above the largest target");
  }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return vector_space(dim);
    if (source == "targets") return vector_space(1);
    return {};
  }
  std::shared_ptr<const Table> load() const override;
};

/// Example i is the number i.
class ArangeDataset : public Dataset {
 public:
  static constexpr const char* yaml = "pylearn2.testing.datasets.ArangeDataset";
  static constexpr const char* doc = "example i is the number i";
  int num_examples = 0;

  constexpr ArangeDataset() {}
  constexpr explicit ArangeDataset(int examples) : num_examples(examples) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("num_examples", &ArangeDataset::num_examples, "number of examples").at_least(1);
  }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return vector_space(1);
    return {};
  }
  std::shared_ptr<const Table> load() const override;
};

/// Examples start .. stop - 1 of an endless set that looks like handwritten digits: 784 pixels,
/// labels 0 to 9. See DigitStream.
class DrawnDigits : public Dataset {
 public:
  static constexpr const char* yaml = "DrawnDigits";
  static constexpr const char* doc = "an endless stream of drawn digits";
  int start = 0, stop = 60000;
  int seed = 0;

  constexpr DrawnDigits() {}
  constexpr DrawnDigits(int first, int end, int stream = 0)
      : start(first), stop(end), seed(stream) {}
  template <class K>
  static constexpr void keys(K& key) {
    key("start", &DrawnDigits::start, "first digit of the stream").at_least(0);
    key("stop", &DrawnDigits::stop, "one after the last digit").at_least(0);
    key("seed", &DrawnDigits::seed, "which stream");
  }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return vector_space(784);
    if (source == "targets") return index_space(10);
    return {};
  }
  void check() const;
  std::shared_ptr<const Table> load() const override;
};

}  // namespace ansatz
