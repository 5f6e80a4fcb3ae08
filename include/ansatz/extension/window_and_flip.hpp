// WindowAndFlip: other windows of the images in every epoch.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/extension.hpp>
#include <ansatz/spaces/rows_columns.hpp>

#include <initializer_list>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Of the data sets in `randomize`, each image is read as a window of it at a random place, flipped
/// left to right half of the time: another one after every record. Those in randomize_once have one
/// window for the whole run, those in `center` the middle. Images that are windowed at random have
/// pad_randomized zeros around them first. The same windows as Pylearn2's; they are drawn again
/// when a run is resumed. `predict` and `evaluate` take the middle of images that are larger than
/// the window.
///
///     const Shared<Dataset> train = CIFAR10("train"), test = CIFAR10("test");
///     WindowAndFlip(RowsColumns(32), randomize({train}), center({test}), pad_randomized(8))
class WindowAndFlip : public Extension {
 public:
  static constexpr const char* yaml = "pylearn2.train_extensions.window_flip.WindowAndFlip";
  static constexpr const char* doc = "random windows of images, flipped at random, in every epoch";
  static constexpr const char* also[] = {"pylearn2.train_extensions.window_flip.WindowAndFlipC01B"};
  RowsColumns window_shape;
  ir::List<Shared<Dataset>> randomize, randomize_once, center;
  Seed rng;
  int pad_randomized = 0;
  bool flip = true;

  constexpr WindowAndFlip() {}
  template <KeyOf<WindowAndFlip>... O>
  constexpr explicit WindowAndFlip(const RowsColumns& window, const O&... options)
      : window_shape(window) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = WindowAndFlip;
    key.required("window_shape", &Self::window_shape, "rows and columns of a window");
    key("randomize", &Self::randomize, "data sets with other windows in every epoch");
    key("randomize_once", &Self::randomize_once, "data sets with one random window for each image");
    key("center", &Self::center, "data sets of which the middle is read");
    key("rng", &Self::rng, "seed; default [2013, 2, 20]");
    key("pad_randomized", &Self::pad_randomized,
        "so many zeros around images before a random window is taken")
        .at_least(0);
    key("flip", &Self::flip, "whether half of the random windows are flipped left to right");
  }
  void check() const;
  constexpr bool changes_data() const override { return true; }
  constexpr SpaceInfo read_space(const Dataset& set, std::string_view source,
                                 const SpaceInfo& space) const override {
    if (source != "features" || space.kind != SpaceKind::conv2d || !changes(set)) return space;
    return conv2d_space(window_shape.rows, window_shape.columns, space.channels());
  }
  std::shared_ptr<const BatchSource> read_new(
      std::shared_ptr<const BatchSource> data) const override;
  std::unique_ptr<ExtensionRun> start(Session& session) const override;

 private:
  constexpr bool changes(const Dataset& set) const {
    for (const auto* list : {&randomize, &randomize_once, &center})
      for (const Shared<Dataset>& each : *list)
        if (each.get() == &set) return true;
    return false;
  }
};

constexpr Given<"randomize", ir::List<Shared<Dataset>>> randomize(
    std::initializer_list<Shared<Dataset>> sets) {
  ir::List<Shared<Dataset>> list;
  for (const Shared<Dataset>& each : sets) list.push_back(each);
  return {list};
}
constexpr Given<"randomize_once", ir::List<Shared<Dataset>>> randomize_once(
    std::initializer_list<Shared<Dataset>> sets) {
  return {randomize(sets).value};
}
constexpr Given<"center", ir::List<Shared<Dataset>>> center(
    std::initializer_list<Shared<Dataset>> sets) {
  return {randomize(sets).value};
}

}  // namespace ansatz
