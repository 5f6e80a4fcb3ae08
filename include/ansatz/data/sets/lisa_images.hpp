// Sets of images whose files the makers of Pylearn2 had.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/preprocessor.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Colour photographs of 32 x 32 pixels, 0 to 255, of the contest of NIPS 2011. Files of text, as
/// they were given out, the first number of all images, then the second: under the data path
/// TLChallenge/training/training-{data,labels}.dat and TLChallenge/unlabelled_tiny.dat, or
/// `custom_path`. Targets of 'train' are the twenty coarse classes of CIFAR-100.
class TL_Challenge : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.tl_challenge.TL_Challenge";
  static constexpr const char* doc = "colour photographs of 32 x 32 pixels, few with labels";
  String which_set, custom_path;
  bool center = false;

  constexpr TL_Challenge() {}
  template <KeyOf<TL_Challenge>... O>
  constexpr explicit TL_Challenge(const char* set_name, const O&... options) : which_set(set_name) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = TL_Challenge;
    key.required("which_set", &Self::which_set, "'train', 'unlabeled' or 'custom'");
    key("center", &Self::center, "subtract 127.5");
    key("custom_path", &Self::custom_path, "of 'custom': the file").is_path();
    preprocessing_keys(key);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return conv2d_space(32, 32, 3);
    return source == "targets" && which_set == "train" ? index_space(20) : SpaceInfo();
  }
  void check() const;
  std::shared_ptr<const Table> load() const override;
  std::shared_ptr<const BatchSource> open() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;

 private:
  std::string file() const;
};

/// Digits of 48 x 48 grey pixels, of which it is known how they were turned, lit and embossed.
/// File: mnistplus/mnistplus.npz under the data path, with the arrays `data` [70000, 2304] and
/// `label`, `azimuth`, `rotation` and `texture_id`, or those that are asked for; Pylearn2 reads the
/// same as a pickle. The first 50000 are for training, then 10000 each for validation and test.
/// Targets are classes, or a number of which 1 is a full turn.
///
///     MNISTPlus("train", "azimuth")
class MNISTPlus : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.mnistplus.MNISTPlus";
  static constexpr const char* doc = "digits of 48 x 48 pixels, turned, lit and embossed";
  String which_set, label_type;
  bool center = false, contrast_normalize = false;
  Seed seed;

  constexpr MNISTPlus() {}
  constexpr explicit MNISTPlus(const char* set_name, const char* targets = "")
      : which_set(set_name), label_type(targets) {}
  template <class K>
  static constexpr void keys(K& key) {
    using Self = MNISTPlus;
    key.required("which_set", &Self::which_set, "'train', 'valid' or 'test'");
    key("label_type", &Self::label_type, "targets: 'label', 'azimuth', 'rotation', 'texture_id'");
    key("center", &Self::center, "subtract the mean of each pixel over the examples");
    key("contrast_normalize", &Self::contrast_normalize,
        "each image without its mean, and divided by its deviation");
    key("seed", &Self::seed, "accepted and ignored: nothing is drawn");
    preprocessing_keys(key);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return conv2d_space(48, 48, 1);
    if (source != "targets") return {};
    if (label_type == "label") return index_space(10);
    return label_type == "azimuth" || label_type == "rotation" ? vector_space(1) : SpaceInfo();
  }
  void check() const;
  std::shared_ptr<const Table> load() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;
};

/// Drawn fish of 64 x 64 grey pixels, in all places and sizes (Franzius, Wilbert, Wiskott 2008).
/// File: wiskott/wiskott_fish_layer0_15_standard_64x64_shuffled.npy under the data path, numbers
/// [examples, 4096], white 0; here white is 1.
class Wiskott : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.wiskott.Wiskott";
  static constexpr const char* doc = "drawn fish of 64 x 64 pixels";
  template <class K>
  static constexpr void keys(K& key) {
    preprocessing_keys(key);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    return source == "features" ? conv2d_space(64, 64, 1) : SpaceInfo();
  }
  std::shared_ptr<const Table> load() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;
};

}  // namespace ansatz
