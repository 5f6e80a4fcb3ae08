#include "data_facts.hpp"

#include <ansatz/data/table.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zlib.h>

#include "dsl/text.hpp"

namespace ansatz {

namespace {

std::string count_of(std::int64_t examples) {
  if (examples == BatchSource::unknown) return "examples";
  if (examples == BatchSource::endless) return "examples without end";
  return fmt::format("{} examples", examples);
}

}  // namespace

std::string facts_of(const BatchSource& source) {
  const bool table = dynamic_cast<const Table*>(&source) != nullptr;
  std::string text = count_of(source.examples());
  for (const Column& column : source.columns()) {
    text += fmt::format("; {} {}", column.source, running::type_name(column.type));
    if (column.example.rank > 0)
      text += fmt::format(" [{}]", fmt::join(column.example.begin(), column.example.end(), ", "));
    if (column.labels > 0) text += fmt::format(" of {} labels", column.labels);
    // A stream may be larger than the disk; its own facts must do.
    if (!table) continue;
    const auto bytes = static_cast<std::size_t>(column.examples * column.width()) *
                       static_cast<std::size_t>(element_size(column.type));
    const auto crc = crc32_z(0, static_cast<const Bytef*>(column.data), bytes);
    text += fmt::format(" {:08x}", crc);
  }
  if (!table && !source.facts().empty()) text += "; " + source.facts();
  return text;
}

}  // namespace ansatz
