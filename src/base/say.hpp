// What the program says beside its results.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <utility>

namespace ansatz {

/// Writes formatted text to a stream, as fmt::print does, but a stream that is closed or full ends
/// nothing: the text is lost, and std::ferror(to) says so. Short texts take no memory, so that they
/// can be said when there is none.
template <class... T>
void say(std::FILE* to, fmt::format_string<T...> format, T&&... values) noexcept {
  try {
    fmt::memory_buffer text;
    fmt::format_to(std::back_inserter(text), format, std::forward<T>(values)...);
    (void)std::fwrite(text.data(), 1, text.size(), to);
  } catch (...) {  // no memory for a long text: say what fits
    (void)std::fputs("(a message did not fit into memory)\n", to);
  }
}

}  // namespace ansatz
