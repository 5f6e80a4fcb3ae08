#include <ansatz/job/any_program.hpp>

#include <dsl/build.hpp>

#include <optional>

namespace ansatz {

namespace {

template <class T>
class Erased final : public AnyProgram {
 public:
  explicit Erased(Program<T> program) : program_(std::move(program)) {}

  ElementType precision() const override { return element_type_of<T>(); }
  void call(const Argument* arguments, int count) override {
    results_.emplace(program_.call(arguments, count));
  }
  int results() const override { return program_.plan().results.size; }
  std::string_view result_name(int index) const override {
    const ir::PlanView& plan = program_.plan();
    return plan.text.data + plan.results[index].name;
  }
  double number(int index) const override {
    return static_cast<double>((*results_)[index].scalar());
  }
  ArrayView result(int index) const override {
    const Result<T> r = (*results_)[index];
    if (r.is_labels()) return view(r.labels(), r.shape());
    return view(r.data(), r.shape());
  }

  Store store() const override { return program_.store(); }
  void bind(const Store& store) override { program_.bind(store); }
  bool has_setting(std::string_view name) const override {
    const ir::PlanView& plan = program_.plan();
    for (const ir::Leaf& leaf : plan.leaves)
      if (leaf.where == ir::Where::scalar && name == plan.text.data + leaf.name) return true;
    return false;
  }
  void set(std::string_view name, double value) override { program_.set(name, value); }
  double get(std::string_view name) const override { return program_.get(name); }
  void seed(std::uint64_t seed) override { program_.seed(seed); }
  std::uint64_t step_count() const override { return program_.step_count(); }
  void step_count(std::uint64_t count) override { program_.step_count(count); }
  void threads(int count) override { program_.threads(count); }
  void check(bool on) override { program_.check(on); }
  const ir::PlanView& plan() const override { return program_.plan(); }
  int loops() const override { return program_.loops(); }
  int compiled_loops() const override { return program_.compiled_loops(); }

 private:
  Program<T> program_;
  // Of the last call: kept, as `result` is asked for afterwards.
  std::optional<Results<T>> results_;
};

}  // namespace

template <class T>
std::unique_ptr<AnyProgram> erase(Program<T> program) {
  return std::make_unique<Erased<T>>(std::move(program));
}
template std::unique_ptr<AnyProgram> erase(Program<float>);
template std::unique_ptr<AnyProgram> erase(Program<double>);

std::vector<std::string> settings_of(const ir::PlanView& plan) {
  std::vector<std::string> names;
  for (const ir::Leaf& leaf : plan.leaves)
    if (leaf.where == ir::Where::scalar) names.emplace_back(plan.text.data + leaf.name);
  return names;
}

}  // namespace ansatz
