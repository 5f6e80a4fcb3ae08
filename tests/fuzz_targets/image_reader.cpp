// Any bytes: they are pictures, records of images, or refused with an error.
#include <ansatz/files/image.hpp>
#include <ansatz/files/image_records.hpp>
#include <dsl/exceptions.hpp>

#include "memory_file.hpp"

using namespace ansatz;
using namespace fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const MemoryFile file(data, size);
  const auto product = [](int a, int b, int c) {
    return static_cast<std::size_t>(a) * static_cast<std::size_t>(b) * static_cast<std::size_t>(c);
  };
  try {
    const Picture picture = read_picture(file.path(), size % 2 ? 1 : 3, 1 << 16);
    require(picture.pixels.size() == product(picture.rows, picture.columns, picture.channels));
    require(resized(picture, 7, 5).pixels.size() == product(7, 5, picture.channels));
  } catch (const FileError& error) {
    require(std::string(error.what()).find(file.path()) != std::string::npos);
  }
  try {
    const ImageRecords records = read_image_records(file.path(), {3, 2, 2, {4, 9}}, 100);
    require(records.images.size() == static_cast<std::size_t>(12 * records.examples));
    for (std::size_t i = 0; i < records.labels.size(); ++i)
      require(records.labels[i] < (i % 2 ? 9 : 4));
  } catch (const FileError& error) {
    require(std::string(error.what()).find(file.path()) != std::string::npos);
  }
  return 0;
}
