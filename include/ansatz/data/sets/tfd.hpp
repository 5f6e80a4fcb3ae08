// TFD: faces with seven expressions.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/preprocessor.hpp>
#include <ansatz/spaces/axis_order.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The Toronto Face Dataset (Susskind, Anderson, Hinton 2010): grey faces of 48 x 48 or 96 x 96
/// pixels, 0 to 255, of seven expressions, in five folds. Sets: 'train', 'valid', 'test',
/// 'full_train' (train and valid), 'unlabeled' (no targets).
///
/// File: faces/TFD/TFD_48x48.mat (or 96x96), of MATLAB's version 5 or 7.3, or the same arrays in
/// an .npz of that name: images [examples, size, size], labs_ex [examples] (expressions 1 to 7)
/// and folds [examples, 5] (0 unlabeled, 1 train, 2 valid, 3 test).
class TFD : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.tfd.TFD";
  static constexpr const char* doc = "faces with seven expressions";
  String which_set;
  int fold = 0, image_size = 48;
  ir::List<int> example_range;
  bool center = false, scale = false, shuffle = false;
  Seed rng;
  Seed seed;
  AxisOrder axes;

  constexpr TFD() {}
  template <KeyOf<TFD>... O>
  constexpr explicit TFD(const char* set_name, const O&... options) : which_set(set_name) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("which_set", &TFD::which_set,
                 "'train', 'valid', 'test', 'full_train' or 'unlabeled'");
    key("fold", &TFD::fold, "which of the five folds, from 0").from_to(0, 4);
    key("image_size", &TFD::image_size, "48 or 96 pixels");
    key("example_range", &TFD::example_range, "first example, and one after the last").at_least(0);
    key("center", &TFD::center, "subtract 127.5");
    key("scale", &TFD::scale, "divide by 255").not_with("center");
    key("shuffle", &TFD::shuffle, "bring the examples into a random order");
    key("rng", &TFD::rng, "the generator that shuffles, instead of seed").only_with("shuffle");
    key("seed", &TFD::seed, "seed of the order; default 132987").only_with("shuffle");
    key("axes", &TFD::axes, "accepted and ignored: a model takes any order");
    preprocessing_keys(key);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return conv2d_space(image_size, image_size, 1);
    if (source == "targets" && which_set != "unlabeled") return index_space(7);
    return {};
  }
  void check() const;
  std::shared_ptr<const Table> load() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;
};

}  // namespace ansatz
