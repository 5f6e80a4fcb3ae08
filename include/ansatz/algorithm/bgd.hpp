// BGD: batch gradient descent with line searches; nonlinear conjugate gradient; L-BFGS.
#pragma once

#include <ansatz/algorithm/comparable_cost.hpp>
#include <ansatz/base/compiled_once.hpp>
#include <ansatz/base/seed.hpp>
#include <ansatz/job/initialization.hpp>
#include <dsl/ops.hpp>

ANSATZ_COMPILED_ONCE

namespace ansatz {

constexpr Given<"init_alpha", Numbers> init_alpha(std::initializer_list<double> steps) {
  Numbers list;
  for (double each : steps) list.list.push_back(each);
  return {list};
}

/// For each batch up to updates_per_batch line searches, as Pylearn2's BGD. The cost must have a
/// value and draw no random numbers, or draw them once a batch (FixedVarDescr). Examples are
/// shuffled anew each epoch by NumPy's RandomState([2012, 10, 16]).
///
/// method "gradient": the direction is the gradient, or, with `conjugate`, Polak and Ribiere's
/// conjugate one with factor max(0, beta) whose old gradient is the direction before; it is scaled
/// to length 1. line_search_mode "" tries the steps init_alpha, takes the best and adapts them;
/// "exhaustive" brackets and bisects until it gains less than 1 % of the gain before, or has tried
/// more than ten steps.
///
/// method "lbfgs": limited memory BFGS (Nocedal, Wright 2006, algorithms 7.4 and 7.5) with
/// line searches to the strong Wolfe conditions (algorithms 3.5 and 3.6). Factors of learning rates
/// have no meaning there and are not applied.
///
/// Channels: ave_step_size, ave_grad_size (length of the direction before it is scaled) and
/// ave_grad_mult (step over that length): the first value, then running means of weight .01.
class BGD : public TrainingAlgorithm {
 public:
  static constexpr const char* yaml = "pylearn2.training_algorithms.bgd.BGD";
  static constexpr const char* doc =
      "batch gradient descent with line searches, conjugate gradients or L-BFGS";
  int batches_per_iter = 0;
  int updates_per_batch = 10;
  bool set_batch_size = false;
  bool reset_alpha = true;
  bool conjugate = false;
  double min_init_alpha = .001;
  bool reset_conjugate = true;
  String line_search_mode;
  bool verbose_optimization = false;
  double scale_step = 1;
  Numbers init_alpha;
  Seed seed;
  String method = "gradient";
  int history = 10;

  constexpr BGD() {}
  /// Keys by name; a Cost or a TerminationCriterion by itself.
  template <class... O>
    requires(sizeof...(O) > 0)
  constexpr explicit BGD(const O&... options) {
    (take(options), ...);
  }
  template <class K>
  static constexpr void keys(K& key) {
    key("cost", &BGD::cost, "what to make small; default: the model's own cost");
    key("batch_size", &BGD::batch_size, "examples of a batch; default: what the model wants")
        .at_least(1);
    key("batches_per_iter", &BGD::batches_per_iter, "batches an epoch; 0: the whole data set")
        .at_least(0);
    key("updates_per_batch", &BGD::updates_per_batch, "line searches on a batch").at_least(1);
    key("monitoring_batch_size", &BGD::monitoring_batch_size, "examples of a monitoring batch")
        .at_least(1)
        .only_with("monitoring_dataset");
    key("monitoring_batches", &BGD::monitoring_batches, "how many; 0: the whole data set")
        .at_least(0);
    key("monitoring_dataset", &BGD::monitoring_datasets, "data set to watch, or several by name");
    key("termination_criterion", &BGD::termination_criterion, "when to stop; default: never");
    key("set_batch_size", &BGD::set_batch_size, "take batch_size although the model has another");
    key("reset_alpha", &BGD::reset_alpha, "begin each batch with the steps init_alpha");
    key("conjugate", &BGD::conjugate, "conjugate directions").only_with("method", "gradient");
    key("min_init_alpha", &BGD::min_init_alpha, "lowest first step of an exhaustive search")
        .only_with("line_search_mode");
    key("reset_conjugate", &BGD::reset_conjugate,
        "forget old directions (lbfgs: the history) at each new batch")
        .only_with("conjugate")
        .or_with("method", "lbfgs");
    key("line_search_mode", &BGD::line_search_mode, "\"exhaustive\", or none")
        .only_with("method", "gradient");
    key("verbose_optimization", &BGD::verbose_optimization, "print what line searches try");
    key("scale_step", &BGD::scale_step, "part of the way to the new parameters that is gone");
    key("init_alpha", &BGD::init_alpha,
        "first steps of a search, rising; default: [.5, 1] if exhaustive, else "
        "[.001, .005, .01, .05, .1]")
        .only_with("method", "gradient");
    key("seed", &BGD::seed, "of the order of examples; default [2012, 10, 16]");
    key("method", &BGD::method, "\"gradient\" or \"lbfgs\"");
    key("history", &BGD::history, "how many steps lbfgs remembers").only_with("method", "lbfgs");
    key("monitoring_costs", &BGD::monitoring_costs, "further costs to watch, by name")
        .only_with("monitoring_dataset");
  }

  constexpr bool lbfgs() const { return method == "lbfgs"; }
  constexpr void states(const Model& model, StateList& list) const override {
    const ir::List<ModelParameter> trained = trained_among(model.parameters());
    for (const ModelParameter& p : trained) {
      list.add_like(p, "direction");
      list.add_like(p, "saved");
      if (lbfgs()) list.add_like(p, "gradient");
    }
    if (!lbfgs() || history < 1) return;
    // Of the last steps and changes of the gradient, one a row, the elements of all parameters.
    std::int64_t elements = 0;
    for (const ModelParameter& p : trained_among(model.parameters())) {
      std::int64_t own = 1;
      for (int i = 0; i < p.shape().rank; ++i) own *= p.shape()[i];
      elements += own;
    }
    if (elements > 0x7fffffff) graph_error("BGD: lbfgs takes at most 2^31 - 1 numbers to learn");
    const ir::Shape rows = ir::make_shape(history, static_cast<int>(elements));
    list.add("lbfgs.steps", rows, AnyExpr(ir::Value(0.)), "steps of the parameters");
    list.add("lbfgs.changes", rows, AnyExpr(ir::Value(0.)), "changes of the gradient");
  }
  constexpr void functions(const Train& train, FunctionList& list) const override;
  constexpr int epoch_batches() const override { return batches_per_iter; }
  constexpr void channels(const Model&, ChannelList& list) const override {
    for (const char* name : {"ave_step_size", "ave_grad_size", "ave_grad_mult"})
      list.add(name, AnyExpr(setting(name, 0).value()));
  }
  void check() const;
  void check_job(const JobFacts& facts) const override;
  void add_settings(JobFacts& facts) const override;
  std::unique_ptr<AlgorithmRun> start(Session& session) const override;

 private:
  template <class O>
  constexpr void take(const O& o) {
    if constexpr (std::is_base_of_v<Cost, O>)
      cost = Shared<Cost>(o);
    else if constexpr (std::is_base_of_v<TerminationCriterion, O>)
      termination_criterion = Shared<TerminationCriterion>(o);
    else
      take_key(o);
  }
  template <KeyOf<BGD> O>
  constexpr void take_key(const O& o) {
    give(*this, o);
  }

  static constexpr AnyExpr state_of(const ModelParameter& p, const char* what) {
    return state_leaf(p.name + "." + what, p.shape());
  }
  constexpr Shared<Cost> searchable(const Train& train) const {
    return comparable_cost(*this, train, "BGD");
  }
  constexpr Function direction(const Model& model, const Cost& of, const Data& data) const;
  constexpr Function go_to(const Model& model) const;
};

// The functions: objective, direction, steps along it.

// State `<parameter>.direction`: d, scaled to length 1. With `conjugate`, o being d times the
// length it had ("line_search.old_norm"):
//
//     beta = max(0, (g g - g o) / (o o + 1e-7));  d <- g + beta o
//
// For lbfgs: state `<parameter>.gradient` <- g; result "slope": derivative of the objective
// along -d.
constexpr Function BGD::direction(const Model& model, const Cost& of, const Data& data) const {
  Function f;
  const GradientList gradients = of.gradients(model, data);
  UpdateList updates = gradients.updates;
  const ir::List<ModelParameter> whole = model.parameters();
  ir::List<AnyExpr> g, old;
  ir::List<ModelParameter> parameters;
  for (int i = 0; i < whole.size(); ++i) {
    if (whole[i].frozen) continue;
    parameters.push_back(whole[i]);
    g.push_back(gradients.of[i]);
    old.push_back(state_of(whole[i], "direction"));
  }
  const auto dot = [](const ir::List<AnyExpr>& a, const ir::List<AnyExpr>& b) {
    AnyExpr total(ir::Value(0.));
    for (int i = 0; i < a.size(); ++i) total = total + sum(a[i] * b[i]);
    return total;
  };
  if (lbfgs()) {
    f.add(output("objective", *of.expr(model, data)));
    f.add(output("slope", -dot(g, old)));
    f.add(output("norm", sqrt(dot(g, g))));
    for (int i = 0; i < g.size(); ++i)
      updates.add(parameters[i].name + ".gradient", state_of(parameters[i], "gradient"), g[i]);
    updates.give_to(f);
    return f;
  }
  if (conjugate) {
    const auto length = setting("line_search.old_norm", 0);
    for (AnyExpr& each : old) each = each * length;
    const AnyExpr beta = (dot(g, g) - dot(g, old)) / (dot(old, old) + 1e-7);
    for (int i = 0; i < g.size(); ++i) g[i] = g[i] + maximum(beta, 0) * old[i];
  }
  const AnyExpr norm = sqrt(dot(g, g));
  f.add(output("norm", norm));
  for (int i = 0; i < g.size(); ++i)  // where the norm is 0, the run does not use the direction
    updates.add(parameters[i].name + ".direction", state_of(parameters[i], "direction"),
                g[i] / maximum(norm, 1e-30));
  updates.give_to(f);
  return f;
}

// p <- saved - alpha scale d, and the model's constraints.
constexpr Function BGD::go_to(const Model& model) const {
  const AnyExpr alpha(setting("line_search.alpha", 0).value());
  UpdateList updates;
  for (const ModelParameter& p : trained_among(model.parameters())) {
    AnyExpr scaled = alpha;
    if (p.scaled && !lbfgs()) scaled = alpha * setting(p.name + ".lr_scale", p.lr_scale);
    updates.add(p.name, p.value, state_of(p, "saved") - scaled * state_of(p, "direction"));
  }
  model.modify_updates(updates);
  Function f;
  updates.give_to(f);
  return f;
}

constexpr void BGD::functions(const Train& train, FunctionList& list) const {
  const Model& model = *train.model;
  list.add("objective", [&] {
    Function f;
    if (const Shared<Cost> c = searchable(train))
      f.add(output("objective", *c->expr(model, train.data().for_training())));
    return f;
  });
  // not `?:`: g++ 12 destroys a temporary of it twice in a constant expression
  list.add("direction", [&] {
    Function f;
    if (const Shared<Cost> c = searchable(train))
      f = direction(model, *c, train.data().for_training());
    return f;
  });
  list.add("go_to", [&] {
    Function f;
    if (searchable(train)) f = go_to(model);
    return f;
  });
  list.add("save_point", [&] {
    Function f;
    if (searchable(train)) f = save_point(model);
    return f;
  });
  list.add("load_batch", [&] {
    Function f;
    if (const Shared<Cost> c = searchable(train)) f = load_batch(*c, train);
    return f;
  });
}

}  // namespace ansatz
