// ansatz check, ansatz plan
#include "command.hpp"

#include <ansatz/model/mlp.hpp>
#include <ansatz/train/build_programs.hpp>
#include <dsl/explain.hpp>

#include <fmt/format.h>

#include <memory>

namespace ansatz::app {

namespace {

std::string shape_of(const ir::Shape& s) {
  std::string text = "[";
  for (int i = 0; i < s.rank; ++i) text += fmt::format("{}{}", i ? ", " : "", s[i]);
  return text + "]";
}

void print_layers(const MLPBase& mlp, const Place& from, int depth) {
  const ir::List<Place> at = mlp.places(from);
  for (int i = 0; i < mlp.layers.size(); ++i) {
    const Layer& layer = *mlp.layers[i];
    fmt::print("{:{}}{}: {} -> {}\n", "", 2 * depth, layer.layer_name.view(),
               to_text(at[i].input).view(), to_text(layer.output_space(at[i].input)).view());
  }
}

void print_model(const Model& model) {
  std::int64_t total = 0;
  fmt::print("model: input {}, targets {}\n", to_text(model.input_space()).view(),
             to_text(model.target_space()).view());
  if (const MLPBase* mlp = model.as_mlp()) print_layers(*mlp, mlp->root(), 1);
  for (const ModelParameter& p : model.parameters()) {
    std::int64_t count = 1;
    for (int i = 0; i < p.shape().rank; ++i) count *= p.shape()[i];
    total += count;
    fmt::print("  parameter {} {}\n", p.name.view(), shape_of(p.shape()));
  }
  fmt::print("  {} parameters in all\n", total);
}

// Totals of a call, with every run-time extent at `batch`.
void print_program(const JobProgram& p, std::int64_t batch) {
  const ir::PlanView& plan = p.program->plan();
  double flops = 0;
  for (const ir::Step& s : plan.steps)
    flops += static_cast<double>(s.flops.n) *
             (s.flops.extent < 0 ? 1. : static_cast<double>(batch));
  std::int64_t elements = 0;
  for (int i = 0; i < plan.arena.size; ++i) elements += plan.arena[i] * (i == 0 ? 1 : batch);
  const auto bytes = elements * element_size(p.program->precision());
  fmt::print("{}: {} steps, {} of {} loops precompiled, {} bytes of memory, {:.4g} FLOPs "
             "a batch of {}\n",
             p.name, plan.steps.size, p.program->compiled_loops(), p.program->loops(), bytes,
             flops, batch);
}

// The size of a training batch, for the costs of a call.
int batch_of(const Train& train) {
  const int asked = train.algorithm->batch_size, forced = train.model->batch_size();
  return std::max(1, asked ? asked : forced);
}

struct CheckArguments {
  JobArguments job;
  std::string floatX = "float32";
};

int check(const CheckArguments& a) {
  const Job job = a.job.load(true);
  for (const std::string& warning : job.warnings) fmt::print(stderr, "{}\n", warning);
  for (const Phase& phase : job.phases) {
    if (!phase.name.empty()) fmt::print("{}\n", phase.name);
    if (!phase.train) {
      fmt::print("{}: a file is missing, so that shapes were not checked\n", phase.where);
      continue;
    }
    print_model(*phase.train->model);
    if (!phase.train->algorithm) continue;
    const int batch = batch_of(*phase.train);
    for (const JobProgram& p : build_programs(*phase.train, precision_of(a.floatX)))
      print_program(p, batch);
  }
  fmt::print("{}: no errors\n", a.job.path);
  return exit_ok;
}

struct PlanArguments {
  JobArguments job;
  std::string function = "step", format = "text", floatX = "float32";
};

int plan(const PlanArguments& a) {
  const Job job = a.job.load(true);
  for (const Phase& phase : job.phases) {
    if (!phase.train || !phase.train->algorithm) continue;
    const Train& train = *phase.train;
    std::vector<std::string> names;
    for (int i = 0; i < train.function_count(); ++i) {
      const NamedFunction f = train.function(i);
      names.emplace_back(f.name.view());
      if (f.name != std::string_view(a.function)) continue;
      const bool wide = precision_of(a.floatX) == ElementType::float64;
      ExplainOptions options;
      options.batch = batch_of(train);
      if (a.format == "graphviz")
        fmt::print("{}", wide ? explain<double>(f.function, Format::graphviz)
                              : explain<float>(f.function, Format::graphviz));
      else
        fmt::print("{}", wide ? explain<double>(f.function, options)
                              : explain<float>(f.function, options));
      return exit_ok;
    }
    std::string known;
    for (const std::string& n : names) known += (known.empty() ? "" : ", ") + n;
    throw NameError(fmt::format("the job has no function \"{}\"; it has {}", a.function, known));
  }
  throw ValueError("the job has no functions to explain");
}

}  // namespace

void add_check(CLI::App& app, int& exit) {
  auto a = std::make_shared<CheckArguments>();
  CLI::App* c = app.add_subcommand("check", "check a job file; print shapes and costs");
  a->job.add_to(*c);
  c->add_option("--floatX", a->floatX, "precision")
      ->check(CLI::IsMember({"float32", "float64"}))
      ->capture_default_str();
  c->footer("No data is read; a data file that is missing is a warning.\n"
            "Example:\n  ansatz check mlp.yaml -D max_epochs=10");
  c->callback([a, &exit] { exit = check(*a); });
}

void add_plan(CLI::App& app, int& exit) {
  auto a = std::make_shared<PlanArguments>();
  CLI::App* c = app.add_subcommand("plan", "show graph and plan of a function of a job");
  a->job.add_to(*c);
  c->add_option("--function", a->function, "which: step, monitor, predict, …")
      ->capture_default_str();
  c->add_option("--format", a->format, "text or graphviz")
      ->check(CLI::IsMember({"text", "graphviz"}))
      ->capture_default_str();
  c->add_option("--floatX", a->floatX, "precision")
      ->check(CLI::IsMember({"float32", "float64"}))
      ->capture_default_str();
  c->footer("Example:\n  ansatz plan mlp.yaml --format graphviz | dot -Tsvg > step.svg");
  c->callback([a, &exit] { exit = plan(*a); });
}

}  // namespace ansatz::app
