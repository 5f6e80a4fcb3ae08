#include <dsl/program.hpp>

#include <dsl/exceptions.hpp>

#include "../text.hpp"
#include "executor.hpp"

namespace ansatz {

namespace running {

void throw_not_scalar(std::string_view name, const Dims& dims) {
  throw ShapeError("result " + in_quotes(name) + " of shape " + shape_text(dims) +
                   " is not a single number; read its data()");
}

void throw_wrong_result_type(std::string_view name, bool labels) {
  throw ValueError(
      "result " + in_quotes(name) +
      (labels ? " holds labels; read its labels()" : " holds numbers; read its data()"));
}

}  // namespace running

template <class T>
int Results<T>::size() const {
  return executor_->results();
}
template <class T>
Result<T> Results<T>::operator[](std::string_view name) const {
  return executor_->result(executor_->find_result(name));
}
template <class T>
Result<T> Results<T>::operator[](int index) const {
  return executor_->result(index);
}

template <class T>
Program<T>::Program(const ir::PlanView& plan, const ir::LoopFn* loops, PlanOwner owner)
    : executor_(new running::Executor<T>(plan, loops, owner)) {}
template <class T>
Program<T>::~Program() {
  delete executor_;
}
template <class T>
Results<T> Program<T>::call(const Argument* arguments, int count) {
  running::alive(executor_).call(arguments, count);
  return Results<T>(executor_);
}
template <class T>
Store Program<T>::store() const {
  return running::alive(executor_).store();
}
template <class T>
void Program<T>::bind(const Store& store) {
  running::alive(executor_).bind(store);
}
template <class T>
void Program<T>::set(std::string_view scalar, double value) {
  running::alive(executor_).set_scalar(scalar, value);
}
template <class T>
double Program<T>::get(std::string_view scalar) const {
  return running::alive(executor_).scalar(scalar);
}
template <class T>
void Program<T>::seed(std::uint64_t seed) {
  running::alive(executor_).seed = seed;
}
template <class T>
std::uint64_t Program<T>::seed() const {
  return running::alive(executor_).seed;
}
template <class T>
std::uint64_t Program<T>::step_count() const {
  return running::alive(executor_).step;
}
template <class T>
void Program<T>::step_count(std::uint64_t count) {
  running::alive(executor_).step = count;
}
template <class T>
int Program<T>::compiled_loops() const {
  return running::alive(executor_).compiled_loops();
}
template <class T>
void Program<T>::threads(int count) {
  running::alive(executor_).set_threads(count);
}
template <class T>
int Program<T>::threads() const {
  return running::alive(executor_).threads();
}
template <class T>
bool Program<T>::check() const {
  return running::alive(executor_).check != nullptr;
}
template <class T>
void Program<T>::communicator(Communicator* ranks) {
  running::alive(executor_).communicator = ranks;
}
template <class T>
Communicator* Program<T>::communicator() const {
  return running::alive(executor_).communicator;
}
template <class T>
const ir::PlanView& Program<T>::plan() const {
  return running::alive(executor_).plan();
}

template class Results<float>;
template class Results<double>;
template class Program<float>;
template class Program<double>;

}  // namespace ansatz
