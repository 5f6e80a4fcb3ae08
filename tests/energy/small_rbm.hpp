// Restricted Boltzmann machines of 5 visible and 3 hidden units.
#pragma once

#include <ansatz/model/energy/gaussian_binary_rbm.hpp>
#include <ansatz/model/energy/rbm.hpp>

namespace ansatz::testing {

inline RBM small_rbm() {
  RBM rbm;
  rbm.nvis = 5;
  rbm.nhid = 3;
  return rbm;
}
inline GaussianBinaryRBM small_gaussian_rbm(double sigma = .9) {
  GaussianBinaryRBM rbm;
  rbm.nvis = 5;
  rbm.nhid = 3;
  rbm.energy_function_class = Shared<GRBMEnergyFunction>(GRBM_Type_1());
  rbm.learn_sigma = true;
  rbm.init_sigma = sigma;
  return rbm;
}

}  // namespace ansatz::testing
