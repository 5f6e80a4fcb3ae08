// Whitened patches: four times as many as CIFAR-10's training set has photographs, of random ones,
// and a picture of the first (patches.png, or the path that is given).
#include <ansatz/data/path.hpp>
#include <ansatz/data/preprocess/image_maps.hpp>
#include <ansatz/data/preprocess/row_maps.hpp>
#include <ansatz/data/preprocess/whitening.hpp>
#include <ansatz/data/sets/cifar.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/view/sheet.hpp>

#include <cstdio>
#include <vector>

using namespace ansatz;

// Of each number and the one to its right, of the same colour.
static double correlation(const std::vector<float>& patches, int side) {
  double products = 0, squares = 0;
  for (std::size_t i = 0; i + 3 < patches.size(); ++i) {
    if (i / 3 % std::size_t(side) == std::size_t(side) - 1) continue;  // the last of its row
    products += double(patches[i]) * patches[i + 3];
    squares += (double(patches[i]) * patches[i] + double(patches[i + 3]) * patches[i + 3]) / 2;
  }
  return products / squares;
}

static std::vector<float> numbers(const std::shared_ptr<const BatchSource>& source) {
  const Table table = in_memory(source);
  const Column& column = table.column("features");
  std::vector<float> x(std::size_t(column.examples * column.width()));
  Table::gather(column, {0, column.examples, nullptr}, ElementType::float32, x.data());
  return x;
}

int main(int argc, char** argv) {
  CIFAR10 cifar("train");
  if (find_data("cifar10-subset/data_batch_1_first4000.bin"))
    cifar.files_given.push_back("cifar10-subset/data_batch_1_first4000.bin");
  if (!cifar.missing_file().empty()) {
    std::printf("not there: %s (ansatz data fetch cifar10)\n", cifar.missing_file().c_str());
    return 77;
  }
  const auto images = cifar.load();
  constexpr int side = 6;
  const int count = 4 * static_cast<int>(images->examples());

  const Pipeline contrast(ExtractPatches(RowsColumns(side), count),
                          GlobalContrastNormalization(sqrt_bias(10.), use_std(true)));
  const auto patches = contrast.start()->apply(images);
  const auto whitening = ZCA(filter_bias(.1)).start();
  whitening->fit(patches);
  const auto white = whitening->apply(patches);

  const std::vector<float> before = numbers(patches), after = numbers(white);
  std::printf("%lld photographs, %lld patches of %d x %d pixels\n",
              static_cast<long long>(images->examples()), static_cast<long long>(white->examples()),
              side, side);
  std::printf("neighbouring pixels correlate by %.2f before whitening, by %.2f behind it\n",
              correlation(before, side), correlation(after, side));
  const int count_shown = 16 * 24, size = side * side * 3;
  const Images shown{
      count_shown, side, side, 3, {after.begin(), after.begin() + count_shown * size}};
  write_png(argc > 1 ? argv[1] : "patches.png", sheet(shown, {.columns = 24, .zoom = 4}));
}
