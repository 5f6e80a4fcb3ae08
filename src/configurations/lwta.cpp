#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/model/layers/linear.hpp>
#include <ansatz/model/layers/lwta.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/registry/register.hpp>

namespace ansatz::library {

namespace {

// Features and targets of six numbers, as the job draws them.
struct Numbers6 : Dataset {
  constexpr SpaceInfo source_space(std::string_view) const override { return vector_space(6); }
  std::shared_ptr<const Table> load() const override { return nullptr; }
};

}  // namespace

void lwta() {
  register_configuration<float, 0b11>(
      "lwta",
      [] {
        return Train(Numbers6(),
                     MLP(VectorSpace(6_c), LWTA("h0", 4_c, irange(.05), block_size(2)),
                         Linear("y", 6_c, irange(.05))),
                     SGD(learning_rate(1e-3), batch_size(5)));
      },
      "local winner takes all, with real targets", __FILE__, __LINE__);
}

}  // namespace ansatz::library
