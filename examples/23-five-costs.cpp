// One text of a model, trained by five job files that differ only in the cost: a GaussianBinaryRBM
// on whitened patches of photographs. What each makes of one in five of the weights is a row of a
// picture (five-costs.png, or the path that is given).
#include <ansatz/data/path.hpp>
#include <ansatz/data/preprocess/image_maps.hpp>
#include <ansatz/data/preprocess/row_maps.hpp>
#include <ansatz/data/preprocess/whitening.hpp>
#include <ansatz/data/sets/cifar.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/registry/job.hpp>
#include <ansatz/session/run.hpp>
#include <ansatz/view/sheet.hpp>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

using namespace ansatz;

constexpr int side = 6, numbers = side * side * 3, hidden = 64, shown = 24;

// The first columns of W [numbers, hidden] become images.
static void add_filters(const float* W, Images& images) {
  for (int j = 0; j < shown; ++j, ++images.count)
    for (int i = 0; i < numbers; ++i) images.values.push_back(W[i * hidden + j]);
}

// Of a patch's squared weights, the share in the quarter of its pixels that has most: 1/4 of noise
// that is everywhere alike, more of filters that have found a place. The mean over all units.
static double localised(const float* W) {
  double sum = 0;
  for (int j = 0; j < hidden; ++j) {
    std::vector<double> pixels(side * side);
    double total = 0, most = 0;
    for (int i = 0; i < numbers; ++i) {
      const double w = W[i * hidden + j];
      pixels[std::size_t(i / 3)] += w * w, total += w * w;
    }
    std::sort(pixels.rbegin(), pixels.rend());
    for (std::size_t i = 0; i < side * side / 4; ++i) most += pixels[i];
    sum += most / total / hidden;
  }
  return sum;
}

int main(int argc, char** argv) {
  CIFAR10 cifar("train");
  if (find_data("cifar10-subset/data_batch_1_first4000.bin"))
    cifar.files_given.push_back("cifar10-subset/data_batch_1_first4000.bin");
  if (!cifar.missing_file().empty()) {
    std::printf("not there: %s (ansatz data fetch cifar10)\n", cifar.missing_file().c_str());
    return 77;
  }
  // As the files' own data sets make them, but once, and of a part of the set where that is there.
  const Pipeline contrast(ExtractPatches(RowsColumns(side), 20000),
                          GlobalContrastNormalization(sqrt_bias(10.), use_std(true)));
  const auto patches = contrast.start()->apply(cifar.load());
  const auto whitening = ZCA(filter_bias(.1)).start();
  whitening->fit(patches);
  const auto white = whitening->apply(patches);

  Images images{0, side, side, 3, {}};
  LoadOptions only_look;
  only_look.check_only = true;
  for (const std::string cost : {"cd", "pcd", "sm", "smd", "nce"}) {
    const Job job = load_job("examples/five-costs/" + cost + ".yaml", only_look);
    const Trained r = run(*job.phases[0].train, {.data = white});
    const auto& errors = r.records.at("train_reconstruction_error").val_record;
    std::printf("%-4s reconstruction error %6.1f -> %5.1f   weights in the best quarter %.2f\n",
                cost.c_str(), errors.front(), errors.back(), localised(r.store.data<float>("W")));
    add_filters(r.store.data<float>("W"), images);
  }
  write_png(argc > 1 ? argv[1] : "five-costs.png", sheet(images, {.columns = shown, .zoom = 4}));
}
