// Runs of job files, and the numbers that Pylearn2 printed for them.
#pragma once

#include <ansatz/serial/monitor_records.hpp>
#include <dsl/array.hpp>

#include <map>
#include <string>
#include <vector>

namespace exactness {

/// A file of tests/exactness/reference: the records of each channel.
std::map<std::string, std::vector<double>> reference_run(const std::string& name);

/// The names of a run's channels, sorted; a reference's counts of batches and such are none.
std::vector<std::string> channel_names(const std::map<std::string, std::vector<double>>& run);
std::vector<std::string> channel_names(const ansatz::MonitorRecords& run);

/// Whether MNIST is there; if not, says that the test is skipped.
bool have_mnist();

/// Runs tests/jobs/NAME with "name=value" for its templates, on one thread, and returns what its
/// monitor recorded.
ansatz::MonitorRecords train(const std::string& name, const std::vector<std::string>& defines,
                             const std::vector<std::string>& overrides,
                             ansatz::ElementType precision);

}  // namespace exactness
