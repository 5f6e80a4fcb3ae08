#include <ansatz/describe.hpp>
#include <ansatz/model/composite_layer.hpp>

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

}  // namespace ansatz
