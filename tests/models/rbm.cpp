#include "model_test.hpp"

namespace {

using namespace ansatz;

template <bool Gradients>
struct FreeEnergy {
  constexpr Function operator()() const {
    const auto W = parameter<Matrix<13, 9>>("W");
    const auto b = parameter<VectorSpace<13>>("b");
    const auto c = parameter<VectorSpace<9>>("c");
    const auto energy = [&](const auto& v) {
      return -matmul(v, b) - sum(softplus(matmul(v, W) + c), units);
    };
    const auto f0 = energy(input<VectorSpace<13>>("v0"));
    const auto fk = energy(input<VectorSpace<13>>("vk"));
    Outputs others = output("free_energy_v0", f0);
    for (const auto& each : output("free_energy_vk", fk).list) others.list.push_back(each);
    return model_test::trained<Gradients>(others, mean(f0) - mean(fk), model_test::Sgd{});
  }
};

}  // namespace

TEST_CASE("free energies of a Boltzmann machine: PyTorch's numbers", "[model]") {
  model_test::check<FreeEnergy>({"rbm_free_energy"});
}
