// Photographs become patches of 6 x 6 pixels, four an image, which are normalised and whitened, as
// those that Coates, Lee and Ng (2011) learn features from; and a picture of them.
//
//     example_patches [PICTURE.png]
#include <ansatz/data/path.hpp>
#include <ansatz/data/preprocess/image_maps.hpp>
#include <ansatz/data/preprocess/row_maps.hpp>
#include <ansatz/data/preprocess/whitening.hpp>
#include <ansatz/data/sets/cifar.hpp>
#include <ansatz/data/sources.hpp>
#include <ansatz/files/image.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

using namespace ansatz;

constexpr int side = 6, numbers = side * side * 3;

std::vector<float> patches_of(const std::shared_ptr<const BatchSource>& data) {
  const Table table = in_memory(data);
  const auto* const x = static_cast<const float*>(table.column("features").data);
  return {x, x + table.examples() * numbers};
}

// Of the red of two pixels side by side.
double correlation(const std::vector<float>& patches) {
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < patches.size(); i += numbers) {
    const double a = patches[i], b = patches[i + 3];
    ab += a * b, aa += a * a, bb += b * b;
  }
  return ab / std::sqrt(aa * bb);
}

// The first 128 patches, 16 side by side, each pixel four wide; 0 is grey.
Picture drawn(const std::vector<float>& patches, float brightest) {
  constexpr int across = 16, down = 8, zoom = 4, cell = side * zoom + 2;
  Picture p{down * cell, across * cell, 3,
            std::vector<std::uint8_t>(down * cell * across * cell * 3)};
  for (int r = 0; r < p.rows; ++r)
    for (int c = 0; c < p.columns; ++c) {
      const int y = r % cell / zoom, x = c % cell / zoom;
      if (y >= side || x >= side) continue;
      const int patch = r / cell * across + c / cell;
      for (int k = 0; k < 3; ++k) {
        const float v = patches[std::size_t(patch * numbers + (y * side + x) * 3 + k)] / brightest;
        p.pixels[std::size_t((r * p.columns + c) * 3 + k)] =
            std::uint8_t(std::clamp(127.5f + 127.5f * v, 0.f, 255.f));
      }
    }
  return p;
}

int main(int argc, char** argv) {
  CIFAR10 photographs("train");
  // Of the 50,000 images those that are there.
  photographs.files_given.push_back(
      (data_path() + "/cifar10-subset/data_batch_1_first4000.bin.gz").c_str());
  if (!photographs.missing_file().empty()) {
    std::printf("no photographs in %s\n", data_path().c_str());
    return 77;
  }
  const auto images = photographs.open();
  const int count = 4 * static_cast<int>(images->examples());
  const Pipeline plain{ExtractPatches(RowsColumns(side), count),
                       GlobalContrastNormalization(sqrt_bias(10.), use_std(true))};
  const Pipeline whitened{plain, ZCA()};

  const auto run = whitened.start();
  run->fit(images);
  const std::vector<float> before = patches_of(plain.start()->apply(images));
  const std::vector<float> after = patches_of(run->apply(images));
  std::printf("%zu patches of %d numbers\n", after.size() / numbers, numbers);
  std::printf("pixels side by side correlate by %.3f, whitened by %.3f\n", correlation(before),
              correlation(after));
  // The picture: patches above, whitened below.
  Picture both = drawn(before, 3), below = drawn(after, 2);
  both.rows += below.rows;
  both.pixels.insert(both.pixels.end(), below.pixels.begin(), below.pixels.end());
  if (argc > 1) write_png(argv[1], both);
}
