// What two models differ in.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>
#include <sstream>

#include <ansatz/serial/model_file.hpp>

#include <ansatz/files/tensor_header.hpp>

#include "../dsl/text.hpp"

namespace ansatz {

namespace {

using Lines = std::vector<std::string>;

void compare_text(const std::string& what, const std::string& a, const std::string& b, Lines& out) {
  if (a == b) return;
  std::istringstream left(a), right(b);
  std::string x, y;
  int line = 0;
  do {
    ++line;
    if (!std::getline(left, x)) x.clear();
    if (!std::getline(right, y)) y.clear();
  } while (x == y && (left || right));
  out.push_back(fmt::format("{}: line {} is '{}' / '{}'", what, line, x, y));
}

/// An element as text.
std::string element(const NamedTensor& t, std::int64_t i) {
  const auto number = [&]<class E>(E) {
    E value;
    std::memcpy(&value, t.bytes.data() + i * static_cast<std::int64_t>(sizeof(E)), sizeof(E));
    if constexpr (std::is_floating_point_v<E>)
      return fmt::format("{}", value);
    else
      return std::to_string(value);
  };
  switch (t.type) {
    case ElementType::float32:
      return number(float{});
    case ElementType::float64:
      return number(double{});
    case ElementType::int8:
      return number(std::int8_t{});
    case ElementType::int16:
      return number(std::int16_t{});
    case ElementType::int32:
      return number(std::int32_t{});
    case ElementType::int64:
      return number(std::int64_t{});
    case ElementType::uint8:
      return number(std::uint8_t{});
    case ElementType::uint16:
      return number(std::uint16_t{});
    case ElementType::uint32:
      return number(std::uint32_t{});
    default:
      return number(std::uint64_t{});
  }
}

void compare_tensors(const std::string& what, const NamedTensor& a, const NamedTensor& b,
                     Lines& out) {
  if (a.type != b.type || a.shape != b.shape) {
    out.push_back(fmt::format("{}: {} of shape {} / {} of shape {}", what,
                              serial::safetensors_type(a.type), a.shape,
                              serial::safetensors_type(b.type), b.shape));
    return;
  }
  const std::int64_t size = element_size(a.type);
  std::int64_t count = 0, first = 0;
  for (std::int64_t i = 0; i < a.size(); ++i)
    if (std::memcmp(a.bytes.data() + i * size, b.bytes.data() + i * size,
                    static_cast<std::size_t>(size)) != 0 &&
        count++ == 0)
      first = i;
  if (count == 0) return;
  std::vector<std::int64_t> place(a.shape.size());
  std::int64_t rest = first;
  for (std::size_t d = a.shape.size(); d-- > 0; rest /= a.shape[d]) place[d] = rest % a.shape[d];
  out.push_back(fmt::format("{}: {} of {} elements differ, the first, {}, is {} / {}", what, count,
                            a.size(), place, element(a, first), element(b, first)));
}

/// Pairs up what two maps or lists hold by name; `same` compares a pair.
template <class List, class NameOf, class Same>
void compare_by_name(const char* what, const List& a, const List& b, NameOf name_of, Same same,
                     Lines& out) {
  const auto in = [&](const List& list, const auto& name) {
    for (const auto& each : list)
      if (name_of(each) == name) return &each;
    return static_cast<decltype(&*list.begin())>(nullptr);
  };
  for (const auto& each : a) {
    const std::string full = fmt::format("{} '{}'", what, name_of(each));
    if (const auto* other = in(b, name_of(each)))
      same(full, each, *other);
    else
      out.push_back(full + " is only in the first");
  }
  for (const auto& each : b)
    if (!in(a, name_of(each)))
      out.push_back(fmt::format("{} '{}' is only in the second", what, name_of(each)));
}

/// Of two lists that hold the same names.
template <class List>
void compare_order(const std::string& what, const List& a, const List& b, Lines& out) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i].name != b[i].name) {
      out.push_back(
          fmt::format("{}s: the one of index {} is '{}' / '{}'", what, i, a[i].name, b[i].name));
      return;
    }
}

void compare_lists(const char* what, const std::vector<NamedTensor>& a,
                   const std::vector<NamedTensor>& b, Lines& out) {
  const std::size_t before = out.size();
  const auto name = [](const NamedTensor& t) -> const std::string& { return t.name; };
  compare_by_name(
      what, a, b, name,
      [&](const std::string& full, const NamedTensor& x, const NamedTensor& y) {
        compare_tensors(full, x, y, out);
      },
      out);
  if (out.size() == before) compare_order(what, a, b, out);
}

void compare_values(const char* what, const StateValues& a, const StateValues& b, Lines& out) {
  compare_by_name(
      what, a, b, [](const auto& entry) -> const std::string& { return entry.first; },
      [&](const std::string& full, const auto& x, const auto& y) {
        if (!same_value(x.second, y.second))
          out.push_back(fmt::format("{}: {} / {}", full, text_of(x.second), text_of(y.second)));
      },
      out);
}

void compare_random(const RandomStates& a, const RandomStates& b, Lines& out) {
  compare_by_name(
      "random generator", a, b, [](const auto& entry) -> const std::string& { return entry.first; },
      [&](const std::string& full, const auto& x, const auto& y) {
        if (!(x.second == y.second))
          out.push_back(fmt::format(
              "{}: position {} / {}{}", full, x.second.pos, y.second.pos,
              std::equal(std::begin(x.second.key), std::end(x.second.key), std::begin(y.second.key))
                  ? ""
                  : ", other words"));
      },
      out);
}

void compare_channels(const std::string& what, const ChannelRecords& a, const ChannelRecords& b,
                      Lines& out) {
  if (a.doc != b.doc || a.dataset != b.dataset || a.wall_clock != b.wall_clock)
    out.push_back(what + ": other doc, data set or kind");
  if (a.first != b.first || a.val_record.size() != b.val_record.size()) {
    out.push_back(fmt::format("{}: {} records from index {} on / {} from {}", what,
                              a.val_record.size(), a.first, b.val_record.size(), b.first));
    return;
  }
  if (a.wall_clock) return;
  for (std::size_t i = 0; i < a.val_record.size(); ++i)
    if (!same_value(a.val_record[i], b.val_record[i])) {
      out.push_back(fmt::format("{}: record {} is {} / {}", what, a.first + std::int64_t(i),
                                running::real_text(a.val_record[i]),
                                running::real_text(b.val_record[i])));
      return;
    }
}

void compare_monitors(const std::string& what, const MonitorRecords& a, const MonitorRecords& b,
                      Lines& out) {
  const auto counter = [&](const char* name, auto x, auto y) {
    if (x != y) out.push_back(fmt::format("{}: {} {} / {}", what, name, x, y));
  };
  counter("batches seen", a.batches_seen, b.batches_seen);
  counter("examples seen", a.examples_seen, b.examples_seen);
  counter("epochs seen", a.epochs_seen, b.epochs_seen);
  counter("training succeeded", a.training_succeeded, b.training_succeeded);
  counter("time budget exceeded", a.time_budget_exceeded, b.time_budget_exceeded);
  counter("history copied", a.copy_history, b.copy_history);
  counter("records", a.size(), b.size());
  if (a.batch_record != b.batch_record || a.example_record != b.example_record ||
      a.epoch_record != b.epoch_record)
    out.push_back(what + ": other moments of monitoring");
  const std::size_t before = out.size();
  compare_by_name((what + ", channel").c_str(), a.channels, b.channels,
                  [](const ChannelRecords& c) -> const std::string& { return c.name; },
                  [&](const std::string& full, const ChannelRecords& x, const ChannelRecords& y) {
                    compare_channels(full, x, y, out);
                  },
                  out);
  if (out.size() == before) compare_order(what + ", channel", a.channels, b.channels, out);
}

}  // namespace

std::vector<std::string> compare(const ModelFile& a, const ModelFile& b) {
  Lines out;
  compare_text("library version", a.library_version, b.library_version, out);
  compare_text("floatX", a.floatX, b.floatX, out);
  compare_text("job", a.job_yaml, b.job_yaml, out);
  compare_text("data set", a.dataset_yaml, b.dataset_yaml, out);
  compare_text("model", a.model_yaml, b.model_yaml, out);
  compare_by_name(
      "environment", a.environment, b.environment,
      [](const auto& entry) -> const std::string& { return entry.first; },
      [&](const std::string& full, const auto& x, const auto& y) {
        compare_text(full, x.second, y.second, out);
      },
      out);
  compare_lists("parameter", a.parameters, b.parameters, out);
  compare_lists("state", a.state, b.state, out);
  compare_values("value", a.values, b.values, out);
  compare_values("tag", a.tags, b.tags, out);
  compare_random(a.random, b.random, out);
  compare_by_name(
      "monitor", a.monitors, b.monitors,
      [](const MonitorRecords& m) -> const std::string& { return m.name; },
      [&](const std::string& full, const MonitorRecords& x, const MonitorRecords& y) {
        compare_monitors(full, x, y, out);
      },
      out);
  return out;
}

}  // namespace ansatz
