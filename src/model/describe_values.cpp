#include <ansatz/base/describe.hpp>
#include <ansatz/model/layers/composite_layer.hpp>
#include <ansatz/model/layers/dropout.hpp>

namespace ansatz {

void write_value(Describer& to, const Routes& value) {
  to.open_mapping(nullptr);
  for (const Route& route : value.list) {
    to.key(to_text(static_cast<long long>(route.input)).view());
    to.open_list();
    for (int layer : route.layers) to.integer(layer);
    to.close();
  }
  to.close();
}

void write_value(Describer& to, const LayerNumbers& value) {
  to.open_mapping(nullptr);
  for (const LayerNumbers::OfLayer& each : value.list) {
    to.key(each.layer.view());
    to.number(each.value);
  }
  to.close();
}

void write_value(Describer& to, const DropoutArguments& value) {
  to.open_mapping(nullptr);
  const DropoutArguments by_default;
  describing::Fields<DropoutArguments> fields{to, value, by_default};
  DropoutArguments::keys(fields);
  to.close();
}

}  // namespace ansatz
