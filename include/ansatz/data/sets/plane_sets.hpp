// Points of the plane, drawn: small problems whose answer can be looked at.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/job/dataset.hpp>
#include <ansatz/job/preprocessor.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// An endless stream of points [2]: x is uniform between min_x and max_x, y is cos x and a normal
/// number of standard deviation `std`. There are no targets. Each point takes its two numbers from
/// NumPy's RandomState(rng) in turn, so that the points do not depend on the batch size; Pylearn2
/// draws all x of a batch and then all y.
class CosDataset : public Dataset {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.cos_dataset.CosDataset";
  static constexpr const char* doc = "points about a cosine, without end";
  double min_x = -6.28, max_x = 6.28, deviation = .05;
  Seed rng;

  constexpr CosDataset() {}
  template <class K>
  static constexpr void keys(K& key) {
    key("min_x", &CosDataset::min_x, "least x").not_above("max_x");
    key("max_x", &CosDataset::max_x, "largest x");
    key("std", &CosDataset::deviation, "standard deviation of y about cos x").at_least(0);
    key("rng", &CosDataset::rng, "seed; default 42");
  }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return vector_space(2);
    return {};
  }
  /// ValueError: it has no end.
  std::shared_ptr<const Table> load() const override;
  std::shared_ptr<const BatchSource> open() const override;
};

/// Points [2], uniform between -1 and 1 in both directions, of four classes: rings 1/3 wide about
/// the origin, of which the halves differ (Singhal and Wu 1988). Drawn as Pylearn2 draws them.
class FourRegions : public Dataset, public Preprocessing {
 public:
  static constexpr const char* yaml = "pylearn2.datasets.four_regions.FourRegions";
  static constexpr const char* doc = "points of the plane in four classes that are halves of rings";
  int num_examples = 0;
  Seed rng;

  constexpr FourRegions() {}
  template <KeyOf<FourRegions>... O>
  constexpr explicit FourRegions(int examples, const O&... options) : num_examples(examples) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("num_examples", &FourRegions::num_examples, "number of points").at_least(1);
    key("rng", &FourRegions::rng, "seed; default [2013, 5, 17]");
    preprocessing_keys(key);
  }
  constexpr const Preprocessing* preprocessing() const override { return this; }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return vector_space(2);
    if (source == "targets") return index_space(4);
    return {};
  }
  std::shared_ptr<const Table> load() const override;
};

/// The class of a point: 3 and 0 above and below, beyond 5/6 of the origin; between 1/2 and 5/6,
/// 1 to the right and 2 to the left; between 1/6 and 1/2 the other way round; 1 within 1/6.
int four_regions_label(double x, double y);

}  // namespace ansatz
