// Spaces in YAML.
#pragma once

#include "../spaces.hpp"

#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace ansatz::named {

class VectorSpaceOf : public SpaceObject {
 public:
  static constexpr const char* yaml = "pylearn2.space.VectorSpace";
  static constexpr const char* doc = "vectors of numbers";
  int dim = 0;
  bool sparse = false;
  String dtype = "floatX";
  template <class K>
  static constexpr void keys(K& key) {
    key.required("dim", &VectorSpaceOf::dim, "numbers of an example").at_least(1);
    key("sparse", &VectorSpaceOf::sparse,
        "accepted: rows of a sparse source are made dense as a batch is read");
    key("dtype", &VectorSpaceOf::dtype, "accepted and ignored: a job has one precision");
  }
  SpaceInfo space() const override { return vector_space(dim); }
};

class IndexSpaceOf : public SpaceObject {
 public:
  static constexpr const char* yaml = "pylearn2.space.IndexSpace";
  static constexpr const char* doc = "labels";
  int max_labels = 0;
  int dim = 1;
  String dtype = "int64";
  template <class K>
  static constexpr void keys(K& key) {
    key.required("max_labels", &IndexSpaceOf::max_labels, "labels are 0 to max_labels - 1")
        .at_least(1);
    key.required("dim", &IndexSpaceOf::dim, "labels of an example").at_least(1);
    key("dtype", &IndexSpaceOf::dtype, "accepted and ignored: labels are 32-bit integers");
  }
  void check() const {
    if (std::int64_t{max_labels} * dim > std::numeric_limits<int>::max())
      throw ValueError(fmt::format("max_labels {} times dim {} is more than {}", max_labels, dim,
                                   std::numeric_limits<int>::max()));
  }
  SpaceInfo space() const override { return index_space(max_labels, dim); }
};

class Conv2DSpaceOf : public SpaceObject {
 public:
  static constexpr const char* yaml = "pylearn2.space.Conv2DSpace";
  static constexpr const char* doc = "images";
  ir::List<int> shape;
  int channels = 0, num_channels = 0, nchannels = 0;
  AxisOrder axes;
  String dtype = "floatX";
  template <class K>
  static constexpr void keys(K& key) {
    key.required("shape", &Conv2DSpaceOf::shape, "rows and columns of an image").at_least(1);
    key("num_channels", &Conv2DSpaceOf::num_channels, "numbers of a pixel").at_least(1);
    key("channels", &Conv2DSpaceOf::channels, "the same as num_channels");
    key("nchannels", &Conv2DSpaceOf::nchannels, "the same as num_channels");
    key("axes", &Conv2DSpaceOf::axes, "order of b, 0, 1 and c; default ['b', 0, 1, 'c']");
    key("dtype", &Conv2DSpaceOf::dtype, "accepted and ignored: a job has one precision");
  }
  void check() const {
    if (shape.size() != 2 || shape[0] < 1 || shape[1] < 1)
      throw ValueError("shape must be two numbers above 0: rows and columns");
    if ((channels > 0) + (num_channels > 0) + (nchannels > 0) != 1)
      throw ValueError("exactly one of channels and num_channels must be given, above 0");
    (void)space().total_dimension();
  }
  SpaceInfo space() const override {
    return conv2d_space(shape[0], shape[1], std::max({channels, num_channels, nchannels}),
                        axes.in_memory());
  }
};

class CompositeSpaceOf : public SpaceObject {
 public:
  static constexpr const char* yaml = "pylearn2.space.CompositeSpace";
  static constexpr const char* doc = "several Spaces together";
  ir::List<Shared<SpaceObject>> components;
  template <class K>
  static constexpr void keys(K& key) {
    key.required("components", &CompositeSpaceOf::components, "the Spaces inside");
  }
  void check() const { (void)space().total_dimension(); }
  SpaceInfo space() const override {
    SpaceInfo whole;
    whole.kind = SpaceKind::composite;
    for (const Shared<SpaceObject>& each : components) whole.components.push_back(each->space());
    return whole;
  }
};

class NullSpaceOf : public SpaceObject {
 public:
  static constexpr const char* yaml = "pylearn2.space.NullSpace";
  static constexpr const char* doc = "nothing";
  template <class K>
  static constexpr void keys(K&) {}
  SpaceInfo space() const override { return {}; }
};

}  // namespace ansatz::named
