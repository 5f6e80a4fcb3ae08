// The names of all keys as functions: `irange(.05)`, `learning_rate(.01)`. A class takes those that
// its keys have (see keys.hpp). The list is made from the headers of the library's classes when it
// is configured; a program's own class has keys of other names as `Given<"width", double>{.05}`.
#pragma once

#include <ansatz/base/keys.hpp>

// The library's own sources use none, so that a new key does not compile them all anew.
#ifndef ANSATZ_WITHOUT_KEY_FUNCTIONS

namespace ansatz {

// Functions, not objects: a local variable may have the same name without a warning. A macro,
// because nothing else makes a name and its text from one word.
#define ANSATZ_KEY(NAME)                                              \
  template <class T>                                                  \
  constexpr Given<#NAME, T> NAME(const T& value) {                    \
    return {value};                                                   \
  }                                                                   \
  template <int Size>                                                 \
  constexpr Given<#NAME, const char*> NAME(const char(&text)[Size]) { \
    return {text};                                                    \
  }
#include <ansatz/key_functions.inc>
#undef ANSATZ_KEY

}  // namespace ansatz

#endif
