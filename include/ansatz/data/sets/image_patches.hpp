// ImagePatches: random parts of large pictures.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/preprocessor.hpp>
#include <ansatz/spaces/rows_columns.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// num_patches random parts of the PNG and JPEG files below a folder, which may be large and of
/// different sizes: no more than `cached` of them are in memory at a time. Each group of
/// 1000 * cached patches comes from as many pictures, of which all are drawn equally often; places
/// are uniform. Pixels are 0 to 1. Source: features, a Conv2DSpace; no targets.
///
///     !obj:ImagePatches { path: photos, patch_shape: [14, 14], num_patches: 100000 }
class ImagePatches : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "ImagePatches";
  static constexpr const char* doc = "random parts of large pictures";
  String path;
  RowsColumns patch_shape;
  int num_patches = 0;
  int channels = 1, cached = 16;
  Seed rng;

  constexpr ImagePatches() {}
  template <KeyOf<ImagePatches>... O>
  constexpr ImagePatches(const char* folder, const RowsColumns& patch, int count,
                         const O&... options)
      : path(folder), patch_shape(patch), num_patches(count) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("path", &ImagePatches::path, "the folder").is_path();
    key.required("patch_shape", &ImagePatches::patch_shape, "rows and columns of a patch");
    key.required("num_patches", &ImagePatches::num_patches, "number of patches").at_least(1);
    key("channels", &ImagePatches::channels, "1: grey; 3: colours").from_to(1, 3);
    key("cached", &ImagePatches::cached, "pictures in memory at a time").at_least(1);
    key("rng", &ImagePatches::rng, "seed; default [1, 2, 3]");
    preprocessing_keys(key);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return conv2d_space(patch_shape.rows, patch_shape.columns, channels);
    return {};
  }
  void check() const;
  std::shared_ptr<const Table> load() const override;
  std::shared_ptr<const BatchSource> open() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;
};

}  // namespace ansatz
