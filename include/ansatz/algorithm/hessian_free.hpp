// HessianFree: Newton's method by Gauss-Newton products and conjugate gradients.
#pragma once

#include <ansatz/algorithm/comparable_cost.hpp>
#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/job/initialization.hpp>
#include <dsl/gauss_newton.hpp>
#include <dsl/ops.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

/// Hessian-free optimisation (Martens 2010, "Deep learning via Hessian-free optimization"), which
/// Pylearn2 does not have. For each batch one step d, the lowest point that conjugate gradients
/// find of
///
///     q(d) = g' d + d' (G + lambda) d / 2,
///
/// g being the gradient of the cost on the batch, G its Gauss-Newton matrix on a part of it (see
/// dsl/gauss_newton.hpp), of which products with vectors alone are computed. They begin at
/// `cg_decay` times the step before and end when q falls by less than `tol` an iteration, as a mean
/// over the last tenth of them (at least 10). Then, as in the paper:
///
/// - of the points that they passed, iterations 1.3^k, the last one is taken that the one before it
///   is not better than, by the cost on the batch;
/// - the step is shortened by .8 until the cost falls by at least .01 of what g promises; after 60
///   of these no step is made;
/// - lambda becomes 2/3 of what it was where the cost fell by more than 3/4 of what q said, 3/2
///   where by less than 1/4.
///
/// The preconditioner is (D + lambda)^.75, D being the mean over the examples of their squared
/// gradients, estimated by gradients in which each example has a random sign.
///
/// The cost must have a value and draw no random numbers, or draw them once a batch. Batches are to
/// be large: thousands of examples. Those of an epoch are shuffled anew by NumPy's
/// RandomState([2012, 10, 16]). Factors of learning rates have no meaning here and are not applied.
///
/// Channels, of the last step: damping (lambda), cg_iterations, reduction_ratio (what the cost fell
/// by over what q said), step_size (1, or what was left of the step; 0: none was made),
/// gradient_norm.
class HessianFree : public TrainingAlgorithm {
 public:
  static constexpr const char* yaml = "ansatz.training_algorithms.hessian_free.HessianFree";
  static constexpr const char* doc =
      "Newton's method by Gauss-Newton products and conjugate gradients";
  int batches_per_iter = 0;
  int curvature_batch_size = 0;
  bool set_batch_size = false;
  int max_cg_iters = 250;
  double tol = 5e-4;
  double cg_decay = .95;
  double init_damping = 1;
  int preconditioner_draws = 8;
  Seed seed;

  constexpr HessianFree() {}
  /// Keys by name; a Cost or a TerminationCriterion by itself.
  template <class... O>
    requires(sizeof...(O) > 0)
  constexpr explicit HessianFree(const O&... options) {
    (take(options), ...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key("cost", &HessianFree::cost, "what to make small; default: the model's own cost");
    key("batch_size", &HessianFree::batch_size,
        "examples of a batch, thousands; default: what the model wants")
        .at_least(1);
    key("batches_per_iter", &HessianFree::batches_per_iter,
        "batches an epoch; 0: the whole data set")
        .at_least(0);
    key("curvature_batch_size", &HessianFree::curvature_batch_size,
        "examples, the first of the batch, that the curvature is measured on; 0: the whole batch")
        .at_least(0);
    key("set_batch_size", &HessianFree::set_batch_size,
        "take batch_size although the model has another");
    key("max_cg_iters", &HessianFree::max_cg_iters, "no more conjugate gradients a step than that")
        .at_least(1);
    key("tol", &HessianFree::tol, "part of q that an iteration must gain, or they end").above(0);
    key("cg_decay", &HessianFree::cg_decay,
        "conjugate gradients begin at so much of the step before")
        .at_least(0)
        .at_most(1);
    key("init_damping", &HessianFree::init_damping, "lambda at first").above(0);
    key("preconditioner_draws", &HessianFree::preconditioner_draws,
        "gradients with random signs that the preconditioner is made from; 0: none")
        .at_least(0);
    key("monitoring_batch_size", &HessianFree::monitoring_batch_size,
        "examples of a monitoring batch")
        .at_least(1)
        .only_with("monitoring_dataset");
    key("monitoring_batches", &HessianFree::monitoring_batches, "how many; 0: the whole data set")
        .at_least(0);
    key("monitoring_dataset", &HessianFree::monitoring_datasets,
        "data set to watch, or several by name");
    key("monitoring_costs", &HessianFree::monitoring_costs, "further costs to watch, by name")
        .only_with("monitoring_dataset");
    key("termination_criterion", &HessianFree::termination_criterion,
        "when to stop; default: never");
    key("seed", &HessianFree::seed, "of the order of examples; default [2012, 10, 16]");
  }

  constexpr void states(const Model& model, StateList& list) const override {
    for (const ModelParameter& p : trained_among(model.parameters()))
      for (const char* what : {"gradient", "direction", "product", "step", "saved"})
        list.add_like(p, what);
  }
  constexpr void functions(const Train& train, FunctionList& list) const override;
  constexpr int epoch_batches() const override { return batches_per_iter; }
  constexpr void channels(const Model&, ChannelList& list) const override {
    list.add("damping", AnyExpr(setting("damping", init_damping).value()));
    for (const char* name : {"cg_iterations", "reduction_ratio", "step_size", "gradient_norm"})
      list.add(name, AnyExpr(setting(name, 0).value()));
  }
  void check_job(const JobFacts& facts) const override;
  std::unique_ptr<AlgorithmRun> start(Session& session) const override;

 private:
  template <class O>
  constexpr void take(const O& o) {
    if constexpr (std::is_base_of_v<Cost, O>)
      cost = Shared<Cost>(o);
    else if constexpr (std::is_base_of_v<TerminationCriterion, O>)
      termination_criterion = Shared<TerminationCriterion>(o);
    else
      give(*this, o);
  }
  static constexpr AnyExpr state_of(const ModelParameter& p, const char* what) {
    return state_leaf(p.name + "." + what, p.shape());
  }
  // The function of this name, as `make` writes it where the cost can be used.
  template <class Make>
  constexpr void add(const Train& train, FunctionList& list, const char* name, Make make) const {
    list.add(name, [this, &train, make] {
      Function f;
      if (const Shared<Cost> c = comparable_cost(*this, train, "HessianFree"))
        make(*c, *train.model, train.data().for_training(), f);
      return f;
    });
  }
  static constexpr ir::List<AnyExpr> trained_values(const Model& model) {
    ir::List<AnyExpr> values;
    for (const ModelParameter& p : trained_among(model.parameters())) values.push_back(p.value);
    return values;
  }
  static constexpr void write_product(const Model& model, const ir::List<AnyExpr>& values,
                                      Function& f) {
    const ir::List<ModelParameter> trained = trained_among(model.parameters());
    for (int i = 0; i < trained.size(); ++i)
      f.add(update(state_of(trained[i], "product"), values[i]));
  }
};

constexpr void HessianFree::functions(const Train& train, FunctionList& list) const {
  add(train, list, "objective",
      [](const Cost& c, const Model& model, const Data& data, Function& f) {
        f.add(output("objective", *c.expr(model, data)));
      });
  add(train, list, "gradient",
      [](const Cost& c, const Model& model, const Data& data, Function& f) {
        const GradientList gradients = c.gradients(model, data);
        UpdateList updates = gradients.updates;
        const ir::List<ModelParameter> whole = model.parameters();
        for (int i = 0; i < whole.size(); ++i)
          if (!whole[i].frozen)
            updates.add(whole[i].name + ".gradient", state_of(whole[i], "gradient"),
                        gradients.of[i]);
        f.add(output("objective", *c.expr(model, data)));
        updates.give_to(f);
      });
  // state .product <- G .direction
  add(train, list, "product", [](const Cost& c, const Model& model, const Data& data, Function& f) {
    ir::List<AnyExpr> along;
    for (const ModelParameter& p : trained_among(model.parameters()))
      along.push_back(state_of(p, "direction"));
    const GaussNewton matrix(*c.expr(model, data), trained_values(model));
    write_product(model, matrix.product(along), f);
  });
  // state .product <- the gradient, had each example a random sign
  if (preconditioner_draws > 0)
    add(train, list, "signs", [](const Cost& c, const Model& model, const Data& data, Function& f) {
      const GaussNewton matrix(*c.expr(model, data), trained_values(model));
      ir::List<AnyExpr> outputs, slopes;
      for (int i = 0; i < matrix.outputs().size(); ++i) {
        const AnyExpr& z = matrix.outputs()[i];
        if (!z.shape().batched()) continue;  // a penalty, which no example has
        const int units_of = (1 << z.shape().rank) - 2;
        const AnyExpr one(units_of ? ir::reduce<ops::Sum>(z.value(), units_of, true) : z.value());
        outputs.push_back(z);
        slopes.push_back(matrix.slopes()[i] * (2 * bernoulli_like(one, .5) - 1));
      }
      write_product(model, lop(outputs, trained_values(model), slopes), f);
    });
  // p <- saved + step d, and the model's constraints
  list.add("go_to", [&] {
    Function f;
    if (!comparable_cost(*this, train, "HessianFree")) return f;
    const AnyExpr step(setting("line_search.step", 0).value());
    UpdateList updates;
    for (const ModelParameter& p : trained_among(train.model->parameters()))
      updates.add(p.name, p.value, state_of(p, "saved") + step * state_of(p, "direction"));
    train.model->modify_updates(updates);
    updates.give_to(f);
    return f;
  });
  list.add("save_point", [&] { return save_point(*train.model); });
  add(train, list, "load_batch", [&train](const Cost& c, const Model&, const Data&, Function& f) {
    f = load_batch(c, train);
  });
}

}  // namespace ansatz
