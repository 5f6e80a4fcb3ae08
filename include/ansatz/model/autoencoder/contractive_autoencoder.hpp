// Contractive autoencoders: codes that change little where inputs do
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/model/autoencoder/autoencoder.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops/view/reshape.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// An autoencoder with a penalty of its encoder's Jacobian, dh_j / dx_i = W_ij act_enc'(z_j)
/// (Rifai, Vincent, Muller, Glorot and Bengio 2011). A cost adds it:
/// MethodCost("contraction_penalty").
class ContractiveAutoencoder : public Autoencoder {
 public:
  static constexpr const char* yaml = "pylearn2.models.autoencoder.ContractiveAutoencoder";
  static constexpr const char* doc =
      "autoencoder with a penalty of its code's slopes (Rifai et al. 2011)";

  constexpr ContractiveAutoencoder() {}
  constexpr ~ContractiveAutoencoder() override {}
  template <KeyOf<ContractiveAutoencoder>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit ContractiveAutoencoder(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    Autoencoder::keys(key);
  }
  /// KeyFaults: an encoder whose Jacobian is not of that form.
  void check() const;

  /// dh_j / dz_j, [batch, nhid]. Error for an encoder whose Jacobian is not of that form.
  constexpr AnyExpr activation_grad(const AnyExpr& x) const {
    if (const char* const why = fault_of_activation()) graph_error(why);
    if (const char* const why = fault_of_transform()) graph_error(why);
    const AnyExpr z = hidden_input(x);
    return grad(sum(act_enc(z)), z);
  }
  /// dh_j / dx_i, [batch, nvis, nhid].
  constexpr AnyExpr jacobian_h_x(const AnyExpr& x) const {
    const AnyExpr slopes = activation_grad(x);
    ir::Shape rows = slopes.shape();
    rows[2] = rows[1];
    rows[1] = 1;
    rows.rank = 3;
    return W() * AnyExpr(ir::make(ir::info_of<ops::Reshape>, ir::shape_attr(rows), slopes.value()));
  }
  /// Its squares, summed: the mean over the batch.
  constexpr AnyExpr contraction_penalty(const AnyExpr& x) const {
    return mean(sum(square(activation_grad(x)) * squared_columns(), units));
  }
  constexpr bool method(std::string_view name, const Data& data, AnyExpr& value) const override {
    if (name != "contraction_penalty") return false;
    value = contraction_penalty(read(data[input_source()]));
    return true;
  }
  constexpr ir::List<String> method_names() const override {
    ir::List<String> list;
    list.push_back("contraction_penalty");
    return list;
  }

 protected:
  constexpr AnyExpr squared_columns() const { return sum(square(W()), axis<0>); }
  constexpr const char* fault_of_activation() const {
    if (act_enc.elementwise()) return nullptr;
    return "act_enc of a contractive autoencoder must be a function of each hidden unit alone";
  }
  constexpr const char* fault_of_transform() const {
    if (!transform || dynamic_cast<const MatrixTransform*>(transform.get())) return nullptr;
    return "the weights of a contractive autoencoder must be a matrix";
  }
};

/// Also with a penalty of how the Jacobian changes, in place of its Hessian: the mean over
/// num_corruptions spoiled copies x', examples, inputs and hidden units of (J(x) - J(x'))^2 (Rifai,
/// Mesnil, Vincent, Muller, Bengio, Dauphin and Glorot 2011): MethodCost("higher_order_penalty").
class HigherOrderContractiveAutoencoder : public ContractiveAutoencoder {
 public:
  static constexpr const char* yaml =
      "pylearn2.models.autoencoder.HigherOrderContractiveAutoencoder";
  static constexpr const char* doc =
      "contractive autoencoder with a penalty of curvature (Rifai et al. 2011)";
  Shared<Corruptor> corruptor;
  int num_corruptions = 0;

  constexpr HigherOrderContractiveAutoencoder() {}
  constexpr ~HigherOrderContractiveAutoencoder() override {}
  template <KeyOf<HigherOrderContractiveAutoencoder>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit HigherOrderContractiveAutoencoder(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    using Self = HigherOrderContractiveAutoencoder;
    key.required("corruptor", &Self::corruptor, "what spoils the copies");
    key.required("num_corruptions", &Self::num_corruptions, "how many copies of an example")
        .from_to(1, 100);
    ContractiveAutoencoder::keys(key);
  }
  constexpr AnyExpr higher_order_penalty(const AnyExpr& x) const {
    const AnyExpr slopes = activation_grad(x);
    AnyExpr total;
    for (int i = 0; i < num_corruptions; ++i) {
      const AnyExpr changes = slopes - activation_grad(corruptor->corrupt(x));
      const AnyExpr term = mean(sum(square(changes) * squared_columns(), units));
      if (i == 0)
        total = term;
      else
        total = total + term;
    }
    return total / (1. * num_corruptions * input_space().total_dimension() *
                    code_space().total_dimension());
  }
  constexpr bool method(std::string_view name, const Data& data, AnyExpr& value) const override {
    if (name != "higher_order_penalty") return ContractiveAutoencoder::method(name, data, value);
    value = higher_order_penalty(read(data[input_source()]));
    return true;
  }
  constexpr ir::List<String> method_names() const override {
    ir::List<String> list = ContractiveAutoencoder::method_names();
    list.push_back("higher_order_penalty");
    return list;
  }
};

}  // namespace ansatz
