// Spaces: the types of values.
//
// A Space says what one example is: `struct Pixels : VectorSpace<784> {};` names one of your own.
// Each dimension is known (a template argument, or an integral constant such as Boost.Hana's 784_c
// given to the constructor) or `any` (a plain integer given to the constructor, known when the
// graph is built). Batch<Space> is a run-time number of them.
#pragma once

#include <dsl/ir/errors.hpp>

#include <type_traits>

namespace ansatz {

namespace ir {

template <class C>
concept IntegralConstant = requires { static_cast<int>(C::value); };

// Sizes given to a Space's object, one of which may be `any` (see reshape). What the type knows
// they must not contradict.
template <class... Int>
constexpr Shape given_sizes(const char* space, const Shape& known, Int... d) {
  constexpr int count = static_cast<int>(sizeof...(Int));
  const long long sizes[] = {static_cast<long long>(d)...};
  bool fits = true;
  Shape s;
  s.rank = count;
  for (int k = 0; k < count; ++k) {
    if (sizes[k] < any || sizes[k] > 0x7fffffff) graph_error_size(space, sizes, count);
    s[k] = static_cast<int>(sizes[k]);
    fits = fits && dims_agree(known[k], s[k]);
  }
  const Shape both[] = {known, s};
  if (!fits) graph_error_shape(space, "the sizes given must be those of the type", both, 2);
  return s;
}

/// What all Spaces have: the dimensions known to the type, and those known to the object.
template <DType Type, int... D>
struct SpaceOf {
  static constexpr DType dtype = Type;
  /// As far as the type knows it.
  static constexpr Shape known = make_shape(D...);
  static constexpr int labels = 0;

  constexpr SpaceOf() = default;
  template <class... Int>
    requires(sizeof...(Int) == sizeof...(D) && sizeof...(D) > 0)
  constexpr explicit SpaceOf(const char* space, Int... d)
      : shape_(given_sizes(space, known, d...)) {}

  constexpr Shape shape() const { return shape_; }

 private:
  Shape shape_ = make_shape(D...);
};

template <class C>
consteval int dim_of() {
  if constexpr (IntegralConstant<C>)
    return static_cast<int>(C::value);
  else
    return any;
}

}  // namespace ir

/// One number.
struct Scalar : ir::SpaceOf<ir::DType::real> {};

/// No value: the Space of a model without inputs or targets.
struct NullSpace {
  static constexpr ir::DType dtype = ir::DType::real;
};

/// N numbers.
template <int N = any>
struct VectorSpace : ir::SpaceOf<ir::DType::real, N> {
  constexpr VectorSpace() = default;
  constexpr explicit VectorSpace(auto n) : VectorSpace::SpaceOf("VectorSpace", n) {}
};
template <class C>
VectorSpace(C) -> VectorSpace<ir::dim_of<C>()>;

/// A parameter of R rows and C columns.
template <int R = any, int C = any>
struct Matrix : ir::SpaceOf<ir::DType::real, R, C> {
  constexpr Matrix() = default;
  constexpr explicit Matrix(auto r, auto c) : Matrix::SpaceOf("Matrix", r, c) {}
};
template <class R, class C>
Matrix(R, C) -> Matrix<ir::dim_of<R>(), ir::dim_of<C>()>;

namespace ir {
constexpr int given_labels(int known, auto labels) {
  const long long size = static_cast<long long>(labels);
  if (size == any) graph_error_size("IndexSpace", &size, 1);
  return given_sizes("IndexSpace", make_shape(known), labels)[0];
}
}  // namespace ir

/// Labels 0 .. Labels - 1: one of them (a 0-dimensional value), or N in a row. Either may be `any`:
/// IndexSpace(labels), IndexSpace(labels, n), IndexSpace<10, any>(n), IndexSpace<any, 3>(labels).
template <int Labels, int N = 1>
struct IndexSpace : ir::SpaceOf<ir::DType::index, N> {
  static constexpr int labels = Labels;
  constexpr IndexSpace() = default;
  constexpr explicit IndexSpace(auto n)
    requires(N == any && Labels != any)
      : IndexSpace::SpaceOf("IndexSpace", n) {}
  constexpr explicit IndexSpace(auto run_time_labels)
    requires(N != any)
      : label_count_(ir::given_labels(Labels, run_time_labels)) {}
  constexpr explicit IndexSpace(auto run_time_labels, auto n)
      : IndexSpace::SpaceOf("IndexSpace", n),
        label_count_(ir::given_labels(Labels, run_time_labels)) {}
  constexpr int label_count() const { return label_count_; }

 private:
  int label_count_ = Labels;
};
template <int Labels>
struct IndexSpace<Labels, 1> : ir::SpaceOf<ir::DType::index> {
  static constexpr int labels = Labels;
  constexpr IndexSpace() = default;
  constexpr explicit IndexSpace(auto run_time_labels)
      : label_count_(ir::given_labels(Labels, run_time_labels)) {}
  constexpr int label_count() const { return label_count_; }

 private:
  int label_count_ = Labels;
};
template <class C>
IndexSpace(C) -> IndexSpace<ir::dim_of<C>(), 1>;
template <class C, class N>
IndexSpace(C, N) -> IndexSpace<ir::dim_of<C>(), ir::dim_of<N>()>;

/// In which order an image's dimensions lie in memory; b is the batch, 0 rows, 1 columns,
/// c channels. The batch is outermost in both.
enum class Axes : int { b01c, bc01 };

/// An image of R rows, C columns and Channels channels.
template <int R = any, int C = any, int Channels = any, Axes Order = Axes::b01c>
struct Conv2DSpace : ir::SpaceOf<ir::DType::real, R, C, Channels> {
  static constexpr Axes axes = Order;
  constexpr Conv2DSpace() = default;
  constexpr explicit Conv2DSpace(auto r, auto c, auto channels)
      : Conv2DSpace::SpaceOf("Conv2DSpace", r, c, channels) {}
};
template <int R, int C, int Channels>
struct Conv2DSpace<R, C, Channels, Axes::bc01> : ir::SpaceOf<ir::DType::real, Channels, R, C> {
  static constexpr Axes axes = Axes::bc01;
  constexpr Conv2DSpace() = default;
  constexpr explicit Conv2DSpace(auto r, auto c, auto channels)
      : Conv2DSpace::SpaceOf("Conv2DSpace", channels, r, c) {}
};
template <class R, class C, class Ch>
Conv2DSpace(R, C, Ch) -> Conv2DSpace<ir::dim_of<R>(), ir::dim_of<C>(), ir::dim_of<Ch>()>;

/// The run-time number of examples in a batch. A program may have others, such as `chains`:
/// any struct with a `name`.
struct examples {
  static constexpr const char* name = "examples";
};
/// The run-time number of Markov chains.
struct chains {
  static constexpr const char* name = "chains";
};

/// What must hold for a Tensor.
template <int Dimensions>
concept AtMostEightDimensions = Dimensions <= ir::max_rank;

/// Any other shape: dimensions outermost first, each a count, `any`, or an extent such as
/// examples{} (the transpose of a batch has its batch axis last).
template <auto... D>
  requires AtMostEightDimensions<static_cast<int>(sizeof...(D))>
struct Tensor {
  static constexpr ir::DType dtype = ir::DType::real;
  static constexpr int labels = 0;
  template <class C>
  static constexpr int code(C d) {
    if constexpr (requires { C::name; })
      return ir::extent_code(C::name);
    else
      return static_cast<int>(d);
  }
  static constexpr ir::Shape known = ir::make_shape(code(D)...);
  constexpr Tensor() = default;
  template <class... Int>
    requires(sizeof...(Int) == sizeof...(D) && sizeof...(D) > 0)
  constexpr explicit Tensor(Int... d) : shape_(ir::given_sizes("Tensor", known, d...)) {}
  constexpr ir::Shape shape() const { return shape_; }

 private:
  ir::Shape shape_ = known;
};

/// A run-time number (the extent E) of values of Space S.
template <class S, class E = examples>
struct Batch {
  using space = S;
  using extent = E;
  static constexpr ir::DType dtype = S::dtype;
  static constexpr int labels = S::labels;
  static constexpr ir::Shape with_batch(const ir::Shape& s) {
    if (s.rank >= ir::max_rank) graph_error_shape("Batch", ir::most_dimensions, &s, 1);
    ir::Shape b;
    b.rank = s.rank + 1;
    b[0] = ir::extent_code(E::name);
    for (int i = 0; i < s.rank; ++i) b[i + 1] = s[i];
    return b;
  }
  static constexpr ir::Shape known = with_batch(S::known);
  constexpr Batch() = default;
  constexpr explicit Batch(S s) : space_(s) {}
  constexpr ir::Shape shape() const { return with_batch(space_.shape()); }
  constexpr int label_count() const
    requires requires(S s) { s.label_count(); }
  {
    return space_.label_count();
  }

 private:
  S space_;
};

/// Of a value whose shape is known only when the graph is built; also what derivative rules see.
struct AnySpace {
  static constexpr ir::DType dtype = ir::DType::real;
  static constexpr int labels = 0;
};

/// A structural string, for names that are part of a type.
template <int N>
struct Text {
  char text[N] = {};
  constexpr Text(const char (&from)[N]) {
    for (int i = 0; i < N; ++i) text[i] = from[i];
  }
};

/// A Space under the name of a data source: Source<"features", Pixels>, or, with sizes known only
/// at run time, source<"features">(VectorSpace(n)).
template <Text Name, class S>
struct Source {
  using space = S;
  static constexpr const char* name = Name.text;
  S object;
};
template <Text Name, class S>
constexpr Source<Name, S> source(S space) {
  return {space};
}

/// Several Spaces, each under the name of its source: CompositeSpace<Source<"features", Pixels>,
/// Source<"targets", IndexSpace<10>>>. `inputs` (dsl/composite.hpp) makes an input of each.
template <class... Sources>
struct CompositeSpace : Sources... {
  static constexpr int count = sizeof...(Sources);
  constexpr CompositeSpace() = default;
  constexpr explicit CompositeSpace(Sources... sources)
    requires(sizeof...(Sources) > 0)
      : Sources(sources)... {}
};

// ---------------------------------------------------------------------------- from shapes to types

namespace ir {

template <class S>
inline constexpr bool is_any_space = false;
template <>
inline constexpr bool is_any_space<AnySpace> = true;
template <class S>
  requires requires { typename S::space; }
inline constexpr bool is_any_space<S> = is_any_space<typename S::space>;

template <class S>
struct ExtentOf {
  using type = void;
};
template <class S, class E>
struct ExtentOf<Batch<S, E>> {
  using type = E;
};
template <class S>
struct UnbatchedOf {
  using type = S;
};
template <class S, class E>
struct UnbatchedOf<Batch<S, E>> {
  using type = S;
};

// The first extent among Froms with this code, void if none has.
template <int Code, class... From>
struct FindExtent {
  using type = void;
};
template <int Code, class E>
inline constexpr bool extent_is = extent_code(E::name) == Code;
template <int Code>
inline constexpr bool extent_is<Code, void> = false;
template <int Code, class F, class... From>
struct FindExtent<Code, F, From...> {
  using mine = typename ExtentOf<F>::type;
  static constexpr auto pick() {
    if constexpr (extent_is<Code, mine>)
      return static_cast<mine*>(nullptr);
    else
      return static_cast<typename FindExtent<Code, From...>::type*>(nullptr);
  }
  using type = std::remove_pointer_t<decltype(pick())>;
};
template <int Code, auto... D, class... From>
struct FindExtent<Code, Tensor<D...>, From...> {
  template <class C>
  static constexpr auto of() {
    if constexpr (requires { C::name; }) {
      if constexpr (extent_is<Code, C>)
        return static_cast<C*>(nullptr);
      else
        return static_cast<void*>(nullptr);
    } else {
      return static_cast<void*>(nullptr);
    }
  }
  template <class First, class... Rest>
  static constexpr auto first(First f, Rest... rest) {
    if constexpr (!std::is_same_v<First, void*>)
      return f;
    else if constexpr (sizeof...(Rest) == 0)
      return f;
    else
      return first(rest...);
  }
  static constexpr auto pick() {
    auto mine = first(of<std::remove_const_t<decltype(D)>>()..., static_cast<void*>(nullptr));
    if constexpr (std::is_same_v<decltype(mine), void*>)
      return static_cast<typename FindExtent<Code, From...>::type*>(nullptr);
    else
      return mine;
  }
  using type = std::remove_pointer_t<decltype(pick())>;
};

template <int D, class... From>
constexpr auto tensor_dim() {
  if constexpr (is_extent(D))
    return typename FindExtent<D, From...>::type{};
  else
    return D;
}

template <Shape S, int From = 0>
constexpr auto features_space() {
  constexpr int rank = S.rank - From;
  if constexpr (rank == 0)
    return static_cast<Scalar*>(nullptr);
  else if constexpr (rank == 1)
    return static_cast<VectorSpace<S[From]>*>(nullptr);
  else if constexpr (rank == 2)
    return static_cast<Matrix<S[From], S[From + 1]>*>(nullptr);
  else if constexpr (rank == 3)
    return static_cast<Tensor<S[From], S[From + 1], S[From + 2]>*>(nullptr);
  else if constexpr (rank == 4)
    return static_cast<Tensor<S[From], S[From + 1], S[From + 2], S[From + 3]>*>(nullptr);
  else
    return static_cast<Tensor<S[From], S[From + 1], S[From + 2], S[From + 3], S[From + 4]>*>(
        nullptr);
}

template <Shape S>
constexpr bool has_inner_extent() {
  for (int i = 1; i < S.rank; ++i)
    if (is_extent(S[i])) return true;
  return false;
}

template <Shape S, class... From>
constexpr auto canonical_space() {
  if constexpr (has_inner_extent<S>()) {
    if constexpr (S.rank == 2)
      return static_cast<Tensor<tensor_dim<S[0], From...>(), tensor_dim<S[1], From...>()>*>(
          nullptr);
    else if constexpr (S.rank == 3)
      return static_cast<Tensor<tensor_dim<S[0], From...>(), tensor_dim<S[1], From...>(),
                                tensor_dim<S[2], From...>()>*>(nullptr);
    else if constexpr (S.rank == 4)
      return static_cast<Tensor<tensor_dim<S[0], From...>(), tensor_dim<S[1], From...>(),
                                tensor_dim<S[2], From...>(), tensor_dim<S[3], From...>()>*>(
          nullptr);
    else
      return static_cast<Tensor<tensor_dim<S[0], From...>(), tensor_dim<S[1], From...>(),
                                tensor_dim<S[2], From...>(), tensor_dim<S[3], From...>(),
                                tensor_dim<S[4], From...>()>*>(nullptr);
  } else if constexpr (S.batched()) {
    using E = typename FindExtent<S[0], From...>::type;
    using F = std::remove_pointer_t<decltype(features_space<S, 1>())>;
    return static_cast<Batch<F, E>*>(nullptr);
  } else {
    return features_space<S>();
  }
}

template <Shape S, class... From>
struct SpaceFrom {
  using type = std::remove_pointer_t<decltype(canonical_space<S, From...>())>;
};
// An operand of the same shape lends its Space, and with it the name its user gave it.
template <Shape S, class F, class... From>
  requires(!is_any_space<F> && F::dtype == DType::real && F::known == S)
struct SpaceFrom<S, F, From...> {
  using type = F;
};
template <Shape S, class F, class G, class... From>
  requires(!(F::dtype == DType::real && F::known == S) && G::dtype == DType::real && G::known == S)
struct SpaceFrom<S, F, G, From...> {
  using type = G;
};

/// The Space of a result of shape S computed from operands of Spaces From.
template <Shape S, class... From>
using space_from = typename SpaceFrom<S, From...>::type;

}  // namespace ir
}  // namespace ansatz
