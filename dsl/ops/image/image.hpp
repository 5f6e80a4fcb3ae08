// What all ops on images share (no op): where rows, columns and channels stand in a shape, what an
// op is made of, and its options
#pragma once

#include <dsl/ir/refusal.hpp>
#include <dsl/ops/kernel.hpp>

#include <concepts>

namespace ansatz {
namespace ops {

/// The base of ops on images. Their attributes are a `Geometry` (of kernels, windows, …), which
/// says it in words, too. The op has `kernel<T>`, shape_of(geometry, operands' shapes), vjp, and
/// `work`, floating-point operations an example; and `room` and `divided`, if it needs what
/// KernelOp calls scratch and parts.
template <class Op, class Geometry, int Operands>
struct ImageOp : KernelOp<Op> {
  static constexpr ir::Takes takes = ir::Elements::numbers;
  static constexpr bool total = true;
  static constexpr int arity = Operands;
  static constexpr ir::ShapeResult shape(const ir::Shape* in, int, const ir::Attr& attr) {
    return Op::shape_of(Geometry(attr), in);
  }
  static constexpr double flops(const ir::Shape* in, int, const ir::Attr& attr) {
    return Op::work(Geometry(attr), in);
  }
  static constexpr long scratch(const ir::Shape* in, int, const ir::Attr& attr) {
    if constexpr (requires { &Op::room; })
      return Op::room(Geometry(attr), in);
    else
      return 0;
  }
  static constexpr long parts(const ir::Shape* in, int, const ir::Attr& attr) {
    if constexpr (requires { &Op::divided; })
      return Op::divided(Geometry(attr), in);
    else
      return 1;
  }
  static constexpr void text(ir::RefusalNote& to, const ir::Attr& attr) { Geometry(attr).text(to); }
};

}  // namespace ops

namespace ir {

/// Of both directions, in words: ", stride 2 x 3"; nothing if they are as usual.
constexpr void add_pair(RefusalNote& to, const char* what, const int* two, int usual) {
  if (two[0] == usual && two[1] == usual) return;
  to.add(", ");
  to.add(what);
  to.add(" ");
  to.add(two[0]);
  to.add(" x ");
  to.add(two[1]);
}

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

/// An option that an overload for the first few was not given.
struct NoOption {
  static constexpr void set(auto&) {}
};

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
inline constexpr bool are_options = are_tags<Options, Option...>;
template <class Options, class... None>
inline constexpr bool are_options<Options, Options, None...> =
    (std::is_same_v<None, NoOption> && ...);

// What options come to: tags, known to the type, or an Options known only at run time.
template <class X, class Options, std::same_as<NoOption>... None>
constexpr Options image_options(const Options& given, None...) {
  Options o = given;
  o.axes = axes_of<X>(o.axes);
  return o;
}
template <class X, class Options, class... Tag>
  requires are_tags<Options, Tag...>
constexpr Options image_options(const Tag&...) {
  return image_options<X, Options>(options_of<Options, Tag...>());
}
/// Whether the result's Space is known: the options are, or at least the order of the axes.
template <class X, class Options, class... Option>
inline constexpr bool image_space_known = are_tags<Options, Option...> || has_image_axes<X>;

/// An image or batch of images whose rows and columns are not known.
constexpr ShapeResult open_image(const Shape& x, bool channels_first) {
  if (x.rank < 3 || x.rank > 4 || (x.rank == 3 && x.batched()))
    return refused("the operand must be an image or a batch of images");
  return {with_image(x, channels_first, {any, any, image_of(x, channels_first).channels})};
}

}  // namespace ir
}  // namespace ansatz
