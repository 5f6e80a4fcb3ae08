// Handwritten letters of words.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/preprocessor.hpp>
#include <ansatz/spaces/axis_order.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Letters of 16 x 8 pixels, 0 or 1, in 26 classes, a to z (Kassel; Taskar, Guestrin, Koller 2003).
/// The first 32152 are for training, then 10000 for validation and 10000 for the test. File:
/// ocr_letters/letter.data[.gz], as it is published: a line a letter, divided by tabs.
class OCR : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.ocr.OCR";
  static constexpr const char* doc = "handwritten letters of 16 x 8 pixels";
  String which_set;
  AxisOrder axes;

  constexpr OCR() {}
  template <KeyOf<OCR>... O>
  constexpr explicit OCR(const char* set_name, const O&... options) : which_set(set_name) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("which_set", &OCR::which_set,
                 "'train' (32152), 'valid' (10000) or 'test' (10000)");
    key("axes", &OCR::axes, "accepted and ignored: a model takes any order");
    preprocessing_keys(key);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return conv2d_space(16, 8, 1);
    if (source == "targets") return index_space(26);
    return {};
  }
  void check() const;
  std::shared_ptr<const Table> load() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;
};

}  // namespace ansatz
