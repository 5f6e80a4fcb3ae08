#include <ansatz/session/phases.hpp>

#include <ansatz/program/build_programs.hpp>

namespace ansatz {

PhasesEnd run_phases(const std::vector<Phase>& phases, const PhasesOptions& options) {
  PhasesEnd end;
  std::vector<LearnedModel> learned = options.run.learned;
  for (std::size_t i = 0; i < phases.size() && end.end == RunEnd::finished; ++i) {
    const Phase& phase = phases[i];
    RunOptions run = options.run;
    run.resume = run.resume && phase.begun;
    run.learned = learned;
    if (phase.places) run.places = *phase.places;
    run.job_yaml = phase.job_yaml;
    run.model_yaml = phase.model_yaml;
    run.variables = phase.variables;
    JobPrograms programs = options.start ? options.start(phase, run)
                                         : build_programs(*phase.train, ElementType::float32);
    Session session(*phase.train, std::move(programs), run);
    for (const auto& [name, value] : run.settings) session.set_setting(name, value);
    end.end = session.run();
    end.last = i;
    // A later phase may hold this model, whole or a layer of it.
    learned.push_back(
        {phase.train->model.get(), std::make_shared<const ModelFile>(session.model_file())});
    end.learned.push_back(learned.back());
  }
  return end;
}

}  // namespace ansatz
