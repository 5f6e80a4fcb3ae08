// comparable_cost: the cost of an algorithm that goes by its values.
#pragma once

#include <ansatz/base/compiled_once.hpp>
#include <ansatz/job/algorithm.hpp>
#include <ansatz/job/draws.hpp>
#include <ansatz/job/train.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// The algorithm's cost, if its values can be compared; else an error that says why not, and null.
/// @param name  the algorithm's, for the message
constexpr Shared<Cost> comparable_cost(const TrainingAlgorithm& algorithm, const Train& train,
                                       const char* name) {
  const Shared<Cost> c = algorithm.cost_of(*train.model);
  std::optional<AnyExpr> value;
  if (c) value = c->expr(*train.model, train.data().for_training());
  const char* why = nullptr;
  if (!c)
    why = ": the model has no cost of its own; name one";
  else if (!value)
    why =
        ": the cost has no value that can be computed, which line searches need; "
        "use SGD";
  else if (c->is_stochastic() || draws_random_numbers(*value))
    why =
        ": the cost draws random numbers anew at each evaluation, so that no line "
        "search can compare its values; use SGD";
  if (!why) return c;
  ir::RefusalNote words;
  words.add(name);
  words.add(why);
  graph_error(words.text);
  return nullptr;
}

/// For an algorithm's function `load_batch`: the variables of the cost that are drawn once a batch,
/// and the model's own state.
constexpr Function load_batch(const Cost& cost, const Train& train) {
  const Data data = train.data().for_training();
  UpdateList updates = cost.fixed_variables(*train.model, data).on_load_batch;
  train.model->state_updates(data, updates);
  Function f;
  updates.give_to(f);
  return f;
}

/// For `save_point`: state `<parameter>.saved` <- the parameters.
constexpr Function save_point(const Model& model) {
  Function f;
  for (const ModelParameter& p : trained_among(model.parameters()))
    f.add(update(state_leaf(p.name + ".saved", p.shape()), p.value));
  return f;
}

}  // namespace ansatz
