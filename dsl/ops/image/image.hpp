// Where an image's rows, columns and channels stand in a shape (no op)
#pragma once

#include <dsl/ops/kernel.hpp>

namespace ansatz {
namespace ir {

/// The axes of a Conv2DSpace or of a batch of them; b01c for other Spaces.
template <class S>
constexpr Axes axes_of(Axes otherwise = Axes::b01c) {
  if constexpr (requires { S::axes; })
    return S::axes;
  else if constexpr (requires { typename S::space; })
    return axes_of<typename S::space>(otherwise);
  else
    return otherwise;
}
template <class S>
inline constexpr bool has_image_axes = requires { S::axes; };
template <class S>
  requires requires { typename S::space; }
inline constexpr bool has_image_axes<S> = has_image_axes<typename S::space>;

struct Image {
  int rows = any, columns = any, channels = any;
};

/// The last three axes of s.
constexpr Image image_of(const Shape& s, bool channels_first) {
  const int at = s.rank - 3;
  if (channels_first) return {s[at + 1], s[at + 2], s[at]};
  return {s[at], s[at + 1], s[at + 2]};
}
constexpr Shape with_image(Shape s, bool channels_first, const Image& image) {
  const int at = s.rank - 3;
  s[at + (channels_first ? 1 : 0)] = image.rows;
  s[at + (channels_first ? 2 : 1)] = image.columns;
  s[at + (channels_first ? 0 : 2)] = image.channels;
  return s;
}

template <Shape S, Axes Order, class X>
constexpr auto image_space_of() {
  constexpr Image image = image_of(S, Order == Axes::bc01);
  using Each = Conv2DSpace<image.rows, image.columns, image.channels, Order>;
  if constexpr (X::known == S && has_image_axes<X>)
    return static_cast<X*>(nullptr);  // the operand's name, where the shape is the same
  else if constexpr (S.batched() && S.rank == 4)
    return static_cast<Batch<Each, typename FindExtent<S[0], X>::type>*>(nullptr);
  else if constexpr (S.rank == 3 && !has_inner_extent<S>())
    return static_cast<Each*>(nullptr);
  else
    return canonical_space<S, X>();
}

/// The Conv2DSpace, or batch of them, of shape S, made from Space X.
template <Shape S, Axes Order, class X>
struct ImageSpace {
  using type = std::remove_pointer_t<decltype(image_space_of<S, Order, X>())>;
};

/// The Space of shape S made of X by a change of sizes alone: an image stays one.
template <Shape S, class X>
constexpr auto resized_space() {
  if constexpr (X::known == S)
    return static_cast<X*>(nullptr);
  else if constexpr (has_image_axes<X> && S.rank == X::known.rank)
    return image_space_of<S, axes_of<X>(), X>();
  else
    return canonical_space<S, X>();
}
template <Shape S, class X>
struct Resized {
  using type = std::remove_pointer_t<decltype(resized_space<S, X>())>;
};

}  // namespace ir

/// Option of convolve and of the pools: the distance of two windows, in pixels.
template <int Rows, int Columns>
struct Stride {
  static constexpr void set(auto& options) {
    options.stride_rows = Rows;
    options.stride_columns = Columns;
  }
};
template <int Rows, int Columns = Rows>
inline constexpr Stride<Rows, Columns> stride;

/// Which windows there are. valid: those that lie wholly inside the image. full: all that touch
/// it. same: as many as the image has pixels.
enum class Border : int { valid, full, same };
template <Border B>
struct BorderOption {
  static constexpr void set(auto& options) { options.border = B; }
};
namespace border {
inline constexpr BorderOption<Border::valid> valid;
inline constexpr BorderOption<Border::full> full;
inline constexpr BorderOption<Border::same> same;
}  // namespace border

namespace ir {

// What a list of option tags comes to.
template <class Options, class... Tag>
constexpr Options options_of(Options options = {}) {
  (Tag::set(options), ...);
  return options;
}
template <class Tag, class Options>
concept OptionOf = requires(Options& o) { Tag::set(o); };
template <class Options, class... Tag>
inline constexpr bool are_tags = (OptionOf<Tag, Options> && ...);
/// Tags, or one Options known only at run time.
template <class Options, class... Option>
inline constexpr bool are_options =
    are_tags<Options, Option...> ||
    (sizeof...(Option) == 1 && (std::is_same_v<Option, Options> && ...));

/// An image or batch of images whose rows and columns are not known.
constexpr ShapeResult open_image(const Shape& x, bool channels_first) {
  if (x.rank < 3 || x.rank > 4 || (x.rank == 3 && x.batched()))
    return refused("the operand must be an image or a batch of images");
  return {with_image(x, channels_first, {any, any, image_of(x, channels_first).channels})};
}

}  // namespace ir
}  // namespace ansatz
