// Gated autoencoders: what relates two inputs
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/job/default_cost.hpp>
#include <ansatz/job/model.hpp>
#include <ansatz/job/model_weights.hpp>
#include <ansatz/model/autoencoder/activation.hpp>
#include <ansatz/model/corruption/corruptor.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/ops/arithmetic/divide.hpp>
#include <dsl/ops/arithmetic/subtract.hpp>
#include <dsl/ops/linear/matmul.hpp>
#include <dsl/ops/reduce/mean.hpp>
#include <dsl/ops/reduce/standard_deviation.hpp>
#include <dsl/ops/view/transpose.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// A model of pairs (x, y) with a code of what relates them, from which, with one of the two, the
/// other is made: Pylearn2's GatedAutoencoder. The inputs are vectors, or images that are read as
/// vectors; SymmetricMSRE trains it. As a block it gives the code, [batch, nmap].
///
/// Functions: "predict", both made again, without noise, named as their sources; "encode", the code
/// (named h).
class GatedAutoencoder : public Model {
 public:
  struct Pair {
    AnyExpr x, y;
  };

  int nmap = 0, nvisx = 0, nvisy = 0;
  SpaceInfo space;
  Sources source = two_sources();
  Activation act_enc, act_dec;
  double irange = 1e-3;
  Seed rng;

  template <class K>
  static constexpr void keys(K& key) {
    key.required("nmap", &GatedAutoencoder::nmap, "number of mapping units: numbers of a code")
        .at_least(1);
    key("input_space", &GatedAutoencoder::space,
        "CompositeSpace of the two inputs, in place of nvisx and nvisy");
    key("nvisx", &GatedAutoencoder::nvisx, "numbers of the first input").at_least(1);
    key("nvisy", &GatedAutoencoder::nvisy, "numbers of the second input").at_least(1);
    key("input_source", &GatedAutoencoder::source, "their sources; default [featuresX, featuresY]");
    key("act_enc", &GatedAutoencoder::act_enc, "activation of the code; null: linear");
    key("act_dec", &GatedAutoencoder::act_dec, "activation of what is made again; null: linear");
    key("irange", &GatedAutoencoder::irange, "standard deviation of the weights at first")
        .at_least(0);
    key("rng", &GatedAutoencoder::rng, "seed of the first values; default 9001");
  }
  /// KeyFaults: not two inputs, or not as many sources.
  void check() const;

  constexpr SpaceInfo input_space() const override {
    if (nvisx < 1 || nvisy < 1) return space;
    SpaceInfo both;
    both.kind = SpaceKind::composite;
    both.components.push_back(vector_space(nvisx));
    both.components.push_back(vector_space(nvisy));
    return both;
  }
  constexpr Sources input_source() const override { return source; }
  /// Inputs are what both outputs are to be, and are called as.
  constexpr Sources target_source() const override { return source; }
  constexpr SpaceInfo target_space() const override { return input_space(); }
  constexpr SpaceInfo code_space() const { return vector_space(nmap); }

  /// The code of a pair of vectors, [batch, nmap].
  constexpr virtual AnyExpr encode(const Pair& inputs) const = 0;
  /// x and y made again, as the model is trained to: a denoising one spoils both first.
  constexpr virtual Pair reconstructXY(const Pair& inputs) const = 0;
  /// The same, without noise.
  constexpr virtual Pair reconstructXY_NoiseFree(const Pair& inputs) const {
    return reconstructXY(inputs);
  }

  /// The two inputs, as vectors.
  constexpr Pair read(const Signal& inputs) const {
    const ir::List<Signal> parts = components_of(inputs);
    if (parts.size() != 2) graph_error("a gated autoencoder has two inputs");
    return {format_as(parts[0], vector_space(size(0))).value(),
            format_as(parts[1], vector_space(size(1))).value()};
  }
  constexpr Signal output(const Signal& inputs) const override {
    const Pair made = reconstructXY_NoiseFree(read(inputs));
    Signal both;
    both.space = input_space();
    both.values.push_back(as_input(0, made.x));
    both.values.push_back(as_input(1, made.y));
    return both;
  }
  constexpr Signal upward_pass(const Signal& inputs) const override {
    return Signal(code_space(), encode(read(inputs)));
  }
  constexpr SpaceInfo output_space(const SpaceInfo&) const override { return code_space(); }
  constexpr void functions(const Data& data, FunctionList& list) const override {
    Model::functions(data, list);
    list.add("encode", [&] {
      Function f;
      f.add(ansatz::output("h", upward_pass(data[input_source()]).value()));
      return f;
    });
  }

 protected:
  constexpr int size(int input) const {
    const SpaceInfo both = input_space();
    if (both.components.size() != 2) {
      graph_error("a gated autoencoder needs nvisx and nvisy, or an input_space of two");
      return 1;
    }
    return both.components[input].total_dimension();
  }

 private:
  static constexpr Sources two_sources() {
    Sources both;
    both.parts.push_back(Sources("featuresX"));
    both.parts.push_back(Sources("featuresY"));
    return both;
  }
  constexpr AnyExpr as_input(int i, const AnyExpr& made) const {
    return format_as(Signal(vector_space(size(i)), made), input_space().components[i]).value();
  }
};

/// With factors: both inputs and the code meet in products of nfac projections (Memisevic 2011,
/// "Gradient-based learning of higher-order image features"):
///
///     h  = act_enc(((x wxf) (y wyf)) whf_in^T + mb)
///     x' = act_dec(((y wyf) (h whf)) wxf^T + vbX),   y' likewise
///
/// Parameters: wxf [nvisx, nfac], wyf [nvisy, nfac], whf_in and whf [nmap, nfac], mb, vbX, vbY.
/// After each update the filters of both inputs, the columns of wxf and wyf, get mean 0 and one
/// standard deviation, the mean of theirs. First values: normal with standard deviation irange, 0
/// the biases.
///
///     FactoredGatedAutoencoder(nfac(100), nmap(50), nvisx(169), nvisy(169), act_enc("sigmoid"))
class FactoredGatedAutoencoder : public GatedAutoencoder {
 public:
  static constexpr const char* yaml = "pylearn2.models.gated_autoencoder.FactoredGatedAutoencoder";
  static constexpr const char* doc = "autoencoder of what relates two inputs (Memisevic 2011)";
  int nfac = 0;

  constexpr FactoredGatedAutoencoder() {}
  constexpr ~FactoredGatedAutoencoder() override {}
  template <KeyOf<FactoredGatedAutoencoder>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit FactoredGatedAutoencoder(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("nfac", &FactoredGatedAutoencoder::nfac, "number of factors").at_least(1);
    GatedAutoencoder::keys(key);
  }

  constexpr AnyExpr encode(const Pair& p) const override {
    const AnyExpr factors = matmul(p.x, wxf()) * matmul(p.y, wyf());
    return act_enc(matmul(factors, transpose(whf_in())) + leaf("mb", nmap));
  }
  constexpr Pair reconstructXY(const Pair& p) const override { return decode(p, encode(p)); }
  /// x and y made of each other by a code, which may be that of another pair.
  constexpr Pair decode(const Pair& p, const AnyExpr& code) const {
    const AnyExpr x = matmul(p.x, wxf()), y = matmul(p.y, wyf());
    const AnyExpr h = matmul(code, whf());
    return {act_dec(matmul(y * h, transpose(wxf())) + leaf("vbX", size(0))),
            act_dec(matmul(x * h, transpose(wyf())) + leaf("vbY", size(1)))};
  }

  using Model::parameters;
  constexpr void parameters(ir::List<ModelParameter>& list) const override {
    list.push_back({"wxf", wxf()});
    list.push_back({"wyf", wyf()});
    list.push_back({"whf_in", whf_in()});
    list.push_back({"whf", whf()});
    list.push_back({"mb", leaf("mb", nmap)});
    list.push_back({"vbX", leaf("vbX", size(0))});
    list.push_back({"vbY", leaf("vbY", size(1))});
  }
  void initialize(InitialValues& values) const override;
  constexpr void modify_updates(UpdateList& updates) const override {
    for (const char* filters : {"wxf", "wyf"})
      if (AnyExpr* const w = updates.find(filters)) *w = normalized(*w);
  }
  constexpr void weights(ir::List<ModelWeights>& list) const override {
    const auto add = [&](const char* name, const AnyExpr& w) {
      list.push_back({name, name, w, norm(w, axis<1>), norm(w, axis<0>)});
    };
    add("wxf", wxf());
    add("wyf", wyf());
    add("whf_in", whf_in());
    add("whf", whf());
  }

 private:
  static constexpr AnyExpr leaf(const char* name, int size) {
    return parameter_leaf(name, ir::make_shape(size));
  }
  constexpr AnyExpr matrix(const char* name, int rows) const {
    return parameter_leaf(name, ir::make_shape(rows, nfac));
  }
  constexpr AnyExpr wxf() const { return matrix("wxf", size(0)); }
  constexpr AnyExpr wyf() const { return matrix("wyf", size(1)); }
  constexpr AnyExpr whf_in() const { return matrix("whf_in", nmap); }
  constexpr AnyExpr whf() const { return matrix("whf", nmap); }
  static constexpr AnyExpr normalized(const AnyExpr& w) {
    const AnyExpr deviations = standard_deviation(w, axis<0>) + 1e-6;  // of filters without any
    return (w - mean(w, axis<0>)) * (mean(deviations) / deviations);
  }
};

/// A FactoredGatedAutoencoder that makes both inputs again of spoiled ones.
class DenoisingFactoredGatedAutoencoder : public FactoredGatedAutoencoder {
 public:
  static constexpr const char* yaml =
      "pylearn2.models.gated_autoencoder.DenoisingFactoredGatedAutoencoder";
  static constexpr const char* doc = "the same, of spoiled inputs";
  Shared<Corruptor> corruptor;

  constexpr DenoisingFactoredGatedAutoencoder() {}
  constexpr ~DenoisingFactoredGatedAutoencoder() override {}
  template <KeyOf<DenoisingFactoredGatedAutoencoder>... O>
    requires(sizeof...(O) > 0)
  constexpr explicit DenoisingFactoredGatedAutoencoder(const O&... options) {
    give(*this, options...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key.required("corruptor", &DenoisingFactoredGatedAutoencoder::corruptor,
                 "what spoils the inputs");
    FactoredGatedAutoencoder::keys(key);
  }
  constexpr Pair reconstructXY(const Pair& p) const override {
    return FactoredGatedAutoencoder::reconstructXY(
        {corruptor->corrupt(p.x), corruptor->corrupt(p.y)});
  }
  constexpr Pair reconstructXY_NoiseFree(const Pair& p) const override {
    return FactoredGatedAutoencoder::reconstructXY(p);
  }
};

}  // namespace ansatz
