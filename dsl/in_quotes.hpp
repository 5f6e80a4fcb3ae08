// Somebody else's text in a message
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ansatz {

/// The text in quotes, on one line: what is no printable character (see utf8.hpp) is written as
/// \n, \t, \xNN or \u{NNNN}. Of more than `most` bytes the middle is left out, and their number
/// told: 'abc...xyz' (500 characters).
std::string in_quotes(std::string_view text, std::size_t most = 90);
/// A path, of which nothing is left out.
std::string path_in_quotes(std::string_view path);

}  // namespace ansatz
