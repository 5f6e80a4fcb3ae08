// Files that commands write for people: pictures, pages, tables.
#pragma once

#include <string>
#include <vector>

namespace ansatz::app {

/// Found before anything is computed: a path that ends in none of the allowed suffixes (any, where
/// there are none), that is one of the inputs or a file in one that is a folder, that is a model,
/// or that cannot be written.
/// CLI::ValidationError, FileError.
void settle_output(const std::string& option, const std::string& path,
                   const std::vector<std::string>& inputs,
                   const std::vector<std::string>& suffixes);

/// Replaces the file as a whole, unless it is a model.
void write_output(const std::string& path, const std::string& text);

/// "warning: …" on the error output, or an event.
void warn(const std::string& text);

}  // namespace ansatz::app
