// Models as blocks.
#include <ansatz/data/preprocess/row_preprocessor.hpp>
#include <ansatz/data/source_dataset.hpp>
#include <ansatz/model/self_training.hpp>
#include <ansatz/model/values_from_file.hpp>
#include <ansatz/program/build_programs.hpp>
#include <ansatz/session/declared_state.hpp>
#include <ansatz/session/loaded_model.hpp>
#include <ansatz/session/model_block.hpp>
#include <ansatz/session/session.hpp>
#include <ansatz/spaces/format_as.hpp>
#include <dsl/build.hpp>
#include <dsl/exceptions.hpp>

#include "first_values.hpp"
#include "learned_scope.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

namespace ansatz {

namespace {

// A model that somebody else keeps, as a job needs one.
class BorrowedModel final : public Model {
 public:
  explicit BorrowedModel(const Model& model) : model_(model) {}
  void describe(Describer& to) const override { model_.describe(to); }
  SpaceInfo input_space() const override { return model_.input_space(); }
  Sources input_source() const override { return model_.input_source(); }
  SpaceInfo target_space() const override { return model_.target_space(); }
  Sources target_source() const override { return model_.target_source(); }
  using Model::parameters;
  void parameters(ir::List<ModelParameter>& list) const override { model_.parameters(list); }
  void states(StateList& list) const override { model_.states(list); }
  void initialize(InitialValues& values) const override { model_.initialize(values); }
  Signal output(const Signal& input) const override { return model_.output(input); }
  void functions(const Data& data, FunctionList& list) const override {
    model_.functions(data, list);
  }
  bool trains_itself() const override { return model_.trains_itself(); }
  std::unique_ptr<ModelRun> start(Session& session) const override { return model_.start(session); }

 private:
  const Model& model_;
};

// Computes in double, whatever a job around it does.
class ModelBlockRun final : public RowPreprocessor {
 public:
  /// @param part  of the model's outputs; null: its own
  ModelBlockRun(const Model& model, const ModelOutput* part)
      : RowPreprocessor("BlockPreprocessor"), in_(model.input_space()) {
    job_.model = Shared<Model>(static_cast<Model*>(new BorrowedModel(model)));
    learns_ = model.learns();
    const auto* const loaded = dynamic_cast<const LoadedModel*>(&model);
    const Model& described = loaded ? *loaded->model() : model;
    self_training_ = dynamic_cast<const SelfTrainingModel*>(&described);
    if (model.input_source().several())
      throw ValueError("a block takes one source, but this model reads several");
    const ir::List<ModelParameter> list = model.parameters();
    for (const ModelParameter& p : list) {
      Dims dims;
      for (int i = 0; i < p.shape().rank; ++i) dims.push_back(p.shape()[i]);
      store_.add<double>(p.name.view(), dims);
      parameters_.emplace_back(p.name.view());
    }
    const std::vector<LearnedModel> nothing;
    const std::vector<LearnedModel>* const earlier = LearnedScope::current();
    JobValues values(store_, nullptr, earlier ? *earlier : nothing);
    if (const ModelFile* const learned = values.learned(model))
      set_from_file(*learned, "a block", model, values);
    else
      model.initialize(values);
    make_map(model, part);
    const DeclaredState state(job_);
    state.make(store_, ElementType::float64);
    state.initialize(store_, 0);
    state.take(store_, values.states(), "");
    for (const StateVariable& each : state.list()) parameters_.emplace_back(each.name.view());
  }

  void fit(const std::shared_ptr<const BatchSource>& data) override {
    if (!learns_) return;
    Train training = job_;
    training.dataset = Shared<Dataset>(SourceDataset(data));
    Session session(training, build_programs(training, ElementType::float64), {});
    session.run();
    for (const std::string& name : parameters_) {
      const std::int64_t count = store_.shape(name).count();
      // A job without programs keeps its parameters in float.
      if (session.precision() == ElementType::float64)
        std::copy_n(session.store().data<double>(name), count, store_.data<double>(name));
      else
        std::copy_n(session.store().data<float>(name), count, store_.data<double>(name));
    }
    if (self_training_) map_rows();
  }
  void learned(LearnedArrays& visit) override {
    for (const std::string& name : parameters_) {
      const Dims& dims = store_.shape(name);
      LearnedArray array;
      for (int i = 0; i < dims.rank; ++i) array.shape.push_back(dims[i]);
      const double* const values = store_.data<double>(name);
      array.values.assign(values, values + dims.count());
      const std::vector<std::int64_t> shape = array.shape;
      visit(name, array);
      if (array.shape == shape) store_.set(name, array.values.data(), dims);
    }
    if (self_training_) map_rows();
  }

 protected:
  std::int64_t width(std::int64_t numbers) const override {
    if (numbers != in_.total_dimension())
      throw ShapeError(fmt::format("a block takes {}, but examples have {} numbers",
                                   to_text(in_).view(), numbers));
    return out_.total_dimension();
  }
  void shape(Column& column) const override {
    (void)width(column.width());
    const Column made = column_of(column.source, out_, column.type);
    column.example = made.example;
    column.conv = made.conv;
  }
  void rows(const double* in, double* out, std::int64_t count, std::int64_t) const override {
    if (map_) return map_(in, out, count);
    // Several may read what it makes, and a program is one caller's at a time.
    const std::lock_guard lock(one_at_a_time_);
    Dims dims{count};
    for (int i = 0; i < read_.shape.rank; ++i) dims.push_back(read_.shape[i]);
    const Argument argument("features", view(in, dims));
    program_->call(&argument, 1);
    const ArrayView made = program_->result(0);
    std::copy_n(static_cast<const double*>(made.data), made.dims.count(), out);
  }

 private:
  void make_map(const Model& model, const ModelOutput* part) {
    if (self_training_ && self_training_->row_map(store_)) {
      map_rows();
      out_ = model.output_space(in_);
      return;
    }
    // As data lie, whatever order of axes the model has.
    SpaceInfo read = in_;
    if (read.kind == SpaceKind::conv2d)
      read = conv2d_space(in_.rows(), in_.columns(), in_.channels());
    const Signal input = format_as(input_of("features", read), in_);
    out_ = (part ? part->found(input) : model.upward_pass(input)).space;
    SpaceInfo written = out_;
    if (out_.kind == SpaceKind::conv2d)
      written = conv2d_space(out_.rows(), out_.columns(), out_.channels());
    const Signal made = format_as(part ? part->found(input) : model.upward_pass(input), written);
    out_ = written;
    read_ = read;
    Function f;
    f.add(ansatz::output("made", made.value()));
    program_ = erase(build<double>(f));
    program_->bind(store_);
  }
  void map_rows() { map_ = self_training_->row_map(store_); }

  Train job_;  // of the model alone
  bool learns_ = false;
  const SelfTrainingModel* self_training_ = nullptr;
  SpaceInfo in_, read_, out_;
  Store store_;
  std::vector<std::string> parameters_;  // and state
  RowMap map_;
  std::unique_ptr<AnyProgram> program_;
  mutable std::mutex one_at_a_time_;
};

}  // namespace

std::shared_ptr<PreprocessorRun> Model::start_block() const {
  return std::make_shared<ModelBlockRun>(*this, nullptr);
}

std::shared_ptr<PreprocessorRun> ModelOutput::start_block() const {
  return std::make_shared<ModelBlockRun>(*model, this);
}

}  // namespace ansatz
