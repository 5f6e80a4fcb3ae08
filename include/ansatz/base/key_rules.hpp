// The rules of a key as those see them who do not ask for rules: constructors, and whoever writes
// an object. What they mean stands in ansatz/base/keys.hpp.
#pragma once

namespace ansatz::keys {

struct NoRules {
  constexpr NoRules at_least(double) const { return {}; }
  constexpr NoRules above(double) const { return {}; }
  constexpr NoRules at_most(double) const { return {}; }
  constexpr NoRules below(double) const { return {}; }
  constexpr NoRules from_to(double, double) const { return {}; }
  constexpr NoRules or_infinity() const { return {}; }
  constexpr NoRules probability() const { return {}; }
  constexpr NoRules length() const { return {}; }
  constexpr NoRules noun(const char*) const { return {}; }
  constexpr NoRules not_above(const char*) const { return {}; }
  constexpr NoRules one_way(const char*) const { return {}; }
  constexpr NoRules only_with(const char*, const char* = nullptr) const { return {}; }
  constexpr NoRules or_with(const char*, const char* = nullptr) const { return {}; }
  constexpr NoRules not_with(const char*) const { return {}; }
  constexpr NoRules is_path() const { return {}; }
  constexpr NoRules is_output() const { return {}; }
};

/// A visitor of keys that adds not_with(other) to the rules of each.
template <class K>
struct NotWith {
  K& key;
  const char* other;
  template <class C, class T>
  constexpr decltype(auto) operator()(const char* name, T C::*member, const char* doc) const {
    return key(name, member, doc).not_with(other);
  }
  template <class C, class T>
  constexpr decltype(auto) required(const char* name, T C::*member, const char* doc) const {
    return key.required(name, member, doc).not_with(other);
  }
};

}  // namespace ansatz::keys
