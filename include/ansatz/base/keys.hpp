// The keys of a class: one description serves its C++ constructor, its YAML reader, `ansatz list`
// and the reference pages.
//
//     struct Momentum : LearningRule {
//       double init_momentum = 0;
//       bool nesterov_momentum = false;
//       template <class K>
//       static constexpr void keys(K& key) {
//         key.required("init_momentum", &Momentum::init_momentum, "factor m of the last step")
//             .at_least(0)
//             .below(1);
//         key("nesterov_momentum", &Momentum::nesterov_momentum, "look ahead (Nesterov 1983)");
//       }
//       …
//     };
//
// `keys` is called with a visitor; a derived class calls its base's first. Behind a key stand its
// rules, to which a value from a job file is held; without one, a number must be finite:
//
//     at_least(0) above(0) at_most(1) below(1) from_to(1, 4096)   of a number, or of each in a list
//     or_infinity()       infinities will do
//     probability()       from 0 to 1, and called so in messages
//     length()            from 0, and called so in messages
//     noun("ports")       how messages call the numbers
//     not_above("max")    at most what the key `max` of the same object has
//     one_way("how the weights begin")   of all keys with this text one at most may be given
//     only_with("other")  without the key `other` this one means nothing: another value than its
//                         default is refused; only_with("other", "x"): unless that is x;
//                         or_with("another"): nor without that
//     not_with("other")   means nothing beside the key `other`
//     is_path()           text in which ${NAME}s are filled in, and a file that --data can move
//     is_output()         a path that is written to
//
// What no rule says, a method `check() const` of the class does; see key_faults.hpp.
#pragma once

#include <ansatz/base/describe.hpp>
#include <ansatz/base/object.hpp>
#include <ansatz/base/string.hpp>
#include <dsl/ir/errors.hpp>
#include <dsl/space.hpp>

#include <optional>

namespace ansatz {

/// A value under the name of a key: what `irange(.05)` returns.
template <Text Name, class T>
struct Given {
  static constexpr const char* name = Name.text;
  T value;
};

namespace keys {

template <class T>
inline constexpr bool is_given = false;
template <Text Name, class T>
inline constexpr bool is_given<Given<Name, T>> = true;

constexpr bool same_text(const char* a, const char* b) {
  return std::string_view(a) == std::string_view(b);
}

// Finds a key by name and says whether a value of type V can be assigned to it.
template <class V>
struct Finder {
  const char* name;
  bool found = false, fits = false;
  template <class C, class T>
  constexpr NoRules operator()(const char* key, T C::*, const char*) {
    if (!same_text(key, name)) return {};
    found = true;
    fits = std::is_assignable_v<T&, const V&>;
    return {};
  }
  template <class C, class T>
  constexpr NoRules required(const char* key, T C::*member, const char* doc) {
    return (*this)(key, member, doc);
  }
};

template <class C, class V>
consteval bool accepts(const char* name) {
  Finder<V> finder{name};
  C::keys(finder);
  return finder.found && finder.fits;
}

template <class O, class V>
struct Setter {
  O& object;
  const char* name;
  const V& value;
  template <class C, class T>
  constexpr NoRules operator()(const char* key, T C::*member, const char*) {
    if constexpr (std::is_assignable_v<T&, const V&>) {
      if (same_text(key, name)) object.*member = value;
    }
    return {};
  }
  template <class C, class T>
  constexpr NoRules required(const char* key, T C::*member, const char* doc) {
    return (*this)(key, member, doc);
  }
};

}  // namespace keys

/// What must hold for an option of class C: `Name(value)`, Name being one of its keys and the value
/// of a type the key takes.
template <class O, class C>
concept KeyOf = keys::is_given<O> && keys::accepts<C, decltype(O::value)>(O::name);

/// Sets the keys of `object` named by the options: what constructors are written with.
template <class C, class... O>
constexpr void give(C& object, const O&... option) {
  [[maybe_unused]] const auto set = [&]<Text Name, class T>(const Given<Name, T>& given) {
    keys::Setter<C, T> setter{object, Name.text, given.value};
    C::keys(setter);
  };
  (set(option), ...);
}

/// A size that is part of the type (N known), or of the object (N = any).
template <int N = any>
struct Size {
  constexpr Size() = default;
  constexpr explicit Size(auto) {}
  constexpr operator int() const { return N; }
};
template <>
struct Size<any> {
  int value = 0;
  constexpr Size() = default;
  constexpr Size(int n) : value(n) {}
  constexpr operator int() const { return value; }
};

template <int N>
void write_value(Describer& to, const Size<N>& size) {
  to.integer(size);
}

}  // namespace ansatz
