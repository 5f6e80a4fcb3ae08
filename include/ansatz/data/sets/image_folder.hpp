// ImageFolder: photographs in folders, a folder a class.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/preprocessor.hpp>
#include <ansatz/spaces/rows_columns.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// PNG and JPEG files below a folder. Each folder inside is a class, in natural order (img2 before
/// img10); with no folder inside there are no targets. Pictures of another size are resized;
/// pixels are 0 to 1. All files are read once before anything is trained, so that one that is
/// damaged is told at once; batches are read from the files, in any order, and a thread prepares
/// the next ones. Sources: features, a Conv2DSpace; targets, labels.
///
///     !obj:ImageFolder { path: photos/train, size: [32, 32] }
class ImageFolder : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "ImageFolder";
  static constexpr const char* doc = "PNG and JPEG files, a folder a class";
  String path;
  RowsColumns size;
  int channels = 3;
  int num_classes = 0;
  bool load_all = false;

  constexpr ImageFolder() {}
  template <KeyOf<ImageFolder>... O>
  constexpr ImageFolder(const char* folder, const RowsColumns& pixels, const O&... options)
      : path(folder), size(pixels) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("path", &ImageFolder::path, "the folder").is_path();
    key.required("size", &ImageFolder::size, "rows and columns of the images");
    key("channels", &ImageFolder::channels, "3: colours; 1: grey").from_to(1, 3);
    key("num_classes", &ImageFolder::num_classes,
        "so many folders there must be; 0: as many as there are")
        .at_least(0);
    key("load_all", &ImageFolder::load_all, "keep all images in memory");
    preprocessing_keys(key);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return conv2d_space(size.rows, size.columns, channels);
    if (source == "targets" && num_classes > 0) return index_space(num_classes);
    return {};
  }
  void check() const;
  std::shared_ptr<const Table> load() const override;
  std::shared_ptr<const BatchSource> open() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;
};

}  // namespace ansatz
