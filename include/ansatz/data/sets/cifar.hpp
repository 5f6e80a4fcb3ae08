// CIFAR-10 and CIFAR-100: 32 x 32 colour images.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/preprocessor.hpp>
#include <ansatz/spaces/axis_order.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What the two sets share: images of 32 x 32 pixels and three colours, 0 to 255, with labels, from
/// the binary form of the sets (Krizhevsky 2009). Sources: features, a Conv2DSpace(32, 32, 3);
/// targets.
class CifarImages : public Dataset, public Preprocessing {
 public:
  String which_set;
  bool center = false, rescale = false, toronto_prepro = false;
  std::optional<double> gcn;
  int start = 0;
  std::optional<int> stop;
  AxisOrder axes;
  ir::List<String> files_given;

  template <class K>
  static constexpr void keys(K& key) {
    key.required("which_set", &CifarImages::which_set, "'train' (50000) or 'test' (10000)");
    key("center", &CifarImages::center, "subtract 127.5");
    key("rescale", &CifarImages::rescale, "divide by 127.5");
    key("gcn", &CifarImages::gcn,
        "each image without its mean, and of this length: global contrast normalisation")
        .above(0);
    key("toronto_prepro", &CifarImages::toronto_prepro,
        "divide by 255 and subtract the mean of each number in the training set");
    key("start", &CifarImages::start, "first example").at_least(0);
    key("stop", &CifarImages::stop, "one after the last example; default: to the end").at_least(0);
    key("axes", &CifarImages::axes, "accepted and ignored: a model takes any order");
    key("files", &CifarImages::files_given,
        "files in the binary form, instead of those of which_set");
    preprocessing_keys(key);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return conv2d_space(32, 32, 3);
    if (source == "targets") return index_space(classes());
    return {};
  }
  void check() const;
  std::shared_ptr<const Table> load() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;
  std::string fetched_as() const override;

 protected:
  constexpr virtual int classes() const = 0;
  /// The files of a set, under the data path.
  std::vector<std::string> files_of(std::string_view set) const;
};

/// CIFAR-10: `CIFAR10("train", stop(40000))`. Files: cifar10/cifar-10-batches-bin/*.bin[.gz].
/// Labels: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck.
class CIFAR10 : public CifarImages {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.cifar10.CIFAR10";
  static constexpr const char* doc = "colour photographs of 32 x 32 pixels in ten classes";
  constexpr CIFAR10() {}
  template <KeyOf<CifarImages>... O>
  constexpr explicit CIFAR10(const char* set_name, const O&... options) {
    which_set = set_name;
    give(static_cast<CifarImages&>(*this), options...);
  }

 protected:
  constexpr int classes() const override { return 10; }
};

/// CIFAR-100, with its fine labels. Files: cifar100/cifar-100-binary/{train,test}.bin[.gz].
class CIFAR100 : public CifarImages {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.cifar100.CIFAR100";
  static constexpr const char* doc = "colour photographs of 32 x 32 pixels in a hundred classes";
  constexpr CIFAR100() {}
  template <KeyOf<CifarImages>... O>
  constexpr explicit CIFAR100(const char* set_name, const O&... options) {
    which_set = set_name;
    give(static_cast<CifarImages&>(*this), options...);
  }

 protected:
  constexpr int classes() const override { return 100; }
};

}  // namespace ansatz
