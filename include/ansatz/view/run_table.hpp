// Runs beside each other: what differs between their jobs, and how far they came.
#pragma once

#include <ansatz/serial/model_file.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ansatz {

/// The values of a job by their paths, in the order of its text: {"algorithm.learning_rate",
/// "0.05"}, {"model.layers.h0", "!obj:RectifiedLinear"}. Items of lists go by their layer_name,
/// else by their class where no other item is of it, else by their number, as overrides name them;
/// numbers are written alike. An alias says the path of its anchor. Empty for a text that is no
/// job.
std::vector<std::pair<std::string, std::string>> job_settings(const std::string& yaml);

/// Whether larger values of a channel are better: of accuracies, areas, precision, recall.
bool larger_is_better(std::string_view channel);

/// How far a run came by a channel.
struct RunScore {
  bool known = false;  ///< false: the run has no finite value of it
  double best = 0, last = 0;
  std::int64_t best_epoch = 0;
};

struct RunRow {
  std::string path;
  std::vector<std::string> settings;  ///< of each key of the table; "" where the job has none
  std::vector<RunScore> scores;       ///< of each channel of the table
  std::int64_t epochs = 0;
  double seconds = 0;  ///< trained
};

struct RunTable {
  std::vector<std::string>
      keys;  ///< of the jobs, where these differ; paths to save to do not count
  std::vector<std::string> channels;  ///< as they were asked for
  std::vector<RunRow> rows;

  /// The rows by the scores of a channel, the better first, those without one last; by the last
  /// instead of the best value on demand.
  void sort_by(std::size_t channel, bool by_last = false);
};

/// A row a file, in the order given.
/// @param channels  whose scores are wanted
RunTable table_of_runs(const std::vector<std::pair<std::string, const ModelFile*>>& runs,
                       const std::vector<std::string>& channels);

/// The channels that tell most about runs: objectives and errors, of the validation set where there
/// is one, else of the test set, else of all; errors first.
std::vector<std::string> telling_channels(const std::vector<const ModelFile*>& runs);

/// The ends of paths as far as they tell them apart: "learning_rate", "h0.dim", "h1.dim".
std::vector<std::string> short_names(const std::vector<std::string>& paths);

}  // namespace ansatz
