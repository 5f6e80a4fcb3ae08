#include <ansatz/yaml/overrides.hpp>
#include <ansatz/yaml/read.hpp>

#include "builder.hpp"
#include "fill.hpp"

namespace ansatz::yaml {

namespace {

NodePtr read(const std::vector<SourcePtr>& sources, Errors& errors, const Reading& reading) {
  const int before = errors.size();
  const Text text = reading.fill ? fill(sources, reading.definitions, reading.limits.bytes, errors)
                                 : paste(sources);
  // A template that is not filled in makes no sense as YAML.
  if (errors.size() > before) return nullptr;
  if (text.size() > reading.limits.bytes) {
    errors.add(text.at(text.size()), "",
               "more than " + std::to_string(reading.limits.bytes) + " bytes in all");
    return nullptr;
  }
  NodePtr root = build(text, reading.limits, errors);
  if (root) apply_overrides(root, reading.overrides, errors);
  return root;
}

}  // namespace

NodePtr read_file(const std::string& path, Errors& errors, const Reading& reading) {
  return read_files({path}, errors, reading);
}

NodePtr read_files(const std::vector<std::string>& paths, Errors& errors, const Reading& reading) {
  std::vector<SourcePtr> sources;
  for (const std::string& path : paths)
    if (auto source = load_source(path, reading.limits.bytes, errors))
      sources.push_back(std::move(source));
  return sources.size() == paths.size() ? read(sources, errors, reading) : nullptr;
}

NodePtr read_text(const std::string& name, const std::string& text, Errors& errors,
                  const Reading& reading) {
  const SourcePtr source = make_source(name, text, reading.limits.bytes, errors);
  return source ? read({source}, errors, reading) : nullptr;
}

}  // namespace ansatz::yaml
