// How the weights of a dense layer begin.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/keys.hpp>

#include <array>
#include <optional>
#include <vector>

ANSATZ_COMPILED_ONCE

namespace ansatz {

class RandomState;
class InitialValues;

/// One number, or one for each unit.
struct Numbers {
  ir::List<double> list;
  constexpr Numbers() {}
  constexpr Numbers(double x) { list.push_back(x); }
  constexpr Numbers(const ir::List<double>& l) : list(l) {}
};
bool read_value(const Value& from, Numbers& to);
void write_value(Describer& to, const Numbers& value);
inline const char* value_type(const Numbers*) { return "number, or list of numbers"; }

/// The keys with which a layer says how its weights begin: exactly one of irange, istdev,
/// sparse_init, glorot_uniform, glorot_normal, he_uniform and he_normal.
struct Initialization {
  std::optional<double> irange;    ///< uniform in [-irange, irange)
  std::optional<double> istdev;    ///< normal with this standard deviation
  std::optional<int> sparse_init;  ///< this many weights of each unit are not zero
  double sparse_stdev = 1;         ///< standard deviation of those
  double include_prob = 1;         ///< probability that a weight is not zero (irange)
  bool glorot_uniform = false;     ///< Glorot and Bengio 2010, equation 16
  bool glorot_normal = false;
  bool he_uniform = false;  ///< He, Zhang, Ren and Sun 2015, equation 10
  bool he_normal = false;

  /// The keys of every layer with weights. T: the layer's class, of which they are members.
  template <class T, class K>
  static constexpr void initialization_keys(K& key) {
    key("irange", &T::irange, "weights are uniform in [-irange, irange) at first")
        .at_least(0)
        .one_way("how the weights begin");
    key("istdev", &T::istdev, "weights are normal at first, with this standard deviation")
        .at_least(0)
        .one_way("how the weights begin");
    key("sparse_init", &T::sparse_init, "number of weights of a unit not zero at first")
        .at_least(0)
        .one_way("how the weights begin");
    key("sparse_stdev", &T::sparse_stdev, "standard deviation of those")
        .at_least(0)
        .only_with("sparse_init");
    key("include_prob", &T::include_prob, "probability that a weight is not zero (irange)")
        .probability()
        .only_with("irange");
    key("glorot_uniform", &T::glorot_uniform, "uniform at first (Glorot, Bengio 2010, eq. 16)")
        .one_way("how the weights begin");
    key("glorot_normal", &T::glorot_normal, "normal at first, of the same variance")
        .one_way("how the weights begin");
    key("he_uniform", &T::he_uniform, "uniform at first, variance 2 / inputs (He et al. 2015)")
        .one_way("how the weights begin");
    key("he_normal", &T::he_normal, "normal at first, variance 2 / inputs (He et al. 2015)")
        .one_way("how the weights begin");
  }

  constexpr int given() const {
    return irange.has_value() + istdev.has_value() + sparse_init.has_value() + glorot_uniform +
           glorot_normal + he_uniform + he_normal;
  }
};

/// Weights as units with inputs, however they are stored: what their first values are drawn by.
/// There are `inputs` * `units` of them.
struct Filters {
  int inputs = 0;            ///< weights of a unit; of a matrix, its rows
  int units = 0;             ///< units with weights of their own; of a matrix, its columns
  int outputs = 0;           ///< weights that an input meets: the fan-out of Glorot and Bengio
  bool units_first = false;  ///< stored [units, inputs], not [inputs, units]
  /// Of weights of more axes than those two: the axes in the order in which they are drawn.
  ir::Shape drawn = {};
  std::array<int, ir::max_rank> stored = {};  ///< axis k of the weights is axis stored[k] of drawn
  unsigned unit_axes = 0;                     ///< bit d: axis d of drawn counts units, not inputs
};

/// The weights that are to be drawn.
struct DrawnWeights {
  std::string_view owner;      ///< for messages: "layer h0"
  std::string_view parameter;  ///< name in the store
  Filters filters;
  std::vector<double> mask = {};  ///< as many: weights are zero where it is; empty: none
};

/// Draws first values of weights and sets the parameter.
/// @param second_draw  whether irange draws Pylearn2's include_prob mask, also when it is 1: its
///                     Linear layers do, Softmax only when it is another
/// Errors: ValueError that names the owner, unless exactly one way is given and can be done.
void draw_weights(const Initialization& how, const DrawnWeights& weights, bool second_draw,
                  InitialValues& values, RandomState& rng);

/// Sets weights to numbers that are in the order in which `weights.filters` are drawn.
void set_drawn_weights(const DrawnWeights& weights, std::vector<double> drawn,
                       InitialValues& values);

/// Sets the first values of `count` biases: one number, or one for each. ValueError that names the
/// layer and the key for another number of them, or one that is not finite.
void set_numbers(const Numbers& given, std::string_view key, std::string_view layer,
                 std::string_view parameter, int count, InitialValues& values);

/// Reads finite numbers that go with weights, such as a mask of them, from a .npy file.
/// @param key  what messages call the file: "mask_weights"
/// Errors: FileError; ValueError that names the owner ("layer h0") unless it has their shape.
std::vector<double> read_numbers(std::string_view owner, std::string_view key,
                                 std::string_view path, const ir::Shape& shape);

}  // namespace ansatz
