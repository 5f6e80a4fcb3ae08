// %(name)s in the text of a job, replaced early: before it is read as YAML.
#pragma once

#include <ansatz/yaml/errors.hpp>

namespace ansatz::yaml {

/// `text` with its %(name)s filled in, as Python's `text % {"name": value, …}` does.
///
/// `definitions` are "name=value"; a value is a number if YAML reads it as one, else a string.
/// "name=@file" gives the text of a file, itself filled in with the same definitions (Pylearn2's
/// softmax regression is made of four files); "name=@@x" gives "@x".
///
/// Conversions: s, d i u, o x X, e E f F g G, with the flags - + 0 and space, width (up to 1000)
/// and precision (up to 100); %d of 2.7 is 2; `%%` is `%`. Other percent signs are left alone, and
/// so is all of a text without any %(name) when there are no definitions. Missing names,
/// definitions not used and values that do not fit their conversion are all added to `errors`;
/// the result is then of no use.
std::string fill_template(const std::string& name, const std::string& text,
                          const std::vector<std::string>& definitions, Errors& errors);

}  // namespace ansatz::yaml
