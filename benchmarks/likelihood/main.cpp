// bench_likelihood MODEL [RUNS]: mean log-likelihood of MNIST's test images, their pixels drawn,
// under a binary RBM that was trained by a job, with log Z by annealed importance sampling.
#include <ansatz/data/sets/derived_sets.hpp>
#include <ansatz/data/sets/mnist_set.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/model/energy/partition_function.hpp>
#include <ansatz/serial/model_file.hpp>
#include <ansatz/serial/store_tensors.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

using namespace ansatz;

namespace {

std::vector<double> binary_images(const char* which_set) {
  Binarizer drawn;
  drawn.raw = Shared<Dataset>(MNIST(which_set));
  const Table table = in_memory(drawn.open());
  const Column& column = table.column("features");
  std::vector<double> x(static_cast<std::size_t>(column.examples * column.width()));
  Table::gather(column, {0, column.examples, nullptr}, ElementType::float64, x.data());
  return x;
}

// Mean of -F(v) over rows, in plain loops.
double mean_of_minus_free_energy(const std::vector<double>& v, const Store& store) {
  const Dims dims = store.shape("W");
  const auto n = static_cast<std::size_t>(dims[0]), m = static_cast<std::size_t>(dims[1]);
  const float *W = store.data<float>("W"), *b = store.data<float>("bias_vis"),
              *c = store.data<float>("bias_hid");
  double total = 0;
  std::vector<double> z(m);
  for (std::size_t row = 0; row < v.size(); row += n) {
    z.assign(c, c + m);
    for (std::size_t i = 0; i < n; ++i) {
      if (v[row + i] == 0) continue;
      total += static_cast<double>(b[i]);
      for (std::size_t j = 0; j < m; ++j) z[j] += static_cast<double>(W[i * m + j]);
    }
    for (double x : z) total += std::max(x, 0.) + std::log1p(std::exp(-std::abs(x)));
  }
  return total / static_cast<double>(v.size() / n);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2) {
    std::fprintf(stderr, "bench_likelihood MODEL [RUNS]\n");
    return 2;
  }
  const ModelFile file = read_model_file(argv[1]);
  Store store;
  for (const NamedTensor& each : file.parameters) {
    Dims dims;
    for (const std::int64_t n : each.shape) dims.push_back(n);
    store.add<float>(each.name, dims);
  }
  restore_tensors(store, StoreKind::parameter, file.parameters, argv[1]);
  RBM rbm;
  rbm.nvis = static_cast<int>(store.shape("W")[0]);
  rbm.nhid = static_cast<int>(store.shape("W")[1]);

  const std::vector<double> test = binary_images("test"), train = binary_images("train");
  std::vector<double> means(static_cast<std::size_t>(rbm.nvis));
  for (std::size_t i = 0; i < train.size(); ++i) means[i % means.size()] += train[i];
  for (double& each : means) each /= static_cast<double>(train.size() / means.size());
  Annealing how;
  how.runs = argc > 2 ? std::atoi(argv[2]) : 100;
  how.base_biases = biases_of_means(means);
  const LogZ z = annealed_log_z(rbm, store, how);
  const double of_test = mean_of_minus_free_energy(test, store),
               of_train = mean_of_minus_free_energy(train, store);
  std::printf("log Z %.2f (%.2f to %.2f), %d runs\n", z.value, z.low, z.high, how.runs);
  std::printf("mean log-likelihood: test %.2f (%.2f to %.2f), train %.2f\n", of_test - z.value,
              of_test - z.high, of_test - z.low, of_train - z.value);
} catch (const std::exception& error) {
  std::fprintf(stderr, "bench_likelihood: %s\n", error.what());
  return 1;
}
