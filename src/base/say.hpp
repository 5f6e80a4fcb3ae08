// What the program says beside its results.
#pragma once

#include <ansatz/base/shown.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <utility>

namespace ansatz {

/// Writes formatted text to a stream, as fmt::print does, but a stream that is closed or full ends
/// nothing: the text is lost, and std::ferror(to) says so. Short texts take no memory, so that they
/// can be said when there is none. Nothing in the text commands a terminal: names of a file of
/// somebody else's may be part of it. So fmt::print and the like are used nowhere (tests/form.py).
template <class... T>
void say(std::FILE* to, fmt::format_string<T...> format, T&&... values) noexcept {
  try {
    fmt::memory_buffer text;
    fmt::format_to(std::back_inserter(text), format, std::forward<T>(values)...);
    const std::string_view written(text.data(), text.size());
    if (is_printable(written)) {
      (void)std::fwrite(written.data(), 1, written.size(), to);
    } else {
      const std::string safe = printable(written);
      (void)std::fwrite(safe.data(), 1, safe.size(), to);
    }
  } catch (...) {  // no memory for a long text: say what fits
    (void)std::fputs("(a message did not fit into memory)\n", to);
  }
}

/// The same with what commands a terminal: lines that are drawn over. Its names are the caller's to
/// make printable.
template <class... T>
void draw(std::FILE* to, fmt::format_string<T...> format, T&&... values) noexcept {
  try {
    fmt::memory_buffer text;
    fmt::format_to(std::back_inserter(text), format, std::forward<T>(values)...);
    (void)std::fwrite(text.data(), 1, text.size(), to);
  } catch (...) {  // the next one will be drawn
  }
}

}  // namespace ansatz
