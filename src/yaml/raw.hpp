// What yaml-cpp's events do not tell, or tell otherwise than PyYAML, read off the text again.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ansatz::yaml::raw {

/// The column of byte `at`, from 0.
std::size_t column(std::string_view text, std::size_t at);

/// Where the content of the node at `at` begins, behind its tag and anchor.
std::size_t content(std::string_view text, std::size_t at);

/// Whether quotes, | or > follow the tag and anchor at `at`.
bool quotes_at(std::string_view text, std::size_t at);

/// Where the text in quotes that begin at `at` ends; nowhere if it does not.
std::optional<std::size_t> quotes_end(std::string_view text, std::size_t at);

/// Whether a ':' makes a key of what begins at `at`, or a '?' before it does.
bool has_colon(std::string_view text, std::size_t at);

/// The value of text in double quotes: yaml-cpp writes \_ and \N as one byte that is no UTF-8.
std::string with_escapes(const std::string& value);

/// Gives `value`, which > at `at` began, the newlines at its end that a + keeps. `indented` is the
/// column of the collection that holds it.
void keep_newlines(std::string& value, std::string_view text, std::size_t at,
                   std::optional<std::size_t> indented);

/// Where something else than --- stands behind lines that begin with %; nowhere if all is well.
std::optional<std::size_t> after_directives(std::string_view text);

/// Where blanks make PyYAML's reading of a ':' before a bracket or comma yaml-cpp's: behind the
/// colon at `at`, which is in so many brackets, and behind all others of its kind up to where the
/// last of them closes.
std::vector<std::size_t> places_for_blanks(std::string_view text, std::size_t at, int brackets);

}  // namespace ansatz::yaml::raw
