// SpaceConverter: the same numbers in another Space.
#pragma once

#include <ansatz/job/layer.hpp>
#include <ansatz/spaces/format_as.hpp>

namespace ansatz {

/// A layer without parameters whose output is its input in another Space (see `format_as`): images
/// become vectors, vectors images, components are put side by side. Total dimensions must agree.
///
///     SpaceConverter("as_image", Conv2DSpace(28_c, 28_c, 1_c))
template <class To = AnySpace>
class SpaceConverter : public Layer {
 public:
  static constexpr const char* yaml = "pylearn2.models.mlp.SpaceConverter";
  static constexpr const char* doc = "the same numbers in another Space";
  template <class>
  using output_type = To;
  SpaceInfo target;

  constexpr SpaceConverter() = default;
  constexpr SpaceConverter(const char* name, const To& space) : target(space_info(space)) {
    layer_name = name;
  }
  template <class K>
  static constexpr void keys(K& key) {
    Layer::keys(key);
    key.required("output_space", &SpaceConverter::target, "Space of the output");
  }

  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    if (!signals::can_format(input, target)) {
      const String text = to_text(input) + " cannot be formatted as " + to_text(target);
      refuse(text);
    }
    return target;
  }
  constexpr Signal fprop(const Place&, const Signal& below) const override {
    return format_as(below, target);
  }
};
template <class To>
SpaceConverter(const char*, To) -> SpaceConverter<To>;

}  // namespace ansatz
