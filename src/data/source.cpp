#include <ansatz/data/source.hpp>

#include <dsl/exceptions.hpp>
#include <dsl/nearest_name.hpp>

#include <dsl/in_quotes.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

const Column* BatchSource::find(std::string_view source) const {
  const std::vector<Column>& all = columns();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Column& column) { return column.source == source; });
  return found == all.end() ? nullptr : &*found;
}

const Column& BatchSource::column(std::string_view source) const {
  if (const Column* found = find(source)) return *found;
  std::vector<std::string_view> known;
  for (const Column& column : columns()) known.push_back(column.source);
  throw NameError(fmt::format("the data set has no source {}{}", in_quotes(source),
                              allowed_names(source, known)));
}

void check_iteration(const BatchSource& source, std::string_view mode, std::int64_t batch_size,
                     std::int64_t num_batches) {
  check_iteration(mode, batch_size, num_batches);
  const std::int64_t examples = source.examples();
  const bool in_order = mode == "sequential" || mode == "even_sequential";
  const bool has_end = examples != BatchSource::endless;
  const bool known = examples != BatchSource::unknown && has_end;
  if (!in_order && !(source.random_access() && known))
    throw ValueError(
        fmt::format("{}: the data set {}; allowed: sequential, even_sequential", mode,
                    !source.random_access() ? "can be read in its own order only" : "has no end"));
  if (!known && batch_size == 0)
    throw ValueError(fmt::format("{}: batch_size is needed, since {}", mode,
                                 has_end ? "the number of examples is not known before their end"
                                         : "the data set has no end"));
  if (!has_end && num_batches == 0)
    throw ValueError(
        fmt::format("{}: the number of batches of an epoch is needed, since the data set has no "
                    "end",
                    mode));
}

}  // namespace ansatz
