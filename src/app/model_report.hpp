// ansatz evaluate --report
#pragma once

#include "trained_model.hpp"

#include <memory>
#include <string>

namespace ansatz::app {

struct ReportOptions {
  std::string out;  ///< pictures are this and "-confusion.png", …; "": none
  bool json = false;
  bool training_data = false;  ///< no others were named, and it is said so
  int batch_size = 500, threads = 1;
};

/// Tells how good the model's outputs are on the data, which load_data has read: of a classifier
/// its shares, areas and calibration, of a regression its residuals. What the pictures would
/// replace is settled before anything is computed. ValueError for models without targets.
int report_on(TrainedModel& model, const std::shared_ptr<const BatchSource>& source,
              const ReportOptions& options);

/// Whether the pictures can be written. FileError as of settle_output.
void settle_report(const ReportOptions& options, const TrainedModel& model);

}  // namespace ansatz::app
