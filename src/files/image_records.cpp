#include <ansatz/files/image_records.hpp>
#include <dsl/exceptions.hpp>

#include <ansatz/files/byte_source.hpp>

#include <fmt/format.h>

namespace ansatz {

namespace {

// From channels, rows, columns, as the file has them, to rows, columns, channels.
void add_image(const std::uint8_t* file, const ImageRecordForm& form,
               std::vector<std::uint8_t>& images) {
  const std::int64_t area = std::int64_t{form.rows} * form.columns;
  for (std::int64_t row = 0; row < form.rows; ++row)
    for (std::int64_t column = 0; column < form.columns; ++column) {
      const std::int64_t at =
          form.by_columns ? column * form.rows + row : row * form.columns + column;
      for (std::int64_t c = 0; c < form.channels; ++c) images.push_back(file[c * area + at]);
    }
}

}  // namespace

ImageRecords read_image_records(const std::string& path, const ImageRecordForm& form,
                                std::int64_t most) {
  data::ByteSource source(path);
  ImageRecords out;
  const std::size_t label_bytes = form.labels.size();
  std::vector<std::uint8_t> record(static_cast<std::size_t>(form.bytes()));
  while (const std::size_t got = source.read(record.data(), record.size())) {
    if (got < record.size())
      throw FileError(fmt::format(
          "{}: truncated at byte {}: record {} has {} of {} bytes ({} of labels, {} pixels)", path,
          source.position(), out.examples, got, record.size(), label_bytes, form.pixels()));
    if (out.examples == most)
      throw FileError(
          fmt::format("{}: more than {} records of {} bytes", path, most, record.size()));
    for (std::size_t k = 0; k < label_bytes; ++k) {
      if (record[k] >= form.labels[k])
        throw FileError(fmt::format("{}: label {} of record {}, where 0 to {} are allowed", path,
                                    record[k], out.examples, form.labels[k] - 1));
      out.labels.push_back(record[k]);
    }
    add_image(record.data() + label_bytes, form, out.images);
    ++out.examples;
  }
  return out;
}

}  // namespace ansatz
