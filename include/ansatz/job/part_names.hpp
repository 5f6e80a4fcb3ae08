// The names of a model's parameters: of the layer, or of the path to it where two would be equal.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/layer.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz::part_names {

// A layer in a place of the model.
struct Standing {
  const Layer* layer = nullptr;
  const Object* part = nullptr;
  String path, place;  // what its parameters' and its settings' names begin with
  String layers;       // the names of the layers around it and its own, with '/' between
  bool compound = false, several = false, renamed = false, moved = false;
};

// The layer stands in a second place, and all that is inside with it.
constexpr void mark_several(const Layer& layer, ir::List<Standing>& list) {
  for (Standing& each : list)
    if (each.part == &layer.part()) each.several = true;
  for (int i = 0; i < layer.inner_parts(); ++i) mark_several(layer.inner_part(i), list);
}

constexpr void walk(const Layer& layer, const String& prefix, const String& around,
                    ir::List<Standing>& list) {
  const Object* const part = &layer.part();
  for (const Standing& each : list)
    if (each.part == part) return mark_several(layer, list);  // its parameters are there already
  Standing here;
  here.layer = &layer;
  here.part = part;
  here.path = prefix + layer.stem();
  here.place = prefix + layer.layer_name;
  here.layers = around + layer.layer_name;
  here.compound = layer.inner_parts() > 0;
  list.push_back(here);
  for (int i = 0; i < layer.inner_parts(); ++i)
    walk(layer.inner_part(i), here.place + "_", here.layers + "/", list);
}

// Tells of each layer with parameters of its own whether `text` is another one's, too.
template <class Text, class Tell>
constexpr void for_each_equal(ir::List<Standing>& list, Text text, Tell tell) {
  for (int i = 0; i < list.size(); ++i)
    for (int k = 0; k < i; ++k) {
      if (list[i].compound || list[k].compound) continue;
      if (text(list[i]) != text(list[k])) continue;
      tell(list[i]);
      tell(list[k]);
    }
}

constexpr bool joined(std::string_view name) {
  for (const char c : name)
    if (c == '_') return true;
  return false;
}

// The layers of a model, or those inside a layer.
struct Row {
  const ir::List<const Layer*>* layers = nullptr;
  const Layer* around = nullptr;
  constexpr int size() const { return layers ? layers->size() : around->inner_parts(); }
  constexpr const Layer& operator[](int i) const {
    if (layers) return *(*layers)[i];
    return around->inner_part(i);
  }
};

// Whether no layer can have a name that another has, nor stand in two places. Asked often, also of
// the compiler: so without making a single name. In a row, at most one layer, a Softmax, has
// parameters that are not named after it; where there are layers in layers, no name has the "_"
// that stands between them.
constexpr bool plain(const Row& row, bool deep, ir::List<const Object*>& seen) {
  const Layer* other = nullptr;
  const int count = row.size();
  for (int i = 0; i < count; ++i) {
    const Layer& layer = row[i];
    if (deep) {
      if (joined(layer.layer_name)) return false;
      const Object* const part = &layer.part();
      for (const Object* each : seen)
        if (each == part) return false;
      seen.push_back(part);
      if (layer.inner_parts() > 0) {
        if (!plain({nullptr, &layer}, true, seen)) return false;
        continue;
      }
    }
    if (layer.layer_name == layer.stem()) continue;
    if (other) return false;
    other = &layer;
  }
  if (!other) return true;
  for (int i = 0; i < count; ++i)
    if (&row[i] != other && row[i].layer_name == other->stem()) return false;
  return true;
}
constexpr bool plain(const ir::List<const Layer*>& layers) {
  bool deep = false;
  for (const Layer* each : layers) deep = deep || each->inner_parts() > 0 || each->inner_model();
  ir::List<const Object*> seen;
  return plain({&layers, nullptr}, deep, seen);
}

/// The parts of a model of these layers whose parameters are not named by where they stand alone.
/// Error where no names can be found.
constexpr ir::List<NamedPart> names_of(const ir::List<const Layer*>& layers) {
  ir::List<NamedPart> named;
  if (plain(layers)) return named;
  ir::List<Standing> list;
  for (const Layer* each : layers) walk(*each, "", "", list);
  const auto path = [](const Standing& s) { return s.path.view(); };
  for_each_equal(list, path, [](Standing& s) { s.renamed = true; });
  for (Standing& each : list)
    if (each.renamed && each.path != each.place.view())
      each.path = each.place + "_" + each.layer->stem();
  // Layers "a_b" in "c" and "b" in "c_a" are "c_a_b" both.
  for_each_equal(list, path, [](Standing& s) { s.moved = true; });
  for_each_equal(
      list, [](const Standing& s) { return s.place.view(); }, [](Standing& s) { s.moved = true; });
  for (Standing& each : list) {
    if (!each.moved) continue;
    const bool own_stem = each.layer->stem() != each.layer->layer_name.view();
    each.place = each.path = each.layers;
    if (own_stem) each.path += "_";
    if (own_stem) each.path += each.layer->stem();
  }
  for_each_equal(list, path, [](Standing& s) {
    const String text = "two layers would have parameters of one name, which begins with " +
                        s.path + "; give layer " + s.layers + " another layer_name";
    graph_error(text.c_str());
  });
  for (const Standing& each : list)
    if (each.renamed || each.moved || each.several)
      named.push_back({each.part, each.path, each.place, each.several});
  return named;
}

constexpr bool begins_with(std::string_view name, const String& path) {
  return name.size() > path.view().size() && name.substr(0, path.view().size()) == path.view() &&
         name[path.view().size()] == '_';
}

// Whether a parameter belongs to a part that stands in several places.
constexpr bool shared(std::string_view name, const ir::List<NamedPart>& named) {
  for (const NamedPart& each : named)
    if (each.several && begins_with(name, each.path)) return true;
  return false;
}

/// The parameters, those of parts that stand in several places once. One that is frozen in one
/// place and trained in another is trained, as in Pylearn2.
constexpr ir::List<ModelParameter> once(const ir::List<ModelParameter>& several,
                                        const ir::List<NamedPart>& named) {
  ir::List<ModelParameter> list;
  for (const ModelParameter& p : several) {
    ModelParameter* before = nullptr;
    for (ModelParameter& each : list)
      if (each.name == p.name) before = &each;
    if (!before || !shared(p.name, named)) {
      list.push_back(p);
      continue;
    }
    if (!(before->shape() == p.shape())) {
      const String text =
          "the parameter " + p.name + " is shared by layers whose inputs have different sizes";
      graph_error(text.c_str());
    }
    before->frozen = before->frozen && p.frozen;
  }
  return list;
}

}  // namespace ansatz::part_names
