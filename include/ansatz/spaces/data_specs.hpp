// DataSpecs: what models, costs and extensions read, a tree of Spaces and the names of their
// sources.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/spaces/space_info.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Where data come from: a source, or, of a CompositeSpace, one for each of its components, nested
/// as these are: `"features"`, `Sources("left", "right")`, `Sources("image", Sources("x", "y"))`.
struct Sources {
  String name;  ///< of one source; empty where there are several
  ir::List<Sources> parts;

  constexpr Sources() {}
  constexpr Sources(const char* source) : name(source) {}
  constexpr Sources(const String& source) : name(source) {}
  template <class... More>
    requires(sizeof...(More) > 0)
  constexpr Sources(const Sources& first, const Sources& second, const More&... more) {
    parts.push_back(first);
    parts.push_back(second);
    (parts.push_back(Sources(more)), ...);
  }
  constexpr Sources(const Sources& first, const Sources& second) {
    parts.push_back(first);
    parts.push_back(second);
  }

  constexpr bool several() const { return !parts.empty(); }
  constexpr bool operator==(const Sources& o) const {
    if (!(name == o.name) || parts.size() != o.parts.size()) return false;
    for (int i = 0; i < parts.size(); ++i)
      if (!(parts[i] == o.parts[i])) return false;
    return true;
  }
};
bool read_value(const Value& from, Sources& to);
void write_value(Describer& to, const Sources& value);
inline const char* value_type(const Sources*) { return "text, or list of them"; }

/// "features", or "(left, (x, y))".
constexpr String to_text(const Sources& s) {
  if (!s.several()) return s.name;
  String text = "(";
  for (int i = 0; i < s.parts.size(); ++i) {
    if (i) text += ", ";
    text += to_text(s.parts[i]);
  }
  return text += ")";
}

/// A Space, and where its values come from.
struct DataSpecs {
  SpaceInfo space;
  Sources source;
};
bool read_value(const Value& from, DataSpecs& to);
void write_value(Describer& to, const DataSpecs& value);
inline const char* value_type(const DataSpecs*) { return "list of a Space and its sources"; }

/// The pairs of a Space and one source in it, in their order; a source may be among them several
/// times. Error when the two are not nested in the same way.
constexpr void flatten(const SpaceInfo& space, const Sources& source, ir::List<DataSpecs>& list) {
  if (!source.several()) {
    list.push_back({space, source});
    return;
  }
  if (space.kind != SpaceKind::composite || space.components.size() != source.parts.size()) {
    const String text = "the sources " + to_text(source) + " do not fit " + to_text(space) +
                        ", which needs one for each of its components";
    graph_error(text.c_str());
    return;
  }
  for (int i = 0; i < source.parts.size(); ++i) flatten(space.components[i], source.parts[i], list);
}
constexpr ir::List<DataSpecs> flatten(const SpaceInfo& space, const Sources& source) {
  ir::List<DataSpecs> list;
  flatten(space, source, list);
  return list;
}

/// The sources that a CompositeSpace of the language names.
template <class S>
constexpr Sources sources_of(const S&, const char* name) {
  return name;
}
template <class... S>
constexpr Sources sources_of(const CompositeSpace<S...>& space, const char* = "") {
  Sources found;
  (found.parts.push_back(sources_of(static_cast<const S&>(space).object, S::name)), ...);
  return found;
}

}  // namespace ansatz
