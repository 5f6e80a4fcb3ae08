// A shared object with classes of its own: a layer, a linear transform, a model made of layers.
#include "../model/local_transform.hpp"
#include "../model/tied_autoencoder.hpp"

#include <ansatz/model/layers/linear.hpp>
#include <ansatz/registry/register_class.hpp>

namespace {

// y = exp(-z^2), z = x W + b
class Bump : public ansatz::Linear<> {
 public:
  static constexpr const char* yaml = "my_models.Bump";
  double width = 1;

  template <class K>
  static constexpr void keys(K& key) {
    ansatz::Linear<>::keys(key);
    key("width", &Bump::width, "of the bump");
  }
  constexpr ansatz::AnyExpr activation(const ansatz::Place& at,
                                       const ansatz::AnyExpr& z) const override {
    return exp(-square(z / setting(at, "width", width)));
  }
  constexpr bool has_cost() const override { return false; }
};

using ansatz::testing::LocalTransform;
using ansatz::testing::TiedAutoencoder;

ANSATZ_REGISTER_CLASS(Bump, "a layer of bumps")
ANSATZ_REGISTER_CLASS(LocalTransform, "each output sees a window of the inputs")
ANSATZ_REGISTER_CLASS(TiedAutoencoder, "up through layers, and down through their weights")

}  // namespace
