// STL-10: 96 x 96 colour photographs, most of them without labels.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/preprocessor.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Photographs of 96 x 96 pixels and three colours, 0 to 255, in ten classes (Coates, Lee, Ng
/// 2011): 'train' (5000), 'test' (8000), 'unlabeled' (100000, no targets), in the binary form:
/// stl10/stl10_binary/{train_X,train_y,test_X,test_y,unlabeled_X}.bin[.gz] and fold_indices.txt.
/// Files that are not packed are read batch by batch. Training is meant to be done on one of the
/// ten folds of 1000 examples: `fold`, what Pylearn2's stl10.restrict does. Labels: airplane, bird,
/// car, cat, deer, dog, horse, monkey, ship, truck.
class STL10 : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.stl10.STL10";
  static constexpr const char* doc = "colour photographs of 96 x 96 pixels, most without labels";
  String which_set;
  bool center = false;
  ir::List<int> example_range;
  std::optional<int> fold;

  constexpr STL10() {}
  template <KeyOf<STL10>... O>
  constexpr explicit STL10(const char* set_name, const O&... options) : which_set(set_name) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("which_set", &STL10::which_set, "'train', 'test' or 'unlabeled'");
    key("center", &STL10::center, "subtract 127.5");
    key("example_range", &STL10::example_range, "first example, and one after the last")
        .at_least(0);
    key("fold", &STL10::fold, "of 'train': one of the ten folds of 1000 examples, from 0")
        .from_to(0, 9);
    preprocessing_keys(key);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return conv2d_space(96, 96, 3);
    if (source == "targets" && which_set != "unlabeled") return index_space(10);
    return {};
  }
  void check() const;
  std::shared_ptr<const Table> load() const override;
  std::shared_ptr<const BatchSource> open() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;
  std::string fetched_as() const override { return "stl10"; }
};

}  // namespace ansatz
