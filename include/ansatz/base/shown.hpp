// Text of a file, a name or a message, as a terminal and a reader can bear it
#pragma once

#include <string>
#include <string_view>

namespace ansatz {

/// The text with what is no printable character written as \xNN or \u{NNNN}: control characters,
/// which would command a terminal; marks that change the direction of text; bytes that are no
/// UTF-8. Line ends and tabs stay. Of words of more than 1000 bytes the middle is left out, and
/// their length told.
std::string shown(std::string_view text);

/// The same, with words of any length.
std::string printable(std::string_view text);

/// A name on one line: as `printable`, with line ends and tabs written as \xNN, too, so that no
/// name looks like several lines.
std::string printable_name(std::string_view name);

/// Whether `printable` would change nothing.
bool is_printable(std::string_view text);

/// Whether all of it is printable UTF-8 on one line; tabs are allowed.
bool is_plain(std::string_view text);

}  // namespace ansatz
