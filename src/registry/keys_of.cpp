// The keys of a class as people read them.
#include <ansatz/registry/registry.hpp>
#include <ansatz/yaml/write.hpp>

#include "describe_value.hpp"

namespace ansatz {

namespace {

class List final : public FieldSink {
 public:
  explicit List(std::vector<KeyInfo>& keys) : keys_(keys) {}
  void operator()(const Field& field) override {
    KeyInfo key;
    key.name = field.name;
    key.type = field.type();
    key.doc = field.doc;
    key.required = field.required;
    if (!field.required) key.by_default = value_text(field.write, field.at);
    keys_.push_back(std::move(key));
  }

 private:
  std::vector<KeyInfo>& keys_;
};

}  // namespace

std::vector<KeyInfo> ClassInfo::keys() const {
  std::vector<KeyInfo> list;
  if (!make) return list;
  List sink(list);
  fields(*make(), sink);
  return list;
}

}  // namespace ansatz
