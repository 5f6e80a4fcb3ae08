// A data set larger than the memory that it may take: of a .npy file only what is asked for is
// read, no more than some megabytes at a time. A thread prepares the next batches.
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/data/sets/digit_stream.hpp>
#include <ansatz/data/source_dataset.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/files/npy.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/session/run.hpp>
#include <ansatz/termination/epoch_counter.hpp>

#include <sys/resource.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

using namespace ansatz;

constexpr int number_of_examples = 100'000;

// Peak memory of the process, pages of mapped files included.
static double peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// What numpy.save writes, row by row: 2000 digits again and again, each a little fainter.
static void write_features(const std::string& path) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" +
                       std::to_string(number_of_examples) + ", 784), }";
  header.resize(117, ' ');
  std::ofstream file(path, std::ios::binary);
  file << std::string("\x93NUMPY\1\0\x76\0", 10) << header << '\n';
  const Digits digits = DigitStream().digits(0, 2000);
  std::vector<float> row(Digits::features);
  for (int i = 0; i < number_of_examples; ++i) {
    for (std::size_t k = 0; k < row.size(); ++k)
      row[k] = digits.image(i % 2000)[k] * (1 - .25f * float(i) / number_of_examples);
    file.write(reinterpret_cast<const char*>(row.data()), std::ssize(row) * 4);
  }
}

int main() {
  const std::string folder = std::filesystem::temp_directory_path() / "ansatz-larger-than-memory";
  std::filesystem::create_directories(folder);
  const std::string features = folder + "/x.npy", targets = folder + "/y.npy";
  write_features(features);
  std::vector<std::int32_t> labels;
  for (int i = 0; i < number_of_examples; ++i) labels.push_back(DigitStream().label(i % 2000));
  write_npy(targets, view(labels));

  const double before = peak_megabytes();
  const SourceDataset train(
      side_by_side({mapped_npy(features), mapped_npy(targets, "targets", 10)}));
  const Trained trained = run(
      Train(train, MLP(VectorSpace(784_c), Softmax("y", 10_c, irange(0.))),
            SGD(learning_rate(.1), batch_size(100), EpochCounter(2), monitoring_dataset(train))));
  const double grown = peak_megabytes() - before;

  const auto& error = trained.records.at("y_misclass").val_record;
  std::printf("a file of %.0f MB\n", double(std::filesystem::file_size(features)) / 1e6);
  std::printf("error before and after two epochs: %.0f %%, %s\n", 100 * error.front(),
              error.back() < .2 ? "less than 20 %" : "more than 20 %");
  std::printf("less than 60 MB of memory more than before: %s\n", grown < 60 ? "yes" : "no");
  std::filesystem::remove_all(folder);
}
