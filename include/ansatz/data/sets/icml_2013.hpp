// Two of the contests of the ICML 2013 workshop on representation learning.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/preprocessor.hpp>
#include <ansatz/spaces/axis_order.hpp>

#include <utility>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What the two have in common.
class Icml2013Set : public Dataset, public Preprocessing {
 public:
  String which_set, base_path;
  std::optional<int> start, stop;

  template <class K>
  static constexpr void keys(K& key) {
    key("base_path", &Icml2013Set::base_path,
        "the folder with train.csv and test.csv; default: the set's own under the data path")
        .is_path();
    key("start", &Icml2013Set::start, "first example").at_least(0);
    key("stop", &Icml2013Set::stop, "one after the last example; default: to the end").at_least(0);
    preprocessing_keys(key);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  void check() const;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;

 protected:
  virtual const char* folder() const = 0;
  std::string file() const;
  /// The range of so many examples.
  std::pair<std::int64_t, std::int64_t> range(std::int64_t examples) const;
};

/// The black box: 1875 numbers whose meaning is not told, in nine classes (Goodfellow et al. 2013).
/// Files as the contest gave them: icml_2013_black_box/train.csv ('train', 1000: a label 1 to 9 and
/// the numbers), test.csv ('public_test', 10000, no targets), and extra_unsupervised_data.npy
/// ('extra', [1875, examples], no targets). The first lines hold names. Class k is label k + 1.
class BlackBoxDataset : public Icml2013Set {
 public:
  static constexpr const char* yaml =
      "pylearn2.scripts.icml_2013_wrepl.black_box.black_box_dataset.BlackBoxDataset";
  static constexpr const char* doc = "the black box contest: 1875 numbers in nine classes";
  constexpr BlackBoxDataset() {}
  template <KeyOf<BlackBoxDataset>... O>
  constexpr explicit BlackBoxDataset(const char* set_name, const O&... options) {
    which_set = set_name;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("which_set", &BlackBoxDataset::which_set, "'train', 'public_test' or 'extra'");
    Icml2013Set::keys(key);
  }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return vector_space(1875);
    if (source == "targets" && which_set == "train") return index_space(9);
    return {};
  }
  std::shared_ptr<const Table> load() const override;

 protected:
  const char* folder() const override { return "icml_2013_black_box"; }
};

/// Faces of 48 x 48 grey pixels, 0 to 255, with seven expressions (angry, disgust, fear, happy,
/// sad, surprise, neutral). Files as the contest gave them: icml_2013_emotions/train.csv ('train',
/// 28709: a label 0 to 6, a comma, 2304 pixels between blanks) and test.csv ('public_test', pixels
/// only). The first lines hold names.
class EmotionsDataset : public Icml2013Set {
 public:
  static constexpr const char* yaml =
      "pylearn2.scripts.icml_2013_wrepl.emotions.emotions_dataset.EmotionsDataset";
  static constexpr const char* doc = "the emotions contest: faces with seven expressions";
  AxisOrder axes;
  constexpr EmotionsDataset() {}
  template <KeyOf<EmotionsDataset>... O>
  constexpr explicit EmotionsDataset(const char* set_name, const O&... options) {
    which_set = set_name;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("which_set", &EmotionsDataset::which_set, "'train' or 'public_test'");
    key("axes", &EmotionsDataset::axes, "accepted and ignored: a model takes any order");
    Icml2013Set::keys(key);
  }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return conv2d_space(48, 48, 1);
    if (source == "targets" && which_set == "train") return index_space(7);
    return {};
  }
  std::shared_ptr<const Table> load() const override;

 protected:
  const char* folder() const override { return "icml_2013_emotions"; }
};

}  // namespace ansatz
