// AbstractAutoencoder: what all autoencoders are
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/default_cost.hpp>
#include <ansatz/job/model.hpp>
#include <ansatz/model/reconstructs.hpp>
#include <ansatz/spaces/format_as.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A model that learns a code from which its inputs can be made again. As a block it gives the
/// code, also in a PretrainedLayer. It has no cost of its own: MeanSquaredReconstructionError,
/// MeanBinaryCrossEntropy, … train it.
///
/// Functions: "predict", the inputs made again of their code, without noise; "encode", the code
/// (named h); "decode", the inputs made of an input h.
class AbstractAutoencoder : public Model, public Reconstructs {
 public:
  constexpr virtual SpaceInfo code_space() const = 0;
  /// The inputs made of a code: [batch, inputs].
  constexpr virtual AnyExpr decode(const AnyExpr& h) const = 0;
  constexpr AnyExpr reconstruct(const AnyExpr& x) const override { return decode(encode(x)); }

  constexpr Signal output(const Signal& x) const override {
    return Signal(input_space(), decode(encode(read(x))));
  }
  constexpr Signal upward_pass(const Signal& x) const override {
    return Signal(code_space(), encode(read(x)));
  }
  constexpr SpaceInfo output_space(const SpaceInfo&) const override { return code_space(); }
  constexpr void named_outputs(const Signal& x, ir::List<Data::Entry>& list) const override {
    list.push_back({"h", upward_pass(x)});
    list.push_back({"", output(x)});
  }
  constexpr void functions(const Data& data, FunctionList& list) const override {
    Model::functions(data, list);
    list.add("encode", [&] {
      Function f;
      f.add(ansatz::output("h", upward_pass(data[input_source()]).value()));
      return f;
    });
    list.add("decode", [&] {
      Function f;
      f.add(ansatz::output("x", decode(ansatz::input_of("h", code_space()).value())));
      return f;
    });
  }

 protected:
  constexpr AnyExpr read(const Signal& x) const { return format_as(x, input_space()).value(); }
};

}  // namespace ansatz
