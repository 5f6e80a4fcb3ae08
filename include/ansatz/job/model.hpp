// Model: what is trained.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/name_index.hpp>
#include <ansatz/job/block.hpp>
#include <ansatz/job/channel.hpp>
#include <ansatz/job/function_list.hpp>
#include <ansatz/job/parameter_list.hpp>
#include <ansatz/job/state_list.hpp>
#include <ansatz/spaces/data_specs.hpp>
#include <ansatz/spaces/signal.hpp>

#include <memory>

ANSATZ_COMPILED_ONCE

namespace ansatz {

class Cost;
class Dataset;
class RandomState;

/// The data a program reads, by source.
class Data {
  // First, as its type is known only then.
  constexpr auto name_of() const {
    return [this](int i) { return sources_[i].source.view(); };
  }

 public:
  /// A source that is there already is not added again: several costs read it as one input. Error
  /// when they read it in different Spaces.
  constexpr void add(const String& source, const SpaceInfo& space) {
    const int known = names_.find_or_add(source.view(), name_of());
    if (known < 0) {
      sources_.push_back({source, input_of(source.c_str(), space)});
    } else if (const SpaceInfo& other = sources_[known].signal.space; !(other == space)) {
      const String text =
          "the source " + source + " is read as " + to_text(other) + " and as " + to_text(space);
      graph_error(text.c_str());
    }
  }
  /// Several sources, each an input of its own.
  constexpr void add(const Sources& sources, const SpaceInfo& space) {
    for (const DataSpecs& each : flatten(space, sources)) add(each.source.name, each.space);
  }
  constexpr void add(const char* source, const SpaceInfo& space) { add(String(source), space); }
  constexpr const Signal* find(std::string_view source) const {
    const int known = names_.find(source, name_of());
    return known < 0 ? nullptr : &sources_[known].signal;
  }
  /// Whether all of them are there.
  constexpr bool has(const Sources& sources) const {
    for (const Sources& each : sources.parts)
      if (!has(each)) return false;
    return sources.several() || find(sources.name.view());
  }
  /// Error when there is no such source.
  constexpr const Signal& operator[](std::string_view source) const {
    const Signal* s = find(source);
    if (!s) {
      const String text = "a cost or a model needs the source " + String(source);
      graph_error(text.c_str());
      return sources_[0].signal;
    }
    return *s;
  }
  /// One source, or the values of several, as a CompositeSpace.
  constexpr Signal operator[](const Sources& sources) const {
    if (!sources.several()) return (*this)[sources.name.view()];
    Signal whole;
    whole.space.kind = SpaceKind::composite;
    for (const Sources& each : sources.parts) {
      const Signal part = (*this)[each];
      whole.space.components.push_back(part.space);
      whole.training = whole.training || part.training;
      for (const AnyExpr& value : part.values) whole.values.push_back(value);
    }
    return whole;
  }
  constexpr const Signal& operator[](const char* source) const {
    return (*this)[std::string_view(source)];
  }
  constexpr const Signal& operator[](const String& source) const { return (*this)[source.view()]; }
  struct Entry {
    String source;
    Signal signal;
  };
  constexpr const ir::List<Entry>& sources() const { return sources_; }
  /// The same of a batch that is trained on: what layers make of it may differ then (Place).
  constexpr Data for_training() const {
    Data same = *this;
    for (Entry& e : same.sources_) e.signal.training = true;
    return same;
  }

 private:
  ir::List<Entry> sources_;
  NameIndex names_;
};

/// The values of an output: one without a name, or those of a CompositeSpace under the names of the
/// targets they are compared with; where these are not several, their numbers.
constexpr ir::List<Data::Entry> named_parts(const Signal& signal, const Sources& targets) {
  ir::List<Data::Entry> list;
  if (signal.space.kind != SpaceKind::composite) {
    list.push_back({"", signal});
    return list;
  }
  const ir::List<Signal> parts = components_of(signal);
  for (int i = 0; i < parts.size(); ++i) {
    const bool named = targets.parts.size() == parts.size();
    Sources own(to_text(static_cast<long long>(i)));
    if (named) own = targets.parts[i];
    for (const Data::Entry& each : named_parts(parts[i], own)) {
      String name;
      if (!own.several()) name = own.name;
      if (!name.empty() && !each.source.empty()) name += ".";
      name += each.source;
      list.push_back({name, each.signal});
    }
  }
  return list;
}

class Model;
struct ModelFile;
struct NamedTensor;
struct ModelWeights;

/// Where a model's first parameter values go; see Model::initialize.
class InitialValues {
 public:
  virtual ~InitialValues() = default;
  /// Row-major values of a parameter; as many as its shape has.
  virtual void set(std::string_view parameter, const double* values, std::int64_t count) = 0;
  virtual void fill(std::string_view parameter, double value) = 0;
  /// What state that the model declares is to begin with, instead of the first value it says; by
  /// default that stays.
  virtual void set_state(const NamedTensor&) {}
  /// What an earlier job of a list trained the model to; null: nothing.
  virtual const ModelFile* learned(const Model&) const { return nullptr; }
  /// A data set the job trains on, for layers that look at it (init_bias_target_marginals).
  virtual const Dataset* training_data() const { return nullptr; }
};

class Layered;
class ModelRun;
class Session;

/// A model: parameters, the expressions made of them, constraints, channels. As Pylearn2's Model,
/// but every method only describes; what it returns is compiled.
class Model : public Block {
 public:
  static constexpr const char* kind_name = "model";
  static constexpr bool outlives_faults = true;

  constexpr SpaceInfo input_space() const override = 0;
  /// Nested as the Space is, where it is one of several.
  constexpr virtual Sources input_source() const { return "features"; }
  /// NullSpace when the model has no targets.
  constexpr virtual SpaceInfo target_space() const { return {}; }
  constexpr virtual Sources target_source() const { return "targets"; }

  /// In the order of Pylearn2's get_params().
  constexpr virtual void parameters(ir::List<ModelParameter>& list) const = 0;
  /// Declares what is kept beside them, such as running statistics: part of the model, wherever it
  /// goes.
  constexpr virtual void states(StateList&) const {}
  /// Adds what state becomes after a batch that was trained on.
  constexpr virtual void state_updates(const Data&, UpdateList&) const {}
  /// Adds its weights, which are linear maps: what penalties of weights and their norms ask for.
  constexpr virtual void weights(ir::List<ModelWeights>&) const {}
  /// Draws the first values, in the order of Pylearn2's constructors. Zero where nothing is set.
  virtual void initialize(InitialValues& values) const = 0;

  /// The model's output for a batch: of an MLP, its last layer's. Error for models without one.
  constexpr virtual Signal output(const Signal& input) const;
  /// The outputs of the inner layers by path, for `predict`; the model's own has the path "".
  constexpr virtual void named_outputs(const Signal& input, ir::List<Data::Entry>& list) const {
    list.push_back({"", output(input)});
  }

  /// What it makes of a batch where it stands as a block: of an autoencoder, the code.
  constexpr virtual Signal upward_pass(const Signal& input) const { return output(input); }
  constexpr SpaceInfo output_space(const SpaceInfo& input) const override {
    return upward_pass(input_of("features", input)).space;
  }
  /// A model that trains itself is fitted by doing so; others are what they were initialised to, or
  /// trained to before (`!pkl:`).
  constexpr bool learns() const override { return trains_itself(); }
  std::shared_ptr<PreprocessorRun> start_block() const override;

  /// Contributes functions of its own, such as "sample". The first is "predict", its output for a
  /// batch, or its several ones; a model without an output leaves that out.
  constexpr virtual void functions(const Data& data, FunctionList& list) const {
    list.add("predict", [&] {
      Function f;
      const Signal whole = output(data[input_source()]);
      for (const Data::Entry& each : named_parts(whole, target_source()))
        f.add(ansatz::output(each.source.c_str(), each.signal.value()));
      return f;
    });
  }

  /// The cost to train with when none is named. Null: there is none.
  constexpr virtual Shared<Cost> default_cost() const;
  /// What MethodCost calls by name, such as "cost_from_X" of an MLP. False: no such method.
  constexpr virtual bool method(std::string_view, const Data&, AnyExpr&) const { return false; }
  constexpr virtual ir::List<String> method_names() const { return {}; }

  /// Norm limits and the like, applied to the new values of an update.
  constexpr virtual void modify_updates(UpdateList&) const {}
  constexpr virtual void channels(const Data&, ChannelList&) const {}

  /// Every batch must have this many examples; 0: any number. `force_batch_size` of Pylearn2.
  constexpr virtual int batch_size() const { return 0; }

  /// This model as one made of layers, or null.
  constexpr virtual const Layered* as_layered() const { return nullptr; }
  /// Whether the model trains itself, without gradients (k-means): then `start` makes what does.
  constexpr virtual bool trains_itself() const { return false; }
  virtual std::unique_ptr<ModelRun> start(Session&) const;

  constexpr ir::List<ModelParameter> parameters() const {
    ir::List<ModelParameter> list;
    parameters(list);
    return list;
  }
};

constexpr Signal Model::output(const Signal&) const {
  graph_error("this model has no output to compute");
  return {};
}

}  // namespace ansatz
