// The keys of a class as people read them.
#include <ansatz/registry/registry.hpp>
#include <ansatz/yaml/write.hpp>

#include "describe_value.hpp"

namespace ansatz {

std::vector<KeyInfo> ClassInfo::keys() const {
  std::vector<KeyInfo> list;
  if (!make) return list;
  const Shared<Object> object = make();
  std::vector<Field> all;
  fields(*object, all);
  for (const Field& field : all) {
    KeyInfo key;
    key.name = field.name;
    key.type = field.type();
    key.doc = field.doc;
    key.required = field.required;
    if (!field.required) key.by_default = value_text(field.write, field.at);
    list.push_back(std::move(key));
  }
  return list;
}

}  // namespace ansatz
