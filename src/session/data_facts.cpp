#include "data_facts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zlib.h>

#include "dsl/text.hpp"

namespace ansatz {

std::string facts_of(const Table& table) {
  std::string text = fmt::format("{} examples", table.examples());
  for (const Column& column : table.columns()) {
    text += fmt::format("; {} {}", column.source, running::type_name(column.type));
    if (column.example.rank > 0)
      text += fmt::format(" [{}]", fmt::join(column.example.begin(), column.example.end(), ", "));
    if (column.labels > 0) text += fmt::format(" of {} labels", column.labels);
    const auto bytes = static_cast<std::size_t>(column.examples * column.width()) *
                       static_cast<std::size_t>(element_size(column.type));
    const auto crc = crc32_z(0, static_cast<const Bytef*>(column.data), bytes);
    text += fmt::format(" {:08x}", crc);
  }
  return text;
}

}  // namespace ansatz
