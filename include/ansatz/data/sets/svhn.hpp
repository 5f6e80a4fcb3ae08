// SVHN: house numbers, 32 x 32 pixels in colour.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/preprocessor.hpp>
#include <ansatz/spaces/axis_order.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Digits cut out of photographs of house numbers (Netzer et al. 2011), the cropped form: images of
/// 32 x 32 pixels and three colours, 0 to 255, with ten classes; class k is the digit k + 1, and
/// class 9 the digit 0, as Pylearn2 has them. Sets: 'train' (73257), 'test' (26032), 'extra'
/// (531131), 'train_all' (extra, then train); 'valid' is 400 of each class of train and 200 of
/// extra, drawn by RandomState(322), and 'splitted_train' the rest of both (Sermanet et al. 2012).
///
/// Files, in `path` or SVHN/format2 under the data path: h5/SET_32x32.h5 as Pylearn2 makes them
/// (arrays /Data/X [examples, 3072], one colour after the other, and /Data/y, one-hot or labels),
/// read batch by batch; where there is none, {train,test,extra}_32x32.mat as they are published,
/// which are kept as bytes (and are found in svhn/ as well, where `ansatz data fetch` puts them).
class SVHN : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.svhn.SVHN";
  static constexpr const char* doc = "house numbers in colour, in ten classes";
  String which_set, path;
  bool center = false, scale = false;
  std::optional<int> start, stop;
  AxisOrder axes;

  constexpr SVHN() {}
  template <KeyOf<SVHN>... O>
  constexpr explicit SVHN(const char* set_name, const O&... options) : which_set(set_name) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("which_set", &SVHN::which_set,
                 "'train', 'test', 'extra', 'train_all', 'splitted_train' or 'valid'");
    key("path", &SVHN::path, "the folder; default: SVHN/format2 under the data path").is_path();
    key("center", &SVHN::center, "subtract 127.5, and with scale divide by 127.5");
    key("scale", &SVHN::scale, "divide by 255");
    key("start", &SVHN::start, "first example").at_least(0);
    key("stop", &SVHN::stop, "one after the last example; default: to the end").at_least(0);
    key("axes", &SVHN::axes, "accepted and ignored: a model takes any order");
    preprocessing_keys(key);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return conv2d_space(32, 32, 3);
    if (source == "targets") return index_space(10);
    return {};
  }
  void check() const;
  std::shared_ptr<const Table> load() const override;
  std::shared_ptr<const BatchSource> open() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;
  std::string fetched_as() const override;
};

/// The same, all of it in memory as floats.
class SVHN_On_Memory : public SVHN {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.svhn.SVHN_On_Memory";
  static constexpr const char* doc = "house numbers in colour, in memory";
  using SVHN::SVHN;
  constexpr SVHN_On_Memory() {}
  std::shared_ptr<const BatchSource> open() const override;
};

}  // namespace ansatz
