// BinarizedMNIST: black and white digits.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/preprocessor.hpp>
#include <ansatz/spaces/axis_order.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// MNIST of pixels 0 and 1, as it was drawn once for comparing models of densities (Larochelle and
/// Murray 2011; Salakhutdinov and Murray 2008): 50000, 10000 and 10000 vectors of 784 numbers, no
/// labels. Files: binarized_mnist/binarized_mnist_{train,valid,test}.npy, or the published texts
/// .amat.
class BinarizedMNIST : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.binarized_mnist.BinarizedMNIST";
  static constexpr const char* doc = "black and white digits";
  String which_set;
  bool shuffle = false;
  int start = 0;
  std::optional<int> stop;
  AxisOrder axes;

  constexpr BinarizedMNIST() {}
  template <KeyOf<BinarizedMNIST>... O>
  constexpr explicit BinarizedMNIST(const char* set_name, const O&... options)
      : which_set(set_name) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = BinarizedMNIST;
    key.required("which_set", &Self::which_set, "'train', 'valid' or 'test'");
    key("shuffle", &Self::shuffle, "bring the examples into a random order");
    key("start", &Self::start, "first example").at_least(0);
    key("stop", &Self::stop, "one after the last example; default: to the end").at_least(0);
    key("axes", &Self::axes, "accepted and ignored: a model takes any order");
    preprocessing_keys(key);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return vector_space(784);
    return {};
  }
  void check() const;
  std::shared_ptr<const Table> load() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;
  std::string fetched_as() const override { return "binarized_mnist"; }

 private:
  /// The file that is there; else "".
  std::string found() const;
  std::string file() const;
};

}  // namespace ansatz
