// Reads the text of a job into a checked tree.
#pragma once

#include <ansatz/yaml/errors.hpp>

namespace ansatz::yaml {

/// What a text may ask for. Beyond it there is an error, never a crash.
struct Limits {
  /// Of a file, and of the text after %(name)s are filled in.
  std::size_t bytes = std::size_t{4} << 20;
  /// Nodes; aliases count once, wherever they lead.
  int nodes = 200000;
  /// Nesting, through aliases as well.
  int depth = 100;
};

struct Reading {
  /// "name=value", see <ansatz/yaml/template.hpp>.
  std::vector<std::string> definitions;
  /// Whether %(name)s are filled in; not in text that to_yaml wrote, such as a model file's.
  bool fill = true;
  /// "path=value", see <ansatz/yaml/overrides.hpp>.
  std::vector<std::string> overrides;
  Limits limits;
};

/// Reads one document. All errors are added to `errors`: syntax (reading stops there), aliases that
/// name no anchor (nothing stands there then, and what follows from it is not told), duplicate keys
/// and anchors, anchors that contain themselves, unknown tags and tags on the wrong kind of
/// node. Null when there is no tree; else the tree may still hold what the errors are about, so
/// that its other faults can be found in the same pass.
///
/// `<<` in a mapping takes over the keys of the mapping or mappings behind it that are not there.
NodePtr read_file(const std::string& path, Errors& errors, const Reading& reading = {});

/// The files one after the other, as one text.
NodePtr read_files(const std::vector<std::string>& paths, Errors& errors,
                   const Reading& reading = {});

/// `name` stands for the file in messages.
NodePtr read_text(const std::string& name, const std::string& text, Errors& errors,
                  const Reading& reading = {});

}  // namespace ansatz::yaml
