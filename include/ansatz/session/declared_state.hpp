// DeclaredState: the state of a job in a store.
#pragma once

#include <ansatz/job/train.hpp>
#include <ansatz/serial/model_file.hpp>
#include <ansatz/serial/store_tensors.hpp>
#include <dsl/store.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ansatz {

/// Makes what the parts of a job declare as state, gives it first values, and takes it from files.
class DeclaredState {
 public:
  /// Errors: what two declarations of one name throw.
  explicit DeclaredState(const Train& job);

  const StateList& list() const { return list_; }

  /// Adds what the store, to which the job's programs are bound, lacks, with as many rows as were
  /// declared. NameError for state of a program that no part declares; ShapeError where a program
  /// has it in another shape.
  void make(Store& store, ElementType precision) const;
  /// Sets the first values, which may depend on the parameters as they are in the store.
  /// @param seed  of random numbers: each state has its own, whatever the order
  void initialize(Store& store, std::uint64_t seed) const;
  /// Of a run that is resumed: after the rows of the file, which are in the store, rows up to the
  /// declared number begin with first values; those beyond it are dropped. Tells `changed`.
  void resize(Store& store, std::uint64_t seed,
              const std::function<void(const std::string&)>& changed) const;
  /// Takes values from those of a file, as they are there: of what it has in the same shape.
  /// @param owner  whose state; "": everybody's
  void take(Store& store, const std::vector<NamedTensor>& tensors, std::string_view owner) const;

 private:
  void initialize(Store& store, std::uint64_t seed, const StateVariable& variable) const;

  StateList list_;
};

/// The state of a model, for init_from.
std::vector<InitState> states_to_begin(const Model& model, ElementType precision);

}  // namespace ansatz
