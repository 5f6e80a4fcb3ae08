// MNIST and Fashion-MNIST as data sets of a job.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/spaces/axis_order.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What the two sets share: 28 x 28 grey images, as vectors of 784 numbers in [0, 1], with labels
/// 0 to 9. Sources: features, targets.
class DigitImages : public Dataset, public Preprocessing {
 public:
  String which_set;
  bool center = false;
  bool shuffle = false;
  bool binarize = false;
  int start = 0;
  std::optional<int> stop;
  AxisOrder axes;
  std::optional<bool> one_hot;

  template <class K>
  static constexpr void keys(K& key) {
    key.required("which_set", &DigitImages::which_set, "'train' (60000) or 'test' (10000)");
    key("center", &DigitImages::center, "subtract the mean of each pixel");
    key("shuffle", &DigitImages::shuffle, "bring the examples into a random order");
    key("binarize", &DigitImages::binarize, "1 where a pixel is above 0.5, else 0");
    key("start", &DigitImages::start, "first example").at_least(0);
    key("stop", &DigitImages::stop, "one after the last example; default: to the end").at_least(0);
    key("axes", &DigitImages::axes, "accepted and ignored: a model takes any order");
    key("one_hot", &DigitImages::one_hot, "accepted and ignored: labels become what is asked for");
    preprocessing_keys(key);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return vector_space(784);
    if (source == "targets") return index_space(10);
    return {};
  }
  void check() const;
  std::shared_ptr<const Table> load() const override;
  std::string missing_file() const override;
  std::string fetched_as() const override;

 protected:
  template <class C, class... O>
  constexpr void set(C& self, const char* set_name, const O&... options) {
    which_set = set_name;
    give(self, options...);
  }
  /// Whether it is Fashion-MNIST.
  virtual bool fashion() const = 0;
};

/// MNIST (LeCun, Bottou, Bengio, Haffner 1998): `MNIST("train", 0, 50000)`.
class MNIST : public DigitImages {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.mnist.MNIST";
  static constexpr const char* doc = "handwritten digits";
  constexpr MNIST() {}
  template <KeyOf<DigitImages>... O>
  constexpr explicit MNIST(const char* set_name, const O&... options) {
    set(*this, set_name, options...);
  }
  template <KeyOf<DigitImages>... O>
  constexpr MNIST(const char* set_name, int first, int end, const O&... options)
      : MNIST(set_name, options...) {
    start = first;
    stop = end;
  }

 protected:
  bool fashion() const override { return false; }
};

/// Fashion-MNIST (Xiao, Rasul, Vollgraf 2017).
class FashionMNIST : public DigitImages {
 public:
  static constexpr const char* yaml = "FashionMNIST";
  static constexpr const char* doc = "pictures of clothes, in the format of MNIST";
  constexpr FashionMNIST() {}
  template <KeyOf<DigitImages>... O>
  constexpr explicit FashionMNIST(const char* set_name, const O&... options) {
    set(*this, set_name, options...);
  }
  template <KeyOf<DigitImages>... O>
  constexpr FashionMNIST(const char* set_name, int first, int end, const O&... options)
      : FashionMNIST(set_name, options...) {
    start = first;
    stop = end;
  }

 protected:
  bool fashion() const override { return true; }
};

}  // namespace ansatz
