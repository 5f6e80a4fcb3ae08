#include <ansatz/serial/upgrade.hpp>

#include <fmt/format.h>

#include <charconv>

#include <ansatz/base/shown.hpp>
#include <ansatz/base/version.hpp>
#include <dsl/exceptions.hpp>
#include <dsl/in_quotes.hpp>

#include <ansatz/files/tensor_header.hpp>

namespace ansatz {

void upgrade(TensorFile& file, std::span<const Upgrade> steps, const std::string& path) {
  const auto newest = static_cast<int>(steps.size()) + 1;
  const auto entry = file.metadata.find("ansatz.format");
  if (entry == file.metadata.end()) {
    const auto kind = file.metadata.find(saved_kind_key);
    throw FileError(
        kind != file.metadata.end()
            ? fmt::format("{}: a {}, as `ansatz preprocess` saves them, where a model is needed",
                          path, printable_name(kind->second))
            : fmt::format("{}: not a model file of Ansatz, but another program's file of tensors; "
                          "init_from can start from its tensors",
                          path));
  }
  const std::string& text = entry->second;
  int format = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), format);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size() || format < 1)
    throw FileError(
        fmt::format("{}: the format of the model file is {}, where a number from 1 on "
                    "belongs",
                    path, in_quotes(text)));
  if (format > newest) {
    const auto writer = file.metadata.find("ansatz.version");
    throw FileError(fmt::format(
        "{}: format {} of the model file, written by Ansatz {}; this is Ansatz {}, which reads up "
        "to format {}: install a newer one",
        path, format,
        writer == file.metadata.end() ? "of unknown version" : in_quotes(writer->second),
        library_version(), newest));
  }
  // Each step knows two formats alone, so none has to be touched when another one comes.
  for (; format < newest; ++format) steps[static_cast<std::size_t>(format) - 1](file);
  entry->second = std::to_string(newest);
}

}  // namespace ansatz
