// Photographs in folders, a folder a class: here digits that are drawn and saved as PNG files. All
// are read once before anything is trained, so that a broken one is told at once; batches are then
// read from the files.
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/data/sets/digit_stream.hpp>
#include <ansatz/data/sets/image_folder.hpp>
#include <ansatz/files/image.hpp>
#include <ansatz/model/layers/conv_elemwise.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/session/run.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <dsl/exceptions.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>

using namespace ansatz;

static Picture picture(const float* digit) {
  Picture out{28, 28, 1, {}};
  for (int i = 0; i < Digits::features; ++i)
    out.pixels.push_back(static_cast<std::uint8_t>(255 * digit[i] + .5f));
  return out;
}

int main() {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / "ansatz-image-folder";
  std::filesystem::remove_all(folder);
  const Digits digits = DigitStream().digits(0, 2500);
  for (int i = 0; i < digits.examples; ++i) {
    const auto place =
        folder / (i < 2000 ? "train" : "test") / std::to_string(digits.labels[std::size_t(i)]);
    std::filesystem::create_directories(place);
    write_png(place / (std::to_string(i) + ".png"), picture(digits.image(i)));
  }

  const ImageFolder train((folder / "train").c_str(), RowsColumns(28), channels(1),
                          num_classes(10));
  const ImageFolder test((folder / "test").c_str(), RowsColumns(28), channels(1), num_classes(10));
  const Trained trained =
      run(Train(train,
                MLP(Conv2DSpace<28, 28, 1>(), ConvRectifiedLinear("h", 16, 5, 4, 2, irange(.05)),
                    Softmax("y", 10, istdev(.05))),
                SGD(learning_rate(.05), batch_size(50), Momentum(.9), EpochCounter(3),
                    monitoring_dataset({{"test", test}}))));
  std::printf("test error after three epochs below 10 %%: %s\n",
              trained.records.at("test_y_misclass").val_record.back() < .1 ? "yes" : "no");

  // One that ends too early.
  const auto broken = folder / "train" / "7" / "broken.png";
  std::ofstream(broken, std::ios::binary) << "\x89PNG\r\n\x1a\n";
  try {
    (void)train.open();
  } catch (const FileError& error) {
    const std::string what = error.what();
    std::printf("told by name: %s\n",
                what.find("7/broken.png") != what.npos ? "yes" : what.c_str());
  }
  std::filesystem::remove_all(folder);
}
