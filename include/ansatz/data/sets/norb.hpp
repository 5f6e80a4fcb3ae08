// NORB: pairs of pictures of toys, in grey.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/preprocessor.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Stereo pairs of toys from many sides and in different light (LeCun, Huang, Bottou 2004): small
/// NORB has 24300 + 24300 pairs of 96 x 96 pixels in five categories (animal, human, airplane,
/// truck, car), the big one 291600 + 58320 of 108 x 108 with a sixth category, nothing. Pixels are
/// 0 to 255; the two pictures are two channels, left and right.
///
/// Targets are the category; with multi_target, numbers: category, instance, elevation, azimuth,
/// lighting and, of the big set, six more. Files, plain or gzip, as they are published:
/// norb_small/original/smallnorb-5x…-{training,testing}-{dat,cat,info}.mat, or in norb_small/
/// itself; norb/original/norb-5x…-{training,testing}-NN-….mat.
class NORB : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.new_norb.NORB";
  static constexpr const char* doc = "stereo pairs of toys";
  String which_norb, which_set;
  bool multi_target = false;
  std::optional<int> stop;
  String image_dtype = "uint8";

  constexpr NORB() {}
  template <KeyOf<NORB>... O>
  constexpr NORB(const char* norb, const char* set_name, const O&... options)
      : which_norb(norb), which_set(set_name) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("which_norb", &NORB::which_norb, "'small' or 'big'");
    key.required("which_set", &NORB::which_set, "'train', 'test', or 'both': train, then test");
    key("image_dtype", &NORB::image_dtype, "accepted and ignored: bytes are kept as bytes");
    norb_keys(key);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    const bool big = which_norb == "big";
    const int side = big ? 108 : 96;
    if (source == "features") return conv2d_space(side, side, 2);
    if (source != "targets") return {};
    return multi_target ? vector_space(big ? 11 : 5) : index_space(big ? 6 : 5);
  }
  void check() const;
  std::shared_ptr<const Table> load() const override;
  std::shared_ptr<const BatchSource> open() const override;
  std::string missing_file() const override;
  void files(std::vector<std::string>& list) const override;
  std::string fetched_as() const override;

 protected:
  /// What is taken from each pixel.
  virtual float subtracted() const { return 0; }
  /// Whether the file with what is known beside the category is read.
  virtual bool reads_facts() const { return multi_target; }
  template <class K>
  static constexpr void norb_keys(K& key) {
    key("multi_target", &NORB::multi_target, "targets are all that is known of a pair");
    key("stop", &NORB::stop, "one after the last example; default: to the end").at_least(1);
    preprocessing_keys(key);
  }
};

/// The small set: `SmallNORB("train")`.
class SmallNORB : public NORB {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.norb.SmallNORB";
  static constexpr const char* doc = "stereo pairs of toys, 96 x 96 pixels";
  constexpr SmallNORB() { which_norb = "small"; }
  template <KeyOf<SmallNORB>... O>
  constexpr explicit SmallNORB(const char* set_name, const O&... options) : SmallNORB() {
    which_set = set_name;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("which_set", &SmallNORB::which_set, "'train', 'test', or 'both'");
    norb_keys(key);
  }
};

/// The small set as Pylearn2's older class has it, of which the pixels can be centred. That class
/// reads copies in NumPy's form; here the published files are read.
class NORBSmall : public NORB {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.norb_small.NORBSmall";
  static constexpr const char* doc = "stereo pairs of toys, 96 x 96 pixels";
  bool center = false;

  constexpr NORBSmall() { which_norb = "small"; }
  template <KeyOf<NORBSmall>... O>
  constexpr explicit NORBSmall(const char* set_name, const O&... options) : NORBSmall() {
    which_set = set_name;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("which_set", &NORBSmall::which_set, "'train' or 'test'");
    key("center", &NORBSmall::center, "subtract 127.5");
    norb_keys(key);
  }
  void check() const;

 protected:
  float subtracted() const override { return center ? 127.5f : 0; }
};

/// Small NORB as a retina sees it: the middle of each picture sharp, rings 8, 4, 2 and 2 pixels
/// wide around it as means, 2 x 4488 numbers a pair (see RetinaEncodingBlock). Pylearn2 reads them
/// from files that its makers had; here they are made from the published ones.
class FoveatedNORB : public NORB {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.norb_small.FoveatedNORB";
  static constexpr const char* doc = "stereo pairs of toys, coarse at the edge";
  bool center = false, scale = false;
  int start = 0;
  ir::List<int> restrict_instances;

  constexpr FoveatedNORB() { which_norb = "small"; }
  template <KeyOf<FoveatedNORB>... O>
  constexpr explicit FoveatedNORB(const char* set_name, const O&... options) : FoveatedNORB() {
    which_set = set_name;
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = FoveatedNORB;
    key.required("which_set", &Self::which_set, "'train' or 'test'");
    key("center", &Self::center, "subtract 127.5");
    key("scale", &Self::scale, "divide by 127.5 where they are centred, else by 255");
    key("start", &Self::start, "first example").at_least(0);
    key("stop", &Self::stop, "one after the last example; default: to the end").at_least(1);
    key("restrict_instances", &Self::restrict_instances,
        "only these toys of each category; not with start or stop")
        .from_to(0, 9)
        .not_with("start")
        .not_with("stop");
    preprocessing_keys(key);
  }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    return source == "features" ? vector_space(2 * 4488) : NORB::source_space(source);
  }
  void check() const;
  std::shared_ptr<const Table> load() const override;
  std::shared_ptr<const BatchSource> open() const override;

 protected:
  bool reads_facts() const override { return !restrict_instances.empty(); }
};

}  // namespace ansatz
