// ansatz check, ansatz plan
#include "command.hpp"
#include "json_output.hpp"

#include <ansatz/job/layered.hpp>
#include <ansatz/program/build_programs.hpp>
#include <dsl/explain.hpp>
#include <dsl/nearest_name.hpp>

#include "../base/say.hpp"

#include <fmt/format.h>

#include <memory>

namespace ansatz::app {

namespace {

std::string shape_of(const ir::Shape& s) {
  std::string text = "[";
  for (int i = 0; i < s.rank; ++i) text += fmt::format("{}{}", i ? ", " : "", s[i]);
  return text + "]";
}

// Calls `use` with each layer, its place, its path ("inner.h") and its depth, layers inside of
// others behind them.
template <class Use>
void each_layer(const Layer& layer, const Place& at, const std::string& prefix, int depth,
                const Use& use) {
  const std::string path = prefix + std::string(layer.layer_name.view());
  use(layer, at, path, depth);
  const ir::List<Place> inside = layer.inner_places(at);
  for (int i = 0; i < layer.inner_layers(); ++i)
    each_layer(layer.inner_layer(i), inside[i], path + ".", depth + 1, use);
}
template <class Use>
void each_layer(const Model& model, const Use& use) {
  const Layered* const layered = model.as_layered();
  if (!layered) return;
  const ir::List<Place> at = layered->places(layered->root());
  for (int i = 0; i < at.size(); ++i) each_layer(layered->layer(i), at[i], "", 1, use);
}

void print_layers(const Model& model) {
  each_layer(model, [](const Layer& layer, const Place& at, const std::string&, int depth) {
    say(stdout, "{:{}}{}: {} -> {}\n", "", 2 * depth, layer.layer_name.view(),
        to_text(at.input).view(), to_text(layer.output_space(at.input)).view());
  });
}

void print_model(const Model& model) {
  std::int64_t total = 0;
  say(stdout, "model: input {}, targets {}\n", to_text(model.input_space()).view(),
      to_text(model.target_space()).view());
  print_layers(model);
  for (const ModelParameter& p : model.parameters()) {
    std::int64_t count = 1;
    for (int i = 0; i < p.shape().rank; ++i) count *= p.shape()[i];
    total += count;
    say(stdout, "  parameter {} {}\n", p.name.view(), shape_of(p.shape()));
  }
  say(stdout, "  {} parameters in all\n", total);
}

// The rows of state with a run-time number of them are those that the job asks for.
ir::Shape shape_with_rows(const StateVariable& variable) {
  ir::Shape shape = variable.value.shape();
  if (variable.rows) shape[0] = variable.rows;
  return shape;
}
std::string shape_of(const StateVariable& variable) { return shape_of(shape_with_rows(variable)); }

OrderedJson json_shape(const ir::Shape& shape) {
  OrderedJson sizes = OrderedJson::array();
  for (int i = 0; i < shape.rank; ++i) sizes.push_back(shape[i]);
  return sizes;
}

void print_states(const Train& job) {
  for (const StateVariable& each : job.states())
    say(stdout, "  state {} {} of {}{}{}\n", each.name.view(), shape_of(each), each.owner.view(),
        each.doc.empty() ? "" : ": ", each.doc.view());
}
void put_states(const Train& job) {
  for (const StateVariable& each : job.states())
    put_event("state", {{"name", each.name.view()},
                        {"shape", json_shape(shape_with_rows(each))},
                        {"owner", each.owner.view()},
                        {"doc", each.doc.view()}});
}

// Totals of a call, with every run-time extent at `batch`.
struct Totals {
  double flops = 0;
  std::int64_t bytes = 0;
};
Totals totals_of(const JobProgram& p, std::int64_t batch) {
  const ir::PlanView& plan = p.program->plan();
  Totals totals;
  for (const ir::Step& s : plan.steps)
    totals.flops +=
        static_cast<double>(s.flops.n) * (s.flops.extent ? static_cast<double>(batch) : 1.);
  for (int i = 0; i < plan.arena.size; ++i)
    totals.bytes += plan.arena[i] * (i == 0 ? 1 : batch) * element_size(p.program->precision());
  return totals;
}
void print_program(const JobProgram& p, std::int64_t batch) {
  const Totals totals = totals_of(p, batch);
  say(stdout,
      "{}: {} steps, {} of {} loops precompiled, {} bytes of memory, {:.4g} FLOPs "
      "a batch of {}\n",
      p.name, p.program->plan().steps.size, p.program->compiled_loops(), p.program->loops(),
      totals.bytes, totals.flops, batch);
}
void put_program(const JobProgram& p, std::int64_t batch) {
  const Totals totals = totals_of(p, batch);
  put_event("program", {{"name", p.name},
                        {"steps", p.program->plan().steps.size},
                        {"loops", p.program->loops()},
                        {"compiled_loops", p.program->compiled_loops()},
                        {"bytes", totals.bytes},
                        {"flops", totals.flops},
                        {"batch_size", batch}});
}

// The size of a training batch, for the costs of a call.
int batch_of(const Train& train) {
  const int asked = train.algorithm->batch_size, forced = train.model->batch_size();
  return std::max(1, asked ? asked : forced);
}

struct CheckArguments {
  JobArguments job;
  std::string floatX = "float32";
  bool quiet = false, json = false;
};

// Events that say the same as the text.
void put_layers(const Model& model) {
  each_layer(model, [](const Layer& layer, const Place& at, const std::string& path, int) {
    put_event("layer", {{"name", path},
                        {"input", to_text(at.input).view()},
                        {"output", to_text(layer.output_space(at.input)).view()}});
  });
}
void put_model(const Model& model) {
  put_layers(model);
  for (const ModelParameter& p : model.parameters())
    put_event("parameter", {{"name", p.name.view()}, {"shape", json_shape(p.shape())}});
}

// A file that holds a data set alone.
void print_dataset(const Dataset& set, bool json) {
  for (const char* source : {"features", "targets"}) {
    const SpaceInfo space = set.read_space(source);
    if (space.kind == SpaceKind::null) continue;
    if (json)
      put_event("source", {{"name", source}, {"space", to_text(space).view()}});
    else
      say(stdout, "data set: {} {}\n", source, to_text(space).view());
  }
}

int check(const CheckArguments& a) {
  shows_json = a.json;
  const Job job = a.job.load(true);
  if (!a.quiet)
    for (const std::string& warning : job.warnings) show_warning(warning);
  if (job.dataset && !a.quiet) print_dataset(*job.dataset, a.json);
  for (const Phase& phase : job.phases) {
    if (a.quiet || phase.fold > 0) continue;  // folds are alike
    if (a.json) {
      put_event("phase", {{"phase", phase.name}, {"place", phase.where}});
      if (!phase.train) continue;
      put_model(*phase.train->model);
      put_states(*phase.train);
    } else {
      if (!phase.name.empty()) say(stdout, "{}\n", phase.name);
      if (phase.folds > 0) say(stdout, "one of {} folds\n", phase.folds);
      if (!phase.train) {
        say(stdout, "{}: a file is missing, so that shapes were not checked\n", phase.where);
        continue;
      }
      print_model(*phase.train->model);
      print_states(*phase.train);
    }
    if (!phase.train->algorithm) continue;
    const int batch = batch_of(*phase.train);
    for (const JobProgram& p : build_programs(*phase.train, precision_of(a.floatX)))
      a.json ? put_program(p, batch) : print_program(p, batch);
  }
  if (a.json)
    put_event("end", {{"reason", "finished"}, {"errors", 0}});
  else if (!a.quiet)
    say(stdout, "{}: no errors\n", a.job.path);
  return exit_ok;
}

struct PlanArguments {
  JobArguments job;
  std::string function = "step", format = "text", floatX = "float32";
  bool json = false;
};

std::string explained(const PlanArguments& a, const Function& f, std::int64_t batch) {
  const bool wide = precision_of(a.floatX) == ElementType::float64;
  if (a.format == "graphviz")
    return wide ? explain<double>(f, Format::graphviz) : explain<float>(f, Format::graphviz);
  ExplainOptions options;
  options.batch = batch;
  return wide ? explain<double>(f, options) : explain<float>(f, options);
}

int plan(const PlanArguments& a) {
  JobArguments looked_at = a.job;
  looked_at.writes = false;
  const Job job = looked_at.load(true);
  for (const Phase& phase : job.phases) {
    if (!phase.train || !phase.train->algorithm) continue;
    const Train& train = *phase.train;
    std::vector<std::string_view> names;
    const FunctionList known = train.functions(FunctionList::none);
    for (int i = 0; i < known.size(); ++i) {
      names.push_back(known[i].name);
      if (known[i].name != std::string_view(a.function)) continue;
      const NamedFunction f = train.function(i);
      const int batch = batch_of(train);
      const std::string text = explained(a, f.function, batch);
      if (a.json)
        put_json({{"function", a.function},
                  {"floatX", a.floatX},
                  {"batch_size", batch},
                  {"format", a.format},
                  {"text", text}});
      else
        say(stdout, "{}", text);
      return exit_ok;
    }
    throw NameError(fmt::format("the job has no function \"{}\"{}", a.function,
                                allowed_names(a.function, names)));
  }
  throw ValueError("the job has no functions to explain");
}

}  // namespace

const Command check_command(
    20, "check", "check a job file; print shapes and costs", [](CLI::App* c, int& exit) {
      auto a = std::make_shared<CheckArguments>();
      a->job.add_to(*c);
      c->add_option("--floatX", a->floatX, "precision")
          ->check(CLI::IsMember({"float32", "float64"}))
          ->capture_default_str();
      c->add_flag("-q,--quiet", a->quiet, "only errors");
      c->add_flag(
          "--json", a->json,
          "one JSON object a line for each event: warning, source, phase, layer, parameter, state, "
          "program, error, end");
      c->footer(
          "Of data no more is read than the columns of a Table and the first line of a CSV file; a "
          "data file that is missing is a warning.\n"
          "Example:\n  ansatz check mlp.yaml algorithm.batch_size=50");
      c->callback([a, &exit] { exit = check(*a); });
    });

const Command plan_command(
    40, "plan", "show graph and plan of a function of a job", [](CLI::App* c, int& exit) {
      auto a = std::make_shared<PlanArguments>();
      a->job.add_to(*c);
      c->add_option("--function", a->function, "which: step, monitor, predict, …")
          ->capture_default_str();
      c->add_option("--format", a->format, "text or graphviz")
          ->check(CLI::IsMember({"text", "graphviz"}))
          ->capture_default_str();
      c->add_option("--floatX", a->floatX, "precision")
          ->check(CLI::IsMember({"float32", "float64"}))
          ->capture_default_str();
      add_json(*c, a->json, "one JSON object, with what would be printed as its text");
      c->footer("Example:\n  ansatz plan mlp.yaml --format graphviz | dot -Tsvg > step.svg");
      c->callback([a, &exit] { exit = plan(*a); });
    });

}  // namespace ansatz::app
