// The problems with many factors of variation of Larochelle et al. (ICML 2007).
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/preprocessor.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Images of 28 x 28 grey pixels, 0 to 1, with labels (Larochelle, Erhan, Courville, Bergstra,
/// Bengio 2007). Files: icml07data/npy/NAME_{inputs,labels}.npy under the data path: numbers
/// [examples, 784] and labels [examples]. `split` says how many are for training, for validation
/// and for the test, in this order.
class Icml2007Set : public Dataset, public Preprocessing {
 public:
  String which_set;
  ir::List<int> split;

  template <class K>
  static constexpr void keys(K& key) {
    key.required("which_set", &Icml2007Set::which_set, "'train', 'valid' or 'test'");
    key("split", &Icml2007Set::split, "numbers of examples of the three sets").at_least(0);
    preprocessing_keys(key);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return conv2d_space(28, 28, 1);
    if (source == "targets") return index_space(classes());
    return {};
  }
  void check() const;
  std::shared_ptr<const Table> load() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;

 protected:
  constexpr Icml2007Set() {}
  constexpr Icml2007Set(int train, int valid, int test) {
    for (const int each : {train, valid, test}) split.push_back(each);
  }
  constexpr virtual int classes() const { return 2; }
  constexpr virtual const char* name() const = 0;

 private:
  std::string file(std::string_view word) const;
};

/// Digits, turned, before pieces of photographs.
class MNIST_rotated_background : public Icml2007Set {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.icml07.MNIST_rotated_background";
  static constexpr const char* also[] = {"pylearn2.datasets.mnist.MNIST_rotated_background"};
  static constexpr const char* doc = "digits, turned, before pieces of photographs";
  bool center = false;

  constexpr MNIST_rotated_background() : Icml2007Set(10000, 2000, 10000) {}
  template <class K>
  static constexpr void keys(K& key) {
    Icml2007Set::keys(key);
    key("center", &MNIST_rotated_background::center,
        "subtract the mean of each pixel over the examples of the set");
  }
  std::shared_ptr<const Table> load() const override;

 protected:
  constexpr int classes() const override { return 10; }
  constexpr const char* name() const override { return "mnist_rotated_background_images"; }
};

/// White shapes, convex or not.
class Convex : public Icml2007Set {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.icml07.Convex";
  static constexpr const char* doc = "white shapes, convex or not";
  constexpr Convex() : Icml2007Set(6000, 2000, 50000) {}

 protected:
  constexpr const char* name() const override { return "convex"; }
};

/// Outlines of rectangles, tall or wide.
class Rectangles : public Icml2007Set {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.icml07.Rectangles";
  static constexpr const char* doc = "outlines of rectangles, tall or wide";
  constexpr Rectangles() : Icml2007Set(1000, 200, 50000) {}

 protected:
  constexpr const char* name() const override { return "rectangles"; }
};

/// Rectangles cut out of photographs before others, tall or wide.
class RectanglesImage : public Icml2007Set {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.icml07.RectanglesImage";
  static constexpr const char* doc = "rectangles of photographs before others, tall or wide";
  constexpr RectanglesImage() : Icml2007Set(10000, 2000, 50000) {}

 protected:
  constexpr const char* name() const override { return "rectangles_images"; }
};

/// Any set of that form: `npy_filename` is the NAME of its files.
class ICML07DataSet : public Icml2007Set {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.icml07.ICML07DataSet";
  static constexpr const char* doc =
      "images of 28 x 28 pixels, in the form of the sets of ICML 2007";
  String npy_filename;
  int y_labels = 2;

  constexpr ICML07DataSet() {}
  constexpr ICML07DataSet(const char* file, const char* set, std::initializer_list<int> sizes)
      : npy_filename(file) {
    which_set = set;
    for (const int each : sizes) split.push_back(each);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("npy_filename", &ICML07DataSet::npy_filename,
                 "what the names of its two files begin with");
    Icml2007Set::keys(key);
    key("y_labels", &ICML07DataSet::y_labels, "number of classes").at_least(1);
  }

 protected:
  constexpr int classes() const override { return y_labels; }
  constexpr const char* name() const override { return npy_filename.c_str(); }
};

}  // namespace ansatz
