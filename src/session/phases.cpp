#include <ansatz/session/phases.hpp>

#include <ansatz/program/build_programs.hpp>

#include <cmath>
#include <limits>
#include <numeric>

namespace ansatz {

std::vector<ChannelOfFolds> channels_of_folds(const std::vector<MonitorRecords>& folds) {
  std::vector<ChannelOfFolds> found;
  if (folds.empty()) return found;
  for (const ChannelRecords& each : folds.front().channels) {
    if (each.wall_clock) continue;
    ChannelOfFolds channel;
    channel.channel = each.name;
    for (const MonitorRecords& records : folds)
      if (const ChannelRecords* const c = records.find(each.name); c && !c->val_record.empty())
        channel.values.push_back(c->val_record.back());
    if (channel.values.size() != folds.size()) continue;
    const auto n = static_cast<double>(folds.size());
    channel.mean = std::accumulate(channel.values.begin(), channel.values.end(), 0.) / n;
    double squares = 0;
    for (const double x : channel.values) squares += (x - channel.mean) * (x - channel.mean);
    channel.deviation =
        folds.size() > 1 ? std::sqrt(squares / (n - 1)) : std::numeric_limits<double>::quiet_NaN();
    found.push_back(std::move(channel));
  }
  return found;
}

PhasesEnd run_phases(const std::vector<Phase>& phases, const PhasesOptions& options) {
  PhasesEnd end;
  std::vector<LearnedModel> learned = options.run.learned;
  for (std::size_t i = 0; i < phases.size() && end.end == RunEnd::finished; ++i) {
    const Phase& phase = phases[i];
    RunOptions run = options.run;
    run.resume = run.resume && phase.begun;
    run.learned = learned;
    const bool fold = phase.folds > 0;
    if (phase.places) run.places = *phase.places;
    run.job_yaml = phase.job_yaml;
    run.model_yaml = phase.model_yaml;
    run.variables = phase.variables;
    JobPrograms programs = options.start ? options.start(phase, run)
                                         : build_programs(*phase.train, ElementType::float32);
    Session session(*phase.train, std::move(programs), run);
    session.take(run.settings);
    end.end = session.run();
    end.last = i;
    end.learned.push_back(
        {phase.train->model.get(), std::make_shared<const ModelFile>(session.model_file())});
    // A later phase may hold this model, whole or a layer of it.
    if (!fold) learned.push_back(end.learned.back());
  }
  return end;
}

}  // namespace ansatz
