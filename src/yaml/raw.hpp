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

/// Gives the value of text in quotes that is nothing but blanks and several newlines, all but the
/// first of which are kept; `inside` is what stands between the quotes.
void keep_empty_lines(std::string& value, std::string_view inside);

/// An item of a list, or a key behind '?'.
struct Item {
  std::size_t column = 0;   ///< of its '-' or '?', the last of its line
  std::size_t content = 0;  ///< what stands behind that
};
/// The item whose text, with an anchor or tag, is a block that begins in the last line above that
/// of `at` that is not as far right; nowhere if there is none.
std::optional<Item> item_above(std::string_view text, std::size_t at);

/// Places for blanks which move the line at `at`, and those behind it that are further right than
/// `outer`, the column of the collection around (nowhere: there is none), as far to the right as
/// the tag or anchor at `scalar` stands right of `outer`. Empty where `at` begins no line further
/// right than `outer`, or one further right than `scalar`, or `scalar` has quotes.
std::vector<std::size_t> blanks_for_lines(std::string_view text, std::size_t scalar, std::size_t at,
                                          std::optional<std::size_t> outer);

/// Where something else than --- stands behind lines that begin with %; nowhere if all is well.
std::optional<std::size_t> after_directives(std::string_view text);

/// Where blanks make PyYAML's reading of a ':' before a bracket or comma yaml-cpp's: behind the
/// colon at `at`, which is in so many brackets, and behind all others of its kind up to where the
/// last of them closes.
std::vector<std::size_t> places_for_blanks(std::string_view text, std::size_t at, int brackets);

/// A key that has no value, and how it is written on one line.
struct LastKey {
  std::size_t at = 0, end = 0;
  std::string word;
};

/// The key without a value that begins at `at`, in brackets, where it takes several lines or its
/// line ends behind it, and ',' or '}' follows: yaml-cpp finds none there. Nothing if it is not so.
std::optional<LastKey> key_without_value(std::string_view text, std::size_t at);

}  // namespace ansatz::yaml::raw
