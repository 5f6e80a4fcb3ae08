// Preprocessors of images: patches, windows, smaller images; and those that choose examples.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/job/preprocessor.hpp>
#include <ansatz/spaces/rows_columns.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// What makes other images of images, all in memory. The data set's features must be images.
class ImagePreprocessor : public Preprocessor {
 public:
  constexpr bool learns() const override { return false; }
};

/// num_patches patches, each from a random place of a random image, with all its channels. There
/// are no targets any more. The same generator of NumPy as Pylearn2's, so the same patches.
///
///     ExtractPatches(RowsColumns(6), 100000)
class ExtractPatches : public ImagePreprocessor {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.preprocessing.ExtractPatches";
  static constexpr const char* doc = "random patches of images";
  RowsColumns patch_shape;
  int num_patches = 0;
  Seed rng;

  constexpr ExtractPatches() {}
  template <KeyOf<ExtractPatches>... O>
  constexpr ExtractPatches(const RowsColumns& shape, int count, const O&... options)
      : patch_shape(shape), num_patches(count) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("patch_shape", &ExtractPatches::patch_shape, "rows and columns of a patch");
    key.required("num_patches", &ExtractPatches::num_patches, "number of patches").at_least(1);
    key("rng", &ExtractPatches::rng, "seed; default [1, 2, 3]");
  }
  void check() const;
  constexpr SpaceInfo output_space(const SpaceInfo& images) const override {
    return conv2d_space(patch_shape.rows, patch_shape.columns, images.channels());
  }
  std::shared_ptr<PreprocessorRun> start() const override;
};

/// The patches of each image on a grid, row by row; each has its image's targets.
class ExtractGridPatches : public ImagePreprocessor {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.preprocessing.ExtractGridPatches";
  static constexpr const char* doc = "the patches of images on a grid";
  RowsColumns patch_shape, patch_stride;

  constexpr ExtractGridPatches() {}
  constexpr ExtractGridPatches(const RowsColumns& shape, const RowsColumns& stride)
      : patch_shape(shape), patch_stride(stride) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("patch_shape", &ExtractGridPatches::patch_shape, "rows and columns of a patch");
    key.required("patch_stride", &ExtractGridPatches::patch_stride,
                 "from one patch to the next; 0: only the first");
  }
  void check() const;
  constexpr SpaceInfo output_space(const SpaceInfo& images) const override {
    return conv2d_space(patch_shape.rows, patch_shape.columns, images.channels());
  }
  std::shared_ptr<PreprocessorRun> start() const override;
};

/// The images whose patches, side by side, the examples are: what undoes an ExtractGridPatches
/// whose stride was the patch's shape.
class ReassembleGridPatches : public ImagePreprocessor {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.preprocessing.ReassembleGridPatches";
  static constexpr const char* doc = "images of their patches";
  RowsColumns orig_shape, patch_shape;

  constexpr ReassembleGridPatches() {}
  constexpr ReassembleGridPatches(const RowsColumns& image, const RowsColumns& patch)
      : orig_shape(image), patch_shape(patch) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("orig_shape", &ReassembleGridPatches::orig_shape, "rows and columns of an image");
    key.required("patch_shape", &ReassembleGridPatches::patch_shape, "rows and columns of a patch");
  }
  void check() const;
  constexpr SpaceInfo output_space(const SpaceInfo& patches) const override {
    return conv2d_space(orig_shape.rows, orig_shape.columns, patches.channels());
  }
  std::shared_ptr<PreprocessorRun> start() const override;
};

/// The middle of each image.
class CentralWindow : public ImagePreprocessor {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.preprocessing.CentralWindow";
  static constexpr const char* doc = "the middle of each image";
  RowsColumns window_shape;

  constexpr CentralWindow() {}
  constexpr explicit CentralWindow(const RowsColumns& shape) : window_shape(shape) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("window_shape", &CentralWindow::window_shape, "rows and columns of the middle");
  }
  void check() const;
  constexpr SpaceInfo output_space(const SpaceInfo& images) const override {
    return conv2d_space(window_shape.rows, window_shape.columns, images.channels());
  }
  std::shared_ptr<PreprocessorRun> start() const override;
};

/// Smaller images: each new pixel is the mean of sampling_factor pixels; those left over at the far
/// edges are left out.
class Downsample : public ImagePreprocessor {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.preprocessing.Downsample";
  static constexpr const char* doc = "smaller images, of means";
  RowsColumns sampling_factor;

  constexpr Downsample() {}
  constexpr explicit Downsample(const RowsColumns& factor) : sampling_factor(factor) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("sampling_factor", &Downsample::sampling_factor,
                 "rows and columns that become one pixel");
  }
  void check() const;
  constexpr SpaceInfo output_space(const SpaceInfo& images) const override {
    return conv2d_space(images.rows() / sampling_factor.rows,
                        images.columns() / sampling_factor.columns, images.channels());
  }
  std::shared_ptr<PreprocessorRun> start() const override;
};

/// The examples start .. stop - 1 of a random order: Pylearn2's, in which each example in turn is
/// swapped with any of all.
class ShuffleAndSplit : public Preprocessor {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.preprocessing.ShuffleAndSplit";
  static constexpr const char* doc = "some examples of a random order";
  Seed seed;
  int start_at = 0, stop = 0;

  constexpr ShuffleAndSplit() {}
  constexpr ShuffleAndSplit(const Seed& generator, int first, int end)
      : seed(generator), start_at(first), stop(end) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("seed", &ShuffleAndSplit::seed, "seed of the order");
    key.required("start", &ShuffleAndSplit::start_at, "first example").at_least(0);
    key.required("stop", &ShuffleAndSplit::stop, "one after the last").at_least(1);
  }
  void check() const;
  constexpr bool learns() const override { return false; }
  std::shared_ptr<PreprocessorRun> start() const override;
};

/// Several preprocessors, one after the other.
///
///     Pipeline(GlobalContrastNormalization(), ZCA())
class Pipeline : public Preprocessor {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.preprocessing.Pipeline";
  static constexpr const char* doc = "several preprocessors, one after the other";
  ir::List<Shared<Preprocessor>> items;

  constexpr Pipeline() {}
  template <class... P>
    requires(sizeof...(P) > 0 && (std::is_base_of_v<Preprocessor, P> && ...))
  constexpr explicit Pipeline(const P&... items_given) {
    (items.push_back(Shared<Preprocessor>(items_given)), ...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key("items", &Pipeline::items, "the preprocessors");
  }
  constexpr bool learns() const override {
    for (const Shared<Preprocessor>& each : items)
      if (each->learns()) return true;
    return false;
  }
  constexpr SpaceInfo output_space(const SpaceInfo& features) const override {
    SpaceInfo space = features;
    for (const Shared<Preprocessor>& each : items) space = each->output_space(space);
    return space;
  }
  std::shared_ptr<PreprocessorRun> start() const override;
};

}  // namespace ansatz
