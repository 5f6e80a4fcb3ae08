// Any bytes: they are read as a file of tensors and as a model file, with and without checksums;
// what is read comes back the same from its own bytes.
#include <ansatz/serial/model_file.hpp>
#include <dsl/exceptions.hpp>

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace ansatz;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void write_and_read(TensorFile file) {
  const std::string bytes = tensor_file_bytes(file);
  // A key of ours that another program wrote gets its checksum when it is written.
  const TensorFile again = parse_tensor_file(bytes, "again");
  require(again == file);
  require(tensor_file_bytes(again) == bytes);

  ModelFile model = model_of(std::move(file), "input");
  if (model.library_version.empty()) model.library_version = "unknown";
  const ModelFile same = model_of(tensors_of(model), "again");
  require(compare(model, same).empty());
  require(model.wall_clock.size() == same.wall_clock.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  for (const Checksums checksums : {Checksums::verify, Checksums::ignore}) {
    try {
      write_and_read(parse_tensor_file(input, "input", checksums));
    } catch (const FileError& error) {
      require(std::string_view(error.what()).starts_with("input: "));
    }
  }
  return 0;
}
