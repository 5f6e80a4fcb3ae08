// A shared object with a layer of its own.
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

ANSATZ_REGISTER_CLASS(Bump, "a layer of bumps")

}  // namespace
