// Text in constant expressions. std::string of libstdc++ 12 cannot be used there.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <dsl/ir/list.hpp>

#include <string_view>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A piece of text that may also be made and changed in a constant expression. Ends with a zero.
class String {
 public:
  constexpr String() {}
  constexpr String(const char* text) : String(std::string_view(text)) {}
  constexpr String(std::string_view text) {
    chars_.reserve(static_cast<int>(text.size()) + 1);
    for (char c : text) chars_.push_back(c);
    chars_.push_back(0);
  }

  constexpr std::string_view view() const {
    return chars_.empty() ? std::string_view()
                          : std::string_view(chars_.data(), std::size_t(chars_.size() - 1));
  }
  constexpr operator std::string_view() const { return view(); }
  constexpr const char* c_str() const { return chars_.empty() ? "" : chars_.data(); }
  constexpr bool empty() const { return chars_.size() <= 1; }

  constexpr String& operator+=(std::string_view more) {
    // at once: of a loop of push_back, g++ 12 believes that it writes past the end
    const int before = static_cast<int>(view().size()), added = static_cast<int>(more.size());
    // for more to come, so that a text of many pieces takes time as it grows
    const int needed = before + added + 1, twice = 2 * chars_.capacity();
    if (needed > chars_.capacity()) chars_.reserve(needed > twice ? needed : twice);
    chars_.resize(needed);
    for (int i = 0; i < added; ++i) chars_[before + i] = more[static_cast<std::size_t>(i)];
    chars_[before + added] = 0;
    return *this;
  }
  friend constexpr String operator+(String a, std::string_view b) { return a += b; }
  friend constexpr String operator+(const char* a, const String& b) {
    return String(a) += b.view();
  }
  friend constexpr bool operator==(const String& a, std::string_view b) { return a.view() == b; }
  friend constexpr bool operator==(const String& a, const String& b) {
    return a.view() == b.view();
  }
  friend constexpr bool operator==(const String& a, const char* b) { return a.view() == b; }

 private:
  ir::List<char> chars_;
};

/// A whole number as text.
constexpr String to_text(long long n) {
  char digits[24] = {};
  int at = 24;
  const bool negative = n < 0;
  unsigned long long rest =
      negative ? 0ULL - static_cast<unsigned long long>(n) : static_cast<unsigned long long>(n);
  do {
    digits[--at] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest);
  if (negative) digits[--at] = '-';
  return String(std::string_view(digits + at, std::size_t(24 - at)));
}

}  // namespace ansatz
