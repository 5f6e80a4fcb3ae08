// How the weights of a dense layer begin.
#pragma once

#include <ansatz/keys.hpp>

#include <optional>

namespace ansatz {

class RandomState;
class InitialValues;

/// One number, or one for each unit.
struct Numbers {
  ir::List<double> list;
  constexpr Numbers() = default;
  constexpr Numbers(double x) { list.push_back(x); }
  constexpr Numbers(const ir::List<double>& l) : list(l) {}
};

/// The keys with which a layer says how its weights begin: exactly one of irange, istdev,
/// sparse_init, glorot_uniform, glorot_normal, he_uniform and he_normal.
struct Initialization {
  std::optional<double> irange;      ///< uniform in [-irange, irange)
  std::optional<double> istdev;      ///< normal with this standard deviation
  std::optional<int> sparse_init;    ///< this many weights of each unit are not zero
  double sparse_stdev = 1;           ///< standard deviation of those
  double include_prob = 1;           ///< probability that a weight is not zero (irange)
  bool glorot_uniform = false;       ///< Glorot and Bengio 2010, equation 16
  bool glorot_normal = false;
  bool he_uniform = false;           ///< He, Zhang, Ren and Sun 2015, equation 10
  bool he_normal = false;

  constexpr int given() const {
    return irange.has_value() + istdev.has_value() + sparse_init.has_value() + glorot_uniform +
           glorot_normal + he_uniform + he_normal;
  }
};

/// Draws the rows x columns weights of a parameter.
/// @param second_draw  whether irange draws Pylearn2's include_prob mask, also when it is 1: its
///                     Linear layers do, Softmax does not
void draw_weights(const Initialization& how, std::string_view parameter, int rows, int columns,
                  bool second_draw, InitialValues& values, RandomState& rng);

}  // namespace ansatz
