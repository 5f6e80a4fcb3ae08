// What a scalar means, by the rules of YAML 1.1 as PyYAML and Pylearn2 read them.
#pragma once

#include <ansatz/yaml/environment.hpp>
#include <ansatz/yaml/errors.hpp>

#include <cstdint>

namespace ansatz::yaml {

enum class Type { null, boolean, integer, real, text };

/// What a plain scalar is.
///
///     null      ~ null Null NULL, or nothing at all
///     boolean   true yes on, false no off; also True and TRUE
///     integer   685230 +685_230 02472256 0x_0A_74_AE 0b1010 190:20:30
///     real      1. .5 -.5 6.8523e+5 1e-3 1.E4 190:20:30.15 .inf -.Inf .nan
///     text      everything else
///
/// PyYAML reads 1e-3 as text; Pylearn2 adds the rule that makes it a number. PyYAML also reads
/// -.5 as text, against YAML 1.1; here it is a number.
Type type_of(std::string_view plain);

/// A node's type, with its quotes and its tag (`!float`, `!!int`, `!!float`, `!!bool`, `!!str`,
/// `!!null`) obeyed. Sequences, mappings and objects are text.
Type type_of(const Node& node);

bool is_null(const Node& node);

// Each gives the value, or adds one error to `errors` that says what was found and what is
// allowed, and gives nothing. A number that its type cannot hold is an error, too.

std::optional<std::int64_t> as_int(const Place& place, Errors& errors);
/// An integer is a number, too.
std::optional<double> as_float(const Place& place, Errors& errors);
/// 0 and 1 will do, as in Pylearn2's own jobs.
std::optional<bool> as_bool(const Place& place, Errors& errors);
/// As written, `${VAR}` included.
std::optional<std::string> as_string(const Place& place, Errors& errors);
/// With `${VAR}` replaced.
std::optional<std::string> as_string(const Place& place, const Environment& environment,
                                     Errors& errors);
/// With `${VAR}` replaced and a `~` at its start.
std::optional<std::string> as_path(const Place& place, const Environment& environment,
                                   Errors& errors);

}  // namespace ansatz::yaml
