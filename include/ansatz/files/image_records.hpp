// Images of a fixed size with their labels, one record after the other: CIFAR's binary form.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ansatz {

/// What a record holds: some bytes of labels, then the pixels, channel by channel, row by row.
struct ImageRecordForm {
  int rows = 0, columns = 0, channels = 0;
  std::vector<int> labels;  ///< of each label byte: how many values it may have
  /// Whether the pixels stand column by column, as STL-10 has them.
  bool by_columns = false;

  std::int64_t pixels() const { return std::int64_t{rows} * columns * channels; }
  std::int64_t bytes() const { return pixels() + static_cast<std::int64_t>(labels.size()); }
};

struct ImageRecords {
  std::int64_t examples = 0;
  std::vector<std::uint8_t> images;  ///< [examples, rows, columns, channels]
  std::vector<std::uint8_t> labels;  ///< [examples, label bytes]
};

/// Reads a file of such records, plain or gzip. FileError: no such file, damaged, a record that
/// ends too early (with the byte where it does), a label that is too large (with its record), more
/// than `most` records.
ImageRecords read_image_records(const std::string& path, const ImageRecordForm& form,
                                std::int64_t most);

}  // namespace ansatz
